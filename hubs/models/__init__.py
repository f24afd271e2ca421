"""What people gather around."""

from .challenges import PUBLIC, Challenge, ChallengeStep, Need, Status
from .hubs import Hub, HubMembership
from .introductions import Introduction

__all__ = ["PUBLIC", "Challenge", "ChallengeStep", "Hub", "HubMembership", "Introduction", "Need", "Status"]
