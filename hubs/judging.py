"""Reads about evaluation: conflicts of interest found from what is on record, and how responses stand."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import Affiliation, Person, Profile, ProfileItem
from accounts.models.profiles import ProfileQuerySet

from . import conflicts
from .answering import profiles_of
from .models import Challenge, Conflict, Criterion, Evaluator, Response, Score

if TYPE_CHECKING:
    from accounts.models import User


def usual_criteria(challenge: Challenge) -> list[Criterion]:
    """What responses are judged by where the poster wrote nothing of its own; in the challenge's language."""
    with override(challenge.language):
        told = [
            (_("Does it meet the needs?"), _("The indispensable ones first."), 3),
            (_("Can this team do it?"), _("Shown by what they have done."), 2),
            (_("Is the plan realistic?"), _("Steps, dates and means fit together."), 2),
            (_("Will it last?"), _("Cost, upkeep and who goes on with it after a first trial."), 1),
        ]
    return [
        Criterion(challenge=challenge, position=position, question=question, help=what, weight=weight)
        for position, (question, what, weight) in enumerate(told)
    ]


def criteria_of(challenge: Challenge) -> list[Criterion]:
    return list(challenge.criteria.all()) or usual_criteria(challenge)


# --- Conflicts of interest ------------------------------------------------------


def party_of(person: Person, now: datetime) -> conflicts.Party:
    """The evaluator's side: the person, the organisations of the last three years, the works."""
    profiles = list(Profile.objects.filter(person=person).select_related("institution"))
    return conflicts.Party(
        people=frozenset({person.pk}),
        organisations=_organisations([person.pk], profiles, now),
        works=conflicts.work_keys(_works(profiles), now),
    )


def party_behind(response: Response, now: datetime) -> conflicts.Party:
    """The respondents' side: the same for everybody whose profile responds, and for what was handed in."""
    profiles = profiles_of(response)
    people = [profile.person_id for profile in profiles if profile.person_id]
    author = [response.author_id] if response.author_id else []
    return conflicts.Party(
        people=frozenset([*people, *author]),
        organisations=_organisations(people, profiles, now),
        works=conflicts.work_keys(_works(profiles), now),
    )


def _works(profiles: Iterable[Profile]) -> Iterable[ProfileItem]:
    return ProfileItem.objects.filter(profile__in=list(profiles), role=ProfileItem.Role.EVIDENCE)


def _organisations(people: list[int], profiles: Iterable[Profile], now: datetime) -> dict[str, str]:
    recent = Q(until=None) | Q(until__gte=conflicts.since(now))
    rows = Affiliation.objects.filter(recent, person__in=people).values_list(
        "organisation", "organisation__name"
    )
    keys: dict[str, str] = {}
    for pk, name in rows:
        keys |= conflicts.organisation_keys(pk, name)
    for profile in profiles:
        if profile.organisation:
            keys |= conflicts.organisation_keys(profile.organisation.pk, profile.organisation.name)
        if profile.institution_shown:
            keys |= conflicts.organisation_keys(profile.institution_id, profile.institution_shown)
    return keys


def find_conflicts(evaluator: Evaluator, now: datetime | None = None) -> None:
    """Write down what the site finds between this evaluator and all that was handed in; what one declared
    stays. Called whenever either side may have changed."""
    now = now or timezone.now()
    side = party_of(evaluator.person, now)
    related = ("profile__person", "profile__organisation", "profile__institution", "consortium")
    for response in (
        Response.objects.submitted().filter(challenge=evaluator.challenge_id).select_related(*related)
    ):
        _write_down(evaluator, response, conflicts.between(side, party_behind(response, now)))


def find_conflicts_of(response: Response) -> None:
    now = timezone.now()
    asked = list(
        Evaluator.objects.filter(
            challenge=response.challenge_id, state=Evaluator.State.ACCEPTED
        ).select_related("person")
    )
    behind = party_behind(response, now) if asked else conflicts.Party()
    for evaluator in asked:
        _write_down(evaluator, response, conflicts.between(party_of(evaluator.person, now), behind))


def _write_down(evaluator: Evaluator, response: Response, found: list[conflicts.Found]) -> None:
    stored = Conflict.objects.filter(evaluator=evaluator, response=response)
    kinds = [one.kind for one in found]
    stored.exclude(kind__in=[*kinds, Conflict.Kind.DECLARED]).delete()
    for one in found:
        Conflict.objects.update_or_create(
            evaluator=evaluator, response=response, kind=one.kind, defaults={"detail": one.detail}
        )


# --- Scores ---------------------------------------------------------------------


def mark(criteria: Iterable[Criterion], values: dict[int, int]) -> float | None:
    """The weighted mean of one evaluator's scores, each on its scale from 0 to 100; None until all are
    there."""
    total = weight = 0.0
    for criterion in criteria:
        if criterion.pk not in values:
            return None
        low, high = Criterion.RANGES[Criterion.Scale(criterion.scale)]
        total += criterion.weight * (values[criterion.pk] - low) / (high - low)
        weight += criterion.weight
    return 100 * total / weight if weight else None


@dataclass
class Standing:
    """One response with the marks that it got, and who could not judge it."""

    response: Response
    marks: dict[int, float] = field(default_factory=dict)  # by evaluator
    waits: int = 0  # evaluators who may still score it
    conflicted: int = 0
    comments: list[Score] = field(default_factory=list)

    @property
    def mean(self) -> float | None:
        return sum(self.marks.values()) / len(self.marks) if self.marks else None


def standings(challenge: Challenge, user: "User") -> list[Standing]:
    """Best first, those that nobody has marked last; without those that the reader has a conflict with."""
    criteria = list(challenge.criteria.all())
    evaluators = [one.pk for one in challenge.evaluators.all() if one.state == Evaluator.State.ACCEPTED]
    readable = Response.objects.visible_to(user).submitted().filter(challenge=challenge)
    responses = list(readable.select_related("profile__person", "profile__organisation", "consortium"))
    barred = defaultdict(set)
    for pk, evaluator in Conflict.objects.filter(response__in=responses).values_list("response", "evaluator"):
        barred[pk].add(evaluator)
    scored: dict[tuple[int, int], list[Score]] = defaultdict(list)
    for score in Score.objects.filter(response__in=responses).select_related("criterion"):
        scored[score.response_id, score.evaluator_id].append(score)
    rows = []
    for response in responses:
        row = Standing(response, conflicted=len(barred[response.pk] & set(evaluators)))
        for evaluator in set(evaluators) - barred[response.pk]:
            scores = scored[response.pk, evaluator]
            got = mark(criteria, {score.criterion_id: score.value for score in scores})
            if got is None:
                row.waits += 1
            else:
                row.marks[evaluator] = got
                row.comments += [score for score in scores if score.comment]
        rows.append(row)
    return sorted(rows, key=lambda row: (row.mean is None, -(row.mean or 0), row.response.pk))


def askable(user: "User") -> ProfileQuerySet:
    """People with an account whose profile the reader sees."""
    seen = Profile.objects.visible_to(user).filter(kind=Profile.Kind.RESEARCHER, person__user__isnull=False)
    return seen.exclude(person__user=user.pk)


def candidates(challenge: Challenge, user: "User", words: str) -> list[Profile]:
    """Whom the poster may ask, found by words of the profile: those abroad who offered to evaluate first."""
    asked = challenge.evaluators.values("person")
    found = askable(user).search(words).exclude(person__in=asked).select_related("person", "institution")
    offered = found.filter(would_help__contains=f",{Profile.Help.EVALUATE},")[:10]
    rest = found.exclude(pk__in=[profile.pk for profile in offered])
    return [*offered, *rest[: 10 - len(offered)]]
