"""Without a mouse: everything that acts can be reached, seen to have the focus, and used."""

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from matching.models import Answer
from tests import factories
from tests.browser.conftest import Enter
from tests.matching.letters import make_match

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MOST_STOPS = 80
# The focus is drawn by an outline, of the element or of what it spreads over its card.
SHOWN = """() => {
    const element = document.activeElement;
    const drawn = (style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    const box = element.getBoundingClientRect();
    const inside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
    return inside && (drawn(getComputedStyle(element)) || drawn(getComputedStyle(element, "::after")));
}"""


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until an element that fits the selector has the focus, which must show all the way."""
    for _stop in range(MOST_STOPS):
        page.keyboard.press("Tab")
        where = page.evaluate("document.activeElement.outerHTML.slice(0, 160)")
        assert page.evaluate(SHOWN), f"nothing shows the focus on {where}"
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} was not reached in {MOST_STOPS} steps")


@pytest.fixture
def matches(owner: User, stranger: User, enter: Enter) -> Page:
    challenge = factories.make_challenge(factories.make_organisation(owner=owner))
    make_match(factories.make_researcher(stranger), challenge)
    page = enter(stranger)
    page.goto("/en/matches/")
    return page


def test_the_first_stop_skips_to_the_content(matches: Page) -> None:
    tab_to(matches, "a.skip-link")
    expect(matches.locator("a.skip-link")).to_be_in_viewport()
    matches.keyboard.press("Enter")
    expect(matches.locator("main")).to_be_focused()
    matches.keyboard.press("Tab")
    assert matches.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_the_account_menu_opens_closes_and_gives_the_focus_back(matches: Page) -> None:
    summary = matches.locator("details.menu:has(form) > summary")
    tab_to(matches, "details.menu:has(form) > summary")
    matches.keyboard.press("Enter")
    tab_to(matches, "details.menu:has(form) a")
    expect(matches.locator("details.menu:has(form) a").first).to_be_focused()
    matches.keyboard.press("Escape")
    expect(summary).to_be_focused()
    expect(matches.locator("details.menu:has(form) .menu__panel")).to_be_hidden()
    matches.keyboard.press("Enter")
    tab_to(matches, "details.menu:has(form) button")
    matches.keyboard.press("Enter")
    expect(matches.locator("details.menu:has(form)")).to_have_count(0)  # signed out


def test_a_match_is_answered_and_the_focus_stays_with_its_card(matches: Page) -> None:
    tab_to(matches, "button[name=answer][value=interested]")
    tab_to(matches, "button[name=answer][value=not_now]")
    matches.keyboard.press("Space")
    expect(matches.locator(".match")).to_contain_text("Take my answer back")
    expect(matches.locator(".match")).to_be_focused()
    assert Answer.objects.get().answer == "not_now"
    tab_to(matches, "button[name=answer][value=undone]")
    matches.keyboard.press("Enter")
    expect(matches.locator(".match")).not_to_contain_text("Take my answer back")
    tab_to(matches, "button[name=answer][value=never]")
    matches.keyboard.press("Enter")
    expect(matches.locator("main")).to_contain_text("not be shown this challenge again")
    expect(matches.locator(".match")).to_be_focused()


@pytest.mark.parametrize("address", ["/en/", "/en/challenges/", "/en/join/startup/"])
def test_the_focus_shows_on_every_stop_down_to_the_foot(enter: Enter, address: str) -> None:
    factories.make_challenge()
    page = enter()
    page.goto(address)
    tab_to(page, "footer li:last-child a")
