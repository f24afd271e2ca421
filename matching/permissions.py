"""May this person? Asked by pages, API and templates alike."""

from typing import TYPE_CHECKING

from accounts.models import Person, Profile
from hubs.models import Challenge, Hub
from hubs.permissions import belongs_to_poster, curates, person_of, user_of

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User

__all__ = [
    "belongs_to_poster",
    "may_answer_for",
    "may_see_rounds",
    "may_see_who_fits",
    "person_of",
    "user_of",
]


def may_answer_for(by: "Person | User", profile: Profile) -> bool:
    """One's own profiles: the person's, and those of every organisation that the person belongs to."""
    return Profile.objects.of(user_of(by)).filter(pk=profile.pk).exists()


def may_see_who_fits(user: "User | AnonymousUser", challenge: Challenge) -> bool:
    """With names and reasons: whoever posted it, and its curators. Everybody else sees how many."""
    return belongs_to_poster(user, challenge) or curates(user, challenge)


def may_see_rounds(user: "User | AnonymousUser") -> bool:
    """On whom attention falls: operators, and the curators of a nation."""
    if user.is_superuser:
        return True
    return Hub.objects.curated_by(user).filter(kind=Hub.Kind.NATION).exists()
