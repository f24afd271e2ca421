"""Who works with whom, as far as everybody may know.

An edge is work that was selected: the response of a consortium or of one alone, and whoever posted the
challenge. Who only applies together is nobody else's business. Nodes are organisations that everybody may
see; somebody with a public profile stands for the institution, never by name; a poster that hides its name is
not shown.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

from django.conf import settings
from django.contrib.auth.models import AnonymousUser

from accounts.folding import sort_key
from accounts.models import Organisation, Profile

from ..models import Challenge, CoPoster, Member, Response
from . import svg
from .facts import SIDES, only_real

MOST = 42  # nodes of the drawing; the table has all


@dataclass(frozen=True)
class Line:
    """Two organisations, and on how many challenges they work together."""

    a: Organisation
    b: Organisation
    works: int

    @property
    def sides(self) -> tuple[str, str]:
        return side(self.a), side(self.b)


def side(organisation: Organisation) -> str:
    return SIDES[organisation.kind]


def lines() -> list[Line]:
    """All pairs, those that work together most first."""
    works = _works()
    shown = Organisation.objects.visible_to(AnonymousUser()).in_bulk({pk for work in works for pk in work})
    pairs: Counter[tuple[int, int]] = Counter()
    for work in works:
        pairs.update(combinations(sorted(pk for pk in work if pk in shown), 2))
    found = []
    for ends, n in pairs.items():
        a, b = sorted((shown[pk] for pk in ends), key=_order)
        found.append(Line(a, b, n))
    return sorted(found, key=lambda line: (-line.works, _order(line.a), _order(line.b)))


def _order(organisation: Organisation) -> tuple[int, str, int]:
    return svg.SIDES.index(side(organisation)), sort_key(organisation.name), organisation.pk


def _works() -> list[set[int]]:
    """The organisations of each piece of work."""
    here = Response.objects.solutions().filter(challenge__country=settings.HELICE_COUNTRY)
    rows = only_real(here.order_by(), "challenge__", "profile__")
    known = Profile.objects.visible_to(AnonymousUser()).values("pk")
    members = Member.objects.accepted().filter(consortium__responses__in=rows.values("pk"), profile__in=known)
    joined = CoPoster.objects.filter(
        challenge__in=rows.values("challenge"),
        challenge__poster_shown=Challenge.PosterShown.NAME,
        state=CoPoster.State.ACCEPTED,
    )
    found: dict[int, set[int]] = {}
    by_challenge: dict[int, list[int]] = {}
    shown = Challenge.PosterShown.NAME
    for pk, challenge, poster, told in rows.values_list(
        "pk", "challenge", "challenge__organisation", "challenge__poster_shown"
    ):
        found[pk] = {poster} if told == shown else set()
        by_challenge.setdefault(challenge, []).append(pk)
    for challenge, organisation in joined.values_list("challenge", "organisation"):
        for pk in by_challenge.get(challenge, []):
            found[pk].add(organisation)
    _join(found, rows.filter(profile__in=known).values_list("pk", *_ends("profile__")))
    _join(found, only_real(members, "profile__").values_list("consortium__responses", *_ends("profile__")))
    return list(found.values())


def _ends(way: str) -> tuple[str, str]:
    return f"{way}organisation", f"{way}institution"


def _join(found: dict[int, set[int]], rows: Iterable[tuple[int, int | None, int | None]]) -> None:
    for work, organisation, institution in rows:
        if work in found and (body := organisation or institution):
            found[work].add(body)


@dataclass(frozen=True)
class Row:
    """An organisation under its number, and its partners: their numbers, and on how many challenges."""

    number: int
    organisation: Organisation
    side: str
    partners: list[tuple[int, int]]


@dataclass(frozen=True)
class Picture:
    """The drawing of those with most work in common; all of them as rows, the drawn ones first."""

    ring: svg.Ring
    rows: list[Row]

    @property
    def left_out(self) -> int:
        return len(self.rows) - len(self.ring.nodes)


def picture(found: Iterable[Line]) -> Picture:
    found = list(found)
    degree: Counter[Organisation] = Counter()
    for line in found:
        degree.update({line.a: line.works, line.b: line.works})
    ranked = sorted(degree, key=lambda one: (-degree[one], _order(one)))
    sides: dict[str, list[str]] = {}
    for one in sorted(ranked[:MOST], key=_order):
        sides.setdefault(side(one), []).append(str(one.pk))
    edges = {(str(line.a.pk), str(line.b.pk)): line.works for line in found}
    ring = svg.ring(sides, edges)
    drawn = {node.name: node.number for node in ring.nodes}
    numbers = {one: drawn.get(str(one.pk), place) for place, one in enumerate(ranked, start=1)}
    return Picture(ring, _rows(found, numbers))


def _rows(found: Iterable[Line], numbers: dict[Organisation, int]) -> list[Row]:
    rows = {one: Row(n, one, side(one), []) for one, n in sorted(numbers.items(), key=lambda pair: pair[1])}
    for line in found:
        rows[line.a].partners.append((numbers[line.b], line.works))
        rows[line.b].partners.append((numbers[line.a], line.works))
    for row in rows.values():
        row.partners.sort()
    return list(rows.values())
