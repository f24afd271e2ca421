"""The page of a challenge and its wizard: what the browser walks beside the list of test_pages."""

from typing import Any

from tests.browser.addresses import Address
from tests.browser.country import Country


def topics(country: Country) -> list[Any]:
    return [country.challenge("published").public_id, "topics"]


PAGES: dict[str, dict[str, Address]] = {"curator": {"hubs:challenge_edit topics": topics}}
# A file; and a piece that the wizard fetches
NOT_WALKED = {"hubs:challenge_deadline", "matching:challenge_suggestions"}
