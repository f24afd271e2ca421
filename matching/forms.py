"""Checking what came in over HTTP for pages about matches."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.countries import get_pack
from accounts.models import Profile

from .actions import UNDONE
from .models import Answer, Strength


class MatchFilterForm(forms.Form):
    """What of one's matches to look at; anything it does not know means everything."""

    q = forms.CharField(
        label=_("Words"), required=False, max_length=200, widget=forms.TextInput(attrs={"type": "search"})
    )
    profile = forms.ChoiceField(label=_("Profile"), required=False)
    strength = forms.ChoiceField(
        label=_("How well it fits"),
        required=False,
        choices=[
            ("", _("All that fit")),
            (Strength.GOOD, _("Good or strong")),
            (Strength.STRONG, _("Only strong")),
        ],
    )
    answered = forms.ChoiceField(
        label=_("Answer"),
        required=False,
        choices=[
            ("", _("All")),
            ("open", _("Not answered yet")),
            (Answer.Choice.INTERESTED, _("Interested")),
            (Answer.Choice.NOT_NOW, _("Not now")),
        ],
    )
    order = forms.ChoiceField(
        label=_("Order"),
        required=False,
        choices=[("", _("Best fit first")), ("closing", _("Closing soonest")), ("new", _("Newest first"))],
    )
    closes = forms.ChoiceField(
        label=_("Closes"),
        required=False,
        choices=[("", _("Any day")), ("7", _("Within a week")), ("30", _("Within a month"))],
    )
    state = forms.ChoiceField(label=_("State"), required=False)
    sector = forms.ChoiceField(label=_("Sector"), required=False)
    sdg = forms.ChoiceField(label=_("Sustainable Development Goal"), required=False)

    FIRST = ("q", "answered", "order")  # always in sight; the others are opened

    def __init__(self, *args: Any, profiles: Iterable[Profile], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(str(profile.public_id), profile.name) for profile in profiles]
        self.fields["profile"] = forms.ChoiceField(
            label=_("Profile"), required=False, choices=[("", _("All of mine")), *named]
        )
        if len(named) < 2:
            del self.fields["profile"]
        pack = get_pack(settings.HELICE_COUNTRY)
        choices: dict[str, list[tuple[str, str]]] = {
            "state": pack.states.choices(by_label=True),
            "sector": pack.sectors.choices(),
            "sdg": [(code, f"{code}. {label}") for code, label in pack.sdgs.choices()],
        }
        for name, pairs in choices.items():
            label = self.fields[name].label
            self.fields[name] = forms.ChoiceField(
                label=label, required=False, choices=[("", _("Any")), *pairs]
            )

    @property
    def in_sight(self) -> list[forms.BoundField]:
        return [self[name] for name in self.FIRST]

    @property
    def others(self) -> list[forms.BoundField]:
        return [field for field in self if field.name not in self.FIRST]

    @property
    def others_chosen(self) -> bool:
        return any(name not in self.FIRST for name in self.chosen())

    def chosen(self) -> dict[str, str]:
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class AnswerForm(forms.Form):
    answer = forms.ChoiceField(choices=[*Answer.Choice.choices, (UNDONE, _("undone"))])
