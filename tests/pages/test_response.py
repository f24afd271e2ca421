"""The pages of responses and of their evaluation, with JavaScript and without."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Profile, User
from hubs.actions import answer_evaluation, invite_evaluator, start_response
from hubs.models import Challenge, Conflict, Response, Score
from tests import factories
from tests.conftest import signed_in

HTMX = {"HX-Request": "true"}


@pytest.fixture
def challenge(stranger: User) -> Challenge:
    return factories.make_challenge(factories.make_organisation(owner=stranger))


@pytest.fixture
def profile(owner: User) -> Profile:
    return factories.make_researcher(owner)


@pytest.fixture
def response(challenge: Challenge, profile: Profile, owner: User) -> Response:
    return start_response(challenge=challenge, profile=profile, by=owner)[0]


def typed(response: Response, **more: object) -> dict[str, object]:
    words = {"title": "Sensores", "approach": "Así.\r\nYa.", "why_us": "", "plan": "Un año.", "team": ""}
    return {**words, "language": "es", "version": response.version, **more}


def edit(response: Response) -> str:
    return reverse("hubs:response_edit", args=[response.public_id])


def test_the_challenge_leads_to_a_response_and_back_to_it(
    challenge: Challenge, profile: Profile, owner: User
) -> None:
    client = signed_in(owner)
    new = reverse("hubs:response_new", args=[challenge.public_id])
    assert new in client.get(challenge.get_absolute_url()).content.decode()
    began = client.post(new, {"who": f"profile:{profile.public_id}"})
    response = Response.objects.get()
    assert began["Location"] == edit(response)
    assert response.get_absolute_url() in client.get(challenge.get_absolute_url()).content.decode()
    again = client.post(new, {"who": f"profile:{profile.public_id}"}, follow=True)
    assert Response.objects.count() == 1
    assert "ya hay una respuesta" in again.content.decode().lower()


def test_it_is_saved_as_one_types_and_told_which_version_comes_next(response: Response, owner: User) -> None:
    answer = signed_in(owner).post(edit(response), typed(response), headers=HTMX)
    response.refresh_from_db()
    assert (response.title, response.approach, response.version) == ("Sensores", "Así.\nYa.", 1)
    assert json.loads(answer["HX-Trigger"]) == {"responseSaved": {"version": 1}}
    assert "<html" not in answer.content.decode()


def test_an_old_tab_is_told_and_overwrites_nothing(response: Response, owner: User) -> None:
    client = signed_in(owner)
    client.post(edit(response), typed(response), headers=HTMX)
    late = client.post(edit(response), typed(response, title="Vieja pestaña"), headers=HTMX)
    assert "responseKept" in late["HX-Trigger"]
    page = client.post(edit(response), typed(response, title="Vieja pestaña")).content.decode()
    assert "Vieja pestaña" in page
    assert "Sensores" in page  # both are there to be compared
    response.refresh_from_db()
    assert response.title == "Sensores"
    assert client.post(edit(response), typed(response, title="Vieja pestaña")).status_code == 302
    response.refresh_from_db()
    assert response.title == "Vieja pestaña"


def test_a_line_s_end_counts_as_one_character_as_in_the_browser(response: Response, owner: User) -> None:
    text = "a" * 412 + "\r\n" + "b" * 412
    page = signed_in(owner).post(edit(response), typed(response, approach=text, then="submit"))
    assert page.status_code == 302
    response.refresh_from_db()
    assert len(response.submitted["approach"]) == 825


def test_what_is_lacking_is_told_beside_its_field_and_the_summary_leads_there(
    response: Response, owner: User
) -> None:
    page = signed_in(owner).post(edit(response), typed(response, title="", plan="", then="submit"))
    assert page.context["form"].errors.keys() == {"title", "plan"}
    assert '<a href="#id_plan">' in page.content.decode()
    assert "Todo lo que escribiste está guardado" in page.content.decode()


def test_what_is_too_long_is_kept_and_said(response: Response, owner: User) -> None:
    page = signed_in(owner).post(edit(response), typed(response, plan="p" * 1100, then="submit"))
    assert page.status_code == 200
    response.refresh_from_db()
    assert (len(response.plan), response.state) == (1100, "draft")
    assert "p" * 1100 in page.content.decode()


def test_who_comes_late_reads_by_how_much_and_finds_everything_saved(response: Response, owner: User) -> None:
    Challenge.objects.update(closes_at=timezone.now() - timedelta(seconds=2))
    page = signed_in(owner).post(edit(response), typed(response, then="submit"))
    assert page.status_code == 200
    assert "demasiado tarde" in page.content.decode()
    response.refresh_from_db()
    assert (response.title, response.state) == ("Sensores", "draft")


def test_a_request_that_came_in_time_and_waited_is_in_time(
    response: Response, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The call closes while the saving waits for its turn."""
    from hubs import actions

    saving = actions.save_response

    def slowly(**told: object) -> Response:
        Challenge.objects.update(closes_at=timezone.now())
        return saving(**told)  # type: ignore[arg-type]

    monkeypatch.setattr("hubs.views.responses.actions.save_response", slowly)
    assert signed_in(owner).post(edit(response), typed(response, then="submit")).status_code == 302
    response.refresh_from_db()
    assert response.state == "submitted"


def test_nobody_else_writes_or_reads_it(response: Response, teammate: User, stranger: User) -> None:
    for user in (teammate, stranger):
        client = signed_in(user)
        assert client.post(edit(response), typed(response)).status_code == 404
        assert client.get(response.get_absolute_url()).status_code == 404


def closed(challenge: Challenge, response: Response, owner: User) -> Challenge:
    signed_in(owner).post(edit(response), typed(response, then="submit"))
    factories.put_at(challenge, "in_evaluation", closes_at=timezone.now() - timedelta(minutes=1))
    return challenge


def test_the_poster_finds_an_evaluator_asks_and_decides(
    challenge: Challenge, response: Response, owner: User, stranger: User, teammate: User
) -> None:
    closed(challenge, response, owner)
    factories.make_researcher(teammate)
    client = signed_in(stranger)
    desk = reverse("hubs:evaluation", args=[challenge.public_id])
    assert "Colega Inventada" in client.get(desk, {"q": "colega"}).content.decode()
    client.post(
        reverse("hubs:evaluator_invite", args=[challenge.public_id]), {"person": teammate.person.public_id}
    )
    assert challenge.evaluators.get().person == teammate.person
    assert "Sensores" in client.get(response.get_absolute_url()).content.decode()
    bad = client.post(desk, {f"r{response.pk}-outcome": "selected", f"r{response.pk}-sentence": "Mide."})
    assert bad.status_code == 200
    assert "Mide." in bad.content.decode()
    told = {"outcome": "selected", "reason": "best_fit", "sentence": "Mide cada pozo."}
    good = client.post(desk, {f"r{response.pk}-{name}": value for name, value in told.items()})
    assert good.status_code == 302
    assert "Mide cada pozo." in signed_in(owner).get(response.get_absolute_url()).content.decode()


def test_an_evaluator_declares_scores_and_can_step_back_from_one(
    challenge: Challenge, response: Response, owner: User, stranger: User, teammate: User
) -> None:
    closed(challenge, response, owner)
    evaluator = invite_evaluator(challenge=challenge, person=teammate.person, by=stranger)
    client = signed_in(teammate)
    place = reverse("hubs:evaluator", args=[evaluator.public_id])
    assert client.post(place, {"answer": "accept"}).status_code == 200  # nothing was declared
    assert client.post(place, {"answer": "accept", "none_other": "on"}).status_code == 302
    sheet = reverse("hubs:score", args=[evaluator.public_id, response.public_id])
    assert sheet in client.get(place).content.decode()
    assert "Un año." in client.get(sheet).content.decode()
    values = {f"value_{one.pk}": "4" for one in challenge.criteria.all()}
    assert client.post(sheet, values).status_code == 302
    assert Score.objects.count() == 4
    client.post(
        reverse("hubs:conflict", args=[evaluator.public_id, response.public_id]), {"detail": "Es mi cuñado."}
    )
    assert Conflict.objects.get().kind == "declared"
    assert client.get(sheet).status_code == 404


def test_nobody_sees_another_evaluator_s_pages(
    challenge: Challenge, response: Response, owner: User, stranger: User, teammate: User
) -> None:
    closed(challenge, response, owner)
    evaluator = invite_evaluator(challenge=challenge, person=teammate.person, by=stranger)
    answer_evaluation(evaluator=evaluator, accept=True, declared="", by=teammate)
    for user in (owner, stranger):
        client = signed_in(user)
        assert client.get(reverse("hubs:evaluator", args=[evaluator.public_id])).status_code == 404
    desk = reverse("hubs:evaluation", args=[challenge.public_id])
    assert signed_in(owner).get(desk).status_code == 404


def test_criteria_are_a_step_of_the_wizard_filled_with_the_usual_ones(stranger: User) -> None:
    draft = factories.make_challenge(factories.make_organisation(owner=stranger), status="draft")
    client = signed_in(stranger)
    place = reverse("hubs:challenge_edit", args=[draft.public_id, "criteria"])
    page = client.get(place)
    formset = page.context["formset"]
    data = {f"criteria-{name}": value for name, value in formset.management_form.initial.items()}
    for number, form in enumerate(formset):
        data |= {f"criteria-{number}-{name}": form[name].value() or "" for name in form.fields}
    data["criteria-0-question"] = "¿Mide los pozos?"
    assert client.post(place, data).status_code == 302
    assert draft.criteria.all()[0].question == "¿Mide los pozos?"
    assert draft.criteria.count() == 4


def test_the_list_shows_what_one_writes_and_judges(
    challenge: Challenge, response: Response, owner: User, stranger: User, teammate: User
) -> None:
    place = reverse("hubs:response_list")
    assert response.get_absolute_url() in signed_in(owner).get(place).content.decode()
    evaluator = invite_evaluator(challenge=challenge, person=teammate.person, by=stranger)
    assert str(evaluator.public_id) in signed_in(teammate).get(place).content.decode()
