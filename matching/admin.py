"""What the operator sees of matching: what is stale, what failed, what was matched, shown and answered."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from .models import Answer, Match, MatchEvent, Passage, Statistics, Subject
from .pipeline.subjects import mark


class ReadOnly(admin.ModelAdmin):  # type: ignore[type-arg]
    """These rows are made by the engine and by people's answers, not by hand."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


class FailedFilter(admin.SimpleListFilter):
    title = _("failures")
    parameter_name = "failed"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        return [("yes", str(_("Only failed ones")))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Subject]) -> QuerySet[Subject]:
        return queryset.filter(failures__gt=0) if self.value() else queryset


@admin.action(description=_("Match again"), permissions=["view"])
def match_again(model_admin: object, request: HttpRequest, queryset: QuerySet[Subject]) -> None:
    mark(Subject.objects.filter(pk__in=queryset.values("pk")), interactive=False)


@admin.register(Subject)
class SubjectAdmin(ReadOnly):
    list_display = ["__str__", "stale_since", "interactive", "not_before", "matched_at", "failures", "error"]
    list_filter = [FailedFilter, "interactive"]
    list_select_related = ["profile__person", "profile__organisation", "challenge"]
    actions = [match_again]


@admin.register(Passage)
class PassageAdmin(ReadOnly):
    list_display = ["__str__", "role", "language", "model", "failures", "error"]
    list_filter = [FailedFilter, "role", "language", "model"]
    fields = [
        "subject",
        "role",
        "item",
        "need",
        "language",
        "text",
        "text_hash",
        "model",
        "failures",
        "error",
    ]


@admin.register(Match)
class MatchAdmin(ReadOnly):
    list_display = [
        "subject",
        "target",
        "strength",
        "score",
        "probability",
        "facts",
        "statistics_id",
        "made_at",
    ]
    list_filter = ["strength", "engine", "model"]
    list_select_related = ["subject__profile__person", "subject__profile__organisation", "target__challenge"]

    @admin.display(description=_("facts"))
    def facts(self, match: Match) -> str:
        """What each known fact adds to the words' score."""
        moved: dict[str, float] = match.parts.get("facts", {})
        return ", ".join(f"{name} {value:+.2f}" for name, value in moved.items()) or "—"


@admin.register(Answer)
class AnswerAdmin(ReadOnly):
    list_display = ["profile", "challenge", "answer", "at"]
    list_filter = ["answer"]
    list_select_related = ["profile__person", "profile__organisation", "challenge"]


@admin.register(MatchEvent)
class MatchEventAdmin(ReadOnly):
    list_display = ["at", "kind", "person", "challenge", "answer", "via", "rank", "score", "statistics"]
    list_filter = ["kind", "answer"]
    list_select_related = ["person__user", "challenge"]


@admin.register(Statistics)
class StatisticsAdmin(ReadOnly):
    list_display = ["version", "model", "engine", "passages", "current", "made_at"]
    exclude = ["data"]
