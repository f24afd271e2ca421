"""Every page, as whoever may see it, in both languages and themes, on a phone: no error, axe is content."""

import os
from collections.abc import Iterator, Sequence
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import URLPattern, URLResolver, reverse
from django.utils import translation
from playwright.sync_api import Page

from accounts import urls as account_urls
from hubs import urls as hub_urls
from matching import urls as match_urls
from tests.browser.conftest import Visitors
from tests.browser.country import Country
from tests.browser.walked import NOT_WALKED, PAGES, UNPREFIXED
from tests.browser_fixtures import SCREENSHOTS

pytestmark = pytest.mark.browser
AXE = Axe()
OPTIONS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
    "rules": {"target-size": {"enabled": True}},
    "preload": False,
}
# How far things moved while the page came, as a share of the window.
MOVED = """() => new Promise((tell) => {
    let sum = 0;
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) if (!entry.hadRecentInput) sum += entry.value;
    }).observe({type: "layout-shift", buffered: true});
    setTimeout(() => tell(sum), 60);
})"""
MOVING = "document.getAnimations().filter((each) => each.playState === 'running').length"
WIDE = """[...document.querySelectorAll("body *")]
    .filter((each) => each.getBoundingClientRect().right > document.documentElement.clientWidth)
    .slice(0, 5).map((each) => each.outerHTML.slice(0, 120))"""
LANG = {"es": "es-MX", "en": "en"}
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
WIDTHS = (360, 768, 1280)
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
    assert visitor.tab.evaluate(MOVED) < 0.01, "the page jumps as it comes"
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
    assert not tab.evaluate(MOVING), "who asked for less motion gets none"
    for width in (640, 320):  # a window of 1280 px at twice and at four times its size
        tab.set_viewport_size({"width": width, "height": 700})
        overflow = tab.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert overflow <= 0, f"{overflow} px too wide at {width} px: {tab.evaluate(WIDE)}"


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
