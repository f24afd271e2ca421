"""Checking what came in over HTTP for pages about matches."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Profile

from .actions import UNDONE
from .models import Answer, Strength


class MatchFilterForm(forms.Form):
    """What of one's matches to look at; anything it does not know means everything."""

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

    def __init__(self, *args: Any, profiles: Iterable[Profile], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(str(profile.public_id), profile.name) for profile in profiles]
        self.fields["profile"] = forms.ChoiceField(
            label=_("Profile"), required=False, choices=[("", _("All of mine")), *named]
        )
        if len(named) < 2:
            del self.fields["profile"]

    def chosen(self) -> dict[str, str]:
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class AnswerForm(forms.Form):
    answer = forms.ChoiceField(choices=[*Answer.Choice.choices, (UNDONE, _("undone"))])


class IntroductionForm(forms.Form):
    line = forms.CharField(
        label=_("A line of your own"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_(
            "Who you are and what you would like to talk about. The reason of the match goes with it."
        ),
    )
