"""Checking what came in over HTTP."""

from .facts import FACTS_FORMS
from .join import JoinForm, PersonForm
from .pages import (
    EraseForm,
    FilterForm,
    InvitationForm,
    MemberForm,
    OrganisationForm,
    PreferencesForm,
    time_zone_of,
    translation_form,
)
from .sheet import ProfileSheet

__all__ = [
    "FACTS_FORMS",
    "EraseForm",
    "FilterForm",
    "InvitationForm",
    "JoinForm",
    "MemberForm",
    "OrganisationForm",
    "PersonForm",
    "PreferencesForm",
    "ProfileSheet",
    "time_zone_of",
    "translation_form",
]
