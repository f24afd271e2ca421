"""What the addresses of pages are made of: each says, for the country at hand, what stands in one."""

from collections.abc import Callable
from typing import Any

from hubs.models import Challenge
from matching.models import Answer
from tests.browser.country import Country

Address = Callable[[Country], list[Any]]


def nothing(country: Country) -> list[Any]:
    return []


def fixed(*parts: str) -> Address:
    return lambda country: list(parts)


def profile(role: str) -> Address:
    return lambda country: [country.profile(role).public_id]


def organisation(country: Country) -> list[Any]:
    return [country.loaded.organisations["s-gotera"].public_id]


def challenge(status: str = "published") -> Address:
    return lambda country: [country.challenge(status).public_id]


def step(name: str) -> Address:
    return lambda country: [country.challenge("draft").public_id, name]


def introduction(state: str) -> Address:
    return lambda country: [country.introduction(state).public_id]


def match(country: Country) -> list[Any]:
    return list(country.unasked("researcher"))


def set_aside(country: Country) -> list[Any]:
    """With one challenge that the researcher asked never to be shown."""
    challenge = Challenge.objects.filter(status="closed").order_by("pk")[0]
    profile, person = country.profile("researcher"), country.user("researcher").person
    Answer.objects.get_or_create(
        profile=profile, challenge=challenge, defaults={"person": person, "answer": "never"}
    )
    return []


def secret(name: str) -> Address:
    return lambda country: [country.secrets[name]]
