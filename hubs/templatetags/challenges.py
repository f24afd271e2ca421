"""What pages of every floor may show of challenges, and how their texts, times and states are shown."""

import re
import zoneinfo
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import template
from django.conf import settings
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.countries import get_pack
from accounts.models import Organisation
from accounts.permissions import belongs_anywhere

from ..models import Challenge
from ..permissions import belongs_to_poster
from ..zones import zone_city

register = template.Library()
SHOWN = 50


@register.inclusion_tag("hubs/_my_challenges.html", takes_context=True)
def my_challenges(context: dict[str, Any]) -> dict[str, Any]:
    """The challenges of one's organisations with where they stand, newest change first."""
    mine = Challenge.objects.of(context["user"]).select_related("organisation").order_by("-updated_at", "-pk")
    return {"challenges": mine[:SHOWN], "may_post": belongs_anywhere(context["user"])}


@register.inclusion_tag("hubs/_organisation_challenges.html", takes_context=True)
def organisation_challenges(context: dict[str, Any], organisation: Organisation) -> dict[str, Any]:
    """Those that the reader may know to be its: a poster who hides its name is not given away."""
    user = context["user"]
    found = Challenge.objects.visible_to(user).filter(organisation=organisation)
    probe = Challenge(organisation=organisation)
    if not belongs_to_poster(user, probe):
        found = found.published().filter(poster_shown=Challenge.PosterShown.NAME)
    return {"challenges": found.select_related("organisation").prefetch_related("translations")[:SHOWN]}


@register.simple_tag
def state_now(challenge: Challenge) -> dict[str, str]:
    """Where it stands at this moment, the clock included: {"value": colour, "label": words}."""
    if challenge.status == challenge.Status.PUBLISHED:
        if challenge.is_upcoming():
            return {"value": "in_review", "label": _("upcoming")}
        if challenge.is_open():
            return {"value": "published", "label": _("open")}
        return {"value": "closed", "label": _("closed")}
    return {"value": challenge.status, "label": str(challenge.get_status_display())}


@register.filter
def sdg_names(challenge: Challenge) -> list[str]:
    sdgs = get_pack(challenge.country).sdgs
    return [f"{code}. {sdgs.label(code)}" for code in challenge.sdgs]


@register.simple_tag
def trl_help(challenge: Challenge) -> list[dict[str, str]]:
    """The readiness levels in plain words."""
    trl = get_pack(challenge.country).trl
    return [{"code": code, "label": trl.label(code), "help": trl.text(code, "help")} for code in trl.codes]


@register.filter
def pesos(amount: Decimal) -> str:
    """$1,234,567.50 MXN, without cents where there are none; Mexico writes it so in both languages."""
    shown = f"{amount:,.2f}"
    return f"${shown.removesuffix('.00')} MXN"


@register.filter
def zone_name(zone: str) -> str:
    """A time zone by its city in the reader's language: America/Mexico_City is Mexico City."""
    return zone_city(zone, (get_language() or settings.LANGUAGE_CODE)[:2])


@register.simple_tag
def in_zones(moment: datetime, zone: str) -> dict[str, Any]:
    """A moment in the reader's zone, and in the poster's where its clock shows another time."""
    here = timezone.localtime(moment)
    try:
        there = moment.astimezone(zoneinfo.ZoneInfo(zone))
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        there = here
    differs = here.utcoffset() != there.utcoffset()
    return {
        "here": here,
        "zone": zone_name(timezone.get_current_timezone_name()),
        # Naive on purpose: the template must not move it back into the reader's zone.
        "there": there.replace(tzinfo=None) if differs else None,
        "there_zone": zone_name(zone),
    }


@register.filter
def prose(text: str) -> SafeString:
    """People's text with the two marks of the templates: "## " is a heading, "- " an item of a list."""
    blocks = []
    for block in re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip()):
        blocks += _block(block.split("\n"))
    return mark_safe("\n".join(blocks))  # noqa: S308 - every line went through escape()


def _block(lines: list[str]) -> list[str]:
    """One block of lines as headings, lists and paragraphs, in their order."""
    made: list[str] = []
    run: list[str] = []
    kind = ""
    for line in [*lines, "## "]:
        bare = line.strip()
        this = "h" if bare.startswith("##") else "li" if re.match(r"[-*•] ", bare) else "p"
        if run and this != kind:
            made.append(_join(kind, run))
            run = []
        kind = this
        if this == "h":
            heading = bare.lstrip("# ")
            made += [f"<h3>{escape(heading)}</h3>"] if heading else []
        else:
            run.append(escape(bare[2:] if this == "li" else bare))
    return made


def _join(kind: str, run: list[str]) -> str:
    if kind == "li":
        return "<ul>" + "".join(f"<li>{item}</li>" for item in run) + "</ul>"
    return "<p>" + "<br>".join(run) + "</p>"
