"""What templates of every page need."""

from typing import Any

from django import template
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import Model
from django.urls import translate_url as translated
from django.utils.translation import get_language

from ..models import Organisation, User

register = template.Library()


@register.simple_tag(takes_context=True)
def translate_url(context: dict[str, Any], language: str) -> str:
    """The same page in the other language."""
    return translated(context["request"].get_full_path(), language)


@register.simple_tag(takes_context=True)
def same_page(context: dict[str, Any]) -> dict[str, Any]:
    """For search engines: this page's one address (`canonical`), and (code, address) of it in each language.

    Filters and orders of a list are views of the same page, its further pages are pages of their own. Pages
    outside the languages (secret links, errors) have neither.
    """
    request = context.get("request")
    if request is None or request.resolver_match is None:
        return {}
    turned = request.GET.get("page", "")
    path = f"{request.path}?page={turned}" if turned.isdecimal() and turned != "1" else request.path
    if not path.startswith(f"/{get_language()}/"):
        return {}
    site = settings.HELICE_URL.rstrip("/")
    languages = [(_tag(code), site + translated(path, code)) for code, _name in settings.LANGUAGES]
    default = site + translated(path, settings.LANGUAGE_CODE)
    return {"canonical": site + path, "languages": [*languages, ("x-default", default)]}


def _tag(code: str) -> str:
    return "es-MX" if code == "es" else code


@register.filter
def open_to(organisation: Organisation, user: User | AnonymousUser) -> bool:
    """Whether a link to its page leads this reader anywhere."""
    return organisation.is_open_to(user)


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
