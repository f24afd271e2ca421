"""What is known of profiles and challenges beside their words: who may be matched, and what weighs."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from accounts.countries import get_pack
from accounts.folding import fold
from accounts.models import Membership, Profile, ProfileItem
from hubs.models import CoPoster, Need

from ..fields import among
from ..matchable import matchable_challenges
from ..models import Answer, Subject, SubjectQuerySet
from ..parts import active
from ..ranking import facts as known
from ..ranking.facts import PairFacts

CHUNK = 500
JOINS = {Profile.Help.COLEAD, Profile.Help.RETURN}


@dataclass(frozen=True)
class ProfileFacts:
    subject_id: int
    profile_id: int
    helix: str
    organisation_id: int | None = None
    institution_id: int | None = None
    person_id: int | None = None
    kind: str = ""
    state: str = ""
    abroad: bool = False
    trl: int | None = None
    available: bool | None = None
    institution: str = ""  # as typed, folded
    would_join: bool = False  # from abroad: leads work together with somebody here, or comes back


@dataclass(frozen=True)
class NeedFacts:
    need_id: int
    text: str
    weight: str
    sought: str


@dataclass(frozen=True)
class ChallengeFacts:
    subject_id: int
    challenge_id: int
    organisation_id: int
    members: frozenset[int]
    needs: dict[int, NeedFacts] = field(default_factory=dict)  # in the poster's order
    kinds: frozenset[str] = frozenset()
    state: str = ""
    neighbours: frozenset[str] = frozenset()
    state_only: bool = False
    trl_from: int | None = None
    trl_to: int | None = None
    on_site: bool = False
    poster: str = ""  # its name, folded
    co_posters: frozenset[int] = frozenset()

    def is_own(self, profile: ProfileFacts) -> bool:
        """One's own challenge: of one's organisation, one's institution (chosen or typed), or one that one
        belongs to."""
        return (
            not self.co_posters.isdisjoint((profile.organisation_id, profile.institution_id))
            or self.organisation_id in (profile.organisation_id, profile.institution_id)
            or profile.person_id in self.members
            or (bool(profile.institution) and profile.institution == self.poster)
        )


def profiles(subjects: Iterable[int] | None = None) -> dict[int, ProfileFacts]:
    """Matchable profiles by subject, all or some."""
    found = Profile.objects.matchable().filter(subject__isnull=False)
    columns = ("organisation_id", "institution_id", "person_id", "kind", "state", "lives_abroad")
    names = ("subject", "pk", *columns, "would_help", "trl", "availability", "institution_name")
    return {row[0]: _profile(*row) for row in _rows(found, subjects, names)}


def _profile(subject_id: int, profile_id: int, *row: Any) -> ProfileFacts:
    organisation, institution, person, kind, state, lives_abroad, would_help, trl, availability, name = row
    return ProfileFacts(
        subject_id,
        profile_id,
        Profile.HELIX[Profile.Kind(kind)],
        organisation,
        institution,
        person,
        kind,
        state,
        bool(lives_abroad),
        trl,
        known.availability(availability) if availability else None,
        fold(name) if name else "",
        not JOINS.isdisjoint(would_help),
    )


def challenges(subjects: Iterable[int] | None = None) -> dict[int, ChallengeFacts]:
    """Challenges that people may still answer, by subject, all or some."""
    found = matchable_challenges().filter(subject__isnull=False)
    columns = ("organisation_id", "organisation__name", "country", "eligible_kinds", "state", "only_in_state")
    names = ("subject", "pk", *columns, "trl_from", "trl_to", "offer_site")
    rows = list(_rows(found, subjects, names))
    joined = _co_posters([row[1] for row in rows])
    members = _members({row[2] for row in rows} | {each for some in joined.values() for each in some})
    needs = _needs([row[1] for row in rows])
    read: dict[int, ChallengeFacts] = {}
    for row in rows:
        theirs = frozenset(joined.get(row[1], ()))
        own = members[row[2]].union(*(members[each] for each in theirs))
        read[row[0]] = replace(_challenge(row, own, needs[row[1]]), co_posters=theirs)
    return read


def _co_posters(challenge_ids: Collection[int]) -> dict[int, set[int]]:
    """The organisations that joined each challenge."""
    found: dict[int, set[int]] = defaultdict(set)
    for part in chunks(challenge_ids):
        rows = CoPoster.objects.filter(challenge__in=part, state=CoPoster.State.ACCEPTED)
        for challenge, organisation in rows.values_list("challenge", "organisation"):
            found[challenge].add(organisation)
    return found


def _challenge(row: tuple[Any, ...], members: set[int], needs: dict[int, NeedFacts]) -> ChallengeFacts:
    subject_id, challenge_id, organisation, name, country, kinds, state, state_only, low, high, site = row
    return ChallengeFacts(
        subject_id,
        challenge_id,
        organisation,
        frozenset(members),
        needs,
        frozenset(kinds),
        state,
        frozenset(get_pack(country).states.value(state, "neighbours").split()),
        bool(state_only and state),
        low,
        high,
        bool(site),
        fold(name),
    )


def _rows(
    found: QuerySet[Any], subjects: Iterable[int] | None, names: Sequence[str]
) -> Iterator[tuple[Any, ...]]:
    if subjects is None:
        yield from found.values_list(*names)
        return
    yield from found.filter(subject__in=among(subjects)).values_list(*names)


def _members(organisations: Collection[int]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for part in chunks(organisations):
        rows = Membership.objects.filter(organisation__in=part).values_list("organisation", "person")
        for organisation, person in rows:
            found[organisation].add(person)
    return found


def _needs(challenge_ids: Collection[int]) -> dict[int, dict[int, NeedFacts]]:
    found: dict[int, dict[int, NeedFacts]] = defaultdict(dict)
    for part in chunks(challenge_ids):
        for need in Need.objects.filter(challenge__in=part).order_by("position", "pk"):
            found[need.challenge_id][need.pk] = NeedFacts(need.pk, need.text, need.weight, need.sought)
    return found


def refused(profile_ids: Iterable[int], challenge_ids: Iterable[int]) -> set[tuple[int, int]]:
    """Pairs (profile, challenge) that were answered with never."""
    return set(_answers(Answer.Choice.NEVER, profile_ids, challenge_ids))


def postponed(profile_ids: Iterable[int], challenge_ids: Iterable[int]) -> dict[tuple[int, int], int]:
    """Days since each pair (profile, challenge) was answered with not now."""
    now = timezone.now()
    found = _answers(Answer.Choice.NOT_NOW, profile_ids, challenge_ids)
    return {pair: (now - at).days for pair, at in found.items()}


def _answers(
    word: str, profile_ids: Iterable[int], challenge_ids: Iterable[int]
) -> dict[tuple[int, int], datetime]:
    """When each pair was so answered; asked for by the side that has fewer rows."""
    sides = {"profile": set(profile_ids), "challenge": set(challenge_ids)}
    few, many = sorted(sides, key=lambda name: len(sides[name]))
    found: dict[tuple[int, int], datetime] = {}
    for part in chunks(sides[few]):
        rows = Answer.objects.filter(Q((f"{few}__in", part)), answer=word)
        for profile, challenge, at in rows.values_list("profile", "challenge", "at"):
            if {"profile": profile, "challenge": challenge}[many] in sides[many]:
                found[profile, challenge] = at
    return found


def years(item_ids: Iterable[int]) -> dict[int, int]:
    """The years of those items that have one."""
    rows = ProfileItem.objects.filter(pk__in=among(item_ids)).values_list("pk", "year")
    return {item: year for item, year in rows if year is not None}


def may_cover(need: NeedFacts | None, helix: str) -> bool:
    """Whether a need is sought from this side of the helix; text without written needs is for anyone."""
    return need is None or known.sought_from(need.sought, helix, active())


def of_pair(
    profile: ProfileFacts,
    challenge: ChallengeFacts,
    *,
    year: int | None = None,
    not_now_days: int | None = None,
) -> PairFacts:
    """What is known of one pair; `year` is that of the evidence that answers best."""
    return PairFacts(
        kind=profile.kind,
        kinds=challenge.kinds,
        reach=known.reach(profile.state, profile.abroad, challenge.state, challenge.neighbours),
        one_state=bool(challenge.state),
        state_only=challenge.state_only,
        levels=known.levels_outside(profile.trl, challenge.trl_from, challenge.trl_to),
        age=None if year is None else timezone.localdate().year - year,
        available=profile.available,
        abroad=profile.abroad,
        would_join=profile.would_join,
        on_site=challenge.on_site,
        own=challenge.is_own(profile),
        not_now_days=not_now_days,
    )


def is_barred(profile: ProfileFacts, challenge: ChallengeFacts) -> bool:
    """Whether this pair may never be shown or mailed, whatever its words say."""
    return known.barred(of_pair(profile, challenge), active()) is not None


def may_meet(profile_id: int, challenge_id: int) -> bool:
    """Whether no fact bars a profile and a challenge, as both stand at this moment."""
    people = profiles(Subject.objects.filter(profile=profile_id).values_list("pk", flat=True))
    asked = challenges(Subject.objects.filter(challenge=challenge_id).values_list("pk", flat=True))
    pairs = ((person, challenge) for person in people.values() for challenge in asked.values())
    return not any(is_barred(*pair) for pair in pairs)


def outlived(now: datetime) -> SubjectQuerySet:
    """What the clock alone changes: profiles last matched while a "not now" of theirs still held that has
    lapsed since, and challenges last matched in an earlier year, when all evidence was a year younger."""
    new_year = timezone.localtime(now).replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)
    long_ago = now - timedelta(days=known.NOT_NOW_DAYS)
    rows = Answer.objects.filter(
        answer=Answer.Choice.NOT_NOW,
        at__lte=long_ago,
        at__gt=F("profile__subject__matched_at") - timedelta(days=known.NOT_NOW_DAYS),
    )
    aged = Q(challenge__in=matchable_challenges().values("pk"), matched_at__lt=new_year)
    return Subject.objects.filter(aged | Q(profile__in=rows.values("profile")), stale_since=None)


def chunks(ids: Iterable[int]) -> Iterator[list[int]]:
    chosen = sorted(ids)
    for start in range(0, len(chosen), CHUNK):
        yield chosen[start : start + CHUNK]
