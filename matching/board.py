"""The board of a challenge's candidates: the engine's suggestions and whom people took from them, by need and
by column, with notes and history."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Prefetch, prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Profile
from accounts.rendering import absolute
from accounts.translated import read_translations
from hubs.models import Challenge, Introduction, Need
from hubs.permissions import belongs_to_poster, curates
from hubs.queries import contacts_of

from . import covering, queries
from .models import Candidacy, CandidacyStep, Match
from .permissions import may_see_who_fits, person_of

if TYPE_CHECKING:
    from accounts.models import User

MATCHES = 200  # suggestions that needs are counted over
SUGGESTED = 24  # of them shown, the best first
PROFILE_AND_OWNERS = (
    "subject__profile__",
    "subject__profile__organisation__",
    "subject__profile__institution__",
)
Column = Candidacy.Column
LONGEST = 1000


@dataclass
class Candidate:
    """A profile on the board."""

    profile: Profile
    match: Match | None = None
    candidacy: Candidacy | None = None
    introduction: Introduction | None = None
    needs: set[int] = field(default_factory=set)  # keys of the needs that it answers
    card: queries.Card | None = None

    @property
    def column(self) -> str:
        return self.candidacy.column if self.candidacy else Column.SUGGESTED

    @property
    def may_be_invited(self) -> bool:
        """Somebody answers for it, and neither side waits for the other."""
        asked, direction = self.introduction, Introduction.Direction.FROM_POSTER
        return self.profile.claimed_at is not None and (asked is None or asked.may_be_asked_again(direction))

    @property
    def seen(self) -> str:
        """When it was last moved: two who move it at once are told of each other."""
        return self.candidacy.at.isoformat() if self.candidacy else ""


@dataclass
class NeedOnBoard:
    """A need, and how many on the board answer it."""

    need: Need
    number: int
    total: int
    taken: int  # of them, whom people took from the suggestions and did not set aside


@dataclass
class Board:
    needs: list[NeedOnBoard]
    columns: list[tuple[str, str, list[Candidate]]]
    total: int
    left_out: int  # suggestions beyond those that are shown
    posts: bool = False  # the reader may invite

    @property
    def candidates(self) -> Iterator[Candidate]:
        return (one for _value, _label, found in self.columns for one in found)


def board_of(challenge: Challenge, user: "User", need: Need | None = None, most: int = SUGGESTED) -> Board:
    """As far as this reader may see the profiles; of one need, those that answer it. Raises PermissionDenied
    for whoever may not see who fits."""
    posts = belongs_to_poster(user, challenge)
    if not posts and not curates(user, challenge):
        raise PermissionDenied
    prefetch_related_objects([challenge], "needs")
    everybody = _everybody(challenge, user)
    needs = list(challenge.needs.all())
    read_translations([challenge, *needs])
    counted = [
        NeedOnBoard(each, number, *_count(everybody, each.pk)) for number, each in enumerate(needs, start=1)
    ]
    found = [one for one in everybody if need is None or need.pk in one.needs]
    suggested = [one for one in found if one.column == Column.SUGGESTED]
    kept = {one.profile.pk for one in suggested[:most]}
    shown = [one for one in found if one.column != Column.SUGGESTED or one.profile.pk in kept]
    _tell(shown)
    columns = [
        (str(value), str(label), [one for one in shown if one.column == value])
        for value, label in Column.choices
    ]
    return Board(counted, columns, len(found), len(suggested) - len(kept), posts)


def _everybody(challenge: Challenge, user: "User") -> list[Candidate]:
    """Whom people took, and whom the engine suggests, the best first."""
    owners = ("person", "organisation", "institution")
    of_profiles = (f"subject__profile__{owner}" for owner in owners)
    matches = Match.objects.for_challenge(challenge, user).select_related("target", *of_profiles)
    found: dict[int, Candidate] = {}
    unread = [f"{of}search_text" for of in PROFILE_AND_OWNERS]  # long, and for searches alone
    for match in matches.defer(*unread).order_by("-score", "pk")[:MATCHES]:
        match.target.challenge = challenge  # with its needs
        profile = match.subject.profile
        if profile is not None:
            found[profile.pk] = Candidate(profile, match, needs=answered(match))
    taken = Candidacy.objects.visible_to(user).filter(challenge=challenge)
    related = ("profile__person", "profile__organisation", "profile__institution", "by__user")
    steps = Prefetch("steps", CandidacyStep.objects.select_related("actor"))
    for candidacy in taken.select_related(*related).prefetch_related(steps):
        one = found.setdefault(candidacy.profile_id, Candidate(candidacy.profile))
        one.candidacy = candidacy
    asked = Introduction.objects.filter(challenge=challenge, profile__in=list(found))
    for introduction in asked.select_related("asked_by__user", "decided_by__user"):
        introduction.challenge = challenge
        found[introduction.profile_id].introduction = introduction
    return list(found.values())


def answered(match: Match) -> set[int]:
    """Keys of the needs that a match covers, whether or not its reason was told yet."""
    if match.reason:
        return {row["need_id"] for row in match.reason.get("needs", []) if row["covered"] and row["need_id"]}
    return covering.answered(match.parts)


def _count(everybody: Iterable[Candidate], need: int) -> tuple[int, int]:
    found = [one for one in everybody if need in one.needs]
    away = (Column.SUGGESTED, Column.ASIDE)
    return len(found), sum(one.column not in away for one in found)


def _tell(shown: Sequence[Candidate]) -> None:
    """The reasons of those that are shown, all at once."""
    told = queries.cards([one.match for one in shown if one.match], own=False)
    cards = {card.profile.pk: card for card in told}
    for one in shown:
        one.card = cards.get(one.profile.pk)


@transaction.atomic
def move_candidate(
    *, challenge: Challenge, profile: Profile, to: str, note: str, by: "User", seen: str | None = None
) -> Candidacy:
    """To another column, or with another note; each change leaves a line for good. `seen` is what the board
    said when its reader began: what somebody moved meanwhile is not moved over."""
    if not may_see_who_fits(by, challenge) or not _on_board(challenge, profile, by):
        raise PermissionDenied
    note = note.strip()
    if to not in Column.values:
        raise ValidationError(_("That is not one of the columns."), code="column")
    if len(note) > LONGEST:
        raise ValidationError(_("At most 1,000 characters, please."), code="note")
    now = timezone.now()
    row, is_new = Candidacy.objects.select_for_update().get_or_create(
        challenge=challenge, profile=profile, defaults={"by": person_of(by), "at": now}
    )
    before = "" if is_new else row.at.isoformat()
    if seen is not None and seen != before:
        raise ValidationError(
            _("Somebody moved this candidate in the meantime; look at it again."), code="moved"
        )
    if (row.column, row.note) == (to, note):
        return row
    CandidacyStep.objects.create(
        candidacy=row,
        actor=person_of(by),
        from_column=row.column,
        to_column=to,
        note=note if note != row.note else "",
        at=now,
    )
    row.column, row.note, row.by, row.at = to, note, person_of(by), now
    row.save()
    return row


def _on_board(challenge: Challenge, profile: Profile, user: "User") -> bool:
    """Suggested, taken before, or somebody who asked for an introduction; and seen by whoever moves it."""
    if not Profile.objects.visible_to(user).filter(pk=profile.pk).exists():
        return False
    return (
        Candidacy.objects.filter(challenge=challenge, profile=profile).exists()
        or Match.objects.for_challenge(challenge, user).filter(subject__profile=profile).exists()
        or Introduction.objects.filter(challenge=challenge, profile=profile).exists()
    )


HEADS = (
    *("candidate", "kind", "institution", "state", "address", "strength", "column", "needs", "evidence"),
    *("note", "moved_by", "moved_at", "introduction", "contact_name", "contact_email"),
)


def rows_of(board: Board, challenge: Challenge, user: "User") -> Iterator[list[Any]]:
    """The board as a table. How to reach somebody stands in it only once they were introduced, and only for
    those who belong to the poster."""
    posts = belongs_to_poster(user, challenge)
    texts = {each.need.pk: f"{each.number}. {each.need.text}" for each in board.needs}
    for one in board.candidates:
        contact = contacts_of(one.introduction) if one.introduction and posts else None
        moved = one.candidacy
        yield [
            one.profile.name,
            one.profile.kind,
            one.profile.institution_shown,
            one.profile.state,
            absolute(one.profile.get_absolute_url()),
            one.match.strength if one.match else "",
            one.column,
            [texts[key] for key in texts if key in one.needs],
            [need.evidence for need in one.card.covered] if one.card else [],
            moved.note if moved else "",
            str(moved.by) if moved else "",
            moved.at if moved else None,
            one.introduction.state if one.introduction else "",
            contact["profile"].name if contact else "",
            contact["profile"].email if contact else "",
        ]
