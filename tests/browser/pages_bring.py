"""Bringing what exists, and the profile's editor in steps: what the browser walks."""

from accounts.forms.steps import STEPS
from tests.browser.addresses import Address, nothing


def step(role: str, name: str) -> Address:
    return lambda country: [country.profile(role).public_id, name]


PAGES: dict[str, dict[str, Address]] = {
    "anonymous": {"accounts:bring": nothing},
    "researcher": {
        "accounts:bring": nothing,
        **{f"accounts:profile_step {name}": step("researcher", name) for name in STEPS},
    },
    "owner": {f"accounts:profile_step {name}": step("owner", name) for name in ("you", "seeks")},
}
NOT_WALKED = {"accounts:bring_found"}  # there once something was brought: tests/browser/test_bring.py
