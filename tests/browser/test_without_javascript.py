"""The main jobs in a browser whose JavaScript is switched off."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts import mailer
from accounts.models import Profile, ProfileItem, User
from hubs.models import Challenge, Introduction, Status
from tests import factories
from tests.browser.conftest import Enter
from tests.matching.letters import make_match

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CODE = re.compile(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b")


def code_in_the_letter() -> str:
    mailer.send_due()
    found = CODE.search(str(mail.outbox[-1].body))
    assert found, mail.outbox[-1].body
    return found.group()


def test_a_startup_signs_up_with_more_rows_and_the_code_of_its_letter(enter: Enter) -> None:
    page = enter(java_script_enabled=False)
    page.goto("/en/join/startup/")
    page.fill("[name=name]", "Casilda Metano")
    page.fill("[name=email]", "casilda@startup.example")
    page.fill("[name=organisation]", "Olfato Aéreo")
    page.select_option("[name=state]", "19")
    page.select_option("[name=sector]", "54")
    page.select_option("[name=stage]", index=2)
    page.fill("[name=summary]", "We fly drones that smell methane.")
    page.fill("[name=offers-0-text]", "Laser sensors on drones.")
    page.locator("#offers button[name=more]").click()
    rows = page.locator("#offers textarea")
    last = rows.count() - 1
    expect(page.locator("[name=offers-0-text]")).to_have_value("Laser sensors on drones.")
    page.fill(f"[name=offers-{last}-text]", "Maps of leaks.")
    for name in ("consent_account", "consent_matching", "consent_letters"):
        page.check(f"[name={name}]")
    page.get_by_role("main").get_by_role("button", name="Join", exact=True).click()
    page.fill("[name=code]", code_in_the_letter())
    page.locator("main form [type=submit]").first.click()
    expect(page.locator("main")).to_contain_text("Olfato Aéreo")
    profile = Profile.objects.visible_to(AnonymousUser()).get(organisation__name="Olfato Aéreo")
    texts = ProfileItem.objects.filter(profile=profile).values_list("text", flat=True)
    assert {"Laser sensors on drones.", "Maps of leaks."} <= set(texts)


def on(page: Page) -> None:
    page.locator(".form-actions [name=then][value=next]").click()


def write_challenge(page: Page) -> None:
    """Every step of the wizard, the translation too, up to the button that hands it in."""
    page.goto("/en/challenges/new/")
    page.locator("main a[href*='template=blank']").click()
    page.fill("[name=title]", "Medir las fugas de metano")
    page.fill("[name=summary]", "Saber cuánto metano escapa del relleno.")
    page.fill("textarea[name=description]", "El relleno recibe 900 toneladas diarias.")
    page.select_option("[name=language]", "es")
    on(page)
    page.fill("[name=needs-0-text]", "Sensores que localicen las fugas.")
    page.locator("[name=then][value=more]").click()
    last = page.locator("textarea[name^=needs-]").count() - 1
    page.fill(f"[name=needs-{last}-text]", "Un modelo del viento.")
    on(page)
    on(page)  # its topics may wait
    page.fill("[name=offer_money]", "$900,000 MXN")
    on(page)
    now = timezone.localtime()
    page.fill("[name=opens_at]", (now - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M"))
    page.fill("[name=closes_at]", (now + timedelta(days=40)).strftime("%Y-%m-%dT%H:%M"))
    on(page)
    on(page)  # the usual criteria are there
    page.fill("[name=contact_name]", "Abelardo Manómetro")
    page.fill("[name=contact_email]", "abelardo@example.org")
    on(page)
    page.fill("[name=title]", "Measuring methane leaks")
    on(page)


def test_an_official_writes_a_challenge_step_by_step_and_a_curator_publishes_it(
    owner: User, stranger: User, enter: Enter
) -> None:
    factories.make_hub("nation", curator=stranger)
    factories.make_organisation(owner=owner)
    page = enter(owner, java_script_enabled=False)
    write_challenge(page)
    page.locator("form:has([name=to][value=in_review]) [type=submit]").click()
    challenge = Challenge.objects.get(title="Medir las fugas de metano")
    assert (challenge.status, challenge.needs.count()) == (Status.IN_REVIEW, 2)

    curator = enter(stranger, java_script_enabled=False)
    curator.goto("/en/review/")
    curator.get_by_role("link", name=re.compile("methane|metano")).click()
    for box in curator.locator("main [type=checkbox]").all():
        box.check()
    curator.locator("[name=to][value=published]").click()
    anybody = enter(java_script_enabled=False)
    anybody.goto(f"/en/challenges/{challenge.public_id}/")
    expect(anybody.locator("h1")).to_have_text("Measuring methane leaks")


def test_a_match_is_answered_and_the_introduction_accepted(owner: User, stranger: User, enter: Enter) -> None:
    challenge = factories.make_challenge(
        factories.make_organisation(owner=owner), contact_name="Dueña", contact_email="contacto@example.org"
    )
    make_match(factories.make_researcher(stranger), challenge)
    page = enter(stranger, java_script_enabled=False)
    page.goto("/en/matches/")
    page.locator("button[name=answer][value=not_now]").click()
    expect(page.locator(".match")).to_contain_text("Not now")
    page.locator("button[name=answer][value=interested]").click()
    page.fill("[name=brings]", "We measured arsenic in forty wells.")
    page.fill("[name=needs]", "A list of wells.")
    page.fill("[name=who]", "A laboratory in Coahuila.")
    page.get_by_role("button", name="Send the request").click()
    expect(page.locator("main")).not_to_contain_text("contacto@example.org")

    poster = enter(owner, java_script_enabled=False)
    poster.goto("/en/introductions/")
    poster.get_by_role("link", name=challenge.title).click()
    expect(poster.locator("main")).to_contain_text("forty wells")
    poster.locator("[name=decision][value=accept]").click()
    expect(poster.locator("main")).to_contain_text(stranger.email)
    introduction = Introduction.objects.get()
    page.goto(reverse("hubs:introduction", args=[introduction.public_id]))
    expect(page.locator("main")).to_contain_text("contacto@example.org")
