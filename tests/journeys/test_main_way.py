"""The main job in a real browser, on what `make demo` starts: from sign-up to an answered match letter."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, expect

from tests.journeys.visitor import Visitor

pytestmark = [
    pytest.mark.slow,
    pytest.mark.services,
    pytest.mark.browser,
    pytest.mark.timeout(420),
]


def test_a_startup_signs_up_hears_of_a_new_challenge_and_answers_it(browser: Browser, demo: str) -> None:
    founder = Visitor(browser, demo)
    sign_up_as_startup(founder)
    want_letters_at_once(founder)
    post_challenge(Visitor(browser, demo, "abelardo.manometro@demo.example"))
    publish(Visitor(browser, demo, "sagrario.brujula@demo.example"))
    answer_the_letter(Visitor(browser, demo))
    see_the_introduction(Visitor(browser, demo, "abelardo.manometro@demo.example"))


def sign_up_as_startup(founder: Visitor) -> None:
    page = founder.page
    founder.open("/en/join/startup/")
    page.fill("[name=name]", "Casilda Metano Prueba")
    page.fill("[name=email]", "casilda@startup.example")
    page.fill("[name=organisation]", "Olfato Aéreo")
    page.select_option("[name=state]", "19")
    page.select_option("[name=sector]", "54")
    page.select_option("[name=stage]", index=2)
    page.fill("[name=summary]", "We fly drones that smell methane over landfills and pipelines.")
    page.fill(
        "[name=offers-0-text]",
        "Drones with laser sensors that locate and quantify methane leaks in landfills.",
    )
    for name in ("consent_account", "consent_matching", "consent_letters"):
        page.check(f"[name={name}]")
    page.locator("main form [type=submit]").last.click()
    expect(page.locator("[name=code]")).to_be_visible()
    reader = Visitor(page.context.browser, founder.url)  # type: ignore[arg-type]
    reader.letter("casilda@startup.example", ".")
    code = re.search(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b", reader.page.locator("main").inner_text())
    assert code, reader.page.locator("main").inner_text()
    page.fill("[name=code]", code.group())
    founder.submit()
    expect(page.locator("body")).to_contain_text("Olfato Aéreo")


def want_letters_at_once(founder: Visitor) -> None:
    founder.open("/en/my/preferences/")
    founder.page.select_option("select[name*=matches]", "at_once")
    founder.page.locator("main form [type=submit]").first.click()
    founder.open("/en/my/preferences/")
    expect(founder.page.locator("select[name*=matches]")).to_have_value("at_once")


def post_challenge(official: Visitor) -> None:
    page = official.page
    official.open("/es/challenges/new/?template=blank")
    page.fill("[name=title]", "Medir las fugas de metano del relleno sanitario")
    page.fill(
        "[name=summary]",
        "Saber cuánto metano escapa del relleno y de dónde, cada mes y sin detener la operación.",
    )
    page.fill(
        "textarea[name=description]",
        "El relleno recibe 900 toneladas diarias. No sabemos por dónde escapa el metano.",
    )
    official.submit()
    page.fill(
        "[name$='-0-text']", "Drones o sensores láser que localicen y cuantifiquen las fugas de metano."
    )
    official.go_on("topics")
    official.go_on("offer")  # they may wait
    page.fill("[name=offer_money]", "900000")
    official.go_on("when")
    page.select_option("[name=state]", "19")
    page.select_option("[name=hub]", label="México")
    now = timezone.localtime()
    page.fill("[name=opens_at]", (now - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M"))
    page.fill("[name=closes_at]", (now + timedelta(days=40)).strftime("%Y-%m-%dT%H:%M"))
    official.go_on("criteria")
    official.go_on("contact")  # the usual ones are there
    page.fill("[name=contact_name]", "Abelardo Manómetro")
    page.fill("[name=contact_email]", "abelardo.manometro@demo.example")
    official.go_on("translation")
    official.go_on("preview")  # nothing to translate
    expect(page.locator("main")).to_contain_text("900 toneladas")
    page.locator("form:has([name=to][value=in_review]) [type=submit]").first.click()
    expect(page.locator("main")).to_contain_text(re.compile("revisión", re.IGNORECASE))


def publish(curator: Visitor) -> None:
    curator.open("/es/review/")
    curator.page.get_by_role("link", name=re.compile("metano")).first.click()
    for box in curator.page.locator("main [type=checkbox]").all():
        box.check()
    curator.page.locator("[name=to][value=published]").first.click()
    expect(curator.page.locator("main")).not_to_contain_text("Server Error")


def answer_the_letter(reader: Visitor) -> None:
    """Within ten seconds of the publication; without signing in."""
    page = reader.page
    reader.letter("casilda@startup.example", "metano", seconds=10)
    frame = page.frame_locator("iframe").first
    expect(frame.locator("body")).to_contain_text("laser sensors")
    links = frame.locator("a[href*='/a/']")
    reader.open(links.first.get_attribute("href").replace("http://localhost", "http://127.0.0.1"))  # type: ignore[union-attr]
    expect(page.locator("main")).to_contain_text("laser sensors")
    page.locator("form[action$='/interested/'] [type=submit]").click()
    page.fill("[name=brings]", "We measured two landfills in Nuevo León last year.")
    page.fill("[name=needs]", "A landfill to try our sensors at.")
    page.fill("[name=who]", "Four engineers in Saltillo.")
    page.locator("form[action$='/introduce/'] [type=submit]").click()
    expect(page.locator("body")).not_to_contain_text("Server Error")


def see_the_introduction(official: Visitor) -> None:
    official.open("/es/introductions/")
    official.page.get_by_role("link", name=re.compile("Olfato|metano")).first.click()
    main = official.page.locator("main")
    expect(main).to_contain_text("two landfills")
    expect(main).not_to_contain_text("casilda@startup.example")
    official.page.locator("[name=decision][value=accept]").first.click()
    expect(main).to_contain_text("casilda@startup.example")
