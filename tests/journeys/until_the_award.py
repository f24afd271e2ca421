"""The first half of a collaboration: from the draft of a challenge to its award."""

import re
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.journeys.cast import (
    ABROAD,
    AGENCY,
    CONSORTIUM,
    EVALUATOR,
    NEEDS,
    RESEARCHER,
    RESPONSE,
    STARTUP,
    TITLE,
)
from tests.journeys.visitor import Visitor, until

PATIENCE = 90.0  # seconds that somebody waits for the engine, on a slow machine


# --- From the draft to the letter ---------------------------------------------------


def want_letters_at_once(startup: Visitor) -> None:
    startup.menu("/preferences/")
    startup.page.select_option("[name=cadence_matches]", "at_once")
    startup.submit()
    expect(startup.page.locator("[name=cadence_matches]")).to_have_value("at_once")


def draft_the_challenge(agency: Visitor) -> None:
    agency.menu("/my/")
    agency.follow("/challenges/new/")
    agency.follow("template=blank")
    page = agency.page
    page.fill("[name=title]", TITLE)
    page.fill("[name=summary]", "Saber cuándo llegan las medusas a la toma de agua, verlas y desviarlas.")
    page.fill(
        "textarea[name=description]",
        "Cada verano las medusas tapan las rejillas de la toma y paran la central y la desaladora. Nadie "
        "nos avisa, de noche no las vemos y las retiramos a mano.",
    )
    agency.go_on("needs")
    for place, need in enumerate(NEEDS):
        page.fill(f"[name=needs-{place}-text]", need)
    agency.go_on("topics")
    agency.go_on("offer")
    page.fill("[name=offer_money]", "1,200,000")
    agency.go_on("when")
    say_where_and_when(page)
    agency.go_on("criteria")
    agency.go_on("contact")
    page.fill("[name=contact_name]", AGENCY.name)
    page.fill("[name=contact_email]", AGENCY.email)
    agency.go_on("translation")
    agency.go_on("preview")
    expect(page.locator("main")).to_contain_text(NEEDS[1])


def say_where_and_when(page: Page) -> None:
    now = timezone.localtime()
    page.select_option("[name=state]", "26")
    page.select_option("[name=hub]", label="México")
    page.fill("[name=opens_at]", (now - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M"))
    page.fill("[name=closes_at]", (now + timedelta(days=40)).strftime("%Y-%m-%dT%H:%M"))


def hand_it_in(agency: Visitor) -> None:
    agency.step("in_review")
    expect(agency.page.locator("main")).to_contain_text("en revisión", ignore_case=True)


def publish_it(curator: Visitor) -> None:
    curator.section("/review/")
    curator.read(TITLE)
    for box in curator.page.locator("main [name=checked]").all():
        box.check()
    curator.press("to", "published")
    expect(curator.page).to_have_url(re.compile("/review/$"))


def answer_the_letter(startup: Visitor) -> None:
    page = startup.page
    startup.letter(STARTUP.email, "[Mm]edusas", seconds=PATIENCE)
    link = page.frame_locator("iframe").first.locator("a[href*='/a/']").first.get_attribute("href")
    startup.open((link or "").replace("http://localhost", "http://127.0.0.1"))
    startup.click(page.locator("form[action$='/interested/'] [type=submit]"))
    page.fill("[name=brings]", "Contamos medusas en dos granjas de camarón durante un año.")
    page.fill("[name=needs]", "Una toma de agua donde instalar el sonar por un verano.")
    page.fill("[name=who]", "Cinco ingenieras en Guaymas.")
    startup.click(page.locator("form[action$='/introduce/'] [type=submit]"))
    expect(page.locator("form[action$='/introduce/']")).to_have_count(0)


def accept_the_introduction(agency: Visitor) -> None:
    main = agency.page.locator("main")
    agency.menu("/introductions/")
    agency.read(TITLE)
    expect(main).to_contain_text("granjas de camarón")
    expect(main).not_to_contain_text(STARTUP.email)
    agency.press("decision", "accept")
    expect(main).to_contain_text(STARTUP.email)


# --- The consortium -----------------------------------------------------------------


def begin_a_consortium_from_a_proposed_team(startup: Visitor) -> None:
    """Once the engine has found teams; of the one with our researcher, those who are with us."""
    startup.open("/es/")
    startup.menu("/introductions/")
    startup.follow("side=asked")
    startup.read(TITLE)
    expect(startup.page.locator("main")).to_contain_text(AGENCY.email)
    startup.follow("/challenges/")
    startup.follow("/teams/")
    team = startup.page.locator("main section").filter(has_text=RESEARCHER.name).first
    until(lambda: startup.again(team), PATIENCE, "the site proposes a team with the researcher")
    team.locator("summary").last.click()
    team.locator("[name=name]").fill(CONSORTIUM)
    for label in team.locator(".field__check label").all():
        if not any(part.name in label.inner_text() for part in (RESEARCHER, ABROAD)):
            label.click()
    startup.click(team.locator("form [type=submit]"))
    expect(startup.page.locator("h1")).to_have_text(CONSORTIUM)


def invite_whoever_is_missing(startup: Visitor) -> None:
    """By name: whoever of us the proposed team did not have."""
    for name in (RESEARCHER.name, ABROAD.name, AGENCY.typed["organisation"]):
        if not startup.page.locator("main li.card").filter(has_text=name).count():
            invite_by_name(startup, name)


def invite_by_name(startup: Visitor, name: str) -> None:
    page = startup.page
    startup.follow("/invite/")
    page.fill("main [name=q]", name)
    startup.submit()
    startup.click(page.locator("main li").filter(has_text=name).locator("a[href*='profile=']"))
    page.fill("[name=line]", "Nos falta su parte.")
    startup.submit()
    expect(page.locator("main li.card").filter(has_text=name)).to_be_visible()


def accept_the_invitation(member: Visitor) -> None:
    member.hear("invit", CONSORTIUM)
    member.press("do", "accept")
    expect(member.page.locator("main [name=do][value=accept]")).to_have_count(0)


# --- The response -------------------------------------------------------------------


def begin_the_response(startup: Visitor) -> None:
    page = startup.page
    startup.menu("/consortia/")
    startup.read(CONSORTIUM)
    startup.follow("/respond/")
    startup.submit()
    page.fill("[name=title]", RESPONSE)
    page.fill("[name=approach]", "El sonar cuenta, el modelo avisa y la cortina desvía.")
    page.fill("[name=plan]", "Primavera: instalar. Verano: medir. Otoño: entregar.")
    startup.press("then", "save")
    expect(page.locator("[name=plan]")).to_have_value(re.compile("entregar"))


def add_evidence_to_the_response(researcher: Visitor) -> None:
    page = researcher.page
    researcher.menu("/consortia/")
    researcher.read(CONSORTIUM)
    researcher.read(RESPONSE)
    researcher.follow("/edit/")
    page.fill("[name=why_us]", "Un laboratorio, una empresa y un puerto que ya trabajan juntos.")
    for box in page.locator("[name=evidence], [name=needs]").all():
        box.check()
    researcher.press("then", "save")
    expect(page.locator("[name=why_us]")).to_have_value(re.compile("laboratorio"))


def hand_in_the_response(startup: Visitor) -> None:
    page = startup.page
    startup.menu("/responses/")
    startup.read(RESPONSE)
    expect(page.locator("main")).to_contain_text(RESEARCHER.typed["evidence-0-title"])
    startup.follow("/edit/")
    startup.press("then", "submit")
    expect(page.locator("#stands")).to_be_visible()
    expect(page.locator("main .badge").first).not_to_have_text(re.compile("borrador", re.IGNORECASE))


# --- Evaluation and award -----------------------------------------------------------


def open_the_responses(agency: Visitor) -> None:
    agency.menu("/my/")
    agency.read(TITLE)
    agency.follow("/evaluation/")


def ask_an_evaluator(agency: Visitor) -> None:
    open_the_responses(agency)
    agency.page.fill("main [name=q]", "ingeniería costera")
    agency.click(agency.page.locator("main form[role=search] [type=submit]"))
    agency.click(agency.page.locator("main li").filter(has_text=EVALUATOR.name).locator("[name=person]"))
    expect(agency.page.locator("main")).to_contain_text(EVALUATOR.name)


def agree_to_evaluate(evaluator: Visitor) -> None:
    evaluator.hear("eval", TITLE)
    evaluator.page.check("[name=none_other]")
    evaluator.press("answer", "accept")
    expect(evaluator.page.locator("[name=none_other]")).to_have_count(0)


def close_the_call_and_begin_the_evaluation(agency: Visitor) -> None:
    agency.menu("/my/")
    agency.read(TITLE)
    agency.step("closed")
    agency.follow("/evaluation/")
    agency.step("in_evaluation")


def score_the_response(evaluator: Visitor) -> None:
    page = evaluator.page
    evaluator.menu("/responses/")
    evaluator.read(TITLE)
    evaluator.read(RESPONSE)
    for box in page.locator("main [type=radio][value='5']").all():
        box.check()
    for text in page.locator("main [name^=comment_]").all():
        text.fill("Convence: cada parte se ha probado.")
    evaluator.click(page.locator("main form:has([name^=value_]) [type=submit]"))
    expect(page.locator("main")).to_contain_text("100")


def decide_and_award(agency: Visitor) -> None:
    open_the_responses(agency)
    page = agency.page
    page.select_option("main [name$=outcome]", "selected")
    page.select_option("main [name$=reason]", "best_fit")
    page.fill("main [name$=sentence]", "Cubre las tres necesidades, y lo demuestra.")
    agency.click(page.locator("main form:has([name$=outcome]) [type=submit]"))
    agency.step("awarded")
    expect(page.locator("main form:has([name=to][value=awarded])")).to_have_count(0)


def hear_of_the_award(abroad: Visitor) -> None:
    abroad.hear("selected", TITLE)
    expect(abroad.page.locator("main")).to_contain_text("Cubre las tres necesidades")
