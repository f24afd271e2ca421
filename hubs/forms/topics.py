"""What a challenge is about: sector, fields of science and goals."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundWidget
from django.utils.translation import gettext_lazy as _

from accounts.countries import get_pack

from ..models import Challenge

TAKEN = ("sector", "fields", "sdgs")  # what a suggestion may fill


@dataclass(frozen=True)
class Area:
    """One broad field of science with its fields; open while one of them is chosen."""

    label: str
    boxes: list[BoundWidget]
    chosen: int


class TopicsForm(forms.ModelForm):  # type: ignore[type-arg]
    sector = forms.ChoiceField(
        label=_("Sector"), required=False, help_text=_("Where the problem is, not who solves it.")
    )
    fields_of_science = forms.MultipleChoiceField(
        label=_("Fields of science"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Those whose people could help; two or three are enough."),
    )
    sdgs = forms.MultipleChoiceField(
        label=_("Sustainable Development Goals"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Those that the challenge serves most; two or three are enough."),
    )

    class Meta:
        model = Challenge
        fields = ["sector", "sdgs"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        pack = get_pack(self.instance.country)
        self.fields["sector"].choices = [("", "—"), *pack.sectors.choices()]  # type: ignore[attr-defined]
        self.fields["fields_of_science"].choices = pack.fields.choices()  # type: ignore[attr-defined]
        self.fields["sdgs"].choices = [  # type: ignore[attr-defined]
            (code, f"{code}. {label}") for code, label in pack.sdgs.choices()
        ]
        self.initial["fields_of_science"] = self.instance.fields

    def areas(self) -> list[Area]:
        """The fields of science by the area they belong to, in the order of their source."""
        pack = get_pack(self.instance.country)
        boxes = {str(box.data["value"]): box for box in self["fields_of_science"]}
        found = []
        for row in pack.broad_fields:
            own = [boxes[code.code] for code in pack.fields if code.parent == row.code and code.code in boxes]
            chosen = sum(bool(box.data["selected"]) for box in own)
            found.append(Area(pack.broad_fields.label(row.code), own, chosen))
        return found

    def values(self) -> dict[str, Any]:
        """What of it is valid, by the names of the challenge's own columns."""
        valid = {name: value for name, value in self.cleaned_data.items() if name not in self.errors}
        if "fields_of_science" in valid:
            valid["fields"] = valid.pop("fields_of_science")
        return valid


def taking(data: Mapping[str, Any] | None, take: str) -> Any:
    """The typed data with one suggestion taken over: "sdgs:6". Anything else leaves it as it is."""
    name, _colon, code = take.partition(":")
    if data is None or name not in TAKEN or not code:
        return data
    changed = data.copy()  # type: ignore[attr-defined]  # a QueryDict
    if name == "sector":
        changed["sector"] = code
    else:
        key = "fields_of_science" if name == "fields" else name
        if code not in changed.getlist(key):
            changed.appendlist(key, code)
    return changed
