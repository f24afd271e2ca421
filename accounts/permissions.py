"""May this person? Asked by pages, API and templates alike; lists go through `visible_to(user)`."""

from allauth.account.models import EmailAddress
from django.contrib.auth.models import AnonymousUser

from . import standing
from .models import Membership, Organisation, Profile, User
from .models.organisations import hidden_from
from .models.profiles import OWN

Visitor = User | AnonymousUser


def belongs_to(user: Visitor, organisation: Organisation) -> bool:
    if known := standing.known(user):
        return organisation.pk in known.of("organisation")
    return Organisation.objects.of(user).filter(pk=organisation.pk).exists()


def belongs_anywhere(user: Visitor) -> bool:
    if known := standing.known(user):
        return bool(known.of("organisation"))
    return Organisation.objects.of(user).exists()


def owns_organisation(user: Visitor, organisation: Organisation) -> bool:
    if known := standing.known(user):
        return known.of("organisation").get(organisation.pk) == Membership.Role.OWNER
    return Organisation.objects.owned_by(user).filter(pk=organisation.pk).exists()


def may_edit_organisation(user: Visitor, organisation: Organisation) -> bool:
    """Its owners; and only once their address was verified."""
    return organisation.confirmed_at is not None and owns_organisation(user, organisation)


def own_profile_keys(user: Visitor) -> set[int]:
    if known := standing.known(user):
        return set(known.of(*OWN))
    return set(Profile.objects.of(user).values_list("pk", flat=True))


def may_see_profile(user: Visitor, profile: Profile) -> bool:
    """As `Profile.objects.visible_to(user)` has it, of one that was read already."""
    shown = profile.confirmed_at is not None and profile.visibility not in hidden_from(user)
    return shown or profile.pk in own_profile_keys(user)


def may_edit_profile(user: Visitor, profile: Profile) -> bool:
    return Profile.objects.editable_by(user).filter(pk=profile.pk).exists()


def verified_addresses(user: Visitor) -> list[str]:
    if not user.is_authenticated:
        return []
    return list(EmailAddress.objects.filter(user=user.pk, verified=True).values_list("email", flat=True))


def may_claim(user: Visitor, profile: Profile) -> bool:
    """An imported profile is its owner's who proves the address that the import gave for it."""
    return (
        profile.claimed_at is None
        and bool(profile.claim_email)
        and profile.claim_email.lower() in verified_addresses(user)
    )
