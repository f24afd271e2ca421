"""A consortium, an invitation to it, and a partner request."""

import zoneinfo
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Profile

from ..models import Challenge, Consortium, Member, Need, PartnerRequest
from .events import LOCAL_TIME


class ConsortiumForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Consortium
        fields = ["name", "acronym", "about"]
        widgets = {"about": forms.Textarea(attrs={"rows": 4})}


class BeginForm(ConsortiumForm):
    """With the profile that coordinates it."""

    profile = forms.ModelChoiceField(
        label=_("Which profile coordinates it"), queryset=Profile.objects.none(), to_field_name="public_id"
    )

    def __init__(self, *args: Any, profiles: QuerySet[Profile], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["profile"]
        field.queryset = profiles  # type: ignore[attr-defined]
        if len(profiles) == 1:
            field.initial = profiles[0].public_id


class InviteForm(forms.Form):
    role = forms.ChoiceField(
        label=_("Role"),
        choices=[(role.value, role.label) for role in (Member.Role.MEMBER, Member.Role.ADVISER)],
    )
    share = forms.CharField(label=_("Its share of the work"), max_length=500, required=False)
    line = forms.CharField(
        label=_("A line of your own"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    needs = forms.ModelMultipleChoiceField(
        label=_("Needs that it would answer"),
        queryset=Need.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, challenge: Challenge, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        needs = self.fields["needs"]
        assert isinstance(needs, forms.ModelMultipleChoiceField)  # noqa: S101 - for the type checker
        needs.queryset = challenge.needs.all()
        needs.label_from_instance = _in_full  # type: ignore[method-assign, assignment]


def _in_full(need: Need) -> str:
    return need.text


class PartnerForm(forms.ModelForm):  # type: ignore[type-arg]
    """Render and validate it in the challenge's time zone."""

    profile = forms.ModelChoiceField(
        label=_("Who asks"), queryset=Profile.objects.none(), to_field_name="public_id"
    )

    class Meta:
        model = PartnerRequest
        fields = [
            *("title", "outline", "work", "skills", "sought", "coordinator_sought", "closes_at", "language"),
            "consortium",
        ]
        help_texts = {
            "outline": _("Three or four short paragraphs that everybody may read."),
            "work": _("What the partner would do."),
            "skills": _("One line for each skill or piece of equipment."),
        }
        widgets = {name: forms.Textarea(attrs={"rows": 4}) for name in ("outline", "work", "skills")}

    def __init__(
        self,
        *args: Any,
        challenge: Challenge,
        profiles: QuerySet[Profile],
        consortia: QuerySet[Consortium],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["closes_at"].widget = forms.DateTimeInput(
            attrs={"type": "datetime-local"}, format=LOCAL_TIME
        )
        self.fields["profile"].queryset = profiles  # type: ignore[attr-defined]
        self.fields["consortium"].queryset = consortia  # type: ignore[attr-defined]
        self.fields["consortium"].required = False
        self.fields["consortium"].label = _("For which consortium")
        if not self.is_bound and not self.instance.pk:
            self.initial["closes_at"] = challenge.closes_at
        if len(profiles) == 1:
            self.fields["profile"].initial = profiles[0].public_id
        if not consortia:
            del self.fields["consortium"]


class OfferForm(forms.Form):
    profile = forms.ModelChoiceField(
        label=_("Which profile answers"), queryset=Profile.objects.none(), to_field_name="public_id"
    )
    line = forms.CharField(
        label=_("What you would bring"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, profiles: QuerySet[Profile], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["profile"]
        field.queryset = profiles  # type: ignore[attr-defined]
        if len(profiles) == 1:
            field.initial = profiles[0].public_id


def zone_of(challenge: Challenge) -> zoneinfo.ZoneInfo:
    return zoneinfo.ZoneInfo(challenge.time_zone)
