"""Writes that touch several rows, send letters or queue work; pages and API call the same ones."""

from .claims import claim_profile, new_claim_link
from .consents import record_consents
from .organisations import (
    accept_invitation,
    found_organisation,
    invite,
    remove_member,
    save_organisation,
    set_member,
    withdraw_invitation,
)
from .people import (
    confirm_person,
    discard_unconfirmed,
    erase_person,
    is_unproven,
    rename_person,
    save_preferences,
    sole_ownerships,
)
from .profiles import (
    ItemData,
    create_profile,
    save_items,
    save_profile,
    save_translations,
    set_item_use,
    set_matching,
    set_visibility,
)

__all__ = [
    "ItemData",
    "accept_invitation",
    "claim_profile",
    "confirm_person",
    "create_profile",
    "discard_unconfirmed",
    "erase_person",
    "found_organisation",
    "invite",
    "is_unproven",
    "new_claim_link",
    "record_consents",
    "remove_member",
    "rename_person",
    "save_items",
    "save_organisation",
    "save_preferences",
    "save_profile",
    "save_translations",
    "set_item_use",
    "set_matching",
    "set_member",
    "set_visibility",
    "sole_ownerships",
    "withdraw_invitation",
]
