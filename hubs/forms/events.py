"""An event of a hub, typed in the time zone where it takes place."""

import zoneinfo
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.countries import get_pack

from ..models import Hub, HubEvent
from ..zones import YEARS, zone_city

LOCAL_TIME = "%Y-%m-%dT%H:%M"
TIMES = ("starts_at", "ends_at", "register_until")


def zone_choices(hub: Hub, zone: str) -> list[tuple[str, str]]:
    """The country's time zones, and the one that the event has already."""
    states = get_pack(hub.country).states
    names = {states.value(code, "time_zone") for code in states.codes} | {zone}
    language = (get_language() or "es")[:2]
    return [(name, zone_city(name, language)) for name in sorted(names)]


def home_zone(hub: Hub) -> str:
    """Of the hub's state, else the country's."""
    pack = get_pack(hub.country)
    return pack.states.value(hub.state, "time_zone") or pack.time_zone if hub.state else pack.time_zone


def zone_of(data: Mapping[str, Any] | None, event: HubEvent, hub: Hub) -> zoneinfo.ZoneInfo:
    """The zone in which the typed times are meant."""
    name = str((data or {}).get("time_zone", ""))
    return zoneinfo.ZoneInfo(name if name in dict(zone_choices(hub, event.time_zone)) else event.time_zone)


class EventForm(forms.ModelForm):  # type: ignore[type-arg]
    """Render and validate it in the event's time zone."""

    link = forms.URLField(
        label=_("Link to take part from afar"),
        help_text=_("Shown to those who registered."),
        required=False,
        max_length=500,
        assume_scheme="https",
    )

    class Meta:
        model = HubEvent
        fields = [
            *("title", "text", "language", "starts_at", "ends_at", "time_zone", "place", "link"),
            *("capacity", "register_until"),
        ]
        help_texts = {
            "place": _("With its address, or leave it empty if there is only a link."),
            "capacity": _("Leave it empty if as many may come as want to."),
            "register_until": _("Leave it empty: until it starts."),
        }
        labels = {"time_zone": _("Time zone of these times"), "language": _("Language of the text")}

    def __init__(self, *args: Any, hub: Hub, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in TIMES:
            self.fields[name].widget = forms.DateTimeInput(
                attrs={"type": "datetime-local"}, format=LOCAL_TIME
            )
        self.fields["time_zone"] = forms.ChoiceField(
            label=_("Time zone of these times"), choices=zone_choices(hub, self.instance.time_zone)
        )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for name in TIMES:
            if cleaned.get(name) and cleaned[name].year not in YEARS:
                self.add_error(name, self.fields[name].error_messages["invalid"])
        starts, ends = cleaned.get("starts_at"), cleaned.get("ends_at")
        if starts and ends and ends <= starts:
            self.add_error("ends_at", _("It must end after it starts."))
        if ends and cleaned.get("register_until") and cleaned["register_until"] > ends:
            self.add_error("register_until", _("Registration must end before the event does."))
        if not cleaned.get("place") and not cleaned.get("link") and not {"place", "link"} & set(self.errors):
            self.add_error("place", _("Say where: a place, a link, or both."))
        if cleaned.get("capacity") == 0:
            self.add_error("capacity", _("At least one place, or leave it empty."))
        return cleaned


class CancelForm(forms.Form):
    reason = forms.CharField(
        label=_("Why it is cancelled"),
        max_length=300,
        help_text=_("Every guest reads it."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
