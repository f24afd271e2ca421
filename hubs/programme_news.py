"""What people hear of programmes: what waits for curators, what became of requests for computing."""

from typing import Any

from accounts.models import Family, Person
from accounts.news import notify

from .models import ComputingRequest, Hub, Programme


def tell_waiting(programme: Programme) -> None:
    """The nation's curators."""
    nation = Hub.objects.filter(kind=Hub.Kind.NATION, country=programme.organisation.country)
    curators = Person.objects.filter(hub_memberships__hub__in=nation, hub_memberships__role="curator")
    own = programme.organisation.people.values("pk")
    for person in curators.exclude(pk__in=own).distinct():
        _tell(person, "programme_waits", programme)


def tell_published(programme: Programme) -> None:
    for person in programme.organisation.letter_readers():
        _tell(person, "programme_published", programme)


def tell_fitting(programme: Programme, person: Person) -> None:
    """That it fits one of the person's profiles; once."""
    _tell(person, "programme_fits", programme)


def _tell(person: Person, kind: str, programme: Programme) -> None:
    notify(
        person=person,
        family=Family.PROGRAMMES,
        kind=kind,
        params={"title": programme.title, "language": programme.language},
        url=programme.get_absolute_url(),
        about=f"programme:{programme.pk}",
        key=f"{kind}:{programme.pk}",
    )


def tell_received(request: ComputingRequest) -> None:
    """The provider's people."""
    for person in request.programme.organisation.letter_readers():
        _tell_of(request, person, "computing_received")


def tell_decided(request: ComputingRequest) -> None:
    """Whoever asked, and the others who read letters about the profile."""
    granted = request.state == ComputingRequest.State.APPROVED
    kind = "computing_granted" if granted else "computing_refused"
    more = {"reason": request.reason, "until": str(request.ends_on or "")}
    for person in _askers(request):
        _tell_of(request, person, kind, more)


def tell_ending(request: ComputingRequest) -> None:
    for person in _askers(request):
        _tell_of(request, person, "computing_ending", {"until": str(request.ends_on)})


def tell_ended(request: ComputingRequest) -> None:
    more = {"gpu": str(request.returned_gpu), "cpu": str(request.returned_cpu)}
    for person in _askers(request):
        _tell_of(request, person, "computing_ended", more)


def _askers(request: ComputingRequest) -> set[Person]:
    asked = {request.by} if request.by else set()
    return asked | set(request.profile.letter_readers())


def _tell_of(
    request: ComputingRequest, person: Person, kind: str, more: dict[str, Any] | None = None
) -> None:
    notify(
        person=person,
        family=Family.PROGRAMMES,
        kind=kind,
        params={"title": request.title, "language": request.language, **(more or {})},
        url=request.get_absolute_url(),
        about=f"computing:{request.pk}",
        key=f"{kind}:{request.pk}",
    )
