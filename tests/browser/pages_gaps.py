"""What nobody covers yet, and members abroad."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Profile
from hubs.models import Challenge, Need
from matching.models import Gap, GapNeed, GapRound
from tests import factories
from tests.browser.addresses import Address, nothing
from tests.browser.country import Country

MANY = 50


def gap(country: Country) -> Gap:
    """Of the official's challenges, with somebody abroad and a junior who come near."""
    found = Gap.objects.filter(label="Separar tierras raras").first()
    if found:
        return found
    now = timezone.now()
    challenge = Challenge.objects.open().filter(pk__in=Challenge.objects.of(country.user("official")))[0]
    needs = list(challenge.needs.all()[:2])
    researchers = Profile.objects.matchable().filter(kind="researcher").order_by("pk")
    abroad, here = researchers.exclude(lives_abroad=""), researchers.filter(lives_abroad="")[:3]
    for profile in here:
        profile.items.filter(role="evidence").update(year=now.year - 2)
    found = Gap.objects.create(
        label="Separar tierras raras",
        language="es",
        size=len(needs),
        words={"es": ["tierras", "raras"]},
        closers={
            "abroad": [near(profile, needs) for profile in abroad[:3]],
            "here": [near(profile, needs) for profile in here],
        },
        found_at=now - timedelta(days=12),
    )
    for place, need in enumerate(needs):
        GapNeed.objects.update_or_create(need=need, defaults={"gap": found, "position": place})
    GapRound.objects.get_or_create(until=now, defaults={"needs": 90, "uncovered": 12})
    return found


def near(profile: Profile, needs: list[Need]) -> dict[str, Any]:
    return {"id": profile.pk, "value": 0.6, "needs": [need.pk for need in needs]}


def one(country: Country) -> list[Any]:
    return [gap(country).public_id]


def listed(country: Country) -> list[Any]:
    gap(country)
    return nothing(country)


def grow(country: Country) -> None:
    """Many gaps, and one with many needs and many who come near."""
    large = gap(country)
    challenge = large.gap_needs.all()[0].need.challenge
    for number in range(MANY):
        other = Need.objects.create(challenge=challenge, text=f"Otra necesidad {number}", position=50)
        GapNeed.objects.create(gap=large, need=other, position=9)
        alone = factories.make_challenge(needs=(f"Sola {number}",))
        small = Gap.objects.create(label="x", language="es", size=1, found_at=timezone.now())
        GapNeed.objects.create(gap=small, need=alone.needs.get())
        person = factories.make_researcher(factories.make_user(), lives_abroad="DE", would_help=["mentor"])
        large.closers["abroad"].append(near(person, [other]))
    large.save()


PAGES: dict[str, dict[str, Address]] = {
    "anonymous": {"matching:gap_list": listed, "matching:gap": one, "hubs:diaspora": nothing},
    "researcher": {"matching:gap": one, "hubs:diaspora": nothing},
    "official": {"matching:gap": one},
    "curator": {"matching:gap": one},
}
# It acts and leads on.
NOT_WALKED = {"matching:gap_invite"}
