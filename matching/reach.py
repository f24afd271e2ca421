"""What a draft's author sees before submitting: the same problem elsewhere, and whom needs would reach."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.cache import cache
from django.db.models import Count, Q, Sum

from hubs.models import PUBLIC, Challenge, Need, Project, Response, Result
from hubs.queries import for_cards

from .asking import READY, put, take

WAIT = 2.0  # seconds that the page waits for a worker; it comes without, and can be opened again
LASTS = 900


@dataclass(frozen=True)
class Solution:
    """What was selected for a challenge, for others to take over; nothing where it is not known."""

    response: Response
    trl: int | None
    cost: Any
    adopters: int


@dataclass(frozen=True)
class Elsewhere:
    """A challenge that has the same problem; with what solved it, if something did."""

    challenge: Challenge
    may_join: bool
    solutions: list[Solution] = field(default_factory=list)


@dataclass(frozen=True)
class Reach:
    need: Need
    academia: int
    firms: int
    agencies: int
    few: bool
    more: bool

    @property
    def nobody(self) -> bool:
        return not (self.academia or self.firms or self.agencies or self.few)


@dataclass(frozen=True)
class Before:
    """`answered`: whether a worker has looked yet."""

    answered: bool
    elsewhere: list[Elsewhere] = field(default_factory=list)
    reached: list[Reach] = field(default_factory=list)

    @property
    def uncovered(self) -> int:
        return sum(each.nobody for each in self.reached)


def before_submitting(challenge: Challenge) -> Before:
    """The answer of a worker, who is asked once for each wording."""
    needs = list(challenge.needs.all())
    if not (challenge.title.strip() or needs):
        return Before(True)
    answer = _answer(challenge, needs)
    if answer is None or "same" not in answer:
        return Before(False)
    return Before(True, _elsewhere(challenge, answer["same"]), _reached(needs, answer["reached"]))


def _answer(challenge: Challenge, needs: list[Need]) -> dict[str, Any] | None:
    words = "\n".join(
        [challenge.language, challenge.title, challenge.summary, *(need.text for need in needs)]
    )
    wording = hashlib.sha256(words.encode("utf-8", "replace")).hexdigest()[:24]
    name = f"problem:{challenge.pk}:{wording}"
    asked: str | None = cache.get(name)
    if asked:
        answer = take(asked)
        if answer is not None and not answer.get("failed") and "error" not in answer:
            return answer
        if answer is None and cache.get(f"{name}:waits"):
            return take(asked, _patience())
    asked = put("problem", {"challenge": challenge.pk}, lasts=LASTS)
    if not asked:
        return None
    cache.set(name, asked, LASTS)
    cache.set(f"{name}:waits", True, 60)
    return take(asked, _patience())


def _patience() -> float:
    """Nobody waits for a worker that is not there; the question stays for one that comes."""
    return WAIT if cache.get(READY) else 0


def _elsewhere(draft: Challenge, same: list[tuple[int, float]]) -> list[Elsewhere]:
    """In the order of the answer, as far as it is public at this moment."""
    found = for_cards(Challenge.objects.published()).filter(pk__in=[pk for pk, _score in same])
    by_key = {each.pk: each for each in found.exclude(pk=draft.pk)}
    solved = _solutions(list(by_key))
    shown = []
    for pk, _score in same:
        if each := by_key.get(pk):
            takes = each.is_open() or each.is_upcoming()
            own = each.organisation_id == draft.organisation_id
            shown.append(Elsewhere(each, takes and not own, solved.get(pk, [])))
    return shown


def _solutions(keys: list[int]) -> dict[int, list[Solution]]:
    """What was selected for each, with how mature it is, what it cost and how many adopted it since: as its
    project says, and those challenges that took it over."""
    taken = Q(taken_over_by__status__in=PUBLIC)
    found = Response.objects.solutions().filter(challenge__in=keys)
    rows = found.annotate(takers=Count("taken_over_by", filter=taken, distinct=True)).order_by("pk")
    projects = {each.response_id: each for each in Project.objects.filter(response__in=rows.values("pk"))}
    adopters = dict(
        Result.objects.filter(project__in=[each.pk for each in projects.values()], kind=Result.Kind.ADOPTER)
        .order_by()
        .values("project")
        .annotate(n=Sum("number"))
        .values_list("project", "n")
    )
    shown: dict[int, list[Solution]] = {}
    for row in rows:
        project = projects.get(row.pk)
        trl = (project.trl_now or project.trl_start if project else None) or row.trl
        adopted = (adopters.get(project.pk, 0) if project else 0) + getattr(row, "takers")  # noqa: B009 - annotated above
        shown.setdefault(row.challenge_id, []).append(
            Solution(row, trl, project.cost if project and project.completed_at else None, adopted)
        )
    return shown


def _reached(needs: list[Need], rows: list[Mapping[str, Any]]) -> list[Reach]:
    by_need = {row["need"]: row for row in rows}
    shown = []
    for need in needs:
        if row := by_need.get(need.pk):
            helices = row["helices"]
            counts = [helices.get(name, 0) for name in ("academia", "firms", "agencies")]
            academia, firms, agencies = counts
            shown.append(Reach(need, academia, firms, agencies, few=row["few"], more=row["more"]))
    return shown
