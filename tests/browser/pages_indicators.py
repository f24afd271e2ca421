"""The country's figures, those of a hub and of a state, and who works with whom."""

from tests.browser.addresses import Address, fixed, nothing

PAGES: dict[str, dict[str, Address]] = {
    "anonymous": {
        "hubs:indicators": nothing,
        "hubs:indicators_hub": fixed("agua"),
        "hubs:indicators_state": fixed("oax"),
        "hubs:network": nothing,
    },
    "researcher": {"hubs:indicators": nothing},
}
# Files
NOT_WALKED = {
    "hubs:indicators_file",
    "hubs:indicators_hub_file",
    "hubs:indicators_state_file",
    "hubs:network_file",
}
