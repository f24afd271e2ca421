"""What two say to each other: a request and its answer, messages, meetings, and what is out of place."""

import zoneinfo
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import uuid4

from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.countries import get_pack

from ..actions.introductions import LONGEST
from ..models import Introduction, Meeting, Report
from ..zones import YEARS, zone_city

LOCAL_TIME = "%Y-%m-%dT%H:%M"


def _short(label: Any, help_text: Any, rows: int = 3) -> forms.CharField:
    return forms.CharField(
        label=label, help_text=help_text, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": rows})
    )


class AskForm(forms.Form):
    """The three short answers that go with a request."""

    brings = _short(_("What I bring"), _("The reason of the match goes with it: say what it does not."))
    needs = _short(_("What I need from you"), _("A talk, a visit, data, a place to try it, money, people."))
    who = _short(
        _("Who I am"), _("What you do and where. Your name and address are shown once both said yes."), 2
    )


class InviteForm(AskForm):
    """The same of a poster who invites."""

    brings = _short(_("What we bring"), _("Data, a place to try it, money, people."))
    needs = _short(_("What we need from you"), _("What you would like to talk about first."))
    who = _short(_("Who we are"), _("Your part in the organisation. Names are shown once both said yes."), 2)


class AnswerForm(forms.Form):
    decision = forms.ChoiceField(
        choices=[("accept", _("Accept")), ("later", _("Later")), ("decline", _("Decline"))],
        widget=forms.HiddenInput,
        error_messages={"required": _("Choose: accept, later or decline.")},
    )
    reply = forms.CharField(
        label=_("A sentence to them"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    later_on = forms.DateField(
        label=_("If later: ask me again on"),
        required=False,
        help_text=_("The request comes back to you by itself on that day."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    reason = forms.ChoiceField(
        label=_("If you decline: why"),
        required=False,
        choices=[("", "—"), *Introduction.DeclineReason.choices],
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("decision") == "decline" and not cleaned.get("reason"):
            self.add_error("reason", _("Choose why you decline."))
        if (
            cleaned.get("decision") == "later"
            and not cleaned.get("later_on")
            and "later_on" not in self.errors
        ):
            self.add_error("later_on", _("Say when you want to be asked again."))
        return cleaned


class MessageForm(forms.Form):
    text = forms.CharField(
        label=_("Your message"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Both sides read it here. A letter tells of it only if it stays unread."),
    )
    form_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)


class ReportForm(forms.Form):
    reason = forms.ChoiceField(
        label=_("What is wrong with it"), choices=Report.Reason.choices, widget=forms.RadioSelect
    )
    sentence = forms.CharField(
        label=_("In a sentence"), required=False, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 3})
    )
    block = forms.BooleanField(
        label=_("Block this person too"),
        required=False,
        help_text=_("You see nothing more of theirs, and they are not told."),
    )


def zone_choices(zones: Iterable[str]) -> list[tuple[str, str]]:
    """The country's time zones, and those of the two who meet."""
    states = get_pack(settings.HELICE_COUNTRY).states
    names = {states.value(code, "time_zone") for code in states.codes} | set(zones)
    language = (get_language() or "es")[:2]
    return sorted(((name, zone_city(name, language)) for name in names if name), key=lambda pair: pair[1])


def zone_of(data: Mapping[str, Any] | None, zones: Iterable[str], otherwise: str) -> zoneinfo.ZoneInfo:
    """The zone in which the typed times are meant: one of those that are offered."""
    name = str((data or {}).get("time_zone", ""))
    return zoneinfo.ZoneInfo(name if name in dict(zone_choices([*zones, otherwise])) else otherwise)


class MeetingForm(forms.ModelForm):  # type: ignore[type-arg]
    """Render and validate it in the meeting's time zone."""

    form_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    class Meta:
        model = Meeting
        fields = ["title", "starts_at", "ends_at", "time_zone", "place"]
        help_texts = {"place": _("An address, or a link to talk by video.")}

    def __init__(self, *args: Any, zones: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("starts_at", "ends_at"):
            self.fields[name].widget = forms.DateTimeInput(
                attrs={"type": "datetime-local"}, format=LOCAL_TIME
            )
        self.fields["time_zone"] = forms.ChoiceField(
            label=_("Time zone of these times"), choices=zone_choices(zones)
        )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for name in ("starts_at", "ends_at"):
            if cleaned.get(name) and cleaned[name].year not in YEARS:
                self.add_error(name, self.fields[name].error_messages["invalid"])
        return cleaned
