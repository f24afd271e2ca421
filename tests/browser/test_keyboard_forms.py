"""Sign-up and the challenge wizard from first field to last by keyboard alone; what is wrong, told."""

import re

import pytest
from django.core import mail
from playwright.sync_api import Page, expect

from accounts import mailer
from accounts.models import Profile, User
from hubs.models import Challenge, Status
from hubs.views.steps import STEPS
from tests import factories
from tests.browser.conftest import Enter
from tests.browser.test_keyboard import tab_to
from tests.browser.test_without_javascript import CODE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def write(page: Page, name: str, text: str) -> None:
    tab_to(page, f"[name='{name}']")
    page.keyboard.type(text)


def choose(page: Page, name: str) -> None:
    """The first choice that says something."""
    tab_to(page, f"select[name='{name}']")
    page.keyboard.press("ArrowDown")


def press(page: Page, selector: str) -> None:
    tab_to(page, selector)
    page.keyboard.press("Enter")


def test_a_researcher_signs_up_by_keyboard_alone(enter: Enter) -> None:
    page = enter()
    page.goto("/en/join/")
    press(page, "main a[href$='/join/researcher/']")
    page.wait_for_url("**/join/researcher/")
    write(page, "name", "Casilda Metano")
    write(page, "email", "casilda@example.org")
    write(page, "institution_name", "Instituto Potosino")
    choose(page, "state")
    choose(page, "field_1")
    write(page, "summary", "I measure methane from the air.")
    write(page, "offers-0-text", "Laser sensors on drones.")
    for name in ("consent_account", "consent_matching", "consent_letters"):
        tab_to(page, f"[name={name}]")
        page.keyboard.press("Space")
    press(page, "main form > .form-actions button")
    page.wait_for_url("**/confirm-email/**")
    mailer.send_due()
    found = CODE.search(str(mail.outbox[-1].body))
    assert found
    write(page, "code", found.group())
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("Casilda Metano")
    assert Profile.objects.get(person__name="Casilda Metano").items.count() == 1


def test_a_challenge_is_written_and_handed_in_by_keyboard_alone(owner: User, enter: Enter) -> None:
    factories.make_hub("nation")
    factories.make_organisation(owner=owner)
    page = enter(owner, locale="en-US")
    page.goto("/en/challenges/new/")
    press(page, "main a[href*='template=blank']")
    for slug in STEPS:
        page.wait_for_url(re.compile("template=blank" if slug == "problem" else f"/edit/{slug}/"))
        fill(page, slug)
        press(page, "[name=then][value=next]")
    page.wait_for_url("**/preview/")
    press(page, "form:has([name=to][value=in_review]) [type=submit]")
    expect(page.locator("main")).to_contain_text("Measuring methane leaks")
    challenge = Challenge.objects.get(title="Measuring methane leaks")
    assert (challenge.status, challenge.needs.count()) == (Status.IN_REVIEW, 1)


def fill(page: Page, step: str) -> None:
    if step == "problem":
        write(page, "title", "Measuring methane leaks")
        write(page, "summary", "To know how much escapes from the landfill.")
        write(page, "description", "The landfill takes 900 tonnes a day.")
    elif step == "needs":
        write(page, "needs-0-text", "Sensors that find the leaks.")
    elif step == "offer":
        write(page, "offer_money", "900000")
    elif step == "when":
        moment(page, "opens_at", "2026")
        moment(page, "closes_at", "2099")
    elif step == "contact":
        write(page, "contact_name", "Abelardo")
        write(page, "contact_email", "abelardo@example.org")


def moment(page: Page, name: str, year: str) -> None:
    """Part by part, as a date field of the browser takes it."""
    tab_to(page, f"[name={name}]")
    page.keyboard.type("1231")
    for part in (year, "10", "30", "A"):
        page.keyboard.type(part)
        if part == year:
            page.keyboard.press("ArrowRight")


@pytest.mark.parametrize("java_script", [True, False])
def test_a_refused_form_puts_the_focus_on_what_is_wrong_and_leads_there(
    enter: Enter, java_script: bool
) -> None:
    page = enter(java_script_enabled=java_script)
    page.goto("/en/join/researcher/")
    page.locator("main form > .form-actions button").click()
    summary = page.locator(".error-summary")
    expect(summary).to_be_focused()
    link = summary.locator("a").first
    target = str(link.get_attribute("href"))
    link.click()
    expect(page.locator(target)).to_be_focused()
    assert page.locator(target).get_attribute("aria-invalid") == "true"
    described = str(page.locator(target).get_attribute("aria-describedby")).split()
    assert any("error" in each for each in described)
