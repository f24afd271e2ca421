"""What happened, one line for each thing that a figure counts, with the place and the day it belongs to.

Work on a challenge belongs to the challenge's sector, state and hub, whoever does it; computing to whoever
was granted it; people and organisations that are engaged to where they stand themselves. What belongs to the
demo, by its challenge, its profile or its programme, is left out wherever this is not the demo.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Min, Model, QuerySet
from django.utils import timezone

from accounts.countries import get_pack
from accounts.models import Profile

from ..models import Challenge, ComputingRequest, Consortium, Introduction, Member, Response, Result, Status

M = TypeVar("M", bound=Model)
KEPT = (Status.AWARDED, Status.IN_PROGRESS, Status.COMPLETED, Status.ARCHIVED)
SIDES = {"academia": "academia", "startup": "industry", "company": "industry", "government": "government"}
PLACE = ("sector", "state", "hub__slug")


@dataclass(frozen=True)
class Fact:
    figure: str
    key: str
    body: str
    on: date
    sector: str = ""
    state: str = ""
    hub: str = ""
    amount: int = 1


@dataclass(frozen=True)
class Days:
    """From the first of these days to the last, both counted, by the country's clock."""

    first: date
    last: date

    def holds(self, day: date | None) -> bool:
        return day is not None and self.first <= day <= self.last


def zone() -> ZoneInfo:
    return ZoneInfo(get_pack(settings.HELICE_COUNTRY).time_zone)


def day(moment: datetime | date | None) -> date | None:
    """The day of a moment by the country's clock."""
    return timezone.localtime(moment, zone()).date() if isinstance(moment, datetime) else moment


def only_real(rows: QuerySet[M], *paths: str) -> QuerySet[M]:
    """Without rows of which something at one of the paths is only there to show the demo."""
    for path in () if settings.HELICE_DEMO else paths:
        rows = rows.exclude(**{f"{path}is_demo": True})
    return rows


def _here(rows: QuerySet[M], challenge: str, *paths: str) -> QuerySet[M]:
    """Those of this country's challenges; `challenge`: the way to them, ending in two underscores."""
    found = rows.filter(**{f"{challenge}country": settings.HELICE_COUNTRY}).order_by()
    return only_real(found, challenge, f"{challenge}organisation__", *paths)


def _of_challenges(
    figure: str, rows: QuerySet[M], challenge: str, moment: str, amount: str = ""
) -> Iterator[Fact]:
    """A line a row, which stands where its challenge stands and behind which its poster does."""
    columns = ["pk", moment, f"{challenge}organisation", *(f"{challenge}{name}" for name in PLACE)]
    for pk, at, poster, sector, state, hub, *rest in rows.values_list(
        *columns, *([amount] if amount else [])
    ):
        if on := day(at):
            n = round(rest[0] or 0) if rest else 1
            yield Fact(figure, f"{figure}:{pk}", f"organisation:{poster}", on, sector, state, hub, n)


def challenges() -> Iterator[Fact]:
    rows = _here(Challenge.objects.published(), "")
    return _of_challenges("challenges", rows, "", "published_at")


def responses() -> Iterator[Fact]:
    rows = _here(Response.objects.submitted(), "challenge__", "profile__")
    return _of_challenges("responses", rows, "challenge__", "submitted_at")


def introductions() -> Iterator[Fact]:
    rows = _here(Introduction.objects.all(), "challenge__", "profile__")
    yield from _of_challenges("introductions_asked", rows, "challenge__", "created_at")
    accepted = rows.filter(state=Introduction.State.ACCEPTED)
    yield from _of_challenges("introductions_accepted", accepted, "challenge__", "decided_at")


def consortia() -> Iterator[Fact]:
    """On the day on which the last of the three sides said yes."""
    rows = _here(Consortium.objects.exclude(state=Consortium.State.DISSOLVED), "challenge__")
    whole = {f"consortia:{pk}": on for pk, on in _whole(rows).items()}
    for fact in _of_challenges("consortia", rows, "challenge__", "created_at"):
        if fact.key in whole:
            yield replace(fact, on=whole[fact.key])


def _whole(rows: QuerySet[Consortium]) -> dict[int, date]:
    """Consortia with somebody of each side, and since when."""
    since: dict[int, dict[str, date]] = defaultdict(dict)
    members = only_real(Member.objects.accepted().filter(consortium__in=rows.values("pk")), "profile__")
    columns = ("consortium", "profile__kind", "answered_at", "created_at")
    for consortium, kind, answered, created in members.order_by().values_list(*columns):
        side, on = SIDES[Profile.HELIX[Profile.Kind(kind)]], day(answered or created)
        if on:
            since[consortium][side] = min(on, since[consortium].get(side, on))
    return {pk: max(sides.values()) for pk, sides in since.items() if len(sides) == len(set(SIDES.values()))}


def results() -> Iterator[Fact]:
    names = {
        Result.Kind.AGREEMENT: "agreements",
        Result.Kind.RETAINED: "retained",
        Result.Kind.RETURNED: "returned",
    }
    for kind, figure in names.items():
        rows = _here(Result.objects.filter(kind=kind), "project__challenge__", "project__response__profile__")
        yield from _of_challenges(figure, rows, "project__challenge__", "on", "number")


def funding() -> Iterator[Fact]:
    """The money of a challenge, on the day of its award."""
    rows = _here(Challenge.objects.filter(status__in=KEPT, steps__to_status=Status.AWARDED), "")
    awarded = rows.filter(offer_money__gt=0).annotate(awarded_at=Min("steps__at"))
    return _of_challenges("funding", awarded, "", "awarded_at", "offer_money")


def computing() -> Iterator[Fact]:
    granted = [ComputingRequest.State.APPROVED, ComputingRequest.State.ENDED]
    here = ComputingRequest.objects.filter(state__in=granted, profile__country=settings.HELICE_COUNTRY)
    rows = only_real(here.order_by(), "profile__", "programme__")
    columns = (
        "pk",
        "decided_at",
        "granted_gpu",
        "granted_cpu",
        "profile",
        "profile__sector",
        "profile__state",
    )
    for pk, at, gpu, cpu, profile, sector, state, hub in rows.values_list(
        *columns, "consortium__challenge__hub__slug"
    ):
        for figure, hours in (("gpu_hours", gpu), ("cpu_hours", cpu)):
            if (on := day(at)) and hours > 0:
                key, body = f"{figure}:{pk}", f"profile:{profile}"
                yield Fact(figure, key, body, on, sector, state, hub or "", round(hours))


SOURCES: tuple[Callable[[], Iterable[Fact]], ...] = (
    challenges,
    responses,
    introductions,
    consortia,
    results,
    funding,
    computing,
)
