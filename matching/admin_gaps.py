"""What the operator sees of what nobody covers: each need with its best value, and the gaps."""

from django.contrib import admin
from django.http import HttpRequest

from .models import Gap, NeedCoverage


class Measured(admin.ModelAdmin):  # type: ignore[type-arg]
    """Made anew every night, and not by hand."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(NeedCoverage)
class NeedCoverageAdmin(Measured):
    list_display = ["need", "value", "checked_at"]
    list_select_related = ["need"]
    fields = ["need", "value", "here", "abroad", "checked_at"]
    ordering = ["value"]


@admin.register(Gap)
class GapAdmin(Measured):
    list_display = ["label", "language", "size", "found_at", "covered_at", "over_at"]
    list_filter = ["language", "is_demo"]
