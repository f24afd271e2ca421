"""A letter's row becomes a message: in its language, as text and HTML, with the headers of good manners."""

import re
import zoneinfo
from collections.abc import Callable
from email.message import Message
from typing import Any

import css_inline
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import Context
from django.template.loader import get_template
from django.urls import reverse, translate_url
from django.utils import timezone, translation

from .models import Family, Letter, Person, UnsubscribeLink
from .tokens import new_token

Fill = Callable[[Letter], dict[str, Any] | None]
_inliner = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)
_LONGEST_LINE = 990  # of a header: RFC 5322 allows 998


class LetterMessage(EmailMultiAlternatives):
    """Never folds a header: one-click unsubscribing fails where its address stands on a second line."""

    def message(self) -> Any:  # type: ignore[override]  # the stubs are of a later Django
        message: Message = super().message()
        message.policy = message.policy.clone(max_line_length=_LONGEST_LINE)
        return message


def absolute(path: str) -> str:
    return f"{settings.HELICE_URL.rstrip('/')}{path}"


def in_active_language(path: str) -> str:
    """One of the site's own paths for whoever reads now, in whichever language it was written down."""
    written_in = translation.get_language_from_path(path)
    if written_in is None:
        return path
    wanted = translation.get_language() or written_in
    with translation.override(written_in):  # a path is found in its own language alone
        return translate_url(path, wanted)


def zone_of(person: Person | None) -> zoneinfo.ZoneInfo:
    """The reader's own time zone, or the installation's."""
    user = person.user if person else None
    for name in (user.time_zone if user else "", settings.TIME_ZONE):
        try:
            return zoneinfo.ZoneInfo(name)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError):
            continue
    return zoneinfo.ZoneInfo("UTC")


def message_for(letter: Letter, fill: Fill, to: str) -> LetterMessage | None:
    """The message, or None when `fill` finds nothing left to say. Secrets of links are made here."""
    with translation.override(letter.language), timezone.override(zone_of(letter.person)):
        words = fill(letter)
        if words is None:
            return None
        headers = _headers(letter)
        stop = _stop_url(letter)
        if stop:
            headers |= _unsubscribe_headers(stop)
        context = _site() | {"letter": letter, "language": letter.language, "stop_url": stop} | words
        folder = f"emails/{words.get('folder', letter.kind)}"
        message = LetterMessage(
            subject=" ".join(_text(f"{folder}/subject.txt", context).split()),
            body=_text(f"{folder}/body.txt", context),
            from_email=settings.DEFAULT_FROM_EMAIL,
            to=[to],
            reply_to=[settings.HELICE_CONTACT],
            headers=headers,
        )
        html = get_template(f"{folder}/body.html").render(context)
        message.attach_alternative(_inliner.inline(html), "text/html")
        for name, content, kind in words.get("files", ()):
            message.attach(name, content, kind)
    return message


def _site() -> dict[str, Any]:
    return {
        "site_name": settings.HELICE_NAME,
        "site_url": absolute("/"),
        "site_demo": settings.HELICE_DEMO,
        "contact": settings.HELICE_CONTACT,
    }


def _headers(letter: Letter) -> dict[str, str]:
    return {
        "Message-ID": f"<{letter.message_id}>",
        "Auto-Submitted": "auto-generated",
        "Feedback-ID": f"{letter.kind}:{letter.family}:{letter.language}:helice",
        "Content-Language": letter.language,
    }


def _stop_url(letter: Letter) -> str:
    """A secret of its own in every letter that can be stopped; only its hash is kept."""
    if letter.family == Family.ACCOUNT or letter.person is None:
        return ""
    token, token_hash = new_token()
    UnsubscribeLink.objects.create(token_hash=token_hash, person=letter.person, family=letter.family)
    return absolute(reverse("unsubscribe", args=[token]))


def _unsubscribe_headers(url: str) -> dict[str, str]:
    return {
        "List-Unsubscribe": f"<{url}>, <mailto:{settings.HELICE_CONTACT}?subject=unsubscribe>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def _text(name: str, context: dict[str, Any]) -> str:
    """Plain text has nothing to escape; what tags leave behind in blank lines is closed up."""
    text = get_template(name).template.render(Context(context, autoescape=False))  # type: ignore[attr-defined]
    text = re.sub(r"[ \t]+\n", "\n", text)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"
