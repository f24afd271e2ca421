"""Days in news, whose params are plain text."""

from datetime import date

from django import template
from django.utils.formats import date_format

register = template.Library()


@register.simple_tag
def day(iso: str) -> str:
    """An ISO day in the reader's words; what is no day stays as it is."""
    try:
        return date_format(date.fromisoformat(iso), "DATE_FORMAT")
    except (TypeError, ValueError):
        return str(iso)
