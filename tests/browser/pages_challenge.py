"""The page of a challenge and its wizard: what the browser walks beside the list of test_pages."""

from tests.browser.addresses import Address

PAGES: dict[str, dict[str, Address]] = {}
NOT_WALKED = {"hubs:challenge_deadline"}  # a file
