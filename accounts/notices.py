"""The country's privacy notices, as safe HTML."""

import nh3
from django.conf import settings
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

from .countries import get_pack

_markdown = MarkdownIt("commonmark")


def notice(kind: str) -> SafeString:
    """The notice "privacy" or "privacy_short" in the reader's language, under the operator's law."""
    text = get_pack(settings.HELICE_COUNTRY).notice(
        kind, settings.PRIVACY_REGIME, settings.HELICE_OPERATOR, settings.HELICE_CONTACT
    )
    return mark_safe(nh3.clean(_markdown.render(text)))  # noqa: S308 - cleaned a moment before
