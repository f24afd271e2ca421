"""A response as it is typed: everything is kept as a draft, whatever is still wrong with it."""

import uuid
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.countries import get_pack
from accounts.models import Language, Profile, ProfileItem

from ..answering import consortia_for, evidence_there
from ..models import Challenge, Consortium, Need, Response
from ..models.responses import LIMITS, MOST_EVIDENCE

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

LONGEST_DRAFT = 20_000  # of a text that is over its limit and still kept


class WrittenField(forms.CharField):
    """One of the texts of a response, up to its limit. A line's end is one character, as browsers count it
    while one types, though it is sent as two."""

    def __init__(
        self, name: str, label: "StrOrPromise", help_text: "StrOrPromise" = "", rows: int = 0
    ) -> None:
        widget = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput()
        limit = LIMITS[name]
        super().__init__(label=label, help_text=help_text, widget=widget, max_length=limit, required=False)

    def to_python(self, value: Any) -> str:
        return str(super().to_python(plain(str(value or ""))) or "")


def plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")


class ResponseForm(forms.Form):
    title = WrittenField("title", _("Title"), _("What you offer, in a line."))
    approach = WrittenField("approach", _("How you would do it"), rows=8)
    why_us = WrittenField(
        "why_us", _("Why you"), _("What you have done that shows it. Pick the evidence for it below."), rows=8
    )
    plan = WrittenField(
        "plan", _("The plan"), _("What happens when, and what you need from the organisation for it."), rows=9
    )
    team = WrittenField("team", _("The team"), _("Who works on it, and on what part."), rows=4)
    language = forms.ChoiceField(label=_("Language you write in"), choices=Language.choices)
    version = forms.IntegerField(widget=forms.HiddenInput(attrs={"data-version": ""}), min_value=0)
    page = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, response: Response, **kwargs: Any) -> None:
        self.response = response
        self.items = list(evidence_there(response))
        self.asked = list(response.challenge.needs.prefetch_related("translations"))
        kwargs.setdefault("initial", initial_of(response))
        super().__init__(*args, **kwargs)
        trl = get_pack(response.challenge.country).trl
        levels = [("", "—"), *((code, f"{code}. {label}") for code, label in trl.choices())]
        self.fields["trl"] = forms.TypedChoiceField(
            label=_("How mature it is today (TRL)"),
            required=False,
            choices=levels,
            coerce=int,
            empty_value=None,
        )
        self.fields["needs"] = forms.MultipleChoiceField(
            label=_("Needs that it answers"),
            required=False,
            choices=[(str(need.pk), need.text) for need in self.asked],
            widget=forms.CheckboxSelectMultiple,
        )
        self.fields["evidence"] = forms.MultipleChoiceField(
            label=_("Evidence from the profile"),
            required=False,
            choices=[(str(item.pk), str(item)) for item in self.items],
            widget=forms.CheckboxSelectMultiple,
        )

    def clean_evidence(self) -> list[str]:
        chosen: list[str] = self.cleaned_data["evidence"]
        if len(chosen) > MOST_EVIDENCE:
            raise forms.ValidationError(
                _("Choose at most %(most)d: you chose %(n)d.") % {"most": MOST_EVIDENCE, "n": len(chosen)}
            )
        return chosen

    def values(self) -> dict[str, Any]:
        """What a draft keeps: all that is valid, texts that are too long as they are (the title up to what
        fits), and the first ten pieces of evidence."""
        told = self.cleaned_data
        kept: dict[str, Any] = {name: told[name] for name in ("trl", "language") if name in told}
        for name in LIMITS:
            typed = plain(self[name].data or "").strip()[: LONGEST_DRAFT if name != "title" else LIMITS[name]]
            kept[name] = told.get(name, typed)
        if "needs" in told:
            kept["needs"] = [need for need in self.asked if str(need.pk) in told["needs"]]
        chosen = told["evidence"] if "evidence" in told else self["evidence"].data or []
        kept["evidence"] = [item for item in self.items if str(item.pk) in chosen][:MOST_EVIDENCE]
        return kept

    def need_boxes(self) -> Iterator[tuple[Any, Need]]:
        return zip(self["needs"], self.asked, strict=True)

    def evidence_boxes(self) -> Iterator[tuple[Any, ProfileItem]]:
        return zip(self["evidence"], self.items, strict=True)


def initial_of(response: Response) -> dict[str, Any]:
    stored = {name: getattr(response, name) for name in (*LIMITS, "trl", "language", "version")}
    stored["needs"] = [str(pk) for pk in response.needs.values_list("pk", flat=True)]
    stored["evidence"] = [str(row.item_id) for row in response.evidence.all() if row.item_id]
    return stored | {"page": uuid.uuid4()}


class BeginForm(forms.Form):
    """Who responds, and with the words of which earlier response."""

    who = forms.ChoiceField(label=_("Who responds"), widget=forms.RadioSelect)
    earlier = forms.ModelChoiceField(
        Response.objects.none(),
        label=_("Begin with the words of an earlier response"),
        required=False,
        to_field_name="public_id",
        empty_label=_("No, with an empty page"),
    )

    def __init__(self, *args: Any, challenge: Challenge, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        profiles = Profile.objects.of(user).filter(claimed_at__isnull=False)
        self.owners: dict[str, Profile | Consortium] = {
            f"profile:{profile.public_id}": profile
            for profile in profiles.select_related("person", "organisation")
        }
        self.owners |= {f"consortium:{one.public_id}": one for one in consortia_for(user, challenge)}
        who = self.fields["who"]
        assert isinstance(who, forms.ChoiceField)  # noqa: S101 - for the type checker
        who.choices = [(key, str(owner)) for key, owner in self.owners.items()]
        if self.initial.get("who") not in self.owners:
            self.initial["who"] = next(iter(self.owners), "")
        earlier = self.fields["earlier"]
        assert isinstance(earlier, forms.ModelChoiceField)  # noqa: S101 - for the type checker
        earlier.queryset = Response.objects.of(user).exclude(title="").select_related("challenge")
        earlier.label_from_instance = _label  # type: ignore[method-assign, assignment]

    def owner(self) -> dict[str, Any]:
        owner = self.owners[self.cleaned_data["who"]]
        return {"profile": owner} if isinstance(owner, Profile) else {"consortium": owner}


def _label(response: Any) -> str:
    return f"{response.title} → {response.challenge.title}"
