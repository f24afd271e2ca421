"""The second half of a collaboration: computing, the work, and what came of it."""

import re
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import expect

from tests.journeys.cast import COMPUTING, CONSORTIUM, LESSON, MILESTONE, RESEARCHER, RESPONSE, TITLE
from tests.journeys.visitor import Visitor

# --- Computing ----------------------------------------------------------------------


def offer_computing(agency: Visitor) -> None:
    page = agency.page
    agency.section("/programmes/")
    agency.follow("/programmes/mine/")
    agency.follow("/programmes/new/")
    page.select_option("[name=kind]", "computing")
    page.fill("[name=title]", COMPUTING)
    page.fill("[name=summary]", "Tiempo de GPU para imágenes del mar.")
    page.fill("[name=gpu_hours]", "5000")
    agency.click(page.locator("main form:has([name=summary]) [type=submit]"))
    expect(page.locator("h1")).to_have_text(COMPUTING)


def publish_the_computing(curator: Visitor) -> None:
    curator.hear("programa", COMPUTING)
    curator.press("do", "publish")
    expect(curator.page.locator("main [name=do][value=publish]")).to_have_count(0)


def ask_for_computing(researcher: Visitor) -> None:
    page = researcher.page
    researcher.section("/programmes/")
    researcher.read(COMPUTING)
    researcher.follow("/request/")
    page.select_option("[name=consortium]", label=CONSORTIUM)
    page.fill("[name=title]", "Reconocer medusas en imágenes de sonar")
    page.fill("[name=purpose]", "Entrenar un modelo con un verano de imágenes de sonar.")
    page.fill("[name=gpu_hours]", "800")
    researcher.press("do", "submit")
    expect(page.locator("h1")).to_have_text(re.compile("Reconocer medusas"))


def grant_the_computing(agency: Visitor) -> None:
    page = agency.page
    agency.hear("cómputo", "Reconocer medusas")
    for text in ("Buena pregunta, buen método.", "Cabe en nuestras máquinas."):
        agency.press("do", "advance")
        page.select_option("[name=score]", "5")
        page.fill("[name=text]", text)
        agency.press("do", "review")
        expect(page.locator("main")).to_contain_text(text)
    page.fill("[name=ends_on]", (timezone.localdate() + timedelta(days=200)).isoformat())
    agency.press("do", "grant")
    expect(page.locator("main [name=do][value=grant]")).to_have_count(0)


def hear_of_the_computing(researcher: Visitor) -> None:
    researcher.hear("cómputo", "Reconocer medusas")
    expect(researcher.page.locator("main")).to_contain_text("800")


# --- The work -----------------------------------------------------------------------


def open_the_workspace(visitor: Visitor) -> None:
    visitor.menu("/workspaces/")
    visitor.read(RESPONSE)


def begin_the_work(agency: Visitor) -> None:
    open_the_workspace(agency)
    agency.step("in_progress")
    expect(agency.page.locator("main")).to_contain_text(CONSORTIUM)


def plan_a_milestone(startup: Visitor) -> None:
    """For somebody else, who hears of it."""
    page = startup.page
    startup.hear("", TITLE)
    startup.follow("/milestones/new/")
    page.fill("[name=title]", MILESTONE)
    page.fill("[name=due]", (timezone.localdate() + timedelta(days=60)).isoformat())
    page.select_option("[name=owner]", label=RESEARCHER.name)
    startup.submit()
    expect(page.locator("#milestones ~ ul")).to_contain_text(MILESTONE)


def reach_the_milestone(researcher: Visitor) -> None:
    researcher.hear("", MILESTONE)
    researcher.press("do", "done")
    expect(researcher.page.locator("main [name=do][value=reopen]")).to_be_visible()


def write_an_update(abroad: Visitor) -> None:
    open_the_workspace(abroad)
    abroad.page.fill("[name=text]", "The forecast was right nine times of ten.")
    abroad.click(abroad.page.locator("main form:has([name=text]) [type=submit]"))
    expect(abroad.page.locator("#updates ~ ul")).to_contain_text("nine times of ten")


def record_an_agreement(startup: Visitor) -> None:
    page = startup.page
    open_the_workspace(startup)
    startup.follow("/results/new/")
    page.select_option("[name=kind]", "agreement")
    page.fill("[name=on]", (timezone.localdate() - timedelta(days=1)).isoformat())
    startup.submit()
    expect(page.locator("#results ~ ul")).to_be_visible()


def report_and_complete(startup: Visitor) -> None:
    page = startup.page
    startup.follow("/report/")
    page.fill("[name=report]", "Un sonar, un pronóstico y una cortina que trabajan juntos en la toma.")
    page.fill("[name=lessons]", LESSON)
    page.check("[name=lessons_public]")
    page.select_option("[name=trl_now]", "8")
    page.locator("main details:has([value=complete]) > summary").click()
    startup.press("then", "complete")
    expect(page.locator("main")).to_contain_text("Un sonar, un pronóstico y una cortina")


def complete_the_challenge(agency: Visitor) -> None:
    agency.hear("", TITLE)
    agency.step("completed")
    expect(agency.page.locator("main form:has([name=to][value=completed])")).to_have_count(0)


def read_what_came_of_it(anybody: Visitor) -> None:
    """Without an account."""
    anybody.open("/es/challenges/?when=closed")
    anybody.read(TITLE)
    expect(anybody.page.locator("main")).to_contain_text(LESSON)
