"""The match letter: what a challenge asks, why its reader, when it closes, and four links per challenge."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts.countries import get_pack
from accounts.mailer import Kind, cadence_of, register
from accounts.models import Family, Letter, Profile
from accounts.rendering import absolute
from accounts.tokens import new_token

from .digests import KIND
from .matchable import matchable_challenges
from .models import Answer, AnswerLink, LetterItem, MatchEvent
from .pipeline.explaining import completed
from .pipeline.facts import may_meet
from .showing import needs_shown

LINKS_LAST = timedelta(days=30)  # after the challenge's closing
ANSWERS = (Answer.Choice.INTERESTED, Answer.Choice.NOT_NOW, Answer.Choice.NEVER)


def fill_match(letter: Letter) -> dict[str, Any] | None:
    """The items that still hold at this moment; none left, no letter."""
    items = [
        item for item in with_what_letters_show(LetterItem.objects.filter(letter=letter)) if still_holds(item)
    ]
    told = {item: described(item) for item in items}
    items = [item for item in items if told[item]["covered"]]  # its evidence may have been withdrawn
    if not items or letter.person is None:
        return None
    letter.params = {"shown": [item.pk for item in items]}
    return {
        "items": [told[item] | _links(item) for item in items],
        "cadence": cadence_of(letter.person, Family.MATCHES),
        "profiles": sorted({str(item.profile) for item in items}),
        "preferences_url": absolute(reverse("accounts:preferences")),
        "matches_url": absolute(reverse("matching:my_matches")),
    }


def with_what_letters_show(items: QuerySet[LetterItem]) -> QuerySet[LetterItem]:
    related = ("challenge__organisation", "profile__person", "profile__organisation", "person__user")
    found = items.select_related(*related)
    return found.prefetch_related("challenge__translations", "challenge__needs__translations")


def still_holds(item: LetterItem) -> bool:
    """Whether the challenge can still be answered, the profile is still matched and admitted, its reader
    still reads its letters, and nobody has answered meanwhile."""
    user = item.person.user
    if user is None or not matchable_challenges().filter(pk=item.challenge_id).exists():
        return False
    matched = Profile.objects.matchable().filter(pk=item.profile_id).exists()
    reads = item.profile.letter_readers().filter(pk=item.person_id).exists()
    answers = Answer.objects.filter(challenge=item.challenge_id, profile__in=Profile.objects.of(user))
    admitted = may_meet(item.profile_id, item.challenge_id)
    return matched and reads and admitted and not answers.exists()


def described(item: LetterItem) -> dict[str, Any]:
    """What a letter or its page says of an item, in the active language as far as the authors wrote in it."""
    challenge = item.challenge
    covered, uncovered, elsewhere = needs_shown(completed(item.reason), challenge)
    return {
        "challenge": challenge,
        "profile": item.profile,
        "strength": item.strength,
        "poster": challenge.organisation_shown,
        "place": challenge.state_name or get_pack(challenge.country).name(),
        "covered": covered,
        "uncovered": uncovered,
        "elsewhere": elsewhere,
        "upcoming": challenge.is_upcoming(),
    }


def links_end(item: LetterItem) -> datetime:
    """Thirty days after the closing, whichever way it came."""
    return (item.challenge.closes_at or timezone.now()) + LINKS_LAST


def _links(item: LetterItem) -> dict[str, str]:
    """One secret for the item; only its hash is kept."""
    token, token_hash = new_token()
    AnswerLink.objects.create(token_hash=token_hash, item=item, expires_at=links_end(item))
    links = {"see_url": absolute(reverse("match_link", args=[token]))}
    for answer in ANSWERS:
        links[f"{answer}_url"] = absolute(reverse("match_link_answer", args=[token, answer]))
    return links


def note_shown(letter: Letter) -> None:
    """Each item that was in the letter becomes a line of what was shown, with the score it was shown for."""
    shown = LetterItem.objects.filter(letter=letter, pk__in=letter.params.get("shown", []))
    MatchEvent.objects.bulk_create(
        MatchEvent(
            kind=MatchEvent.Kind.LETTER,
            person_id=item.person_id,
            profile_id=item.profile_id,
            challenge_id=item.challenge_id,
            engine=item.reason.get("engine", ""),
            model=item.reason.get("model", ""),
            statistics=item.reason.get("statistics", ""),
            rank=item.rank,
            score=item.reason.get("score"),
            parts=item.reason.get("parts", {}),
        )
        for item in shown
    )


def register_letters() -> None:
    register(Kind(name=KIND, family=Family.MATCHES, fill=fill_match, on_sent=note_shown))
