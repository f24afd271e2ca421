"""Writing a challenge, step by step."""

import re
import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Organisation, Translation, User
from hubs.models import Challenge, Need
from tests import factories
from tests.conftest import signed_in

NEW = reverse("hubs:challenge_new")


def typed(**fields: str) -> dict[str, str]:
    return {
        "form_key": str(uuid.uuid4()),
        "template": "blank",
        "title": "Agua segura",
        "summary": "Pozos con arsénico.",
        "description": "Los pozos tienen arsénico.",
        "language": "es",
        "then": "next",
    } | fields


def need_rows(*rows: dict[str, str]) -> dict[str, str]:
    data = {"needs-TOTAL_FORMS": str(len(rows)), "needs-INITIAL_FORMS": "0", "then": "next"}
    for number, row in enumerate(rows):
        full = {"weight": "must", "sought": "anyone"} | row
        data |= {f"needs-{number}-{name}": value for name, value in full.items()}
    return data


@pytest.fixture
def organisation(owner: User) -> Organisation:
    factories.make_hub("nation")
    return factories.make_organisation(owner=owner, state="02")  # Baja California: Tijuana's time


@pytest.fixture
def draft(organisation: Organisation, owner: User) -> Challenge:
    return factories.make_challenge(
        organisation,
        status="draft",
        author=owner.person,
        time_zone="America/Tijuana",
        contact_name="Dueña",
        contact_email="duena@example.org",
    )


def edit(draft: Challenge, step: str) -> str:
    return reverse("hubs:challenge_edit", args=[draft.public_id, step])


def start(owner: User, organisation: Organisation, **fields: str) -> tuple[Client, dict[str, str]]:
    return signed_in(owner), typed(organisation=str(organisation.public_id), **fields)


def test_somebody_without_an_organisation_gets_a_way_to_one_instead_of_an_error(stranger: User) -> None:
    response = signed_in(stranger).get(NEW)
    assert response.status_code == 200
    assert reverse("accounts:profile_new", args=["agency"]) in response.content.decode()


def test_a_visitor_is_asked_to_sign_in(db: None, client: Client) -> None:
    assert client.get(NEW).status_code == 302


def test_templates_in_plain_words_are_offered_and_fill_the_form(
    organisation: Organisation, owner: User
) -> None:
    client = signed_in(owner)
    assert "?template=water" in client.get(NEW).content.decode()
    page = client.get(NEW, {"template": "water"}).content.decode()
    assert "fugas" in page
    assert 'name="form_key"' in page


def test_the_first_click_makes_a_draft_with_the_needs_of_the_template(
    organisation: Organisation, owner: User
) -> None:
    client, data = start(owner, organisation, template="water")
    response = client.post(NEW, data)
    draft = Challenge.objects.get()
    assert response["Location"] == edit(draft, "needs")
    assert (draft.status, draft.organisation, draft.author) == ("draft", organisation, owner.person)
    assert draft.needs.count() >= 3
    assert "6" in draft.sdgs
    assert draft.time_zone == "America/Tijuana"


def test_a_double_click_makes_one_draft(organisation: Organisation, owner: User) -> None:
    client, data = start(owner, organisation, template="water")
    first, second = client.post(NEW, data), client.post(NEW, data)
    assert first["Location"] == second["Location"]
    assert Challenge.objects.count() == 1
    assert Need.objects.count() == 4


def test_a_title_that_is_too_long_loses_nothing_of_what_was_typed(
    organisation: Organisation, owner: User
) -> None:
    client, data = start(owner, organisation, title="Palabra " * 20)
    page = client.post(NEW, data).content.decode()
    assert "Palabra " * 19 in page
    assert "error-summary" in page
    draft = Challenge.objects.get()
    assert draft.description == "Los pozos tienen arsénico."
    assert draft.title.startswith("Palabra")
    assert len(draft.title) <= 90
    client.post(NEW, data | {"title": "Corto"})
    assert Challenge.objects.get().title == "Corto"


def test_nobody_posts_for_an_organisation_they_do_not_belong_to(
    organisation: Organisation, stranger: User
) -> None:
    factories.make_organisation(owner=stranger)
    client, data = start(stranger, organisation)
    assert client.post(NEW, data).status_code == 200
    assert not Challenge.objects.exists()


def test_another_ones_form_key_opens_no_door(draft: Challenge, stranger: User) -> None:
    own = factories.make_organisation(owner=stranger)
    client, data = start(stranger, own, form_key=str(draft.form_key), title="Robado")
    assert client.post(NEW, data).status_code in (403, 404)
    draft.refresh_from_db()
    assert draft.title != "Robado"


@pytest.mark.parametrize("step", ["problem", "needs", "topics", "offer", "when", "contact", "translation"])
def test_each_step_opens_for_the_organisation_and_for_nobody_else(
    step: str, draft: Challenge, owner: User, stranger: User
) -> None:
    assert signed_in(owner).get(edit(draft, step)).status_code == 200
    assert signed_in(stranger).get(edit(draft, step)).status_code == 404
    assert signed_in(stranger).post(edit(draft, step), {}).status_code == 404


def test_an_unknown_step_is_not_there(draft: Challenge, owner: User) -> None:
    assert signed_in(owner).get(edit(draft, "nope")).status_code == 404


def test_rows_of_needs_are_added_changed_and_taken_out_without_javascript(
    draft: Challenge, owner: User
) -> None:
    client = signed_in(owner)
    first = draft.needs.get()
    client.post(
        edit(draft, "needs"),
        need_rows(
            {"id": str(first.pk), "text": "Medir mejor", "weight": "nice"},
            {"text": "Filtrar", "sought": "startup"},
            {"text": ""},
        ),
    )
    assert [(n.pk == first.pk, n.text, n.weight, n.sought) for n in draft.needs.all()] == [
        (True, "Medir mejor", "nice", "anyone"),
        (False, "Filtrar", "must", "startup"),
    ]
    client.post(
        edit(draft, "needs"),
        need_rows(
            {"id": str(first.pk), "text": "Medir mejor", "DELETE": "on"},
            {"id": str(draft.needs.latest("position").pk), "text": "Filtrar"},
        ),
    )
    assert [n.text for n in draft.needs.all()] == ["Filtrar"]


def test_a_double_click_on_the_needs_adds_them_once(draft: Challenge, owner: User) -> None:
    data = need_rows({"id": str(draft.needs.get().pk), "text": "Medir"}, {"text": "Filtrar"})
    client = signed_in(owner)
    client.post(edit(draft, "needs"), data)
    client.post(edit(draft, "needs"), data)
    assert [n.text for n in draft.needs.all()] == ["Medir", "Filtrar"]


def test_another_row_is_one_click_away(draft: Challenge, owner: User) -> None:
    client = signed_in(owner)
    data = need_rows({"text": "Filtrar"}) | {"then": "more"}
    response = client.post(edit(draft, "needs"), data)
    page = client.get(response["Location"]).content.decode()
    assert 'name="needs-2-text"' in page


def test_a_need_of_another_challenge_cannot_be_pulled_over(draft: Challenge, owner: User) -> None:
    foreign = factories.make_challenge().needs.get()
    signed_in(owner).post(edit(draft, "needs"), need_rows({"id": str(foreign.pk), "text": "Mío"}))
    foreign.refresh_from_db()
    assert foreign.text != "Mío"


def test_a_need_that_is_too_long_is_named_by_its_row_and_the_others_are_saved(
    draft: Challenge, owner: User
) -> None:
    page = signed_in(owner).post(edit(draft, "needs"), need_rows({"text": "Uno"}, {"text": "x" * 700}))
    assert page.status_code == 200
    assert "x" * 700 in page.content.decode()
    assert [len(n.text) for n in draft.needs.all()] == [3, 600]


def test_money_is_taken_as_people_write_it(draft: Challenge, owner: User) -> None:
    signed_in(owner).post(edit(draft, "offer"), {"offer_money": "$1,500,000.50 MXN", "then": "next"})
    draft.refresh_from_db()
    assert str(draft.offer_money) == "1500000.50"


def when(**fields: str) -> dict[str, str]:
    return {
        "opens_at": "2027-01-15T09:00",
        "closes_at": "2027-02-15T17:00",
        "time_zone": "America/Tijuana",
        "state": "02",
        "trl_from": "4",
        "trl_to": "6",
        "then": "next",
    } | fields


def test_times_are_meant_and_shown_in_the_posters_zone(draft: Challenge, owner: User) -> None:
    client = signed_in(owner)  # whose own zone is Mexico City's
    client.post(edit(draft, "when"), when(hub=str(draft.hub_id)))
    draft.refresh_from_db()
    assert draft.closes_at == datetime(2027, 2, 16, 1, 0, tzinfo=UTC)
    assert 'value="2027-02-15T17:00"' in client.get(edit(draft, "when")).content.decode()
    shown = client.get(reverse("hubs:challenge_preview", args=[draft.public_id])).content.decode()
    assert "19:00" in shown
    assert "17:00" in shown
    assert "Tijuana" in shown


def test_dates_in_the_wrong_order_are_refused_and_the_rest_is_saved(draft: Challenge, owner: User) -> None:
    before = draft.closes_at
    response = signed_in(owner).post(
        edit(draft, "when"), when(hub=str(draft.hub_id), closes_at="2027-01-01T00:00", trl_to="2")
    )
    assert response.status_code == 200
    assert 'value="2027-01-01T00:00"' in response.content.decode()
    draft.refresh_from_db()
    assert draft.closes_at == before
    assert draft.state == "02"
    assert draft.trl_from is None


def test_who_may_answer_is_asked_kept_and_shown(draft: Challenge, owner: User) -> None:
    client = signed_in(owner)
    data: dict[str, Any] = when(hub=str(draft.hub_id), state="02", only_in_state="on")
    client.post(edit(draft, "when"), data | {"eligible_kinds": ["startup", "company"]})
    draft.refresh_from_db()
    assert (draft.eligible_kinds, draft.only_in_state) == (["startup", "company"], True)
    shown = client.get(reverse("hubs:challenge_preview", args=[draft.public_id])).content.decode()
    assert "Startup" in shown
    assert shown.count("Baja California") > 1
    client.post(edit(draft, "when"), when(hub=str(draft.hub_id)))
    draft.refresh_from_db()
    assert (draft.eligible_kinds, draft.only_in_state) == ([], False)


def test_only_those_of_a_state_asks_which_one_and_loses_nothing_else(draft: Challenge, owner: User) -> None:
    Challenge.objects.filter(pk=draft.pk).update(state="20", only_in_state=True)
    data = when(hub=str(draft.hub_id), state="", only_in_state="on", trl_from="3", trl_to="5")
    response = signed_in(owner).post(edit(draft, "when"), data)
    assert list(response.context["form"].errors) == ["state"]
    draft.refresh_from_db()
    assert (draft.state, draft.only_in_state, draft.trl_from) == ("20", True, 3)


def test_translations_are_kept_beside_the_original_and_searched(draft: Challenge, owner: User) -> None:
    need = draft.needs.get()
    data = {"title": "Safe water", f"need_{need.pk}": "Measure arsenic", "then": "next"}
    response = signed_in(owner).post(edit(draft, "translation"), data)
    assert response["Location"] == reverse("hubs:challenge_preview", args=[draft.public_id])
    assert Translation.objects.count() == 2
    assert Challenge.objects.search("safe").exists()
    signed_in(owner).post(edit(draft, "translation"), {"title": "", "then": "next"})
    assert not draft.translations.exists()


def test_the_preview_names_what_is_missing_with_the_way_there(draft: Challenge, owner: User) -> None:
    draft.needs.all().delete()
    page = signed_in(owner).get(reverse("hubs:challenge_preview", args=[draft.public_id])).content.decode()
    assert edit(draft, "needs") in page
    assert 'value="in_review"' in page


def test_submitting_from_the_preview_hands_it_in(draft: Challenge, owner: User) -> None:
    step = reverse("hubs:challenge_step", args=[draft.public_id])
    signed_in(owner).post(step, {"to": "in_review"})
    draft.refresh_from_db()
    assert draft.status == "in_review"


def test_words_typed_after_it_was_handed_in_are_not_saved_and_not_lost(draft: Challenge, owner: User) -> None:
    Challenge.objects.filter(pk=draft.pk).update(status="in_review")
    page = signed_in(owner).post(edit(draft, "problem"), typed(title="Otro título"))
    assert page.status_code == 200
    assert "Otro título" in page.content.decode()
    draft.refresh_from_db()
    assert draft.title != "Otro título"


def test_saving_a_step_never_moves_the_challenge_back(draft: Challenge, owner: User) -> None:
    signed_in(owner).post(edit(draft, "problem"), typed(title="Otro título") | {"status": "published"})
    draft.refresh_from_db()
    assert (draft.title, draft.status) == ("Otro título", "draft")


def test_saving_for_later_leads_back_to_the_draft(draft: Challenge, owner: User) -> None:
    response = signed_in(owner).post(edit(draft, "problem"), typed(then="later"))
    assert response["Location"] == draft.get_absolute_url()
    page = signed_in(owner).get(draft.get_absolute_url()).content.decode()
    assert re.search(r"badge--state-draft", page)


@pytest.mark.parametrize("more", ["²", "9" * 4400, "-1"])
def test_a_number_that_is_none_adds_no_row(draft: Challenge, owner: User, more: str) -> None:
    assert signed_in(owner).get(edit(draft, "needs"), {"more": more}).status_code == 200


@pytest.mark.parametrize(
    "times", [("0001-01-01T00:00", "9999-12-31T23:59"), ("2026-01-01T00:00", "9999-12-31T10:00")]
)
def test_times_at_the_ends_of_the_calendar_are_refused(
    draft: Challenge, owner: User, times: tuple[str, str]
) -> None:
    page = signed_in(owner).post(edit(draft, "when"), when(opens_at=times[0], closes_at=times[1]))
    assert page.context["form"].errors["closes_at"]
