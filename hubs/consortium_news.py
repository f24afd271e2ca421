"""What people are told of consortia and partner requests; nobody hears from somebody they blocked."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from accounts.models import Family, Person
from accounts.news import notify

from .models import Block, Consortium, Member, PartnerOffer, PartnerRequest

INVITED = "consortium_invited"
REMINDED = "consortium_reminder"
ACCEPTED = "consortium_accepted"
DECLINED = "consortium_declined"
LAPSED = "consortium_lapsed"
LEFT = "consortium_left"
DISSOLVED = "consortium_dissolved"
REQUESTED = "partner_request"
OFFERED = "partner_offer"
OFFER_DECLINED = "partner_offer_declined"


def tell_invited(member: Member) -> None:
    readers = member.profile.letter_readers()
    if member.invited_by_id:
        blocked = Block.objects.filter(person=member.invited_by_id)
        readers = readers.exclude(pk__in=blocked.values("by"))
    _tell(readers, member.consortium, INVITED, f"{INVITED}:{member.pk}:{member.lapses_at:%Y%m%d%H%M%S%f}")


def tell_reminded(member: Member) -> None:
    blocked = Block.objects.filter(person=member.invited_by_id)
    readers = member.profile.letter_readers().exclude(pk__in=blocked.values("by"))
    _tell(readers, member.consortium, REMINDED, f"{REMINDED}:{member.pk}:{member.lapses_at:%Y%m%d%H%M%S%f}")


def tell_answered(member: Member) -> None:
    kind = ACCEPTED if member.state == Member.State.ACCEPTED else DECLINED
    key = f"{kind}:{member.pk}:{member.answered_at:%Y%m%d%H%M%S%f}"
    _tell(_coordinators(member.consortium), member.consortium, kind, key, who=member.profile.name)


def tell_lapsed(member: Member) -> None:
    """Both sides, once: whoever was asked, and whoever asked."""
    key = f"{LAPSED}:{member.pk}:{member.lapses_at:%Y%m%d%H%M%S%f}"
    people = Person.objects.filter(
        Q(pk__in=_coordinators(member.consortium).values("pk"))
        | Q(pk__in=member.profile.letter_readers().values("pk"))
    )
    _tell(people, member.consortium, LAPSED, key, who=member.profile.name)


def tell_left(member: Member, *, by: Person) -> None:
    people = Person.objects.filter(
        Q(pk__in=_coordinators(member.consortium).values("pk"))
        | Q(pk__in=member.profile.letter_readers().values("pk"))
    ).exclude(pk=by.pk)
    key = f"{LEFT}:{member.pk}:{member.answered_at:%Y%m%d%H%M%S%f}"
    _tell(people, member.consortium, LEFT, key, who=member.profile.name)


def tell_dissolved(consortium: Consortium, *, by: Person) -> None:
    people = _readers(consortium.members.standing()).exclude(pk=by.pk)
    _tell(people, consortium, DISSOLVED, f"{DISSOLVED}:{consortium.pk}")


def tell_requested(request: PartnerRequest, people: QuerySet[Person]) -> None:
    """To those whose profiles fit what is looked for."""
    for person in people:
        notify(
            person=person,
            family=Family.MATCHES,
            kind=REQUESTED,
            params={"title": request.title, "language": request.language},
            url=request.get_absolute_url(),
            about=f"challenge:{request.challenge_id}",
            key=f"{REQUESTED}:{request.pk}",
        )


def tell_offered(offer: PartnerOffer) -> None:
    blocked = Block.objects.filter(person=offer.by_id)
    people = offer.request.profile.letter_readers().exclude(pk__in=blocked.values("by"))
    _tell_of_request(people, offer, OFFERED)


def tell_offer_declined(offer: PartnerOffer) -> None:
    _tell_of_request(offer.profile.letter_readers(), offer, OFFER_DECLINED)


def _tell_of_request(people: Iterable[Person], offer: PartnerOffer, kind: str) -> None:
    request = offer.request
    for person in people:
        notify(
            person=person,
            family=Family.CONTACTS,
            kind=kind,
            params={"title": request.title, "language": request.language, "who": offer.profile.name},
            url=request.get_absolute_url(),
            about=f"challenge:{request.challenge_id}",
            key=f"{kind}:{offer.pk}",
        )


def _coordinators(consortium: Consortium) -> QuerySet[Person]:
    return _readers(consortium.members.accepted().filter(role=Member.Role.COORDINATOR))


def _readers(members: QuerySet[Member]) -> QuerySet[Person]:
    """Whoever gets letters for these members' profiles."""
    readers = [member.profile.letter_readers().values("pk") for member in members.select_related("profile")]
    found = Q(pk__in=[])
    for each in readers:
        found |= Q(pk__in=each)
    return Person.objects.filter(found)


def _tell(people: Iterable[Person], consortium: Consortium, kind: str, key: str, **params: Any) -> None:
    for person in people:
        notify(
            person=person,
            family=Family.CONTACTS,
            kind=kind,
            params={"title": str(consortium), "language": consortium.challenge.language} | params,
            url=reverse("hubs:consortium", args=[consortium.public_id]),
            about=f"consortium:{consortium.pk}",
            key=key,
        )
