"""Changes of what is published, and joining another's challenge."""

from typing import Any

from hubs import revising
from hubs.models import Challenge, ChallengeRevision
from hubs.permissions import curates
from tests.browser.addresses import Address
from tests.browser.country import Country


def own_open(country: Country) -> list[Any]:
    own = Challenge.objects.of(country.user("official")).open().order_by("pk")
    return [own.exclude(revisions__state="pending")[0].public_id]


def anothers_open(country: Country) -> list[Any]:
    own = Challenge.objects.of(country.user("official")).values("pk")
    return [Challenge.objects.open().exclude(pk__in=own).order_by("pk")[0].public_id]


def changing(country: Country) -> list[Any]:
    """One with a change that waits for this curator."""
    curator, own = country.user("curator"), Challenge.objects.of(country.user("official")).values("pk")
    for challenge in Challenge.objects.open().exclude(pk__in=own).order_by("pk"):
        if curates(curator, challenge):
            rows = revising.as_it_stands(challenge)["needs"]
            rows[0]["text"] += " Y con garantía de un año."
            changes = {"offer_money": "2400000.00", "offer_site": "Dos pozos en operación.", "needs": rows}
            ChallengeRevision.objects.get_or_create(
                challenge=challenge,
                state="pending",
                defaults={"changes": changes, "why": "El municipio sumó fondos y pide garantía."},
            )
            return [challenge.public_id]
    raise AssertionError("the curator curates no open challenge of another")


PAGES: dict[str, dict[str, Address]] = {
    "official": {"hubs:revision": own_open, "hubs:challenge_join": anothers_open},
    "curator": {"hubs:revision_review": changing},
}
# Buttons on other pages
NOT_WALKED = {"hubs:challenge_comment", "hubs:co_poster", "hubs:challenge_take_over"}
