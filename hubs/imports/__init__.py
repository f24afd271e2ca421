"""Challenges from files: read and check every row first, then write all of them or none."""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from accounts.countries import get_pack
from accounts.folding import fold
from accounts.models import Language, Organisation, Profile

from ..models import Challenge, Hub, Status
from ..queries import main_zone
from .cells import (
    RowError,
    check_whole,
    choice_of,
    codes_of,
    flag_of,
    limited_of,
    moment_of,
    needs_of,
    number_of,
    text_of,
    titled_of,
)

TEXTS = (
    "summary",
    "offer_data",
    "offer_site",
    "offer_purchase",
    "contact_name",
    "contact_email",
    "terms_ip",
    "terms_confidentiality",
)
LISTED = (Status.DRAFT, Status.PUBLISHED)


@dataclass
class Defaults:
    """What the command line says for rows that do not say it themselves."""

    organisation: Organisation | None = None
    hub: Hub | None = None
    status: str = Status.DRAFT
    language: str = Language.ES
    opens: str = ""
    closes: str = ""


@dataclass
class Row:
    """One row that may be written: the challenge's columns and its needs."""

    number: int
    key: str
    values: dict[str, Any]
    needs: list[dict[str, str]] = field(default_factory=list)


def read(path: Path) -> Iterator[tuple[int, Any]]:
    """(line number, row) of a CSV file, by its name, or of JSON lines; a bad line is a RowError."""
    if path.suffix.lower() == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            for row in reader:
                yield reader.line_num, {name.strip(): value for name, value in row.items() if name and value}
        return
    with path.open(encoding="utf-8-sig") as file:
        for number, line in enumerate(file, start=1):
            if line.strip():
                yield number, _json(line)


def _json(line: str) -> Any:
    try:
        row = json.loads(line)
        json.dumps(row, ensure_ascii=False).encode()  # halves of characters are ValueErrors
    except (RecursionError, ValueError) as error:
        return RowError("JSON", str(error))
    return row if isinstance(row, dict) else RowError("JSON", _("not an object"))


class Checker:
    """Checks rows against the catalogues, which are read once."""

    def __init__(self, defaults: Defaults) -> None:
        self.defaults = defaults
        self.hubs = {hub.slug: hub for hub in Hub.objects.all()}
        self.by_name: dict[str, list[Organisation]] = {}
        self.by_id: dict[str, Organisation] = {}
        for organisation in Organisation.objects.all():
            self.by_name.setdefault(fold(organisation.name), []).append(organisation)
            self.by_id[str(organisation.public_id)] = organisation
        self.seen: dict[str, int] = {}

    def organisation(self, named: Any) -> Organisation:
        text = text_of(named)
        if text.lower() in self.by_id:
            return self.by_id[text.lower()]
        found = self.by_name.get(fold(text), [])
        if len(found) != 1:
            problem = (
                _("names %(n)d organisations here; give its UUID") if found else _("is no organisation here")
            )
            raise RowError("organisation", f"“{text}” " + (problem % {"n": len(found)} if found else problem))
        return found[0]

    def row(self, number: int, given: Any) -> Row:
        """The row, or a RowError that names its field."""
        if isinstance(given, RowError):
            raise given
        key = text_of(given.get("id"))
        if not key or len(key) > 120:
            raise RowError("id", _("needed, at most 120 characters"))
        if key in self.seen:
            raise RowError(
                "id", _("“%(id)s” stands in line %(line)d already") % {"id": key, "line": self.seen[key]}
            )
        self.seen[key] = number
        organisation = self._poster(given)
        hub = self._hub(given)
        values = {
            "organisation": organisation,
            "hub": hub,
            "country": organisation.country,
            "status": choice_of("status", given.get("status") or self.defaults.status, LISTED),
            "language": choice_of(
                "language", given.get("language") or self.defaults.language, Language.values
            ),
            "poster_shown": choice_of(
                "poster_shown", given.get("poster_shown") or "name", Challenge.PosterShown.values
            ),
            **titled_of(given),
            **{name: limited_of(name, given.get(name)) for name in TEXTS if given.get(name)},
            **self._facts(given, organisation),
        }
        row = Row(number, key, values, needs_of(given.get("needs")))
        check_whole(values)
        return row

    def _poster(self, given: dict[str, Any]) -> Organisation:
        if given.get("organisation"):
            return self.organisation(given["organisation"])
        if self.defaults.organisation is None:
            raise RowError("organisation", _("needed here, or for all rows with --organisation"))
        return self.defaults.organisation

    def _hub(self, given: dict[str, Any]) -> Hub:
        slug = text_of(given.get("hub"))
        if slug and slug not in self.hubs:
            raise RowError("hub", _("“%(slug)s” is no hub here") % {"slug": slug})
        hub = self.hubs.get(slug) or self.defaults.hub
        if hub is None:
            raise RowError("hub", _("needed here, or for all rows with --hub"))
        return hub

    def _facts(self, given: dict[str, Any], organisation: Organisation) -> dict[str, Any]:
        pack = get_pack(organisation.country)
        zone = text_of(given.get("time_zone")) or main_zone(organisation)
        opens = given.get("opens_at") or given.get("opens") or self.defaults.opens
        closes = given.get("closes_at") or given.get("closes") or self.defaults.closes
        sdgs = given.get("sdgs") or []
        if not isinstance(sdgs, str | list):
            raise RowError("sdgs", _("not a list"))
        codes = [
            text_of(code) for code in (sdgs.replace(";", ",").split(",") if isinstance(sdgs, str) else sdgs)
        ]
        state = text_of(given.get("state")).zfill(2) if given.get("state") else ""
        if state and state not in pack.states:
            raise RowError("state", _("“%(code)s” is no state's code") % {"code": state})
        sector = text_of(given.get("sector"))
        for code in codes:
            if code not in pack.sdgs:
                raise RowError("sdgs", _("“%(code)s” is no goal's number") % {"code": code})
        return {
            "state": state,
            "only_in_state": flag_of("only_in_state", given.get("only_in_state")),
            "eligible_kinds": codes_of("eligible_kinds", given.get("eligible_kinds"), Profile.Kind.values),
            "sector": choice_of("sector", sector, pack.sectors.codes) if sector else "",
            "fields": codes_of("fields", given.get("fields"), pack.fields.codes),
            "sdgs": codes,
            "time_zone": zone,
            "opens_at": moment_of("opens", opens, zone),
            "closes_at": moment_of("closes", closes, zone, last=True),
            "trl_from": number_of("trl_from", given.get("trl_from")),
            "trl_to": number_of("trl_to", given.get("trl_to")),
            "offer_money": given.get("offer_money") or None,
        }
