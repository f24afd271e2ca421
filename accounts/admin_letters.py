"""The operator's list of letters: which failed, which may have arrived, and how to send them again."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from . import mailer
from .models import Letter


@admin.register(Letter)
class LetterAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """To be read, not written; what a letter holds (a sign-in code, perhaps) is not shown."""

    list_display = ["created_at", "kind", "to", "state", "attempts", "sent_at", "error"]
    list_filter = ["state", "kind", "family", "created_at"]
    list_select_related = ["person__user"]
    search_fields = ["address", "person__name", "person__user__email", "message_id"]
    date_hierarchy = "created_at"
    actions = ["send_again"]
    exclude = ["params"]

    @admin.display(description=_("to"))
    def to(self, letter: Letter) -> str:
        return letter.address or str(letter.person or "")

    @admin.action(description=_("Send again (failed and unknown letters)"), permissions=["change"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Letter]) -> None:
        count = mailer.send_again(queryset)
        said = ngettext("%(n)d letter will be sent again.", "%(n)d letters will be sent again.", count)
        self.message_user(request, said % {"n": count}, messages.SUCCESS if count else messages.WARNING)

    def get_readonly_fields(self, request: HttpRequest, obj: Letter | None = None) -> list[str]:
        return [field.name for field in Letter._meta.fields if field.name != "params"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
