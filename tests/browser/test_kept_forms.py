"""What was typed comes back, whatever refused it."""

from decimal import Decimal

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from accounts.models import KeptPost, User
from hubs.models import Challenge
from tests import factories
from tests.browser.conftest import Enter

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WORDS = "Tres sectores hidrométricos con caudal por minuto desde 2019."


@pytest.fixture
def draft(owner: User) -> Challenge:
    return factories.make_challenge(
        factories.make_organisation(owner=owner), status="draft", author=owner.person
    )


def type_offer(page: Page, draft: Challenge) -> None:
    page.goto(f"/en/challenges/{draft.public_id}/edit/offer/")
    page.fill("[name=offer_money]", "250,000")
    page.fill("[name=offer_data]", WORDS)


def go_on(page: Page) -> None:
    page.locator("[name=then][value=next]").click()


def arrived(page: Page, draft: Challenge) -> None:
    """Sent again, it is stored, forgotten by the keeper, and the wizard goes on where it would have gone."""
    page.get_by_role("main").get_by_role("button", name="Send it again").click()
    expect(page.locator("main")).to_contain_text("Where and when")
    draft.refresh_from_db()
    assert (draft.offer_money, draft.offer_data) == (Decimal(250_000), WORDS)
    assert not KeptPost.objects.exists()
    page.goto("/en/my/")
    expect(page.locator(".messages")).not_to_contain_text("What you had typed was kept")


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_session_that_ended_in_the_middle_of_a_step_costs_nothing(
    owner: User, draft: Challenge, enter: Enter, javascript: bool
) -> None:
    page = enter(owner, java_script_enabled=javascript)
    type_offer(page, draft)
    Session.objects.all().delete()
    go_on(page)
    page.fill("[name=login]", owner.email)
    page.fill("[name=password]", "correcto-caballo")
    page.locator("main form").first.locator("[type=submit]").first.click()
    page.get_by_role("link", name="See it and send it again").click()
    expect(page.locator("main")).to_contain_text(WORDS)
    arrived(page, draft)


def test_a_form_whose_protection_no_longer_fits_is_offered_back(
    owner: User, draft: Challenge, enter: Enter
) -> None:
    page = enter(owner)
    type_offer(page, draft)
    page.context.clear_cookies(name="csrftoken")
    go_on(page)
    expect(page.locator("h1")).to_have_text("Please send it again")
    page.get_by_role("link", name="Show me what I typed").click()
    expect(page.locator("main")).to_contain_text(WORDS)
    arrived(page, draft)


def test_what_one_browser_typed_is_shown_to_no_other(owner: User, draft: Challenge, enter: Enter) -> None:
    page = enter(owner)
    type_offer(page, draft)
    page.context.clear_cookies(name="csrftoken")
    go_on(page)
    other = enter(owner)
    other.goto("/en/kept/")
    expect(other.locator("main")).not_to_contain_text(WORDS)
