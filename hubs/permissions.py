"""May this person? Asked by pages, API and templates alike."""

from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q

from accounts import standing
from accounts.models import Organisation, Person

from .models import Challenge, CoPoster, Hub, Introduction, Status
from .transitions import CURATOR, EDITABLE, POSTER, Transition

if TYPE_CHECKING:
    from accounts.models import User


def person_of(by: "Person | User") -> Person:
    return by if isinstance(by, Person) else by.person


def user_of(by: "Person | User") -> "User | AnonymousUser":
    """The account of whoever acts; a person without one may do nothing."""
    if isinstance(by, Person):
        return by.user or AnonymousUser()
    return by


def belongs_to_poster(user: "User | AnonymousUser", challenge: Challenge) -> bool:
    """Member of the organisation that posts it, or of one that joined as co-poster."""
    if known := standing.known(user):
        posts = challenge.organisation_id in known.of("organisation")
        return posts or challenge.pk in known.of("co-posted challenge")
    joined = Q(co_posted__challenge=challenge.pk, co_posted__state=CoPoster.State.ACCEPTED)
    return Organisation.objects.of(user).filter(Q(pk=challenge.organisation_id) | joined).exists()


def may_edit(user: "User | AnonymousUser", challenge: Challenge) -> bool:
    return challenge.status in EDITABLE and belongs_to_poster(user, challenge)


def may_classify(user: "User | AnonymousUser", challenge: Challenge) -> bool:
    """Say what it is about: its poster while it is a draft, its curators once others may read it."""
    if may_edit(user, challenge):
        return True
    return (challenge.is_public and curates(user, challenge)) or may_review(user, challenge)


def may_review(user: "User | AnonymousUser", challenge: Challenge) -> bool:
    return Challenge.objects.reviewable_by(user).filter(pk=challenge.pk).exists()


def may_discuss(user: "User | AnonymousUser", challenge: Challenge) -> bool:
    """Say something about its parts until it is published: its posters, and the curator who reads it."""
    if challenge.is_public or challenge.status == Status.WITHDRAWN:
        return False
    return belongs_to_poster(user, challenge) or may_review(user, challenge)


def curates(user: "User | AnonymousUser", challenge: Challenge) -> bool:
    """Curator of its hub or of its nation, and not of the organisation that posts it."""
    if known := standing.known(user):
        hubs_known = known.of("curated hub")
        curator = challenge.hub_id in hubs_known or challenge.country in hubs_known.values()
        return curator and not belongs_to_poster(user, challenge)
    nation = Q(kind=Hub.Kind.NATION, country=challenge.country)
    hubs = Hub.objects.curated_by(user).filter(Q(pk=challenge.hub_id) | nation)
    return hubs.exists() and not belongs_to_poster(user, challenge)


def roles(user: "User | AnonymousUser", challenge: Challenge) -> set[str]:
    """In which of the transition table's roles the user stands to the challenge."""
    if not user.is_authenticated:
        return set()
    if belongs_to_poster(user, challenge):
        return {POSTER}
    in_review = challenge.status == Status.IN_REVIEW
    curator = may_review(user, challenge) if in_review else curates(user, challenge)
    return {CURATOR} if curator else set()


def may_take(user: "User | AnonymousUser", challenge: Challenge, step: Transition) -> bool:
    return step.who in roles(user, challenge)


def may_answer(user: "User | AnonymousUser", introduction: Introduction) -> bool:
    """Whoever belongs to the poster may accept or decline."""
    return Introduction.objects.received_by(user).filter(pk=introduction.pk).exists()


def asked_to_evaluate(user: "User", challenge: Challenge) -> UUID | None:
    """The address of their evaluation, unless they declined."""
    known = standing.known(user) or standing.Standing(user.pk)
    address = known.of("asked to evaluate").get(challenge.pk)
    return UUID(address) if address else None


def may_invite(user: "User | AnonymousUser", hub: Hub) -> bool:
    """To events of the hub: its curators, and those of its nation."""
    mine = Hub.objects.curated_by(user)
    return mine.filter(Q(pk=hub.pk) | Q(kind=Hub.Kind.NATION, country=hub.country)).exists()
