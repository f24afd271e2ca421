"""Gaps as their readers may see them, who and what could close each, and inviting those people.

Who is near was found by words when the gap was last put together; whether they may be shown, still live where
they lived, and whether a programme takes anybody is asked whenever a page is made.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, Min, OuterRef, Prefetch, Q
from django.utils import timezone

from accounts.models import Family, Profile
from accounts.news import notify
from accounts.translated import read_translations
from hubs.models import Challenge, Need, Programme

from .country.hiding import told
from .models import Answer, Gap, GapInvitation, GapNeed, GapQuerySet, GapRound
from .permissions import may_see_rounds, person_of
from .ranking import Strength, strength

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User

JUNIOR_YEARS = 7  # since the first dated evidence; what research councils call early
FEWEST_COVERED = 5  # gaps, before a middle is told
TRAINING = (Programme.Kind.TRAINING, Programme.Kind.TALENT)
MOST_COMPUTING = 3


@dataclass
class Shown:
    """A gap with those of its needs that its reader may see, nearest to its middle first."""

    gap: Gap
    needs: list[Need]

    @property
    def name(self) -> Need:
        return self.needs[0]

    @property
    def challenges(self) -> list[Challenge]:
        return list({need.challenge_id: need.challenge for need in self.needs}.values())

    @property
    def words(self) -> list[tuple[str, list[str]]]:
        return sorted(self.gap.words.items())


@dataclass
class Near:
    """Somebody who comes near some of a gap's needs."""

    profile: Profile
    needs: int
    strength: Strength | None
    invited: bool
    since: int | None = None  # the year of the first dated evidence


@dataclass
class Ways:
    """How a gap could be closed. `named`: whether its reader sees who; else `abroad_count`, `junior_count`
    hold about how many, None for fewer than five."""

    named: bool
    abroad: list[Near] = field(default_factory=list)
    juniors: list[Near] = field(default_factory=list)
    abroad_count: int | None = None
    junior_count: int | None = None
    training: list[Programme] = field(default_factory=list)
    computing: list[Programme] = field(default_factory=list)
    fits: bool = False  # computing by its words, not only because it is open to all
    with_data: int = 0  # challenges that bring data of their own


def listed(gaps: GapQuerySet, user: "User | AnonymousUser") -> GapQuerySet:
    """With what `shown` reads."""
    needs = GapNeed.objects.visible_to(user).select_related("need__challenge__organisation")
    return gaps.visible_to(user).prefetch_related(Prefetch("gap_needs", needs))


def shown(gaps: Iterable[Gap]) -> list[Shown]:
    """With translations of needs and challenges, read at once."""
    found = [Shown(gap, [row.need for row in gap.gap_needs.all()]) for gap in gaps]
    found = [one for one in found if one.needs]
    needs = [need for one in found for need in one.needs]
    read_translations([*needs, *{need.challenge_id: need.challenge for need in needs}.values()])
    return found


@dataclass(frozen=True)
class Published:
    """`middle`: days until a gap was covered, for half of those that were; None for fewer than five gaps."""

    open: int
    covered: int
    middle: int | None
    round: GapRound | None


def published(user: "User | AnonymousUser") -> Published:
    """Of the country; invented examples tell nothing about how long anything takes."""
    dates = Gap.objects.covered().filter(is_demo=False).values_list("found_at", "covered_at")
    days = [(covered - found).days for found, covered in dates if covered]
    middle = round(median(days)) if len(days) >= FEWEST_COVERED else None
    rows = Gap.objects.visible_to(user)
    return Published(rows.open().count(), rows.covered().count(), middle, GapRound.objects.first())


def may_invite(user: "User | AnonymousUser", needs: Sequence[Need]) -> bool:
    """Whoever posts a challenge with one of these needs, the curators of the nation, and operators."""
    if not user.is_authenticated:
        return False
    own = Challenge.objects.of(user).filter(pk__in={need.challenge_id for need in needs})
    return may_see_rounds(user) or own.exists()


def invites_reader(gap: Gap, user: "User | AnonymousUser") -> bool:
    """Whether one of the reader's own profiles was invited to close it."""
    if not user.is_authenticated:
        return False
    return gap.invitations.filter(profile__in=Profile.objects.of(user).values("pk")).exists()


def ways(found: Shown, user: "User | AnonymousUser") -> Ways:
    named = may_invite(user, found.needs)
    people = _people(found, user if named else None)
    abroad = _near(found.gap.closers.get("abroad", []), people, away=True)
    juniors = [one for one in _near(found.gap.closers.get("here", []), people, away=False) if _is_junior(one)]
    training, computing, fits = _programmes(found.gap)
    with_data = sum(bool(challenge.offer_data.strip()) for challenge in found.challenges)
    common: dict[str, Any] = {"training": training, "computing": computing, "fits": fits}
    common["with_data"] = with_data
    if named:
        return Ways(True, abroad, juniors, **common)
    cell = f"gap:{found.gap.pk}"
    counts = told(len(abroad), f"{cell}:abroad"), told(len(juniors), f"{cell}:juniors")
    return Ways(False, abroad_count=counts[0], junior_count=counts[1], **common)


def _people(found: Shown, user: "User | AnonymousUser | None") -> dict[int, Profile]:
    """Of those who come near, whoever may be matched, did not say never to one of these challenges, and may
    be seen by the user (None: to be counted only)."""
    rows = [*found.gap.closers.get("abroad", []), *found.gap.closers.get("here", [])]
    never = Answer.objects.filter(
        profile=OuterRef("pk"), challenge__in=[each.pk for each in found.challenges], answer="never"
    )
    invited = GapInvitation.objects.filter(gap=found.gap, profile=OuterRef("pk"))
    people = Profile.objects.matchable().filter(~Exists(never), pk__in={row["id"] for row in rows})
    if user is not None:
        people = people.filter(pk__in=Profile.objects.visible_to(user).values("pk"))
    people = people.annotate(
        since=Min("items__year", filter=Q(items__role="evidence")), invited=Exists(invited)
    )
    return {one.pk: one for one in people.select_related("person", "organisation", "institution")}


def _near(rows: Iterable[dict[str, Any]], people: dict[int, Profile], *, away: bool) -> list[Near]:
    found = []
    for row in rows:
        profile = people.get(row["id"])
        if profile is not None and bool(profile.lives_abroad) == away:
            told_of = {name: getattr(profile, name) for name in ("invited", "since")}  # annotated above
            found.append(Near(profile, len(row["needs"]), strength(row["value"]), **told_of))
    return found


def _is_junior(one: Near) -> bool:
    """A person whose first dated evidence is a few years old at most."""
    first = timezone.localdate().year - JUNIOR_YEARS
    return one.profile.kind == Profile.Kind.RESEARCHER and one.since is not None and one.since >= first


def _programmes(gap: Gap) -> tuple[list[Programme], list[Programme], bool]:
    """Training near to it, computing near to it or else what is open to all, and which of the two."""
    near = [row["id"] for row in gap.closers.get("programmes", [])]
    takes = Q(pk__in=Programme.objects.open().values("pk")) | Q(
        pk__in=Programme.objects.upcoming().values("pk")
    )
    wanted = Q(pk__in=near, kind__in=TRAINING) | Q(kind=Programme.Kind.COMPUTING)
    rows = list(Programme.objects.filter(takes, wanted).select_related("organisation"))
    rows.sort(key=lambda one: (near.index(one.pk) if one.pk in near else len(near), one.pk))
    computing = [one for one in rows if one.kind == Programme.Kind.COMPUTING]
    fitting = [one for one in computing if one.pk in near]
    shown_rows = (fitting or computing)[:MOST_COMPUTING]
    training = [one for one in rows if one.kind in TRAINING]
    read_translations([*training, *shown_rows])
    return training, shown_rows, bool(fitting)


@transaction.atomic
def invite(*, gap: Gap, profiles: Iterable[Profile], by: "User") -> int:
    """Tell some of those who come near a gap of it, each once for good; returns how many heard of it now.

    Raises PermissionDenied for whoever neither posts one of its challenges nor curates the nation.
    """
    found = shown(listed(Gap.objects.open().filter(pk=gap.pk), by))
    if not found or not may_invite(by, found[0].needs):
        raise PermissionDenied
    near = ways(found[0], by)
    there = {one.profile.pk: one.profile for one in (*near.abroad, *near.juniors)}
    new = 0
    for profile in profiles:
        if profile.pk in there:
            _, made = GapInvitation.objects.get_or_create(
                gap=gap, profile=there[profile.pk], defaults={"by": person_of(by)}
            )
            if made:
                _tell(found[0], there[profile.pk])
                new += 1
    return new


def _tell(found: Shown, profile: Profile) -> None:
    """Its people, as often as they want to hear of programmes."""
    need = found.name
    for person in profile.letter_readers().filter(user__isnull=False):
        notify(
            person=person,
            family=Family.PROGRAMMES,
            kind="gap_invitation",
            params={"title": need.text[:200], "language": need.language},
            url=found.gap.get_absolute_url(),
            about=f"gap:{found.gap.pk}",
            key=f"gap_invitation:{found.gap.public_id}",
        )
