"""Pages: load and authorise, form, one write, one redirect."""

from .join import join, join_instead, join_invited, join_kind
from .links import invitation
from .mine import data, erase, home, kept, preferences, privacy
from .organisations import organisation, organisation_edit, organisation_invite, organisation_people
from .profiles import (
    claim,
    item_use,
    profile,
    profile_list,
    profile_new,
    profile_preview,
    profile_translations,
)

__all__ = [
    "claim",
    "data",
    "erase",
    "home",
    "invitation",
    "item_use",
    "join",
    "join_instead",
    "join_invited",
    "join_kind",
    "kept",
    "organisation",
    "organisation_edit",
    "organisation_invite",
    "organisation_people",
    "preferences",
    "privacy",
    "profile",
    "profile_list",
    "profile_new",
    "profile_preview",
    "profile_translations",
]
