"""Responses being written, handed in and judged."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Profile
from hubs.models import Challenge, Evaluator, Response
from tests import factories
from tests.browser.addresses import Address, nothing
from tests.browser.country import Country

WORDS = {
    "title": "Sensores que encuentran las fugas",
    "approach": "Escuchamos la tubería de noche y señalamos dónde se pierde el agua.",
    "why_us": "Lo hicimos en dos municipios de Coahuila.",
    "plan": "Tres meses de medición, uno de reparación y otro para comprobar.",
}


def open_challenge(country: Country) -> Challenge:
    """One that the researcher may answer."""
    found = Challenge.objects.open().exclude(
        organisation__memberships__person=country.user("researcher").person
    )
    return found.filter(eligible_kinds=[], only_in_state=False).order_by("pk")[0]


def new(country: Country) -> list[Any]:
    return [open_challenge(country).public_id]


def draft(country: Country) -> list[Any]:
    """With evidence to pick from."""
    profile = country.profile("researcher")
    response, _made = Response.objects.get_or_create(
        challenge=open_challenge(country),
        profile=profile,
        state="draft",
        defaults={**WORDS, "author": country.user("researcher").person},
    )
    return [response.public_id]


def in_evaluation(country: Country) -> Challenge:
    """A challenge of the official's with a response by somebody else, and two evaluators."""
    found = Challenge.objects.filter(title="Fugas de agua en la red vieja").first()
    if found:
        return found
    official = country.user("official")
    now = timezone.now()
    challenge = factories.make_challenge(
        official.person.memberships.all()[0].organisation,
        hub=country.loaded.hubs["mexico"],
        title="Fugas de agua en la red vieja",
        status="in_evaluation",
        opens_at=now - timedelta(days=40),
        closes_at=now - timedelta(days=2),
    )
    for position, question in enumerate(("¿Cubre las necesidades?", "¿Puede hacerlo este equipo?")):
        challenge.criteria.create(position=position, question=question, weight=2 - position)
    Response.objects.create(
        challenge=challenge,
        profile=Profile.objects.get(pk=country.profile("owner").pk),
        author=country.user("owner").person,
        state="submitted",
        submitted_at=now - timedelta(days=3),
        submitted={
            **WORDS,
            "language": "es",
            "who": country.profile("owner").name,
            "needs": [],
            "evidence": [],
        },
        **WORDS,
    )
    Evaluator.objects.create(
        challenge=challenge, person=country.user("researcher").person, state="accepted", declared_at=now
    )
    Evaluator.objects.create(challenge=challenge, person=country.user("curator").person)
    return challenge


def desk(country: Country) -> list[Any]:
    return [in_evaluation(country).public_id]


def handed_in(country: Country) -> list[Any]:
    return [in_evaluation(country).responses.get().public_id]


def agreed(country: Country) -> list[Any]:
    evaluator = in_evaluation(country).evaluators.get(person=country.user("researcher").person)
    return [evaluator.public_id]


def invited(country: Country) -> list[Any]:
    return [in_evaluation(country).evaluators.get(person=country.user("curator").person).public_id]


def sheet(country: Country) -> list[Any]:
    return [*agreed(country), *handed_in(country)]


PAGES: dict[str, dict[str, Address]] = {
    "newcomer": {"hubs:response_list": nothing},
    "researcher": {
        "hubs:response_list": nothing,
        "hubs:response_new": new,
        "hubs:response_edit": draft,
        "hubs:response": draft,
        "hubs:evaluator": agreed,
        "hubs:score": sheet,
    },
    "owner": {"hubs:response": handed_in},
    "official": {"hubs:evaluation": desk, "hubs:response": handed_in},
    "curator": {"hubs:evaluator": invited},
}
# They act and lead on.
NOT_WALKED = {"hubs:conflict", "hubs:evaluator_invite", "hubs:response_withdraw"}
