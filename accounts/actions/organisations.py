"""Organisations, their people, and the links that invite others."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from .. import affiliations
from ..countries import get_pack
from ..identifiers import ror
from ..mailer import queue_letter
from ..models import Invitation, Membership, Organisation, Person, Profile, User
from ..permissions import may_edit_organisation, owns_organisation, verified_addresses
from ..signals import organisation_renamed
from ..tokens import new_token
from .profiles import check_codes, tell

FACTS = frozenset({"name", "state", "municipality", "size", "government_level", "website", "ror", "rfc"})
MIRRORED = ("state", "municipality", "size", "government_level")  # the profile is found by them
OPEN_INVITATIONS = 50


@transaction.atomic
def found_organisation(
    *, kind: str, facts: Mapping[str, Any], by: User, key: UUID | None = None
) -> Organisation:
    """A new organisation, owned by its founder, unseen until the founder's address is verified. A second
    call with the same `key` (a double click) returns the first one's."""
    made = Organisation.objects.filter(public_id=key).first() if key else None
    if made and owns_organisation(by, made):
        return made
    organisation = Organisation(kind=kind)
    if key and not made:
        organisation.public_id = key
    if verified_addresses(by):
        organisation.confirmed_at = timezone.now()
    _write(organisation, facts)
    Membership.objects.create(
        organisation=organisation, person=by.person, role=Membership.Role.OWNER, receives_letters=True
    )
    affiliations.begin(by.person, organisation)
    return organisation


@transaction.atomic
def save_organisation(*, organisation: Organisation, facts: Mapping[str, Any], by: User) -> Organisation:
    if not may_edit_organisation(by, organisation):
        raise PermissionDenied
    _write(organisation, facts)
    renew_searches(organisation)
    profile = Profile.objects.filter(organisation=organisation).first()
    # Never written to until its owner has claimed it
    if profile and profile.is_claimed:
        for name in MIRRORED:
            setattr(profile, name, getattr(organisation, name))
        profile.organisation = organisation
        profile.save()
        tell(profile)
    return organisation


def renew_searches(organisation: Organisation) -> None:
    """What is found by the organisation's name, under whichever name it has now."""
    named = Q(organisation=organisation) | Q(institution=organisation)
    found = list(Profile.objects.filter(named).select_related("person", "organisation", "institution"))
    for profile in found:
        profile.set_search()
    Profile.objects.bulk_update(found, ["search_text", "sort_key"], batch_size=500)
    organisation_renamed.send(sender=Organisation, organisation_id=organisation.pk)


def _write(organisation: Organisation, facts: Mapping[str, Any]) -> None:
    if unknown := set(facts) - FACTS:
        raise ValueError(f"Not facts of an organisation: {', '.join(sorted(unknown))}")
    for name, value in facts.items():
        setattr(organisation, name, value)
    if organisation.ror:
        organisation.ror = ror(organisation.ror)
    if organisation.rfc:
        organisation.rfc = get_pack(organisation.country).check("rfc", organisation.rfc)
    check_codes(organisation)
    organisation.full_clean()
    organisation.save()


@transaction.atomic
def invite(
    *, organisation: Organisation, by: User, email: str = "", role: str = Membership.Role.MEMBER
) -> str:
    """The address of a one-use link to join. With an `email` a letter carries it there (with a secret of its
    own, made when it is sent), and "" is returned."""
    if not may_edit_organisation(by, organisation):
        raise PermissionDenied
    # Locked: of two clicks, the second finds the invitation of the first.
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    theirs = Invitation.objects.filter(organisation=organisation)
    if email and theirs.usable().filter(email=email.lower(), role=role).exists():
        return ""
    # Withdrawing makes no room for a further letter: nobody's mailbox is filled from here.
    today = theirs.filter(created_at__gt=timezone.now() - timedelta(days=1))
    if max(theirs.usable().count(), today.count()) >= OPEN_INVITATIONS:
        raise ValidationError(_("Too many invitations are open. Withdraw some first."))
    member = Membership.objects.filter(organisation=organisation, person__user__email__iexact=email)
    if email and member.exists():
        raise ValidationError({"email": _("This person belongs to the organisation already.")})
    token, token_hash = new_token()
    invitation = Invitation.objects.create(
        token_hash=token_hash, organisation=organisation, role=role, email=email.lower(), invited_by=by.person
    )
    if not email:
        return link_of(token)
    queue_letter(
        kind="invitation",
        address=email.lower(),
        language=by.language,
        params={"invitation_id": invitation.pk},
    )
    return ""


def link_of(token: str) -> str:
    return str(settings.HELICE_URL).rstrip("/") + reverse("invitation", args=[token])


@transaction.atomic
def withdraw_invitation(*, invitation: Invitation, by: User) -> None:
    if not invitation.organisation or not may_edit_organisation(by, invitation.organisation):
        raise PermissionDenied
    Invitation.objects.usable().filter(pk=invitation.pk).update(expires_at=timezone.now())


def use(invitation: Invitation, by: User) -> None:
    """Claim the link by a conditional update, so that no two people use it."""
    used = Invitation.objects.usable().filter(pk=invitation.pk)
    if not used.update(used_at=timezone.now(), used_by=by.person):
        raise ValidationError(_("This link was used already, or has lapsed. Ask for a new one."))


@transaction.atomic
def accept_invitation(*, invitation: Invitation, by: User) -> Membership:
    if not verified_addresses(by):
        raise PermissionDenied
    organisation = invitation.organisation
    if organisation is None:
        raise ValidationError(_("This link does not lead into an organisation."))
    if Membership.objects.filter(organisation=organisation, person=by.person).exists():
        raise ValidationError(_("You belong to this organisation already."))
    use(invitation, by)
    affiliations.begin(by.person, organisation)
    _tell_of(by.person)
    return Membership.objects.create(
        organisation=organisation,
        person=by.person,
        role=invitation.role,
        receives_letters=invitation.role == Membership.Role.OWNER,
    )


def _is_last_owner(membership: Membership) -> bool:
    others = Membership.objects.filter(organisation=membership.organisation, role=Membership.Role.OWNER)
    return membership.role == Membership.Role.OWNER and not others.exclude(pk=membership.pk).exists()


@transaction.atomic
def set_member(*, membership: Membership, by: User, role: str, receives_letters: bool) -> Membership:
    if not may_edit_organisation(by, membership.organisation):
        raise PermissionDenied
    if role != Membership.Role.OWNER and _is_last_owner(membership):
        raise ValidationError(_("An organisation needs an owner: name another one first."))
    membership.role = role
    membership.receives_letters = receives_letters
    membership.full_clean()
    membership.save()
    return membership


@transaction.atomic
def remove_member(*, membership: Membership, by: User) -> None:
    """An owner removes somebody, or somebody leaves."""
    if membership.person.user_id != by.pk and not may_edit_organisation(by, membership.organisation):
        raise PermissionDenied
    if _is_last_owner(membership):
        raise ValidationError(_("An organisation needs an owner: name another one first."))
    membership.delete()
    affiliations.end(membership.person, membership.organisation)
    _tell_of(membership.person)


def _tell_of(person: Person) -> None:
    """Whose challenges are one's own has changed, and those are never matched with one's profile."""
    for profile in Profile.objects.filter(person=person):
        tell(profile)
