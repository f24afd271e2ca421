"""What one cell of an imported row says, as the columns want it; a RowError says what is wrong."""

import json
import zoneinfo
from collections.abc import Iterable
from datetime import datetime, time
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from ..models import Challenge, Need, Status
from ..zones import YEARS


class RowError(Exception):
    """A sentence about one field of one row."""

    def __init__(self, name: str, sentence: str) -> None:
        super().__init__(f"{name}: {sentence}")


def cut_at_word(text: str, limit: int) -> str:
    """At most `limit` characters, cut between words and marked with an ellipsis."""
    text = " ".join(text.split())
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    whole = head.rpartition(" ")[0] if not text[limit - 1].isspace() else head
    return (whole or head).rstrip(" ,;:.-") + "…"


def text_of(value: Any) -> str:
    return str(value).replace("\x00", "").strip() if value is not None else ""


def titled_of(given: dict[str, Any]) -> dict[str, str]:
    """Title and description; one that is too long is cut at a word and stands whole in the other."""
    title = " ".join(text_of(given.get("title")).split())
    text = text_of(given.get("description")) or text_of(given.get("text"))
    if not title and not text:
        raise RowError("title", _("needed, or a text"))
    short = cut_at_word(title or text, 90)
    if title and short != title:
        text = f"{title}\n\n{text}".strip()
    summary = text_of(given.get("summary")) or cut_at_word(text or title, 200)
    return {
        "title": short,
        "description": limited_of("description", text or title),
        "summary": limited_of("summary", summary),
    }


def limited_of(name: str, value: Any) -> str:
    text = text_of(value)
    longest = getattr(Challenge._meta.get_field(name), "max_length", None)
    if longest and len(text) > longest:
        raise RowError(name, _("%(n)d characters, at most %(most)d") % {"n": len(text), "most": longest})
    return text


def choice_of(name: str, value: Any, known: Iterable[str]) -> str:
    text = text_of(value)
    if text not in list(known):
        raise RowError(
            name, _("“%(value)s” is none of %(known)s") % {"value": text, "known": ", ".join(known)}
        )
    return text


def number_of(name: str, value: Any) -> int | None:
    text = text_of(value)
    if text and not (text.isdecimal() and len(text) < 6):
        raise RowError(name, _("“%(value)s” is no number") % {"value": text})
    return int(text) if text else None


def codes_of(name: str, value: Any, known: Iterable[str]) -> list[str]:
    """A list, or its codes in one cell with commas or semicolons between."""
    if value is not None and not isinstance(value, str | list):
        raise RowError(name, _("not a list"))
    listed = value.replace(";", ",").split(",") if isinstance(value, str) else value or []
    return [choice_of(name, code, known) for code in listed if text_of(code)]


def flag_of(name: str, value: Any) -> bool:
    """Yes or no, as JSON or a spreadsheet says it; nothing means no."""
    text = text_of(value).lower()
    if text in ("true", "1", "yes", "sí", "si"):
        return True
    if text in ("", "false", "0", "no"):
        return False
    raise RowError(name, _("“%(value)s” is neither yes nor no") % {"value": text})


def moment_of(name: str, value: Any, zone: str, *, last: bool = False) -> datetime | None:
    """A time with its offset, or in the poster's zone; a bare date opens at its start, closes at its end."""
    text = text_of(value)
    try:
        zone_info = zoneinfo.ZoneInfo(zone)
    except (OSError, zoneinfo.ZoneInfoNotFoundError, ValueError):
        raise RowError("time_zone", _("“%(zone)s” is no time zone") % {"zone": zone}) from None
    if not text:
        return None
    try:
        day = parse_date(text)
        moment = datetime.combine(day, time(23, 59) if last else time()) if day else parse_datetime(text)
    except ValueError:
        moment = None
    if moment is None or moment.year not in YEARS:
        raise RowError(
            name, _("“%(value)s” is no date like 2026-11-22 or 2026-11-22T17:00") % {"value": text}
        )
    return timezone.make_aware(moment, zone_info) if timezone.is_naive(moment) else moment


def needs_of(given: Any) -> list[dict[str, str]]:
    """From a list of texts or of objects; in CSV as JSON, or one text per line or "|"."""
    if isinstance(given, str):
        try:
            given = (
                json.loads(given) if given.lstrip().startswith("[") else given.replace("\n", "|").split("|")
            )
        except ValueError as error:
            raise RowError("needs", str(error)) from None
    if given is not None and not isinstance(given, list):
        raise RowError("needs", _("not a list"))
    needs = []
    for position, item in enumerate(given or [], start=1):
        need = item if isinstance(item, dict) else {"text": item}
        name = f"needs[{position}]"
        text = text_of(need.get("text"))
        if len(text) > 600:
            raise RowError(
                f"{name}.text", _("%(n)d characters, at most %(most)d") % {"n": len(text), "most": 600}
            )
        weight = choice_of(f"{name}.weight", need.get("weight") or Need.Weight.MUST, Need.Weight.values)
        sought = choice_of(f"{name}.sought", need.get("sought") or Need.Sought.ANYONE, Need.Sought.values)
        if text:
            needs.append({"text": text, "weight": weight, "sought": sought})
    return needs


def check_whole(values: dict[str, Any]) -> None:
    """What the database would refuse, said in words."""
    opens, closes = values["opens_at"], values["closes_at"]
    if values["status"] == Status.PUBLISHED and not (opens and closes):
        raise RowError(
            "opens", _("a published challenge needs both dates; give --opens and --closes for all rows")
        )
    if opens and closes and closes <= opens:
        raise RowError("closes", _("not after it opens"))
    if values["only_in_state"] and not values["state"]:
        raise RowError("only_in_state", _("which state? state is empty"))
    if values["trl_from"] and values["trl_to"] and values["trl_to"] < values["trl_from"]:
        raise RowError("trl_to", _("below trl_from"))
    named = {name for name, value in values.items() if value not in (None, "", [])}
    every = {f.name for f in Challenge._meta.fields}
    try:
        challenge = Challenge(**values)
        challenge.clean_fields(exclude=(every - named) | {"organisation", "hub", "sdgs", "eligible_kinds"})
        values["offer_money"] = challenge.offer_money
    except ValidationError as error:
        name, sentences = next(iter(error.message_dict.items()))
        raise RowError(name, " ".join(sentences)) from None
