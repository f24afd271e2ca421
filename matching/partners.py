"""Who hears of a partner request: profiles that are near to its words, and those that fit its challenge."""

from collections.abc import Iterable

from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.utils import timezone

from accounts.models import Membership, Person, Profile
from hubs.consortium_news import tell_requested
from hubs.models import Member, PartnerRequest

from .models import Answer, Match

MOST = 20
KINDS = {
    "academia": [Profile.Kind.RESEARCHER],
    "startup": [Profile.Kind.STARTUP],
    "company": [Profile.Kind.COMPANY],
    "government": [Profile.Kind.AGENCY],
}


def tell(request_id: int) -> None:
    """In a worker, which has the encoder. Told twice, nobody hears it twice."""
    request = PartnerRequest.objects.open().filter(pk=request_id).select_related("challenge").first()
    if request is None:
        return
    readers: set[int] = set()
    for profile in profiles_for(request):
        readers |= set(profile.letter_readers().values_list("pk", flat=True))
    own = request.profile.letter_readers().values_list("pk", flat=True)
    tell_requested(request, Person.objects.filter(pk__in=readers - set(own)))
    PartnerRequest.objects.filter(pk=request_id).update(told_at=timezone.now())


def waiting() -> list[int]:
    """Requests that nobody was told of yet: the task got lost, or its worker fell."""
    return list(PartnerRequest.objects.open().filter(told_at=None).values_list("pk", flat=True))


def profiles_for(request: PartnerRequest) -> QuerySet[Profile]:
    """Of the kind that is sought, those whose words are nearest first; never who is in already, is of
    the poster, said never to the challenge, or may not be matched."""
    challenge = request.challenge
    live = Match.objects.live().filter(target__challenge=challenge).order_by("-score", "pk")
    ids = list(dict.fromkeys([*_near(request), *live.values_list("subject__profile", flat=True)]))
    inside = Member.objects.standing().filter(consortium=request.consortium_id)
    never = Answer.objects.filter(challenge=challenge, answer=Answer.Choice.NEVER)
    found = Profile.objects.matchable().filter(pk__in=ids, claimed_at__isnull=False)
    found = found.filter(kind__in=KINDS.get(request.sought, Profile.Kind.values))
    found = found.exclude(pk__in=inside.values("profile")).exclude(pk__in=never.values("profile"))
    posters = challenge.posters().values("pk")
    found = found.exclude(pk=request.profile_id).exclude(organisation__in=posters)
    found = found.exclude(person__in=Membership.objects.filter(organisation__in=posters).values("person"))
    return found.order_by(_in_order(ids), "pk")[:MOST]


def _near(request: PartnerRequest) -> list[int]:
    """Profiles (ids) by the meaning of the skills and the work; none before anything is measured."""
    from .pipeline import model_name, yardstick
    from .searching.meaning import LONGEST, nearest

    statistics = yardstick.shown(model_name())
    if statistics is None:
        return []
    text = f"{request.skills}\n\n{request.work}"[:LONGEST]
    return [pk for pk, _ in nearest(text, request.language, statistics)["profiles"]]


def _in_order(ids: Iterable[int]) -> Case:
    places = [When(pk=pk, then=place) for place, pk in enumerate(ids)]
    return Case(*places, default=Value(len(places)), output_field=IntegerField())
