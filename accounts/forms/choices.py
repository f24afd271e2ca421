"""Drop-downs from the country pack, in the reader's language."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from babel import Locale
from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from ..countries import Pack, get_pack
from ..countries.tables import Choices
from ..folding import sort_key
from ..models import Language

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Lazy = Callable[[], list[Any]]


def pack() -> Pack:
    return get_pack(settings.HELICE_COUNTRY)


def _with_blank(choices: Callable[[], list[Any]]) -> Lazy:
    return lambda: [("", "—"), *choices()]


def table(name: str, *, by_label: bool = False) -> Lazy:
    return _with_blank(lambda: getattr(pack(), name).choices(by_label=by_label))


def trl_choices() -> Lazy:
    return _with_blank(lambda: [(code, f"{code} · {label}") for code, label in pack().trl.choices()])


def country_choices() -> Choices:
    """Every country but this one, by its name in the reader's language."""
    names = Locale.parse((get_language() or "es")[:2]).territories
    pairs = [(code, str(name)) for code, name in names.items() if len(code) == 2 and code.isalpha()]
    known = [pair for pair in pairs if pair[0] not in {pack().code, "EU", "UN", "EZ", "ZZ", "XA", "XB", "QO"}]
    return sorted(known, key=lambda pair: sort_key(pair[1]))


def choice(
    label: "StrOrPromise", choices: Lazy, *, required: bool = False, **kwargs: Any
) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, required=required, **kwargs)


def language_field(**kwargs: Any) -> forms.ChoiceField:
    kwargs.setdefault("label", _("Language you write in"))
    return forms.ChoiceField(choices=Language.choices, initial=reading_language, **kwargs)


def reading_language() -> str:
    language = (get_language() or settings.LANGUAGE_CODE)[:2]
    return language if language in Language.values else Language.ES


def text(
    label: "StrOrPromise",
    limit: int,
    *,
    rows: int = 3,
    required: bool = False,
    help_text: "StrOrPromise" = "",
) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=limit,
        required=required,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": rows}),
    )
