"""What hits can be narrowed by. Each choice is an address of its own, and says how many it leaves."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.countries import get_pack
from accounts.countries.tables import Table
from accounts.models import Organisation

from .hits import Hit

# By which of them each kind can be narrowed; the empty kind is all of them together.
FILTERS: dict[str, tuple[str, ...]] = {
    "": ("state",),
    "challenges": ("when", "state", "sector", "field", "sdg"),
    "people": ("state", "field"),
    "organisations": ("who", "state", "sector"),
}
LABELS = {
    "when": _("Open or closed"),
    "who": _("Kind of organisation"),
    "state": _("State"),
    "sector": _("Sector"),
    "field": _("Field of science"),
    "sdg": _("Sustainable Development Goal"),
}
WHEN = {"open": _("Open"), "upcoming": _("Upcoming"), "closed": _("Closed")}


@dataclass(frozen=True)
class Choice:
    code: str
    label: str
    count: int
    chosen: bool
    href: str  # with this choice, or without it where it is chosen


@dataclass(frozen=True)
class Facet:
    name: str
    label: str
    choices: list[Choice]

    @property
    def chosen(self) -> Choice | None:
        return next((choice for choice in self.choices if choice.chosen), None)


def narrowed(hits: Iterable[Hit], wanted: Mapping[str, str], *, but: str = "") -> list[Hit]:
    """Those that have all that is wanted. What is of the whole country is of each of its states."""
    chosen = [(name, code) for name, code in wanted.items() if code and name != but]
    return [hit for hit in hits if all(_fits(hit, name, code) for name, code in chosen)]


def _fits(hit: Hit, name: str, code: str) -> bool:
    has = hit.facets.get(name)
    if has is None or (name == "state" and not has):
        return True
    return code in has


def facets(
    hits: Sequence[Hit],
    names: Iterable[str],
    wanted: Mapping[str, str],
    address: Callable[[Mapping[str, str]], str],
) -> list[Facet]:
    """Each with the choices that leave something, given what is wanted of the others; the fullest first."""
    found = []
    for name in names:
        counts: Counter[str] = Counter()
        for hit in narrowed(hits, wanted, but=name):
            counts.update(hit.facets.get(name, ()))
        if wanted.get(name):
            counts.setdefault(wanted[name], 0)
        choices = [
            Choice(
                code,
                label_of(name, code),
                count,
                wanted.get(name) == code,
                address({**wanted, name: "" if wanted.get(name) == code else code}),
            )
            for code, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
        ]
        if choices:
            found.append(Facet(name, str(LABELS[name]), choices))
    return found


def known(name: str, code: str) -> bool:
    """Whether a filter has such a choice; others are left out, never an error."""
    if name == "when":
        return code in WHEN
    if name == "who":
        return code in Organisation.Kind.values
    return code in _table(name)


def label_of(name: str, code: str) -> str:
    if name == "when":
        return str(WHEN[code])
    if name == "who":
        return capfirst(str(Organisation.Kind(code).label))
    label = _table(name).label(code)
    return f"{code}. {label}" if name == "sdg" else label


def _table(name: str) -> Table:
    pack = get_pack(settings.HELICE_COUNTRY)
    return {"state": pack.states, "sector": pack.sectors, "field": pack.broad_fields, "sdg": pack.sdgs}[name]
