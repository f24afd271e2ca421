"""Who acts: people who asked, answered, responded or wrote, and the organisations that they did it for."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from ..models import ChallengeStep, Introduction, Member, Message, Response, Status
from .facts import Fact, day, only_real

POSTER = ("organisation", "organisation__state", "sector")
PROFILE = ("profile__organisation", "profile__state", "profile__sector")


@dataclass(frozen=True)
class Act:
    """Somebody did something that somebody else hears of."""

    person: int
    at: datetime
    organisation: int | None
    state: str
    sector: str
    hub: str


def facts() -> Iterator[Fact]:
    """A line for every act: who counts is counted once, by key."""
    for act in acts():
        on = day(act.at)
        if on is None:
            continue
        where = (on, act.sector, act.state, act.hub)
        body = f"organisation:{act.organisation}" if act.organisation else f"person:{act.person}"
        yield Fact("people_engaged", f"person:{act.person}", body, *where)
        if act.organisation:
            yield Fact("organisations_engaged", body, body, *where)


def acts() -> Iterator[Act]:
    yield from _introductions()
    yield from _messages()
    yield from _of_profiles(Response.objects.submitted(), "author", "submitted_at")
    yield from _of_profiles(
        Member.objects.accepted(), "answered_by", "answered_at", "consortium__challenge__"
    )
    steps = ChallengeStep.objects.filter(to_status=Status.IN_REVIEW)
    yield from _rows(steps, "actor", "at", "challenge__", poster=True)


def _introductions() -> Iterator[Act]:
    """Whoever asks on one side, whoever answers on the other."""
    for direction, asks_as_poster in (("profile", False), ("poster", True)):
        rows = Introduction.objects.filter(direction=direction)
        yield from _rows(rows, "asked_by", "created_at", "challenge__", poster=asks_as_poster)
        answered = rows.filter(state__in=[Introduction.State.ACCEPTED, Introduction.State.DECLINED])
        yield from _rows(answered, "decided_by", "decided_at", "challenge__", poster=not asks_as_poster)


def _messages() -> Iterator[Act]:
    """Of the side that its author asked or answered for."""
    way = "introduction__challenge__"
    rows = _real(Message.objects.all(), way, "introduction__profile__")
    columns = ["author", "created_at", f"{way}hub__slug"]
    columns += [f"introduction__{name}" for name in ("direction", "asked_by", "decided_by", *PROFILE)]
    columns += [f"{way}{name}" for name in POSTER]
    for author, at, hub, direction, asked, decided, *ends in rows.values_list(*columns):
        of_profile = asked if direction == Introduction.Direction.FROM_PROFILE else decided
        organisation, state, sector = ends[:3] if author == of_profile else ends[3:]
        if author:
            yield Act(author, at, organisation, state, sector, hub)


def _of_profiles(rows: QuerySet[Any], person: str, at: str, way: str = "challenge__") -> Iterator[Act]:
    return _rows(rows.filter(profile__isnull=False), person, at, way, poster=False)


def _rows(rows: QuerySet[Any], person: str, at: str, way: str, *, poster: bool) -> Iterator[Act]:
    has_profile = rows.model is not ChallengeStep
    found = _real(rows, way, *(["profile__"] if has_profile else []))
    ends = [f"{way}{name}" for name in POSTER] if poster else list(PROFILE)
    for who, moment, hub, organisation, state, sector in found.values_list(
        person, at, f"{way}hub__slug", *ends
    ):
        if who and moment:
            yield Act(who, moment, organisation, state, sector, hub)


def _real(rows: QuerySet[Any], way: str, *paths: str) -> QuerySet[Any]:
    found = rows.filter(**{f"{way}country": settings.HELICE_COUNTRY}).order_by()
    return only_real(found, way, f"{way}organisation__", *paths)
