"""What people gather around."""

from .challenges import PUBLIC, Challenge, ChallengeStep, Need, Status
from .desk import HELD, Assignment, AssignmentQuerySet
from .events import EventGuest, HubEvent, HubEventQuerySet
from .hubs import Hub, HubMembership
from .introductions import Introduction

__all__ = [
    "HELD",
    "PUBLIC",
    "Assignment",
    "AssignmentQuerySet",
    "Challenge",
    "ChallengeStep",
    "EventGuest",
    "Hub",
    "HubEvent",
    "HubEventQuerySet",
    "HubMembership",
    "Introduction",
    "Need",
    "Status",
]
