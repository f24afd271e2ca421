"""What the operator sees of matching: what is stale, what failed, what was matched, shown and answered."""

from typing import cast

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import User

from . import actions
from .models import (
    AllocationRound,
    Answer,
    Explanation,
    LearnedModel,
    Match,
    MatchEvent,
    Passage,
    Rebuild,
    Statistics,
    Subject,
    Suspect,
)
from .pipeline import learning, sync
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


@admin.action(description=_("Try to embed again"), permissions=["view"])
def try_again(model_admin: object, request: HttpRequest, queryset: QuerySet[Passage]) -> None:
    sync.try_again(queryset)


@admin.register(Passage)
class PassageAdmin(ReadOnly):
    actions = [try_again]
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
        "interest",
        "facts",
        "statistics_id",
        "made_at",
    ]
    list_filter = ["strength", "engine", "model"]
    list_select_related = ["subject__profile__person", "subject__profile__organisation", "target__challenge"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Match]:
        return learning.with_learned(super().get_queryset(request))

    @admin.display(description=_("probability"), ordering="probability")
    def interest(self, match: Match) -> str:
        """As learned from answers where a model is on, else the engine's."""
        learned: dict[str, float] | None = match.learned  # type: ignore[attr-defined]
        return f"{learning.usefulness(learned, match.probability, match.parts):.2f}"

    @admin.display(description=_("facts"))
    def facts(self, match: Match) -> str:
        """What each known fact adds to the words' score."""
        moved: dict[str, float] = match.parts.get("facts", {})
        return ", ".join(f"{name} {value:+.2f}" for name, value in moved.items()) or "—"


@admin.register(Suspect)
class SuspectAdmin(ReadOnly):
    list_display = ["profile", "text", "marks", "state", "found_at", "decided_by", "decided_at"]
    list_filter = ["state"]
    list_select_related = ["profile__person", "profile__organisation", "decided_by__user"]


@admin.register(Explanation)
class ExplanationAdmin(ReadOnly):
    """Only those whose words could not be read; the others hold nothing for people."""

    list_display = ["__str__", "model", "error", "made_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Explanation]:
        return super().get_queryset(request).exclude(error="")


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


class Operated(ReadOnly):
    """Not written by hand either, but an operator starts, stops and resumes what makes them."""

    def has_operate_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("matching.change_rebuild")


@admin.action(description=_("Measure and match everything anew"), permissions=["operate"])
def start_rebuild(model_admin: object, request: HttpRequest, queryset: QuerySet[Statistics]) -> None:
    actions.start_rebuild(by=cast("User", request.user))


@admin.action(description=_("Stop"), permissions=["operate"])
def stop_rebuild(model_admin: object, request: HttpRequest, queryset: QuerySet[Rebuild]) -> None:
    actions.stop_rebuild(by=cast("User", request.user))


@admin.action(description=_("Resume"), permissions=["operate"])
def resume_rebuild(model_admin: object, request: HttpRequest, queryset: QuerySet[Rebuild]) -> None:
    actions.resume_rebuild(by=cast("User", request.user))


@admin.register(Statistics)
class StatisticsAdmin(Operated):
    list_display = ["version", "model", "engine", "passages", "current", "made_at"]
    exclude = ["data"]
    actions = [start_rebuild]


@admin.register(Rebuild)
class RebuildAdmin(Operated):
    list_display = [
        "version",
        "state",
        "percentage",
        "total",
        "done",
        "failed",
        "why",
        "asked_by",
        "started_at",
        "finished_at",
        "error",
    ]
    list_filter = ["state", "why"]
    list_select_related = ["asked_by"]
    actions = [stop_rebuild, resume_rebuild]

    @admin.display(description=_("done"))
    def percentage(self, rebuild: Rebuild) -> str:
        return f"{rebuild.percent} %"


@admin.register(AllocationRound)
class AllocationRoundAdmin(ReadOnly):
    """Its report has a page of its own: "view on site"."""

    list_display = ("period", "made_at", "done_at", "gap")
    view_on_site = True


@admin.register(LearnedModel)
class LearnedModelAdmin(ReadOnly):
    """What was learned from answers; told in words and tables at /review/learning/."""

    list_display = ["trained_at", "until", "engine", "is_on", "why_off"]
    list_filter = ["is_on"]
