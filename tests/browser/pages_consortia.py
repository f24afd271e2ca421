"""Proposed teams, consortia and partner requests."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Profile
from hubs.actions.consortia import Asked, begin_consortium
from hubs.actions.partners import save_request
from hubs.models import Challenge, Consortium, PartnerRequest
from matching.models import Match
from matching.pipeline import model_name, teams, yardstick
from tests.browser.addresses import Address, nothing
from tests.browser.country import Country


def of_others(country: Country) -> Challenge:
    """One that the researcher fits, of an organisation that is not hers."""
    profile = country.profile("researcher")
    matched = Match.objects.live().filter(subject__profile=profile).values("target__challenge")
    return Challenge.objects.open().filter(pk__in=matched).order_by("pk")[0]


def proposed(country: Country) -> list[Any]:
    """With its teams looked for."""
    challenge = of_others(country)
    statistics = yardstick.shown(model_name())
    assert statistics is not None
    if not challenge.team_proposals.exists():
        teams.renew(challenge, model_name(), "", statistics)
    return [challenge.public_id]


def consortium(country: Country) -> list[Any]:
    """The researcher coordinates it; the owner's startup is invited."""
    user, challenge = country.user("researcher"), of_others(country)
    found = Consortium.objects.coordinated_by(user).filter(challenge=challenge).first()
    if found is None:
        startup = Profile.objects.get(organisation=country.loaded.organisations["s-gotera"])
        needs = list(challenge.needs.all()[:1])
        found = begin_consortium(
            challenge=challenge,
            profile=country.profile("researcher"),
            by=user,
            name="Agua que se queda en la red",
            acronym="AQUÍ",
            about="Encontrar fugas antes de que se vean.",
            invited=[Asked(startup, share="Los sensores y su mantenimiento.", needs=needs)],
        )
    return [found.public_id]


def request(country: Country) -> list[Any]:
    """One that looks for a startup."""
    user, challenge = country.user("researcher"), of_others(country)
    found = PartnerRequest.objects.of(user).first()
    if found is None:
        values = {
            "title": "Buscamos quien instale sensores en red",
            "outline": "Medimos presión y caudal en la red y decimos dónde cavar.",
            "work": "Instalar y mantener cien sensores durante un año.",
            "skills": "Telemetría de bajo consumo.\nCuadrillas en la zona.",
            "sought": "startup",
            "closes_at": min(challenge.closes_at or timezone.now(), timezone.now() + timedelta(days=20)),
        }
        found = save_request(
            challenge=challenge, profile=country.profile("researcher"), values=values, by=user
        )
    return [found.public_id]


def listed(country: Country) -> list[Any]:
    """With a request in the list."""
    request(country)
    return nothing(country)


def with_consortium(country: Country) -> list[Any]:
    consortium(country)
    return nothing(country)


def to_answer(country: Country) -> list[Any]:
    return [of_others(country).public_id]


PAGES: dict[str, dict[str, Address]] = {
    "anonymous": {"hubs:partner_list": listed, "hubs:partner_request": request},
    "researcher": {
        "matching:teams": proposed,
        "hubs:consortium_list": with_consortium,
        "hubs:consortium_new": to_answer,
        "hubs:consortium": consortium,
        "hubs:consortium_edit": consortium,
        "hubs:consortium_invite": consortium,
        "matching:missing_partner": consortium,
        "hubs:partner_new": to_answer,
        "hubs:partner_edit": request,
        "hubs:partner_request": request,
    },
    "owner": {"hubs:consortium": consortium, "hubs:partner_request": request},
}
# They act and lead on.
NOT_WALKED = {
    "hubs:consortium_member",
    "hubs:consortium_step",
    "hubs:partner_close",
    "hubs:partner_offer",
    "matching:begin_from_team",
}
