"""The search, before a question; its results are walked in tests/browser/test_search.py."""

from tests.browser.addresses import Address, nothing

PAGES: dict[str, dict[str, Address]] = {"anonymous": {"matching:search": nothing}}
