"""The country, one's own calendar, and the files for feeds, calendars and programs."""

from tests.browser.addresses import Address, fixed, nothing

PAGES: dict[str, dict[str, Address]] = {
    "anonymous": {
        "matching:country": nothing,
        "matching:country_state": fixed("oax"),
    },
    "researcher": {"matching:calendar": nothing},
}
# Files
NOT_WALKED = {
    "hubs:challenge_deadlines",
    "hubs:challenge_feed",
    "hubs:challenge_open",
    "matching:country_state_table",
    "matching:country_table",
}
