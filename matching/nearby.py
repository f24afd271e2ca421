"""For profiles that nothing fits yet: what is open near them."""

from collections.abc import Sequence

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from accounts.models import Organisation, Profile
from hubs.models import Challenge
from hubs.queries import for_cards


def nearby(profiles: Sequence[Profile], most: int = 6) -> QuerySet[Challenge]:
    """Open challenges of the profiles' fields, sectors and states, for whom nothing fits yet: by how much of
    that they share, and never one's own."""
    here, about = Q(pk__in=[]), Q(pk__in=[])
    for profile in profiles:
        if profile.state:
            here |= Q(state=profile.state)
        if profile.sector:
            about |= Q(sector=profile.sector)
        for code in profile.fields:
            about |= Q(fields__contains=f",{code},")
    kin = Q(pk__in=[])
    for area in {code.partition(".")[0] for profile in profiles for code in profile.fields}:
        kin |= Q(fields__contains=f",{area}.")
    share = _worth(about, 4) + _worth(kin, 2) + _worth(here, 2) + _worth(Q(state=""), 1)
    own = Organisation.objects.filter(profile__in=[profile.pk for profile in profiles])
    found = for_cards(Challenge.objects.open()).exclude(Challenge.posted_by(own)).annotate(share=share)
    return found.filter(share__gt=1).order_by("-share", "closes_at", "pk")[:most]


def _worth(condition: Q, worth: int) -> Case:
    return Case(When(condition, then=Value(worth)), default=Value(0), output_field=IntegerField())
