"""Answer before account: what the browser walks beside the list of test_pages. The answer itself, which needs
a worker, is walked by tests/journeys/test_try_on_a_phone.py."""

from tests.browser.addresses import Address, nothing

PAGES: dict[str, dict[str, Address]] = {"anonymous": {"matching:try": nothing}}
NOT_WALKED = {
    "matching:try_again",
    "matching:try_forget",
    "matching:try_keep_challenge",
    "matching:try_keep_profile",
    "matching:try_result",
}
