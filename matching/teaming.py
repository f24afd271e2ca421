"""Proposed teams as their reader sees them: who covers which need with which evidence, what stays uncovered,
what each adds, and who could take whose place."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q, Subquery, prefetch_related_objects

from accounts.models import Profile
from accounts.translated import read_translations
from hubs.models import Challenge, Consortium, Need

from . import asking, ranking
from .models import Answer, Match, Statistics, Subject, TeamProposal, TeamSearch
from .permissions import may_see_who_fits
from .pipeline.explaining import completed
from .pipeline.reasons import tell
from .ranking.strength import value_behind
from .showing import Items, NeedShown, needs_shown

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User

WAIT = 4.0  # seconds that a page waits for a worker to look for partners
Row = Mapping[str, Any]


@dataclass
class TeamMember:
    """`adds`: percent of what the team covers that would be lost without it."""

    profile: Profile
    poster: bool
    leads: bool
    covers: list[NeedShown]
    adds: int
    instead: list[Profile]


@dataclass
class ShownTeam:
    rank: int
    members: list[TeamMember]
    uncovered: list[Need]
    needs: int
    optimal: bool = True

    @property
    def covered(self) -> int:
        return self.needs - len(self.uncovered)


@dataclass
class Shown:
    """`why`: what is to be said where there are fewer than three; `looking`: nobody has looked yet."""

    teams: list[ShownTeam]
    why: str = ""
    looking: bool = False
    now: list[TeamMember] = field(default_factory=list)
    singles: list[ShownTeam] = field(default_factory=list)
    uncovered: list[Need] = field(default_factory=list)
    optimal: bool = True


def may_see_teams(user: "User | AnonymousUser", challenge: Challenge) -> bool:
    """Whoever sees who fits, and whoever could be in a team: has a profile that others may know of."""
    if not user.is_authenticated:
        return False
    return may_see_who_fits(user, challenge) or Profile.objects.of(user).confirmed().exists()


def how_many(challenge: Challenge) -> int:
    return TeamProposal.objects.filter(challenge=challenge).count()


def teams_of(challenge: Challenge, user: "User | AnonymousUser") -> Shown:
    """The proposals whose members may all be shown at this moment; the others wait to be renewed."""
    search: TeamSearch | None = getattr(challenge, "team_search", None)
    if search is None or search.made_at is None:
        return Shown([], looking=True)
    proposals = list(TeamProposal.objects.filter(challenge=challenge).order_by("rank"))
    known = Known(challenge, user, [row for each in proposals for row in each.members])
    shown = []
    for each in proposals:
        members = known.members(each.members)
        if members is not None:
            shown.append(
                ShownTeam(each.rank, members, known.some(each.uncovered), len(known.needs), each.optimal)
            )
    return Shown(shown, why=search.get_why_display() if search.why else "")


def partners_for(consortium: Consortium, user: "User | AnonymousUser") -> Shown:
    """Who would complete a consortium; asked of a worker."""
    found = asking.ask("partners", {"consortium": consortium.pk}, WAIT)
    if found is None or found.get("failed"):
        return Shown([], looking=True)
    if not found.get("now"):
        return Shown([])
    added = [*found["singles"], *found["teams"]]
    rows = [*found["now"], *(row for each in added for row in each["members"])]
    known = Known(consortium.challenge, user, rows, members={row["profile"] for row in found["now"]})
    shown = {
        name: [
            ShownTeam(rank, members, known.some(each["uncovered"]), len(known.needs))
            for rank, each in enumerate(found[name], start=1)
            if (members := known.members(each["members"]))
        ]
        for name in ("singles", "teams")
    }
    return Shown(
        shown["teams"],
        now=known.members(found["now"]) or [],
        singles=shown["singles"],
        uncovered=known.some(found["uncovered"]),
        optimal=found["optimal"],
    )


@asking.answers("partners")
def answer(question: dict[str, Any]) -> dict[str, Any]:
    """In a worker: ids alone; whoever shows them asks who may see them."""
    from .pipeline import model_name, teams, yardstick

    statistics = yardstick.shown(model_name())
    if statistics is None:
        raise LookupError("Nothing is measured yet.")
    consortium = Consortium.objects.select_related("challenge").get(pk=question["consortium"])
    return teams.missing_partners(consortium, model_name(), statistics)


class Known:
    """What stored members stand for, read once for all of them."""

    def __init__(
        self,
        challenge: Challenge,
        user: "User | AnonymousUser",
        rows: Iterable[Row],
        members: Iterable[int] = (),
    ) -> None:
        rows = list(rows)
        self.challenge = challenge
        prefetch_related_objects([challenge], "needs")
        read_translations(challenge.needs.all())
        self.needs = {need.pk: need for need in challenge.needs.all()}
        ids = {row["profile"] for row in rows} | {pk for row in rows for pk in row["instead"]}
        never = Answer.objects.filter(challenge=challenge, answer=Answer.Choice.NEVER)
        able = Profile.objects.matchable().exclude(pk__in=never.values("profile"))
        visible = Profile.objects.visible_to(user).filter(pk__in=ids)
        marked = visible.annotate(is_able=Exists(able.filter(pk=OuterRef("pk"))))
        related = marked.select_related("person__user", "organisation", "institution")
        self.profiles = {profile.pk: profile for profile in related}
        self.free = {pk for pk, one in self.profiles.items() if vars(one)["is_able"]} | set(members)
        self.reasons = self._reasons(rows)
        self.items = Items.of(self.reasons.values())

    def _reasons(self, rows: Iterable[Row]) -> dict[int, dict[str, Any]]:
        """In the words of matches: each profile's evidence for the needs that it covers here."""
        current = Statistics.objects.filter(current=True)
        version, model = Subquery(current.values("version")[:1]), Subquery(current.values("model")[:1])
        asked = Subject.objects.filter(Q(challenge=self.challenge) | Q(profile__in=self.profiles))
        read = list(asked.annotate(shown_version=version, shown_model=model))
        target = next((one for one in read if one.challenge_id), None)
        if target is None or vars(target)["shown_version"] is None:
            return {}
        target.challenge = self.challenge  # with its needs
        subjects = {one.profile_id: one for one in read if one.profile_id}
        parts: dict[int, dict[int, Any]] = {}
        for row in rows:
            if row["profile"] in subjects:
                mine = parts.setdefault(row["profile"], {})
                for need in row["needs"]:  # teams are made of probabilities; words are said of values
                    mine[need["need_id"]] = need | {"value": value_behind(need["value"])}
        matches = {}
        for profile, needs in parts.items():
            subjects[profile].profile = self.profiles[profile]
            matches[profile] = Match(
                subject=subjects[profile],
                target=target,
                parts={"needs": list(needs.values())},
                engine=ranking.ENGINE,
                model=vars(target)["shown_model"],
                statistics_id=vars(target)["shown_version"],
            )
        tell(list(matches.values()))
        return {profile: completed(match.reason) for profile, match in matches.items()}

    def members(self, rows: Iterable[Row]) -> list[TeamMember] | None:
        """None where somebody may not be shown any more."""
        named = self.challenge.poster_shown == Challenge.PosterShown.NAME
        found = []
        for row in rows:
            profile = self.profiles.get(row["profile"])
            if profile is None or not (named if row["poster"] else profile.pk in self.free):
                return None
            found.append(self._member(row, profile))
        return found

    def _member(self, row: Row, profile: Profile) -> TeamMember:
        wanted = {need["need_id"] for need in row["needs"]}
        covered, _uncovered, _elsewhere = needs_shown(
            self.reasons.get(profile.pk, {}), self.challenge, self.items
        )
        return TeamMember(
            profile,
            row["poster"],
            any(need["leads"] for need in row["needs"]),
            [need for need in covered if need.pk in wanted],
            round(100 * row["adds"]),
            [self.profiles[pk] for pk in row["instead"] if pk in self.profiles and pk in self.free],
        )

    def some(self, ids: Iterable[int]) -> list[Need]:
        return [self.needs[pk] for pk in ids if pk in self.needs]
