"""/design/, in the demo: every component of the design system in every state, for whoever draws a page."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

COLOURS = (
    *("paper", "surface", "sunk", "ink", "ink-soft", "rule", "edge"),
    *("accent", "accent-deep", "accent-tint", "band", "button", "button-hover", "green", "green-tint"),
    *("gold", "gold-ink", "gold-tint", "blue", "blue-tint", "red", "red-tint"),
    *("foot", "foot-ink", "foot-soft", "focus"),
)
SIZES = ("t4", "t3", "t2", "t1", "t0", "t-1")
KINDS = ("researcher", "startup", "company", "agency")
STATES = ("draft", "in_review", "changes_requested", "published", "closed", "withdrawn", "archived")
# As people would have written it: in their own language, whatever that of the page.
TITLE = "Medir las fugas de agua sin abrir la calle"
SUMMARY = "Perdemos cuatro de cada diez litros en tuberías de más de cuarenta años. Buscamos cómo oírlos."
NEED = "Sensores acústicos que distingan una fuga del ruido del tránsito."
EVIDENCE = (
    "Red de hidrófonos que localizó 31 fugas en la tubería principal de Saltillo, con un error de dos metros."
)


@dataclass
class Sample:
    """A challenge of nobody, as its card reads it."""

    closes_at: datetime | None
    opens_at: datetime | None = None
    is_closed: bool = False
    title: str = TITLE
    summary: str = SUMMARY
    language: str = "es"
    organisation_shown: str = "Aguas de Saltillo"
    state_name: str = "Coahuila de Zaragoza"
    trl_from: int = 4
    trl_to: int = 7
    sdgs: tuple[int, ...] = (6, 11)
    needs_count: int = 5

    @property
    def translations(self) -> "Sample":
        return self

    def all(self) -> list[Any]:
        return []

    def get_absolute_url(self) -> str:
        return "#challenge_card"


class SampleForm(forms.Form):
    """A field of each kind."""

    choices = [("a", _("Researcher")), ("b", _("Startup")), ("c", _("Company"))]
    q = forms.CharField(label=_("Title"), help_text=_("One line, in plain words."), max_length=90)
    text = forms.CharField(label=_("Summary"), widget=forms.Textarea, required=False)
    select = forms.ChoiceField(label=_("State"), choices=choices)
    day = forms.DateField(
        label=_("Closing date"), widget=forms.DateInput(attrs={"type": "date"}), required=False
    )
    number = forms.IntegerField(label=_("Year"), required=False)
    file = forms.FileField(label=_("File"), required=False)
    radio = forms.ChoiceField(label=_("Kind"), choices=choices, widget=forms.RadioSelect)
    several = forms.MultipleChoiceField(
        label=_("Sought from"), choices=choices, widget=forms.CheckboxSelectMultiple, required=False
    )
    sure = forms.BooleanField(label=_("I have read the privacy notice"))
    off = forms.CharField(label=_("Address"), disabled=True, initial="demo@example.org", required=False)


class Filters(forms.Form):
    q = forms.CharField(label=_("Words"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=SampleForm.choices, required=False)


def samples() -> list[Sample]:
    now = timezone.now()
    return [
        Sample(now + timedelta(days=40)),
        Sample(now + timedelta(days=3)),
        Sample(now + timedelta(days=60), opens_at=now + timedelta(days=9)),
        Sample(now - timedelta(days=2), is_closed=True),
        Sample(None),
    ]


def design(request: HttpRequest) -> HttpResponse:
    context = {
        "colours": COLOURS,
        "sizes": SIZES,
        "kinds": KINDS,
        "states": STATES,
        "challenges": samples(),
        "page": Paginator(range(30), 10).page(2),
        "form": SampleForm(),
        "bad_form": SampleForm({"off": ""}, prefix="bad"),
        "filters": Filters(auto_id="filter_%s"),
        "steps": [
            (_("Problem"), "#steps", "done"),
            (_("Needs"), "#steps", "current"),
            (_("Preview"), "", "todo"),
        ],
        "facts": [(_("State"), "Coahuila de Zaragoza"), ("TRL", "4–7")],
        "history": [
            (timezone.now() - timedelta(days=9), _("Published"), ""),
            (timezone.now(), _("Closed"), SUMMARY),
        ],
        "head": [_("State"), _("Challenges"), _("Profiles")],
        "rows": [["Coahuila de Zaragoza", 12, 340], ["Nuevo León", 31, 1204], ["Oaxaca", 9, 188]],
        "words": {"title": TITLE, "summary": SUMMARY, "need": NEED, "evidence": EVIDENCE},
    }
    return render(request, "design.html", context)
