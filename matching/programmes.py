"""Programmes for a profile, a challenge, a consortium: what words found, asked anew of the clock and of the
facts whenever it is shown. Nobody is shown what they may not apply to."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from accounts.models import Profile, User
from hubs.eligible import Verdict, best
from hubs.models import Challenge, Consortium, Member, Programme

from .models import ProgrammeMatch

MOST = 6
LOOKED_AT = 60


@dataclass(frozen=True)
class Fitting:
    """A programme, through whom one may apply, and what of their own words it fits; strength is empty where
    facts alone speak for it."""

    programme: Programme
    profile: Profile | None = None
    verdict: Verdict | None = None
    strength: str = ""
    text: str = ""
    language: str = ""


def for_person(user: User, profiles: Sequence[Profile] | None = None) -> list[Fitting]:
    """The best for one's profiles; then those that name a kind of theirs and surely take them. `profiles`:
    all of the user's, where they were read already."""
    if profiles is None:
        profiles = list(Profile.objects.of(user).select_related("person", "organisation"))
    if not profiles:
        return []
    matches = ProgrammeMatch.objects.filter(subject__profile__in=profiles).order_by("-score", "pk")
    by_profile = {profile.pk: profile for profile in profiles}
    found: dict[int, Fitting] = {}
    for match in _open(matches)[:LOOKED_AT]:
        assert match.subject.profile_id is not None  # noqa: S101 - so it was asked for
        _add(found, match, [by_profile[match.subject.profile_id]])
    return [*found.values(), *_named(profiles, set(found), MOST - len(found))][:MOST]


def for_challenge(challenge: Challenge, user: "User | AnonymousUser") -> list[Fitting]:
    """What gives what a challenge needs; to whoever has profiles, only what one of these may apply to."""
    if not (challenge.is_open() or challenge.is_upcoming()):
        return []
    matches = ProgrammeMatch.objects.filter(subject__challenge=challenge).order_by("-score", "pk")
    own = list(Profile.objects.of(user).select_related("person", "organisation"))
    found: dict[int, Fitting] = {}
    for match in _open(matches)[:LOOKED_AT]:
        if _admits(match.programme, challenge):
            _add(found, match, own, anybody=not own)
    return list(found.values())[:MOST]


def for_consortium(consortium: Consortium, members: Sequence[Member] | None = None) -> list[Fitting]:
    """What gives what no member covers, and a member may apply to. `members`: all of them, with their needs,
    where they were read already."""
    if members is None:
        members = list(
            consortium.members.select_related("profile__person", "profile__organisation").prefetch_related(
                "needs"
            )
        )
    inside = [row for row in members if row.state == Member.State.ACCEPTED]
    profiles = [row.profile for row in inside]
    covered = {need.pk for row in inside for need in row.needs.all()}
    open_needs = {need.pk for need in consortium.challenge.needs.all()} - covered
    matches = ProgrammeMatch.objects.filter(subject__challenge=consortium.challenge_id)
    found: dict[int, Fitting] = {}
    for match in _open(matches.order_by("-score", "pk"))[:LOOKED_AT]:
        if open_needs & set(match.reason.get("items", [])):
            _add(found, match, profiles)
    return list(found.values())[:MOST]


def _open(matches: QuerySet[ProgrammeMatch]) -> QuerySet[ProgrammeMatch]:
    """Open at this moment, under the statistics in force."""
    rows = matches.filter(programme__in=Programme.objects.open().values("pk"), statistics__current=True)
    return rows.select_related("programme__organisation", "subject")


def _admits(programme: Programme, challenge: Challenge) -> bool:
    """Whether somebody who may answer the challenge may be somebody who may apply."""
    kinds = not programme.who_may or not challenge.eligible_kinds
    one_state = challenge.only_in_state and challenge.state and programme.states
    reached = not one_state or challenge.state in programme.states
    return reached and (kinds or bool(set(programme.who_may) & set(challenge.eligible_kinds)))


def _add(
    found: dict[int, Fitting], match: ProgrammeMatch, profiles: Sequence[Profile], *, anybody: bool = False
) -> None:
    way = best(match.programme, profiles)
    if match.programme_id in found or (way is None and not anybody):
        return
    text, language = match.reason.get("text", ""), match.reason.get("language", "")
    profile, verdict = way or (None, None)
    found[match.programme_id] = Fitting(match.programme, profile, verdict, match.strength, text, language)


def _named(profiles: Sequence[Profile], but: set[int], most: int) -> Iterable[Fitting]:
    """Open to a kind that is named, whatever the words: general funding says little that could be matched."""
    if most <= 0:
        return []
    kinds = Q()
    for kind in {profile.kind for profile in profiles}:
        kinds |= Q(who_may__contains=f",{kind},")
    rows = Programme.objects.open().filter(kinds).exclude(pk__in=but).select_related("organisation")
    judged = ((row, best(row, profiles)) for row in rows[:LOOKED_AT])
    sure = [Fitting(row, *way) for row, way in judged if way and way[1].word == "eligible"]
    return sure[:most]
