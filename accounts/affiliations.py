"""Who belonged where, and until when: written by every action by which somebody comes or goes."""

from django.utils import timezone

from .models import Affiliation, Organisation, Person, Profile


def begin(person: Person, organisation: Organisation, kind: str = Affiliation.Kind.MEMBERSHIP) -> None:
    Affiliation.objects.get_or_create(person=person, organisation=organisation, kind=kind, until=None)


def end(person: Person, organisation: Organisation, kind: str = Affiliation.Kind.MEMBERSHIP) -> None:
    running = Affiliation.objects.filter(person=person, organisation=organisation, kind=kind, until=None)
    running.update(until=timezone.now())


def note_institution(profile: Profile) -> None:
    """The institution that a researcher names now; the one named before is one of the past."""
    if profile.person is None:
        return
    kind = Affiliation.Kind.INSTITUTION
    running = Affiliation.objects.filter(person=profile.person, kind=kind, until=None)
    running.exclude(organisation=profile.institution_id).update(until=timezone.now())
    if profile.institution:
        begin(profile.person, profile.institution, kind)
