"""What templates of every page need."""

from typing import Any

from django import template
from django.db.models import Model
from django.urls import translate_url as translated
from django.utils.translation import get_language

register = template.Library()


@register.simple_tag(takes_context=True)
def translate_url(context: dict[str, Any], language: str) -> str:
    """The same page in the other language."""
    return translated(context["request"].get_full_path(), language)


@register.simple_tag
def own_words(record: Model, field: str) -> dict[str, str]:
    """People's own text in the reader's language where its author gave one, else as written:
    {"text": …, "lang": …}. Prefetch `translations` on lists."""
    wanted = (get_language() or "")[:2]
    original = {"text": str(getattr(record, field)), "lang": str(record.language)}  # type: ignore[attr-defined]
    if original["lang"] == wanted:
        return original
    for translation in record.translations.all():  # type: ignore[attr-defined]
        if translation.field == field and translation.language == wanted:
            return {"text": translation.text, "lang": wanted}
    return original
