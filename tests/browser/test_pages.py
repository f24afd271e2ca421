"""Every page, as whoever may see it, in both languages and themes, on a phone: no error, axe is content."""

import os
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import URLPattern, URLResolver, reverse
from django.utils import translation
from playwright.sync_api import Page

from accounts import urls as account_urls
from hubs import urls as hub_urls
from hubs.views.steps import STEPS
from matching import urls as match_urls
from tests.browser.addresses import (
    Address,
    challenge,
    fixed,
    introduction,
    match,
    nothing,
    organisation,
    profile,
    secret,
    step,
)
from tests.browser.conftest import Visitors
from tests.browser.country import Country
from tests.browser_fixtures import SCREENSHOTS

pytestmark = pytest.mark.browser
AXE = Axe()
OPTIONS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
    "preload": False,
}
WIDE = """[...document.querySelectorAll("body *")]
    .filter((each) => each.getBoundingClientRect().right > document.documentElement.clientWidth)
    .slice(0, 5).map((each) => each.outerHTML.slice(0, 120))"""
LANG = {"es": "es-MX", "en": "en"}
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
WIDTHS = (360, 768, 1280)
PAGES: dict[str, dict[str, Address]] = {
    "anonymous": {
        "hubs:home": nothing,
        "hubs:challenge_list": nothing,
        "hubs:challenge": challenge(),
        "hubs:hub_list": nothing,
        "hubs:hub": fixed("mexico"),
        "accounts:profile_list": nothing,
        "accounts:profile": profile("researcher"),
        "accounts:organisation": organisation,
        "accounts:privacy": nothing,
        "accounts:kept": nothing,
        "accounts:join": nothing,
        "accounts:join_kind researcher": fixed("researcher"),
        "accounts:join_kind startup": fixed("startup"),
        "accounts:join_kind company": fixed("company"),
        "accounts:join_kind agency": fixed("agency"),
        "accounts:join_invited": nothing,
        "account_login": nothing,
        "account_reset_password": nothing,
        "account_request_login_code": nothing,
        "match_link": secret("answer"),
        "match_link_answer": lambda country: [country.secrets["answer"], "interested"],
        "unsubscribe": secret("unsubscribe"),
        "invitation": secret("invitation"),
        "mailbox": nothing,
        "mailbox_letter": secret("letter"),
        "design": nothing,
    },
    "newcomer": {
        "accounts:home": nothing,
        "matching:my_matches": nothing,
        "hubs:challenge_new": nothing,
        "hubs:introduction_list": nothing,
        "account_email": nothing,
        "account_change_password": nothing,
        "account_logout": nothing,
        "account_reauthenticate": nothing,
        "mfa_index": nothing,
        "mfa_activate_totp": nothing,
        "mfa_list_webauthn": nothing,
        "mfa_add_webauthn": nothing,
        "usersessions_list": nothing,
    },
    "researcher": {
        "hubs:home": nothing,
        "hubs:challenge": challenge(),
        "accounts:home": nothing,
        "accounts:preferences": nothing,
        "accounts:erase": nothing,
        "accounts:profile_preview": profile("researcher"),
        "accounts:profile_edit": profile("researcher"),
        "accounts:profile_translations": profile("researcher"),
        "matching:my_matches": nothing,
        "matching:ask_introduction": match,
        "hubs:introduction": introduction("accepted"),
        "account_set_password": nothing,
    },
    "owner": {
        "accounts:home": nothing,
        "accounts:profile_edit": profile("owner"),
        "accounts:profile_new": fixed("company"),
        "accounts:organisation": organisation,
        "accounts:organisation_edit": organisation,
        "accounts:organisation_people": organisation,
        "accounts:organisation_invite": organisation,
        "matching:my_matches": nothing,
        "hubs:introduction_list": nothing,
        "hubs:introduction": introduction("pending"),
    },
    "official": {
        "accounts:home": nothing,
        "hubs:challenge_new": nothing,
        "hubs:challenge": challenge("draft"),
        **{f"hubs:challenge_edit {name}": step(name) for name in STEPS},
        "hubs:challenge_preview": challenge("draft"),
        "hubs:introduction_list": nothing,
        "hubs:introduction": introduction("pending"),
    },
    "curator": {
        "hubs:challenge": challenge("in_review"),
        "hubs:review_queue": nothing,
        "matching:suspects": nothing,
        "hubs:review": challenge("in_review"),
    },
}
# In the language of whoever holds the secret, or of the browser: not in the address's
UNPREFIXED = {"match_link", "match_link_answer", "unsubscribe", "invitation", "mailbox", "mailbox_letter"}
# They act and lead on, hand out a file, or are walked by a test of their own.
NOT_WALKED = {
    "accounts:claim",
    "accounts:data",
    "accounts:item_use",
    "accounts:signup",
    "hubs:challenge_step",
    "hubs:hub_membership",
    "matching:answer",
    "matching:decide_suspect",
}


def merge_fragments() -> None:
    """A file pages_<part>.py beside this one adds PAGES, and may add UNPREFIXED and NOT_WALKED, of its part.

    Where a role already walks a page of that name, a word behind it tells the two apart: "hubs:hub events".
    """
    for path in sorted(Path(__file__).parent.glob("pages_*.py")):
        fragment = import_module(f"tests.browser.{path.stem}")
        for role, pages in fragment.PAGES.items():
            twice = PAGES.setdefault(role, {}).keys() & pages.keys()
            assert not twice, f"{path.name}: {role} walks {twice} already"
            PAGES[role] |= pages
        UNPREFIXED.update(getattr(fragment, "UNPREFIXED", ()))
        NOT_WALKED.update(getattr(fragment, "NOT_WALKED", ()))


merge_fragments()
CASES = [
    pytest.param(role, name, language, id=f"{language} {role} {name}")
    for role, pages in PAGES.items()
    for name in pages
    for language in (("es",) if name in UNPREFIXED else ("es", "en"))
]


@pytest.fixture(scope="module", autouse=True)
def transactional_db(country: Country) -> None:
    """pytest-django makes a database for tests that use this name, and puts them behind those that roll back.
    Its own would empty the tables after every page."""


@pytest.mark.parametrize(("role", "name", "language"), CASES)
def test_a_page_opens_on_a_phone_and_is_usable_by_everybody_by_day_and_by_night(
    visitors: Visitors, role: str, name: str, language: str
) -> None:
    with translation.override(language):
        address = visitors.site + reverse(name.split()[0], args=PAGES[role][name](visitors.country))
    visitor = visitors[role]
    response = visitor.open(address)
    assert (response.status, visitor.tab.url) == (200, address)
    assert not visitor.complaints  # a violation of the content security policy is one of them
    assert visitor.tab.locator("html").get_attribute("lang") == LANG[language]
    look_closely(visitor.tab)
    photograph(visitor.tab, f"{name}-{role}-{language}")


def names(patterns: Sequence[URLPattern | URLResolver], app: str) -> Iterator[str]:
    for each in patterns:
        if isinstance(each, URLResolver):
            inner = f"{app}:{each.namespace}" if each.namespace else app
            yield from names(each.url_patterns, inner)
        else:
            yield f"{app}:{each.name}"


def test_no_page_is_forgotten() -> None:
    apps = {"accounts": account_urls, "hubs": hub_urls, "matching": match_urls}
    ours = {name for app, urls in apps.items() for name in names(urls.urlpatterns, app)}
    walked = {name.split()[0] for pages in PAGES.values() for name in pages}
    assert ours - walked == NOT_WALKED


def look_closely(tab: Page) -> None:
    for theme in THEMES:
        tab.emulate_media(color_scheme=theme)
        report = AXE.run(tab, options=OPTIONS)
        assert not report.violations_count, f"{theme}: {report.generate_report()}"
    tab.emulate_media(color_scheme="light")
    tab.set_viewport_size({"width": 320, "height": 700})
    overflow = tab.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0, f"{overflow} px too wide at 320 px: {tab.evaluate(WIDE)}"


def photograph(tab: Page, name: str) -> None:
    """Pictures for people to look at: HELICE_SCREENSHOTS=1."""
    if not os.environ.get("HELICE_SCREENSHOTS"):
        return
    for theme in THEMES:
        tab.emulate_media(color_scheme=theme)
        for width in WIDTHS:
            tab.set_viewport_size({"width": width, "height": 900})
            path = SCREENSHOTS / f"{name.replace(':', '-').replace(' ', '-')}-{width}-{theme}.png"
            tab.screenshot(path=path, full_page=True)
    tab.emulate_media(color_scheme="light")
