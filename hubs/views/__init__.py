"""Pages, one module per place."""

from .challenges import challenge, challenge_list, challenge_step
from .hubs import home, hub, hub_list, hub_membership
from .introductions import introduction, introduction_list
from .review import review
from .wizard import challenge_edit, challenge_new, challenge_preview

__all__ = [
    "challenge",
    "challenge_edit",
    "challenge_list",
    "challenge_new",
    "challenge_preview",
    "challenge_step",
    "home",
    "hub",
    "hub_list",
    "hub_membership",
    "introduction",
    "introduction_list",
    "review",
]
