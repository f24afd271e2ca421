"""The page of the search."""

from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from .searching import FILTERS, KINDS, Hits, facets, find, load, narrowed
from .searching.facets import known
from .searching.meaning import LONGEST
from .trying import PerAddress

NAMES = {"challenges": _("Challenges"), "people": _("People"), "organisations": _("Organisations")}
PER_PAGE, FIRST = 12, 3  # of one kind; of each where all are shown


class Searches(PerAddress):
    """Beyond that words alone are compared: whoever asks without end leaves the workers to others."""

    scope = "search"

    def get_rate(self) -> str:
        return "60/min"


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Everything is in the address: the words, the kind, the filters and the page."""
    text = request.GET.get("q", "")[:LONGEST].replace("\x00", "").strip()
    kind = request.GET.get("kind", "")
    kind = kind if kind in KINDS else ""
    wanted = {name: request.GET.get(name, "") for name in FILTERS[kind]}
    wanted = {name: code for name, code in wanted.items() if code and known(name, code)}
    context: dict[str, Any] = {"q": text, "kind": kind, "longest": LONGEST, "wanted": wanted}
    if text:
        asks = Searches()
        hits = find(
            text,
            get_language() or "es",
            request.user,
            lambda: asks.allow_request(request, None),  # type: ignore[arg-type] # it reads META alone
        )
        context |= _shown(hits, text, kind, wanted, request)
    return render(request, "matching/search.html", context)


def _shown(hits: Hits, text: str, kind: str, wanted: dict[str, str], request: HttpRequest) -> dict[str, Any]:
    left = {name: narrowed(found, wanted) for name, found in hits.found.items()}

    def address(kind: str, wanted: Mapping[str, str]) -> str:
        chosen = {"q": text, "kind": kind, **wanted}
        return "?" + urlencode({name: value for name, value in chosen.items() if value})

    together = [hit for found in hits.found.values() for hit in found]
    context: dict[str, Any] = {
        "by_meaning": hits.by_meaning,
        "total": len(left[kind]) if kind else sum(map(len, left.values())),
        "counts": [
            ("", _("Everything"), sum(map(len, left.values())), address("", _common(wanted, ""))),
            *(
                (name, label, len(left[name]), address(name, _common(wanted, name)))
                for name, label in NAMES.items()
            ),
        ],
        "facets": facets(
            hits.found[kind] if kind else together, FILTERS[kind], wanted, partial(address, kind)
        ),
        "without_filters": address(kind, {}),
    }
    if kind:
        page = Paginator(left[kind], PER_PAGE).get_page(request.GET.get("page"))
        rows = load(kind, list(page.object_list), request.user)
        return context | {"page": page, "sections": [(kind, NAMES[kind], rows, 0, "")]}
    sections = [
        (
            name,
            label,
            load(name, left[name][:FIRST], request.user),
            len(left[name]),
            address(name, _common(wanted, name)),
        )
        for name, label in NAMES.items()
        if left[name]
    ]
    return context | {"sections": sections}


def _common(wanted: Mapping[str, str], kind: str) -> dict[str, str]:
    """What is wanted, as far as another kind can be narrowed by it."""
    return {name: code for name, code in wanted.items() if name in FILTERS[kind]}
