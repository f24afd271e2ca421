"""Who someone is."""

from .affiliations import Affiliation
from .base import Language, PublicModel
from .jobs import Job, JobFile, JobQuerySet
from .kept import KeptPost
from .letters import Cadence, Family, Letter, LetterPreference, UnsubscribeLink
from .news import NewsItem, NewsItemQuerySet, Suppression
from .organisations import Invitation, Membership, Organisation
from .people import Consent, Person, User
from .profiles import Profile, ProfileItem
from .translations import Translation

__all__ = [
    "Affiliation",
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
    "NewsItem",
    "NewsItemQuerySet",
    "Organisation",
    "Person",
    "Profile",
    "ProfileItem",
    "PublicModel",
    "Suppression",
    "Translation",
    "UnsubscribeLink",
    "User",
]
