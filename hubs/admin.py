"""Hubs, challenges and introductions for administrators; the status moves only along the transition table."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from .models import Challenge, ChallengeStep, Hub, HubMembership, Introduction, Need


class MembershipInline(admin.TabularInline):  # type: ignore[type-arg]
    model = HubMembership
    extra = 1
    raw_id_fields = ("person",)


@admin.register(Hub)
class HubAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("name", "kind", "country", "state")
    list_filter = ("kind", "country")
    search_fields = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}
    raw_id_fields = ("organisations",)
    inlines = (MembershipInline,)


class NeedInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Need
    extra = 0


class StepInline(admin.TabularInline):  # type: ignore[type-arg]
    """History is read, never rewritten."""

    model = ChallengeStep
    extra = 0
    can_delete = False
    readonly_fields = ("actor", "from_status", "to_status", "note", "at")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Challenge)
class ChallengeAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("title", "organisation", "hub", "status", "closes_at")
    list_filter = ("status", "language", "hub")
    list_select_related = ("organisation", "hub")
    search_fields = ("search_text", "public_id")
    date_hierarchy = "created_at"
    raw_id_fields = ("organisation", "author", "hub")
    readonly_fields = (
        "public_id",
        "status",
        "form_key",
        "submitted_at",
        "published_at",
        "import_key",
        "created_at",
        "updated_at",
    )
    inlines = (NeedInline, StepInline)


@admin.register(Introduction)
class IntroductionAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("challenge", "profile", "state", "created_at")
    list_filter = ("state",)
    list_select_related = ("challenge", "profile__person", "profile__organisation")
    search_fields = ("challenge__title", "profile__search_text")
    readonly_fields = (
        "challenge",
        "profile",
        "asked_by",
        "direction",
        "brings",
        "needs",
        "who",
        "reason",
        "state",
        "slot",
        "rounds",
        "later_on",
        "reminded_at",
        "lapses_at",
        "decline_reason",
        "reply",
        "decided_by",
        "decided_at",
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False
