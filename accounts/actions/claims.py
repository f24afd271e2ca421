"""How imported profiles come to their owners. Nothing is written to one before."""

from functools import partial

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max, ProtectedError
from django.utils import timezone
from django.utils.translation import gettext as _

from .. import affiliations
from ..models import Invitation, Membership, Person, Profile, ProfileItem, User
from ..permissions import may_claim, owns_organisation
from ..signals import profile_removed
from ..tokens import new_token
from .organisations import link_of, use
from .profiles import tell


@transaction.atomic
def new_claim_link(*, profile: Profile, by: User) -> str:
    """The address of a one-use link for the profile's owner; only operators make them."""
    if not by.is_staff:
        raise PermissionDenied
    if profile.is_claimed:
        raise ValidationError(_("This profile has an owner already."))
    token, token_hash = new_token()
    Invitation.objects.create(token_hash=token_hash, profile=profile, invited_by=by.person)
    return link_of(token)


@transaction.atomic
def claim_profile(*, profile: Profile, by: User, invitation: Invitation | None = None) -> Profile:
    """Make the profile one's own: by the verified address that the import named, or by a one-use link.

    Somebody who has a researcher profile already takes the imported one's items into it.
    """
    if invitation is None and not may_claim(by, profile):
        raise PermissionDenied
    if invitation is not None and invitation.profile_id != profile.pk:
        raise PermissionDenied
    # Of two profiles that somebody claims at once, the second finds the first.
    Person.objects.select_for_update().get(pk=by.person.pk)
    # The row is locked, and read again: two people with two links must not both become its owner.
    profile = Profile.objects.select_for_update(of=("self",)).get(pk=profile.pk)
    if profile.is_claimed:
        raise ValidationError(_("This profile has an owner already."))
    if invitation is not None:
        use(invitation, by)
    if profile.kind == Profile.Kind.RESEARCHER:
        own = Profile.objects.filter(person=by.person).first()
        return _take_in(profile, own) if own else _claim_as_person(profile, by)
    return _claim_as_organisation(profile, by)


def _claim_as_person(profile: Profile, by: User) -> Profile:
    before = profile.person
    if not by.person.name and before:
        by.person.name = before.name
        by.person.save()
    profile.person = by.person
    _mark_claimed(profile)
    affiliations.note_institution(profile)
    _remove_stand_in(before)
    return profile


def _claim_as_organisation(profile: Profile, by: User) -> Profile:
    organisation = profile.organisation
    if organisation is None:
        raise ValidationError(_("This profile belongs to no organisation."))
    if organisation.owners().exists() and not owns_organisation(by, organisation):
        raise ValidationError(_("This organisation has owners already: ask one of them for an invitation."))
    Membership.objects.update_or_create(
        organisation=organisation,
        person=by.person,
        defaults={"role": Membership.Role.OWNER, "receives_letters": True},
    )
    affiliations.begin(by.person, organisation)
    _mark_claimed(profile)
    return profile


def _mark_claimed(profile: Profile) -> None:
    profile.claimed_at = timezone.now()
    profile.confirmed_at = profile.confirmed_at or profile.claimed_at
    profile.claim_email = ""
    profile.save()
    tell(profile)


def _take_in(imported: Profile, own: Profile) -> Profile:
    """Its items and its import key move over, so that a further import writes no second profile."""
    for role in ProfileItem.Role.values:
        last = own.items.filter(role=role).aggregate(last=Max("position"))["last"]
        start = 0 if last is None else last + 1
        for offset, item in enumerate(imported.items.filter(role=role)):
            item.profile, item.position = own, start + offset
            item.save()
    key, stand_in, imported_id = imported.import_key, imported.person, imported.pk
    imported.delete()
    own.import_key = own.import_key or key
    own.save()
    _remove_stand_in(stand_in)
    transaction.on_commit(partial(profile_removed.send, sender=Profile, profile_id=imported_id))
    tell(own)
    return own


def _remove_stand_in(person: Person | None) -> None:
    """The importer's person row; where history points at it, it only loses its name."""
    if person is None or person.user_id:
        return
    try:
        with transaction.atomic():
            person.delete()
    except ProtectedError:
        person.name, person.erased_at = "", timezone.now()
        person.save()
