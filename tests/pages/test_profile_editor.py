"""The profile's editor in steps: what is typed is saved at each, and what would help is said."""

from typing import Any

import pytest
from django.urls import reverse

from accounts import suggestions
from accounts.completeness import meter
from accounts.models import Profile, ProfileItem, Translation, User
from accounts.queries import all_data
from tests import factories
from tests.conftest import signed_in
from tests.pages.test_profiles import edit_form, step_url, url

pytestmark = pytest.mark.django_db


def sent(name: str, *rows: dict[str, Any], there: int = 0) -> dict[str, Any]:
    data: dict[str, Any] = {f"{name}-TOTAL_FORMS": len(rows), f"{name}-INITIAL_FORMS": there}
    for number, row in enumerate(rows):
        data |= {f"{name}-{number}-{field}": value for field, value in {"language": "es", **row}.items()}
    return data


def test_facts_are_saved_and_lead_on_to_the_next_step(owner: User) -> None:
    profile = factories.make_researcher(owner)
    response = signed_in(owner).post(step_url(profile, "you"), edit_form(profile))
    assert response["Location"] == step_url(profile, "offers")
    profile.refresh_from_db()
    assert (profile.summary, profile.institution_name, profile.fields) == (
        "Agua y pozos.",
        "Instituto",
        ["2.7"],
    )


def test_what_is_valid_is_saved_beside_what_is_wrong(owner: User) -> None:
    profile = factories.make_researcher(owner)
    form = edit_form(profile, orcid="1234", summary="ñ" * 2100, abroad_place="Lyon")
    response = signed_in(owner).post(step_url(profile, "you"), form)
    assert response.status_code == 200
    assert "error-summary" in response.content.decode()
    profile.refresh_from_db()
    assert (profile.institution_name, profile.orcid, profile.abroad_place) == ("Instituto", "", "")
    assert profile.summary == "ñ" * 2000


def test_rows_are_added_changed_and_taken_away_and_keep_their_translations(owner: User) -> None:
    profile = factories.make_researcher(owner)
    old, emptied, ticked = (factories.add_item(profile, text=text) for text in ("Vieja", "Vacía", "Fuera"))
    Translation.objects.create(record=old, field="text", language="en", text="Old")
    data = sent(
        "offers",
        {"pk": old.pk, "text": "Vieja, mejor"},
        {"pk": emptied.pk, "text": ""},
        {"pk": ticked.pk, "text": "Fuera", "DELETE": "on"},
        {"text": "New one", "language": "en"},
        there=3,
    )
    response = signed_in(owner).post(step_url(profile, "offers"), data | {"then": "later"})
    assert response["Location"] == url("profile_edit", profile)
    assert [(item.pk == old.pk, item.text, item.language) for item in profile.items.all()] == [
        (True, "Vieja, mejor", "es"),
        (False, "New one", "en"),
    ]
    assert Translation.objects.count() == 1


def test_a_new_row_with_a_mistake_is_saved_as_far_as_it_goes_and_not_twice(owner: User) -> None:
    profile = factories.make_researcher(owner)
    row = {"kind": "project", "title": "Pozos", "year": "20199", "link": "https://example.org/p", "text": ""}
    client = signed_in(owner)
    response = client.post(step_url(profile, "evidence"), sent("evidence", row))
    assert response.status_code == 200
    item = ProfileItem.objects.get()
    assert (item.title, item.year, item.link) == ("Pozos", None, "https://example.org/p")
    html = response.content.decode()
    assert f'value="{item.pk}"' in html
    assert "20199" in html  # what was typed is still there to be corrected
    again = sent("evidence", row | {"year": "2019", "pk": item.pk})
    assert client.post(step_url(profile, "evidence"), again).status_code == 302
    assert ProfileItem.objects.get().year == 2019


def test_rows_of_other_pages_and_of_others_are_not_touched(owner: User, stranger: User) -> None:
    profile = factories.make_researcher(owner)
    items = [factories.add_item(profile, "evidence", title=f"Obra {n}", text="") for n in range(12)]
    foreign = factories.add_item(factories.make_researcher(stranger), "evidence", title="Ajena")
    client = signed_in(owner)
    html = client.get(step_url(profile, "evidence") + "?page=2").content.decode()
    assert "Obra 11" in html
    assert "Obra 3" not in html
    data = sent(
        "evidence",
        {"pk": items[10].pk, "title": "Obra corregida", "kind": "project", "text": ""},
        {"pk": items[11].pk, "title": "Obra 11", "kind": "project", "text": "", "DELETE": "on"},
        {"pk": foreign.pk, "title": "Mía ahora", "kind": "project", "text": ""},
        there=2,
    )
    assert client.post(step_url(profile, "evidence") + "?page=2", data).status_code == 302
    foreign.refresh_from_db()
    assert foreign.title == "Ajena"
    titles = list(profile.items.values_list("title", flat=True))
    assert titles == [f"Obra {n}" for n in range(10)] + ["Obra corregida", "Mía ahora"]


@pytest.mark.parametrize("number", ["²", "9" * 5000, "-1"])
def test_pages_and_rows_that_no_number_names_are_not_there(owner: User, number: str) -> None:
    profile = factories.make_researcher(owner)
    client = signed_in(owner)
    assert client.get(step_url(profile, "offers"), {"page": number, "more": number}).status_code == 200
    client.post(step_url(profile, "offers"), {"offers-TOTAL_FORMS": number, "offers-INITIAL_FORMS": "0"})
    assert client.get(reverse("accounts:profile_step", args=[profile.public_id, "nada"])).status_code == 404


def test_who_sees_it_is_a_step_of_its_own(owner: User) -> None:
    profile = factories.make_researcher(owner)
    response = signed_in(owner).post(step_url(profile, "shown"), {"visibility": "members"})
    assert response["Location"] == url("profile_preview", profile)
    profile.refresh_from_db()
    assert (profile.visibility, profile.match_automatically) == ("members", False)


@pytest.mark.parametrize(("typed", "kept"), [("0", 0), ("5", 5), ("", 2), ("21", 2)])
def test_in_how_many_teams_somebody_wants_to_be_is_theirs_to_say(owner: User, typed: str, kept: int) -> None:
    profile = factories.make_researcher(owner)
    signed_in(owner).post(step_url(profile, "shown"), {"visibility": "public", "capacity": typed})
    profile.refresh_from_db()
    assert profile.capacity == kept
    assert all_data(owner.person)["profiles"][0]["capacity"] == kept


def test_suggested_fields_are_taken_over_one_by_one_or_not_at_all(
    owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def answer(text: str, language: str, tables: Any) -> dict[str, list[str]]:
        asked.append((text, language, list(tables)))
        return {"fields": ["2.7", "1.4", "9.9"]}

    monkeypatch.setattr(suggestions, "_ask", [answer])
    profile = factories.make_researcher(owner, fields=["2.7"], summary="Arsénico en pozos")
    client = signed_in(owner)
    here = step_url(profile, "you")
    assert not asked
    response = client.post(here, edit_form(profile, then="suggest", summary="Arsénico en pozos"), follow=True)
    assert asked == [("Arsénico en pozos", "es", ["fields"])]
    html = response.content.decode()
    assert 'value="fields:1.4"' in html
    assert 'value="fields:2.7"' not in html  # chosen already
    assert "9.9" not in html
    client.post(here, edit_form(profile, take="fields:1.4"))
    profile.refresh_from_db()
    assert profile.fields == ["2.7", "1.4"]
    client.post(here, edit_form(profile, take="fields:nada"))
    profile.refresh_from_db()
    assert profile.fields == ["2.7"]  # what the form said; there is no such code


def test_without_anybody_to_read_texts_the_page_says_so(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suggestions, "_ask", [])
    profile = factories.make_researcher(owner)
    html = signed_in(owner).get(step_url(profile, "you", "en"), {"suggest": "1"}).content.decode()
    assert "is not running at this moment" in html


def test_the_meter_says_what_would_help_most_first_and_rises_with_it(owner: User) -> None:
    profile = factories.make_researcher(owner, summary="Corto")
    before = meter(profile, [])
    assert before.ideas[0].step in ("offers", "evidence")
    assert str(before.ideas[0].why)
    html = signed_in(owner).get(url("profile_edit", profile, "en")).content.decode()
    assert step_url(profile, "offers", "en") in html
    assert f'value="{before.percent}"' in html
    items = [factories.add_item(profile, text=f"Método {n}") for n in range(3)]
    items += [
        factories.add_item(profile, "evidence", title=f"Obra {n}", year=2020, link="https://example.org")
        for n in range(3)
    ]
    profile.summary, profile.state, profile.fields, profile.institution_name = (
        "Mido. " * 20,
        "24",
        ["2.7"],
        "I",
    )
    assert (meter(profile, items).percent, meter(profile, items).ideas) == (100, [])
    items[0].represents = False
    assert meter(profile, items).percent == 90


@pytest.mark.parametrize("kind", ["startup", "company", "government"])
def test_every_kind_of_profile_can_be_complete(owner: User, kind: str) -> None:
    profile = factories.make_profile(factories.make_organisation(kind, owner=owner), summary="Medimos. " * 12)
    profile.state, profile.sector, profile.trl = "24", "54", 5
    items = [factories.add_item(profile, text=f"Servicio {n}") for n in range(3)]
    items += [factories.add_item(profile, "seek", text="Un piloto")]
    items += [
        factories.add_item(profile, "evidence", title=f"Obra {n}", year=2020, link="https://example.org")
        for n in range(3)
    ]
    assert meter(profile, items).percent == 100


def test_a_profile_that_is_matched_with_nothing_is_told_first(owner: User) -> None:
    profile = factories.make_researcher(owner, visibility="nobody", match_automatically=False)
    assert {idea.step for idea in meter(profile, []).stopped} == {"shown"}
    assert len(meter(profile, []).stopped) == 2


def test_the_editor_asks_the_database_no_more_for_fifty_rows_than_for_one(
    owner: User, django_assert_max_num_queries: Any
) -> None:
    profile = factories.make_researcher(owner)
    client = signed_in(owner)
    for most in (1, 50):
        for number in range(most):
            factories.add_item(profile, "evidence", title=f"Obra {most} {number}", text="")
        with django_assert_max_num_queries(12):
            client.get(step_url(profile, "evidence"))
        with django_assert_max_num_queries(12):
            client.get(url("profile_edit", profile))


def test_nobody_elses_profile_is_edited(owner: User, stranger: User) -> None:
    profile: Profile = factories.make_researcher(owner)
    client = signed_in(stranger)
    assert client.get(step_url(profile, "offers")).status_code == 403
    assert client.post(step_url(profile, "offers"), sent("offers", {"text": "x"})).status_code == 403
