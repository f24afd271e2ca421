"""People, organisations, profiles and challenges for tests, each with the least that makes it valid."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.utils import timezone

from accounts.models import Membership, Organisation, Person, Profile, ProfileItem, User
from hubs.models import Challenge, Hub, HubMembership, Introduction, Need, Programme
from hubs.transitions import TABLE

_count = 0


def _next() -> int:
    global _count
    _count += 1
    return _count


def make_user(email: str = "", *, name: str = "", verified: bool = True, **fields: Any) -> User:
    """Signs in with the password "correcto-caballo"."""
    user = User.objects.create_user(email or f"persona{_next()}@example.org", "correcto-caballo", **fields)
    user.person.name = name or f"Persona Inventada {_next()}"
    user.person.save()
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=verified)
    return user


def make_organisation(
    kind: str = "government", *, owner: User | None = None, member: User | None = None, **fields: Any
) -> Organisation:
    fields.setdefault("name", f"Organización Inventada {_next()}")
    organisation = Organisation.objects.create(kind=kind, confirmed_at=timezone.now(), **fields)
    if owner:
        join(organisation, owner, "owner")
    if member:
        join(organisation, member, "member")
    return organisation


def join(organisation: Organisation, user: User, role: str = "member") -> Membership:
    return Membership.objects.create(
        organisation=organisation, person=user.person, role=role, receives_letters=role == "owner"
    )


def make_researcher(user: User | None = None, **fields: Any) -> Profile:
    """A claimed, public profile; pass user=None for somebody who has no account."""
    person = user.person if user else Person.objects.create(name=f"Persona Importada {_next()}")
    now = timezone.now()
    fields.setdefault("confirmed_at", now)
    fields.setdefault("claimed_at", now if user else None)
    fields.setdefault("summary", "Trabajo en calidad del agua.")
    return Profile.objects.create(kind="researcher", person=person, **fields)


def make_profile(organisation: Organisation, **fields: Any) -> Profile:
    kind = {"government": "agency", "startup": "startup"}.get(organisation.kind, "company")
    now = timezone.now()
    fields.setdefault("confirmed_at", now)
    fields.setdefault("claimed_at", now)
    fields.setdefault("summary", "Hacemos sensores.")
    return Profile.objects.create(kind=kind, organisation=organisation, **fields)


def add_item(
    profile: Profile, role: str = "offer", text: str = "Sensores de arsénico", **fields: Any
) -> ProfileItem:
    if role == "evidence":
        fields.setdefault("kind", "project")
    return ProfileItem.objects.create(profile=profile, role=role, text=text, **fields)


def make_hub(kind: str = "region", *, curator: User | None = None, **fields: Any) -> Hub:
    number = _next()
    fields.setdefault("name", f"Nodo {number}")
    hub = Hub.objects.create(kind=kind, slug=f"nodo-{number}", summary="Un nodo.", **fields)
    if curator:
        HubMembership.objects.create(hub=hub, person=curator.person, role="curator")
    return hub


def make_challenge(
    organisation: Organisation | None = None,
    *,
    hub: Hub | None = None,
    status: str = "published",
    needs: Sequence[str] = ("Medir arsénico en pozos",),
    **fields: Any,
) -> Challenge:
    now = timezone.now()
    fields.setdefault("title", f"Agua segura {_next()}")
    fields.setdefault("summary", "Pozos con arsénico.")
    fields.setdefault("description", "Los pozos del municipio tienen arsénico y no sabemos cuáles.")
    fields.setdefault("opens_at", now - timedelta(days=1))
    fields.setdefault("closes_at", now + timedelta(days=30))
    organisation = organisation or make_organisation()
    challenge = Challenge.objects.create(
        organisation=organisation, hub=hub or make_hub(), status=status, **fields
    )
    for position, text in enumerate(needs):
        Need.objects.create(challenge=challenge, text=text, position=position)
    return challenge


def make_introduction(
    challenge: Challenge, profile: Profile, *, state: str = "pending", **fields: Any
) -> Introduction:
    """Asked for by the profile's person, or by whoever `asked_by` names; no letter goes out."""
    fields.setdefault("asked_by", profile.person)
    if state == "pending":
        taken = Introduction.objects.filter(asked_by=fields["asked_by"], state="pending").count()
        fields.setdefault("slot", taken + 1)
        fields.setdefault("lapses_at", timezone.now() + timedelta(days=14))
    return Introduction.objects.create(challenge=challenge, profile=profile, state=state, **fields)


def put_at(challenge: Challenge, status: str, **fields: Any) -> Challenge:
    """Bring a challenge to a status by the shortest way that the table of steps knows, past every action: the
    database lets nobody jump."""
    ways: dict[str, list[str]] = {challenge.status: []}
    for start in (waiting := [challenge.status]):
        for step in TABLE:
            if step.start == start and step.to not in ways:
                ways[step.to] = [*ways[start], step.to]
                waiting.append(step.to)
    for to in ways[status]:
        Challenge.objects.filter(pk=challenge.pk).update(status=to)
    Challenge.objects.filter(pk=challenge.pk).update(status=status, **fields)
    challenge.refresh_from_db()
    return challenge


def make_programme(
    organisation: Organisation | None = None, *, owner: User | None = None, **fields: Any
) -> Programme:
    """Published, operating, and open to everybody, unless told otherwise."""
    fields.setdefault("title", f"Programa {_next()}")
    fields.setdefault("summary", "Apoya a quien mide la calidad del agua.")
    fields.setdefault("kind", "funding")
    fields.setdefault("is_published", True)
    organisation = organisation or make_organisation(owner=owner)
    return Programme.objects.create(organisation=organisation, **fields)
