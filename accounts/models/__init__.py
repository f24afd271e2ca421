"""Who someone is."""

from .base import Language, PublicModel
from .jobs import Job, JobFile, JobQuerySet
from .kept import KeptPost
from .letters import Cadence, Family, Letter, LetterPreference, UnsubscribeLink
from .organisations import Invitation, Membership, Organisation
from .people import Consent, Person, User
from .profiles import Profile, ProfileItem
from .translations import Translation

__all__ = [
    "Cadence",
    "Consent",
    "Family",
    "Invitation",
    "Job",
    "JobFile",
    "JobQuerySet",
    "KeptPost",
    "Language",
    "Letter",
    "LetterPreference",
    "Membership",
    "Organisation",
    "Person",
    "Profile",
    "ProfileItem",
    "PublicModel",
    "Translation",
    "UnsubscribeLink",
    "User",
]
