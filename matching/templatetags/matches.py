"""Lets pages of lower floors show matches while they stay ignorant of matching."""

from typing import Any

from django import template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from accounts.models import Profile
from hubs.models import Challenge

from .. import queries
from ..covering import Coverage
from ..models import Match, Suspect

register = template.Library()


@register.inclusion_tag("matching/_challenge_matches.html", takes_context=True)
def challenge_matches(
    context: dict[str, Any], challenge: Challenge, coverage: Coverage | None
) -> dict[str, Any]:
    """Who fits a challenge: names and reasons for its poster and curators, about how many for the others."""
    user = context["user"]
    found: dict[str, Any] = {"challenge": challenge, "user": user, "request": context.get("request")}
    if coverage is None:
        return found | {"shown": False}
    found |= {"shown": True, "counts": coverage.whole.kinds, "total": coverage.whole.total}
    found |= {"few": coverage.whole.total is None}
    found |= {"named": coverage.exact and coverage.whole.total}  # exact for those who may see who fits
    return found


@register.inclusion_tag("matching/_suspects_link.html", takes_context=True)
def suspects_link(context: dict[str, Any]) -> dict[str, Any]:
    """The way to the texts that look written to game the matching; for curators' pages."""
    waiting = queries.suspects_for(context["user"]).filter(state=Suspect.State.OPEN)
    return {"waiting": waiting.count()}


@register.inclusion_tag("matching/_challenge_marks.html")
def challenge_marks(challenge: Challenge) -> dict[str, Any]:
    """Which texts of a challenge look written to game the matching; nothing for most."""
    return {"found": queries.marks_of(challenge), "language": challenge.language}


@register.simple_tag(takes_context=True)
def profile_matches_count(context: dict[str, Any], profile: Profile) -> int:
    """How many challenges one of the reader's own profiles fits just now; 0 for other people's."""
    return Match.objects.of(context["user"]).filter(subject__profile=profile).count()


@register.filter
def marked(text: str, marks: object) -> SafeString:
    """Somebody's words with those that matter in <mark>; the words are escaped piece by piece."""
    return _with(text, marks, "<mark>{}</mark>")


@register.filter
def bold(text: str, marks: object) -> SafeString:
    """The same for letters, whose readers know no <mark>."""
    return _with(text, marks, "<strong>{}</strong>")


def _with(text: str, marks: object, form: str) -> SafeString:
    """Marks that do not fit the text (places beyond its end, or out of order) are left out."""
    pieces: list[SafeString] = []
    at = 0
    for start, end in marks if isinstance(marks, list) else []:
        if at <= start < end <= len(text):
            pieces += [conditional_escape(text[at:start]), format_html(form, text[start:end])]
            at = end
    if not pieces:
        return conditional_escape(text)
    pieces.append(conditional_escape(text[at:]))
    return mark_safe("".join(pieces))  # noqa: S308 - every piece is escaped above
