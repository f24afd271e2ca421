"""Filters of the challenge list. A filter that makes no sense is left out, never an error page."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.countries import get_pack
from accounts.models import Language

from ..models import Hub, Need


class ChallengeFilter(forms.Form):
    q = forms.CharField(
        label=_("Words"), required=False, max_length=200, widget=forms.TextInput(attrs={"type": "search"})
    )
    state = forms.ChoiceField(label=_("State"), required=False)
    sdg = forms.ChoiceField(label=_("Sustainable Development Goal"), required=False)
    hub = forms.ModelChoiceField(
        Hub.objects.all(), label=_("Hub"), required=False, empty_label=_("Any"), to_field_name="slug"
    )
    sought = forms.ChoiceField(label=_("Sought from"), required=False)
    language = forms.ChoiceField(label=_("Language"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        pack = get_pack(settings.HELICE_COUNTRY)
        any_of = [("", _("Any"))]
        helices = [pair for pair in Need.Sought.choices if pair[0] != Need.Sought.ANYONE]
        choices: dict[str, list[Any]] = {
            "state": pack.states.choices(by_label=True),
            "sdg": [(code, f"{code}. {label}") for code, label in pack.sdgs.choices()],
            "sought": helices,
            "language": list(Language.choices),
        }
        for name, pairs in choices.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
            field.choices = [*any_of, *pairs]

    def wanted(self) -> dict[str, Any]:
        self.is_valid()
        return self.cleaned_data
