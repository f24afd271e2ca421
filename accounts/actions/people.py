"""People: what they consented to, how they want to be written to, and how they leave."""

from collections.abc import Collection, Mapping
from functools import partial

from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from ..models import (
    Affiliation,
    Cadence,
    Consent,
    Family,
    Invitation,
    Job,
    Letter,
    LetterPreference,
    Membership,
    NewsItem,
    Organisation,
    Person,
    Profile,
    Suppression,
    User,
)
from ..signals import person_erased
from .consents import record_consents, set_cadence
from .profiles import tell


@transaction.atomic
def confirm_person(*, user: User) -> None:
    """The address is verified: what was written at sign-up becomes its author's, and is seen."""
    now = timezone.now()
    mine = Organisation.objects.owned_by(user)
    Organisation.objects.filter(pk__in=mine.values("pk"), confirmed_at=None).update(confirmed_at=now)
    for profile in Profile.objects.of(user).filter(confirmed_at=None, claimed_at=None):
        if profile.organisation_id is None or mine.filter(pk=profile.organisation_id).exists():
            profile.confirmed_at = profile.claimed_at = now
            profile.save()
            tell(profile)


def is_unproven(user: User) -> bool:
    """Whether the account is a sign-up that nobody finished, which a new one may replace."""
    return (
        user.last_login is None
        and not (user.is_staff or user.has_usable_password())
        and not EmailAddress.objects.filter(user=user, verified=True).exists()
        and not Organisation.objects.of(user).filter(confirmed_at__isnull=False).exists()
        and not Profile.objects.filter(person=user.person, confirmed_at__isnull=False).exists()
    )


@transaction.atomic
def discard_unconfirmed(*, user: User) -> None:
    """Throw away what somebody wrote under this address before it was verified."""
    if Profile.objects.filter(person=user.person, confirmed_at=None, claimed_at=None).delete()[0]:
        Affiliation.objects.filter(person=user.person, kind=Affiliation.Kind.INSTITUTION).delete()
    Organisation.objects.owned_by(user).filter(confirmed_at=None).delete()


@transaction.atomic
def rename_person(*, person: Person, name: str, by: User) -> None:
    if person.user_id != by.pk:
        raise PermissionDenied
    if not name.strip():
        raise ValidationError({"name": _("Tell us your name.")})
    if person.name == name.strip():
        return
    person.name = name.strip()
    person.full_clean()
    person.save()
    for profile in Profile.objects.filter(person=person):
        profile.save()  # found and sorted by its owner's name
        tell(profile)


@transaction.atomic
def save_preferences(
    *, by: User, language: str, time_zone: str, cadences: Mapping[str, str], ip: str = ""
) -> None:
    by.language, by.time_zone = language, time_zone
    by.full_clean(exclude=["password", "email"])
    by.save(update_fields=["language", "time_zone"])
    had = LetterPreference.objects.filter(person=by.person, family=Family.MATCHES).first()
    before = had.cadence if had else LetterPreference.DEFAULTS[Family.MATCHES]
    for family, cadence in cadences.items():
        set_cadence(by.person, family, cadence)
    wants = cadences.get(Family.MATCHES, before) != Cadence.NEVER
    if wants != (before != Cadence.NEVER):
        record_consents(person=by.person, choices={Consent.Purpose.LETTERS: wants}, ip=ip)


@transaction.atomic
def erase_person(*, person: Person, by: User, successors: Mapping[int, int] | None = None) -> None:
    """Take the account and the name away; what others have with this person stays, pointing at nobody.

    `successors` names, by organisation, the member who becomes its owner; where the last owner leaves
    without one, the organisation's profile is hidden.
    """
    user = person.user
    if user is None or (user.pk != by.pk and not by.is_superuser):
        raise PermissionDenied
    addresses = [user.email, *EmailAddress.objects.filter(user=user).values_list("email", flat=True)]
    _hand_over(user, successors or {})
    Membership.objects.filter(person=person).delete()
    Affiliation.objects.filter(person=person).delete()
    discard_unconfirmed(user=user)
    for profile in Profile.objects.filter(person=person):
        _empty(profile)
    _forget_addresses(person, user)
    Consent.objects.filter(person=person).update(ip_hash="")
    Job.objects.filter(by=person).delete()
    NewsItem.objects.filter(person=person).delete()
    Suppression.objects.filter(address__in=[address.lower() for address in addresses]).delete()
    person.name, person.user, person.erased_at = "", None, timezone.now()
    person.save()
    user.delete()
    for profile in Profile.objects.filter(person=person):
        profile.save()  # its search column must forget the name as well
    told = partial(person_erased.send, sender=Person, person_id=person.pk, addresses=addresses)
    transaction.on_commit(told)


def sole_ownerships(user: User) -> Collection[Organisation]:
    """Organisations that would be left without an owner."""
    mine = Organisation.objects.owned_by(user)
    return [one for one in mine if not one.owners().exclude(user=user.pk).exists()]


def _hand_over(user: User, successors: Mapping[int, int]) -> None:
    for organisation in sole_ownerships(user):
        heirs = Membership.objects.filter(organisation=organisation, pk=successors.get(organisation.pk, 0))
        if heirs.update(role=Membership.Role.OWNER, receives_letters=True):
            continue
        for profile in Profile.objects.filter(organisation=organisation):
            profile.visibility = Profile.Visibility.NOBODY
            profile.match_automatically = False
            profile.save()
            tell(profile)


def _empty(profile: Profile) -> None:
    """The row stays, for what others answered to it; nothing that the person wrote does."""
    profile.items.all().delete()
    profile.translations.all().delete()
    blank = Profile(kind=profile.kind, person=profile.person, claimed_at=profile.claimed_at)
    blank.pk, blank.public_id, blank.created_at = profile.pk, profile.public_id, profile.created_at
    # An importer that comes again must find that this one is taken, and leave it alone.
    blank.import_key, blank.claimed_at = profile.import_key, profile.claimed_at or timezone.now()
    blank.visibility, blank.match_automatically = Profile.Visibility.NOBODY, False
    blank.country, blank.is_demo = profile.country, profile.is_demo
    blank.save(force_update=True)
    tell(blank)


def _forget_addresses(person: Person, user: User) -> None:
    addresses = {user.email, *EmailAddress.objects.filter(user=user).values_list("email", flat=True)}
    for address in addresses:
        _forget_letters(Letter.objects.filter(address__iexact=address))
        Invitation.objects.filter(email__iexact=address).update(email="")
        Profile.objects.filter(claim_email__iexact=address).update(claim_email="")
    _forget_letters(Letter.objects.filter(person=person))


def _forget_letters(letters: QuerySet[Letter]) -> None:
    ids = list(letters.values_list("pk", flat=True))
    Letter.objects.filter(pk__in=ids, state=Letter.State.QUEUED).update(state=Letter.State.DROPPED)
    Letter.objects.filter(pk__in=ids).update(address="", error="", params={})
