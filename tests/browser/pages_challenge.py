"""The page of a challenge and its wizard: what the browser walks beside the list of test_pages."""

from tests.browser.addresses import Address

PAGES: dict[str, dict[str, Address]] = {}
# A file; and a piece that the wizard fetches
NOT_WALKED = {"hubs:challenge_deadline", "matching:challenge_suggestions"}
