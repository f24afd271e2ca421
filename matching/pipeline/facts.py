"""What decides who may be matched with what, before any text is compared."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from accounts.models import Membership, Profile
from hubs.models import Need

from ..models import Answer, Subject
from ..queries import matchable_challenges


@dataclass(frozen=True)
class ProfileFacts:
    subject_id: int
    profile_id: int
    helix: str
    organisation_id: int | None
    institution_id: int | None
    person_id: int | None


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

    def is_own(self, profile: ProfileFacts) -> bool:
        """One's own challenge: of one's organisation, one's institution, or one that one belongs to."""
        return (
            self.organisation_id in (profile.organisation_id, profile.institution_id)
            or profile.person_id in self.members
        )


def profiles(subjects: Iterable[int] | None = None) -> dict[int, ProfileFacts]:
    """Matchable profiles by subject, all or some."""
    found = Subject.objects.filter(profile__in=Profile.objects.matchable().values("pk"))
    if subjects is not None:
        found = found.filter(pk__in=list(subjects))
    fields = (
        "pk",
        "profile_id",
        "profile__kind",
        "profile__organisation_id",
        "profile__institution_id",
        "profile__person_id",
    )
    return {
        row[0]: ProfileFacts(row[0], row[1], Profile.HELIX[Profile.Kind(row[2])], *row[3:])
        for row in found.values_list(*fields)
    }


def challenges(subjects: Iterable[int] | None = None) -> dict[int, ChallengeFacts]:
    """Challenges that people may still answer, by subject, all or some."""
    found = Subject.objects.filter(challenge__in=matchable_challenges().values("pk"))
    if subjects is not None:
        found = found.filter(pk__in=list(subjects))
    rows = list(found.values_list("pk", "challenge_id", "challenge__organisation_id"))
    members: dict[int, set[int]] = defaultdict(set)
    posters = {organisation for _, _, organisation in rows}
    for organisation, person in Membership.objects.filter(organisation__in=posters).values_list(
        "organisation", "person"
    ):
        members[organisation].add(person)
    needs: dict[int, dict[int, NeedFacts]] = defaultdict(dict)
    for need in Need.objects.filter(challenge__subject__in=[row[0] for row in rows]).order_by(
        "position", "pk"
    ):
        needs[need.challenge_id][need.pk] = NeedFacts(need.pk, need.text, need.weight, need.sought)
    return {
        pk: ChallengeFacts(pk, challenge, organisation, frozenset(members[organisation]), needs[challenge])
        for pk, challenge, organisation in rows
    }


def refused(profile_ids: Iterable[int], challenge_ids: Iterable[int]) -> set[tuple[int, int]]:
    """Pairs (profile, challenge) that were answered with never."""
    answers = Answer.objects.filter(
        answer=Answer.Choice.NEVER, profile__in=list(profile_ids), challenge__in=list(challenge_ids)
    )
    return set(answers.values_list("profile_id", "challenge_id"))


def may_cover(need: NeedFacts | None, helix: str) -> bool:
    """Whether a need is sought from this side of the helix; text without written needs is for anyone."""
    return need is None or need.sought in (Need.Sought.ANYONE, helix)
