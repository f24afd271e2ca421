"""Six people come from a problem to a finished piece of work, on what `make demo` starts.

An agency posts, a curator publishes, a startup answers the letter, a researcher and a researcher abroad join
its consortium, an evaluator judges. Each does everything through the site's own pages and letters.
"""

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser

from tests.journeys import after_the_award as then
from tests.journeys import until_the_award as first
from tests.journeys.cast import ABROAD, AGENCY, CURATOR, EVALUATOR, RESEARCHER, STARTUP, join
from tests.journeys.visitor import Visitor

pytestmark = [
    pytest.mark.slow,
    pytest.mark.services,
    pytest.mark.browser,
    pytest.mark.timeout(900),
]


CHANGED = {  # what one collaboration adds to the country's figures
    "challenges": 1,
    "responses": 1,
    "introductions_asked": 1,
    "introductions_accepted": 1,
    "consortia": 1,
    "agreements": 1,
    "funding": 1_200_000,
    "gpu_hours": 800,
    "people_engaged": 4,
    "organisations_engaged": 2,
}


def test_six_people_come_from_a_problem_to_a_finished_piece_of_work(
    browser: Browser, demo: str, operate: Callable[..., str]
) -> None:
    before = figures(operate)
    agency, startup, researcher, abroad, evaluator = (
        join(browser, demo, part) for part in (AGENCY, STARTUP, RESEARCHER, ABROAD, EVALUATOR)
    )
    curator = Visitor(browser, demo, CURATOR)
    first.want_letters_at_once(startup)
    first.draft_the_challenge(agency)
    first.hand_it_in(agency)
    first.publish_it(curator)
    first.answer_the_letter(startup)
    first.accept_the_introduction(agency)
    first.begin_a_consortium_from_a_proposed_team(startup)
    first.invite_whoever_is_missing(startup)
    for member in (researcher, abroad, agency):
        first.accept_the_invitation(member)
    first.begin_the_response(startup)
    first.add_evidence_to_the_response(researcher)
    first.hand_in_the_response(startup)
    first.ask_an_evaluator(agency)
    first.agree_to_evaluate(evaluator)
    first.close_the_call_and_begin_the_evaluation(agency)
    first.score_the_response(evaluator)
    first.decide_and_award(agency)
    first.hear_of_the_award(abroad)
    then.offer_computing(agency)
    then.publish_the_computing(curator)
    then.ask_for_computing(researcher)
    then.grant_the_computing(agency)
    then.hear_of_the_computing(researcher)
    then.begin_the_work(agency)
    then.plan_a_milestone(startup)
    then.reach_the_milestone(researcher)
    then.write_an_update(abroad)
    then.record_an_agreement(startup)
    then.report_and_complete(startup)
    then.complete_the_challenge(agency)
    then.read_what_came_of_it(Visitor(browser, demo))
    everybody = (agency, startup, researcher, abroad, evaluator, curator)
    assert not [complaint for visitor in everybody for complaint in visitor.complaints]
    after = figures(operate)
    assert {name: after[name] - before[name] for name in after if after[name] != before[name]} == CHANGED


def figures(operate: Callable[..., str]) -> dict[str, int]:
    """The country's indicators until today, as whoever operates the demo previews them."""
    told: dict[str, int] = json.loads(operate("release_indicators", "--preview"))["figures"]
    return told
