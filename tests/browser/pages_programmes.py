"""Programmes, requests for computing, and a round of allocation."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.models import Organisation, Profile
from hubs.models import ComputingRequest, ComputingRound, Programme
from tests.browser.addresses import Address, nothing
from tests.browser.country import Country


def demo(country: Country) -> list[Any]:
    return [Programme.objects.get(title="Horas de GPU para problemas del país").public_id]


def own(country: Country) -> Programme:
    """One of the official's organisation."""
    organisation = Organisation.objects.of(country.user("official")).order_by("pk").first()
    found, _made = Programme.objects.get_or_create(
        organisation=organisation,
        title="Cómputo de la agencia",
        defaults={
            "kind": "computing",
            "summary": "Horas de GPU para mapas de riesgo.",
            "gpu_hours": Decimal(500),
            "committed_gpu": Decimal(200),
            "is_published": True,
        },
    )
    return found


def own_programme(country: Country) -> list[Any]:
    return [own(country).public_id]


def request(country: Country, state: str = "technical") -> ComputingRequest:
    """The researcher's, in the round of the official's programme."""
    programme, now = own(country), timezone.now()
    held, _made = ComputingRound.objects.get_or_create(
        programme=programme,
        title="Ronda de la agencia",
        defaults={
            "gpu_hours": Decimal(200),
            "opens_at": now - timedelta(days=3),
            "closes_at": now + timedelta(days=3),
        },
    )
    person = country.user("researcher").person
    found, made = ComputingRequest.objects.get_or_create(
        programme=programme,
        state=state,
        defaults={
            "round": held,
            "profile": Profile.objects.get(person=person),
            "by": person,
            "title": "Mapas de inundación",
            "purpose": "Simular lluvias extremas.",
            "gpu_hours": Decimal(120),
            "submitted_at": now if state != "draft" else None,
        },
    )
    if made and state == "technical":
        for stage in ("scientific", "technical"):
            found.reviews.create(stage=stage, score=4, text="Bien planteada.", person=None)
    return found


def asked(country: Country) -> list[Any]:
    return [request(country).public_id]


def drafted(country: Country) -> list[Any]:
    return [request(country, "draft").public_id]


def round_of(country: Country) -> list[Any]:
    held = request(country).round
    assert held is not None
    return [held.public_id]


PAGES: dict[str, dict[str, Address]] = {
    "anonymous": {"hubs:programme_list": nothing, "hubs:programme": demo},
    "researcher": {
        "hubs:computing_list": nothing,
        "hubs:computing_new": demo,
        "hubs:computing_edit": drafted,
        "hubs:computing_request": asked,
    },
    "official": {
        "hubs:programme_mine": nothing,
        "hubs:programme_new": nothing,
        "hubs:programme_edit": own_programme,
        "hubs:programme": own_programme,
        "hubs:computing_request": asked,
        "hubs:computing_round": round_of,
        "hubs:computing_round_new": own_programme,
    },
}
NOT_WALKED = {"hubs:programme_step"}
