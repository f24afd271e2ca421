"""What the pages of "answer before account" show and do with a text that lies in the cache."""

import hashlib
import secrets
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _
from rest_framework.throttling import SimpleRateThrottle

from accounts import begun
from accounts.countries import get_pack
from accounts.models import Profile, User
from hubs.actions import save_needs, start_draft
from hubs.models import Challenge, Need

from .looking import ABROAD, record, text
from .looking.record import Record
from .models import Strength
from .showing import Items, NeedShown, needs_shown

FIRST = 2  # pieces of evidence of one challenge that are seen at once
MOST_STATES = 8
TITLE, SUMMARY, DESCRIPTION, OFFERS = 90, 200, 8000, 6


class PerAddress(SimpleRateThrottle):
    """Somebody who tries again and again leaves some of the machine to others. Addresses are not kept as they
    are, and the count is gone with the cache."""

    scope = "try"

    def get_rate(self) -> str:
        return str(settings.TRY_RATE)

    def get_cache_key(self, request: Any, view: Any) -> str:
        address = hashlib.sha256(f"{settings.SECRET_KEY}{self.get_ident(request)}".encode()).hexdigest()
        return f"throttle:{self.scope}:{address[:32]}"


class Everybody(PerAddress):
    """From however many addresses: a worker has other things to do."""

    def get_rate(self) -> str:
        return str(settings.TRY_RATE_ALL)

    def get_cache_key(self, request: Any, view: Any) -> str:
        return "throttle:try:everybody"


def seconds_to_wait(request: HttpRequest) -> float:
    """0 for whoever may ask now."""
    for throttle in (PerAddress(), Everybody()):
        if not throttle.allow_request(request, None):  # type: ignore[arg-type] # it reads META alone
            return throttle.wait() or 60.0
    return 0.0


def new_browser() -> str:
    return secrets.token_urlsafe(24)


@dataclass
class FitShown:
    """One challenge, and what of the text answers which of its needs."""

    challenge: Challenge
    strength: str
    covered: list[NeedShown] = field(default_factory=list)
    uncovered: list[NeedShown] = field(default_factory=list)

    @property
    def first(self) -> list[NeedShown]:
        return self.covered[:FIRST]

    @property
    def others(self) -> list[NeedShown]:
        return self.covered[FIRST:]


@dataclass
class NeedOfProblem:
    """A need, and how many could answer it: pairs of a name and a number."""

    text: str
    language: str
    total: int
    more: bool
    kinds: list[tuple[str, int]]
    states: list[tuple[str, int]]
    other_states: int


def fits_shown(answer: dict[str, Any], user: Any) -> list[FitShown]:
    """Those of the answer's challenges that are still open and that the reader may see, in its order."""
    keys = [fit["challenge"] for fit in answer["fits"]]
    there = Challenge.objects.open().visible_to(user).filter(pk__in=keys).select_related("organisation")
    found = there.prefetch_related("translations", "needs__translations").in_bulk()
    shown = []
    for fit in answer["fits"]:
        challenge = found.get(fit["challenge"])
        if challenge and fit["strength"] in Strength.values:
            covered, uncovered, _elsewhere = needs_shown(fit["reason"], challenge, Items())
            shown.append(FitShown(challenge, fit["strength"], covered, uncovered))
    return shown


def needs_of_problem(answer: dict[str, Any]) -> list[NeedOfProblem]:
    kinds = dict(Profile.Kind.choices)
    states = get_pack(settings.HELICE_COUNTRY).states
    found = []
    for need in answer["needs"]:
        named = [
            (_("abroad") if code == ABROAD else states.label(code), n)
            for code, n in need["states"].items()
            if code == ABROAD or code in states
        ]
        found.append(
            NeedOfProblem(
                need["text"],
                need["language"],
                need["total"],
                need["more"],
                [(kind, n) for kind, n in need["kinds"].items() if kind in kinds],
                named[:MOST_STATES],
                max(len(named) - MOST_STATES, 0),
            )
        )
    return found


def begin_profile(key: str, kept: Record, request: HttpRequest) -> None:
    """From now on the forms of a new profile begin with this text, in this browser; the session has a key."""
    record.write(key, kept)  # another hour
    answer = record.answer_to(key) or {}
    offers = list(dict.fromkeys(_carrying(answer))) or text.pieces(kept.text)[1:]
    found = {
        "summary": text.opening(kept.text, SUMMARY * 3),
        "language": text_language(kept),
        "offers": [offer[:600] for offer in offers[:OFFERS]],
    }
    begun.begin(request, found, seconds=record.seconds())


def _carrying(answer: dict[str, Any]) -> Iterable[str]:
    """The pieces of the text that answered some need."""
    for fit in answer.get("fits", []):
        for need in fit["reason"]["needs"]:
            if need["covered"]:
                yield need["evidence"]["text"]


def text_language(kept: Record) -> str:
    from .language import detect  # the classifier is of no use to other pages

    return detect(kept.text, kept.language)


def begin_challenge(key: str, kept: Record, *, organisation: Any, by: User) -> Challenge:
    """The draft of a challenge: the second of two clicks finds the first one's."""
    values = {
        "title": text.title_of(kept.text, TITLE),
        "summary": text.opening(kept.text, SUMMARY),
        "description": kept.text.strip()[:DESCRIPTION],
        "language": text_language(kept),
    }
    made = start_draft(
        organisation=organisation,
        form_key=uuid.uuid5(uuid.NAMESPACE_URL, f"try:{key}"),
        values=values,
        by=by,
    )
    if not made.needs.exists():
        rows = [
            {"text": need[:600], "weight": Need.Weight.STRONG, "sought": Need.Sought.ANYONE}
            for need in text.needs(kept.text)
        ]
        save_needs(challenge=made, rows=rows, by=by)
    return made
