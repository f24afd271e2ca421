"""Reads over several models, shared by pages, letters and health."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Case, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Person, Profile, ProfileItem
from accounts.translated import read_translations
from hubs.models import Challenge, Introduction, Need
from hubs.queries import filtered

from .matchable import matchable_challenges
from .models import (
    Answer,
    CalendarLink,
    Candidacy,
    CandidacyStep,
    GapInvitation,
    LetterItem,
    Match,
    MatchEvent,
    MatchQuerySet,
    Passage,
    Strength,
    Subject,
    Suspect,
    SuspectQuerySet,
)
from .passages import clean, split
from .pipeline.reasons import tell
from .ranking.stuffing import SUSPECT as SUSPICIOUS
from .ranking.stuffing import signs
from .showing import Items, NeedShown, needs_shown
from .stronger import Hint, hints

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User

    from .needed import StillNeeded


Pair = tuple[int, int]
ORDERS = {"closing": ("target__challenge__closes_at",), "new": ("-first_made_at",)}


def first_matches_missing() -> int:
    """Profiles and challenges that ought to be matched and never were, less those that failed: they are set
    aside, and hold nobody up."""
    never = Q(subject=None) | Q(subject__matched_at=None, subject__failures=0)
    profiles = Profile.objects.matchable().filter(never).count()
    return profiles + matchable_challenges().filter(never).count()


def set_aside() -> dict[str, int]:
    """What failed and is tried again later, or was given up until it changes; the admin says why."""
    return {
        "passages": Passage.objects.filter(failures__gt=0).count(),
        "subjects": Subject.objects.filter(stale_since__isnull=False, failures__gt=0).count(),
    }


def my_matches(
    user: "User | AnonymousUser",
    *,
    profile: str = "",
    strength: str = "",
    answered: str = "",
    order: str = "",
    closes: str = "",
    **challenge: str,
) -> MatchQuerySet:
    """The user's matches, unanswered ones first, then by how well they fit (or `order`: "closing", "new").

    `closes`: within so many days; what else there is narrows the challenges (hubs.queries.filtered).
    """
    answer = Answer.objects.filter(
        profile=OuterRef("subject__profile"), challenge=OuterRef("target__challenge")
    ).values("answer")[:1]
    found = Match.objects.of(user).annotate(answer=Subquery(answer))
    if profile:
        found = found.filter(subject__profile__public_id=profile)
    if strength:
        strengths = Strength.values  # strongest first
        found = found.filter(strength__in=strengths[: strengths.index(strength) + 1])
    if answered == "open":
        found = found.filter(answer=None)
    elif answered:
        found = found.filter(answer=answered)
    if challenge:
        fitting = filtered(Challenge.objects.all(), challenge)
        found = found.filter(target__challenge__in=fitting.values("pk"))
    if closes:
        found = found.filter(target__challenge__closes_at__lte=timezone.now() + timedelta(days=int(closes)))
    later = Case(When(answer=None, then=Value(0)), default=Value(1), output_field=IntegerField())
    return found.order_by(later, *ORDERS.get(order, ()), "-score", "pk")


def with_what_cards_show(matches: MatchQuerySet) -> MatchQuerySet:
    found = matches.select_related(
        "subject__profile__person",
        "subject__profile__organisation",
        "subject__profile__institution",
        "target__challenge__organisation",
    )
    return found.prefetch_related("target__challenge__needs")  # their translations: see cards()


@dataclass
class Card:
    match: Match
    profile: Profile
    challenge: Challenge
    answer: str = ""
    introduction: Introduction | None = None
    covered: list[NeedShown] = field(default_factory=list)
    uncovered: list[NeedShown] = field(default_factory=list)
    elsewhere: list[NeedShown] = field(default_factory=list)
    still_needed: list["StillNeeded"] = field(default_factory=list)  # where it was asked for: see needed.py

    @property
    def few(self) -> bool:
        """Whether for any need that is left so few could answer it that their number is not told."""
        return any(each.count.total is None for each in self.still_needed)

    @property
    def best(self) -> NeedShown | None:
        """What speaks for the match most: a must before a wish, and what is strongest."""
        weights, strengths = ["must", "strong", "nice"], Strength.values
        places = [(strengths.index(need.strength), weights.index(need.weight)) for need in self.covered]
        return self.covered[places.index(min(places))] if places else None

    @property
    def hints(self) -> list[Hint]:
        """What would make it stronger: for the profile's own people alone."""
        return hints(self.profile, self.challenge, self.covered, self.uncovered)


def cards(matches: Iterable[Match], *, own: bool = True) -> list[Card]:
    """What a page shows of each match, in as many queries for three as for one; what its own people answered
    and asked for is read where it is `own`."""
    shown = tell(list(matches))
    answers, asked = _dealings(shown) if own else ({}, {})
    read_translations(whose_words(shown))
    items = Items.of(match.reason for match in shown)
    found = []
    for match in shown:
        profile, challenge = match.subject.profile, match.target.challenge
        assert profile is not None and challenge is not None  # noqa: S101, PT018 - matches join a profile and a challenge
        key = (profile.pk, challenge.pk)
        card = Card(
            match, profile, challenge, getattr(match, "answer", None) or answers.get(key, ""), asked.get(key)
        )
        card.covered, card.uncovered, card.elsewhere = needs_shown(match.reason, challenge, items)
        found.append(card)
    return found


def seen_today(user: "User") -> QuerySet[MatchEvent]:
    """That a match was on a page that they saw; of matches, as a subquery."""
    of_match = {"profile": OuterRef("subject__profile"), "challenge": OuterRef("target__challenge")}
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    return MatchEvent.objects.filter(
        kind=MatchEvent.Kind.PAGE, person__user=user.pk, at__gte=midnight, **of_match
    )


def whose_words(matches: Iterable[Match]) -> list[Challenge | Need]:
    """Whose translations their cards show."""
    challenges = [match.target.challenge for match in matches if match.target.challenge]
    return [*challenges, *(need for challenge in challenges for need in challenge.needs.all())]


def _dealings(shown: Sequence[Match]) -> tuple[dict[Pair, str], dict[Pair, Introduction]]:
    """Answers and introductions, by ids of profile and challenge."""
    pairs = Q(pk__in=[])
    for match in shown:
        pairs |= Q(profile=match.subject.profile_id, challenge=match.target.challenge_id)
    told = all(hasattr(match, "answer") for match in shown)  # by my_matches
    found = Answer.objects.none() if told else Answer.objects.filter(pairs)
    answers = {(answer.profile_id, answer.challenge_id): answer.answer for answer in found}
    return answers, {
        (each.profile_id, each.challenge_id): each for each in Introduction.objects.filter(pairs)
    }


def who_fits(challenge: Challenge, user: "User | AnonymousUser", most: int) -> list[Card]:
    """The best profiles for a challenge, as far as its reader may see them."""
    owners = ("person", "organisation", "institution")
    related = (*(f"subject__profile__{owner}" for owner in owners), "target")
    found = Match.objects.for_challenge(challenge, user).select_related(*related).order_by("-score", "pk")
    shown = list(found[:most])
    for match in shown:
        match.target.challenge = challenge  # with whatever was read of it already
    return cards(shown, own=False)


def never_shown(profiles: QuerySet[Profile]) -> QuerySet[Answer]:
    """What was answered with never, so that it can be taken back."""
    found = Answer.objects.filter(profile__in=profiles.values("pk"), answer=Answer.Choice.NEVER)
    found = found.select_related("challenge", "profile__person", "profile__organisation")
    return found.prefetch_related("challenge__translations").order_by("-at")


def kept_out(user: "User") -> QuerySet[ProfileItem]:
    """Items whose owners said that they do not represent them, so that it can be taken back."""
    mine = Profile.objects.editable_by(user).values("pk")
    return ProfileItem.objects.filter(profile__in=mine, represents=False).select_related("profile")


def editable(user: "User") -> set[int]:
    """Keys of the profiles that the user may change."""
    return set(Profile.objects.editable_by(user).values_list("pk", flat=True))


def advice(profiles: Sequence[Profile]) -> list[tuple[Profile, list[str]]]:
    """What would give each profile more and better matches."""
    roles = ProfileItem.objects.filter(profile__in=profiles).values_list("profile", "role").distinct()
    has = set(roles)
    kept_out = Suspect.objects.filter(profile__in=profiles, state=Suspect.State.HIDDEN).standing()
    out = set(kept_out.values_list("profile", flat=True))
    found = []
    for profile in profiles:
        hints = []
        if profile.pk in out:
            hints.append(
                _("A curator keeps a text of this profile out of matching: write it in plain sentences.")
            )
        if not profile.match_automatically:
            hints.append(_("Automatic matching is switched off for this profile."))
        if profile.visibility == Profile.Visibility.NOBODY:
            hints.append(_("This profile is hidden from everyone, so nothing is matched with it."))
        if (profile.pk, ProfileItem.Role.OFFER) not in has:
            hints.append(_("Say what you offer: one thing at a time, in a sentence or two."))
        if (profile.pk, ProfileItem.Role.EVIDENCE) not in has:
            hints.append(
                _("Add evidence: a publication, a project, a product or a contract, with its year and link.")
            )
        if len(profile.summary) < 80:
            hints.append(_("Write a summary of a few sentences."))
        found.append((profile, hints))
    return found


def suspects_for(user: "User | AnonymousUser") -> SuspectQuerySet:
    """Texts that look written to game the matching, for their curators: the undecided ones first."""
    undecided = Case(When(state=Suspect.State.OPEN, then=Value(0)), default=Value(1))
    found = Suspect.objects.visible_to(user).standing()
    related = ("profile__person", "profile__organisation", "copied_from", "decided_by__user")
    return found.select_related(*related).order_by(undecided, F("decided_at").desc(), "found_at", "pk")


@dataclass
class Marked:
    """A text, and what about its form looks as if it was written to game the matching."""

    text: str
    names: list[str]


def marks_of(challenge: Challenge) -> list[Marked]:
    """The texts of a challenge that look so."""
    labels = dict(Suspect.Mark.choices)
    texts = [challenge.title, challenge.summary, *split(challenge.description)]
    texts += [clean(need.text) for need in challenge.needs.all()]
    found = [(text, signs(text)) for text in texts]
    return [
        Marked(text, [str(labels[Suspect.Mark(name)]) for name in sign.names])
        for text, sign in found
        if sign.trust < SUSPICIOUS
    ]


def held_about(person: Person) -> dict[str, Any]:
    """What matching holds about a person, for the download of all one's data."""
    profiles = Profile.objects.filter(person=person)
    return {
        "calendar": list(CalendarLink.objects.filter(person=person).values("made_at")),
        "matches": list(
            Match.objects.current()
            .filter(subject__profile__in=profiles)
            .values("target__challenge__public_id", "strength", "probability", "score", "made_at")
        ),
        "suspects": list(
            Suspect.objects.filter(profile__in=profiles).values("text", "marks", "state", "found_at")
        ),
        "on_boards": list(
            Candidacy.objects.filter(profile__in=profiles).values(
                "challenge__public_id", "column", "note", "at"
            )
        ),
        "moved_on_boards": list(
            CandidacyStep.objects.filter(actor=person).values(
                "candidacy__challenge__public_id", "from_column", "to_column", "note", "at"
            )
        ),
        "gap_invitations": list(
            GapInvitation.objects.filter(profile__in=profiles).values("gap__label", "at")
        ),
        "answers": list(Answer.objects.filter(person=person).values("challenge__public_id", "answer", "at")),
        "shown": list(
            MatchEvent.objects.filter(person=person).values(
                "kind", "challenge__public_id", "at", "answer", "rank", "score"
            )
        ),
    }


def answerable(user: "User", profile_id: uuid.UUID, challenge_id: uuid.UUID) -> tuple[Profile, Challenge]:
    """One's own profile and a challenge that it was matched with once; anything else does not exist."""
    owned = Profile.objects.of(user).select_related("person", "organisation", "institution")
    profile = get_object_or_404(owned, public_id=profile_id)
    visible = Challenge.objects.visible_to(user).select_related("organisation")
    met = (
        Q(pk__in=Match.objects.filter(subject__profile=profile).values("target__challenge"))
        | Q(pk__in=Answer.objects.filter(profile=profile).values("challenge"))
        | Q(pk__in=LetterItem.objects.filter(profile=profile).values("challenge"))
    )
    return profile, get_object_or_404(visible.filter(met), public_id=challenge_id)
