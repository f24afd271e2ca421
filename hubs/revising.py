"""What of a published challenge may be changed, as a revision keeps it, and what of it is different."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .models import Challenge, Need

OFFERS = ("offer_money", "offer_data", "offer_site", "offer_purchase")
PARTS: dict[str, Promise] = {
    "deadline": _("the closing date"),
    "award": _("what is offered"),
    "needs": _("what is needed"),
}


def as_it_stands(challenge: Challenge) -> dict[str, Any]:
    """The parts that a revision may change, in the shape in which a revision keeps them."""
    return {
        "closes_at": challenge.closes_at.isoformat() if challenge.closes_at else None,
        "offer_money": None if challenge.offer_money is None else f"{challenge.offer_money:.2f}",
        **{name: getattr(challenge, name) for name in OFFERS[1:]},
        "needs": list(challenge.needs.order_by("position", "pk").values("id", "text", "weight", "sought")),
    }


def kept(values: Mapping[str, Any], needs: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What was typed, in the same shape."""
    money, closes_at = values.get("offer_money"), values.get("closes_at")
    return {
        "closes_at": closes_at.isoformat() if closes_at else None,
        "offer_money": None if money is None else f"{money:.2f}",
        **{name: values.get(name) or "" for name in OFFERS[1:]},
        "needs": [{name: row.get(name) for name in ("id", "text", "weight", "sought")} for row in needs],
    }


def changes(challenge: Challenge, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Of what is wanted, only what differs from what stands now."""
    now = as_it_stands(challenge)
    found = {name: value for name, value in wanted.items() if name in now and value != now[name]}
    if "closes_at" in found and moment(found["closes_at"]) == challenge.closes_at:
        del found["closes_at"]  # the same moment, written in another zone
    return found


def parts(changed: Mapping[str, Any]) -> list[str]:
    """Which parts a revision touches, by their keys in PARTS."""
    touched = {
        "deadline": "closes_at" in changed,
        "award": any(name in changed for name in OFFERS),
        "needs": "needs" in changed,
    }
    return [name for name, is_so in touched.items() if is_so]


def apply(challenge: Challenge, changed: Mapping[str, Any]) -> None:
    """Write a revision's values into the challenge and its needs. A need that is written anew loses its
    translation, which says what it was before."""
    if "closes_at" in changed:
        challenge.closes_at = moment(changed["closes_at"])
    if "offer_money" in changed:
        money = changed["offer_money"]
        challenge.offer_money = None if money is None else Decimal(money)
    for name in OFFERS[1:]:
        if name in changed:
            setattr(challenge, name, changed[name])
    if "needs" in changed:
        _apply_needs(challenge, changed["needs"])
    challenge.save()


def _apply_needs(challenge: Challenge, rows: Sequence[Mapping[str, Any]]) -> None:
    stored = {need.pk: need for need in challenge.needs.all()}
    kept_ids = set()
    for position, row in enumerate(rows):
        need = stored.get(row.get("id") or 0) or Need(challenge=challenge)
        if need.pk and need.text != row["text"]:
            need.translations.all().delete()
        need.position = position
        need.text, need.weight, need.sought = row["text"], row["weight"], row["sought"]
        need.save()
        kept_ids.add(need.pk)
    challenge.needs.exclude(pk__in=kept_ids).delete()


def moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


@dataclass(frozen=True)
class Difference:
    """One thing that changes: `before` and `after` as values to show; `kind` says how (see templates)."""

    label: str
    kind: str  # moment, money, text
    before: Any
    after: Any


LABELS = {
    "offer_data": _("Data"),
    "offer_site": _("A place to test"),
    "offer_purchase": _("Purchase"),
}


def differences(challenge: Challenge, changed: Mapping[str, Any]) -> list[Difference]:
    """Row by row what is published and what is to be; needs are compared by what they are, not by place."""
    found = []
    if "closes_at" in changed:
        found.append(
            Difference(gettext("Closes"), "moment", challenge.closes_at, moment(changed["closes_at"]))
        )
    if "offer_money" in changed:
        money = changed["offer_money"]
        after = None if money is None else Decimal(money)
        found.append(Difference(gettext("Money"), "money", challenge.offer_money, after))
    for name, label in LABELS.items():
        if name in changed:
            found.append(Difference(str(label), "text", getattr(challenge, name), changed[name]))
    if "needs" in changed:
        found += _need_differences(challenge, changed["needs"])
    return found


def _need_differences(challenge: Challenge, rows: Sequence[Mapping[str, Any]]) -> list[Difference]:
    stored = {need.pk: need for need in challenge.needs.all()}
    pairs = [(stored.pop(row.get("id") or 0, None), row) for row in rows]
    found = []
    for need, row in pairs:
        before, after = _in_words(need), _in_words(Need(**{**row, "id": None}))
        if before != after:
            found.append(Difference(gettext("Need"), "text", before, after))
    found += [Difference(gettext("Need"), "text", _in_words(need), "") for need in stored.values()]
    return found


def _in_words(need: Need | None) -> str:
    if need is None:
        return ""
    return f"{need.text} ({need.get_weight_display()}; {need.get_sought_display()})"
