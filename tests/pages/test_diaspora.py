"""Members abroad: who stands on their page, how it is narrowed down, and how they say what they would do."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.actions import save_profile
from accounts.models import Profile, User
from hubs.models import Release
from tests import factories
from tests.conftest import signed_in
from tests.pages.test_profiles import edit_form

pytestmark = pytest.mark.django_db


def someone(name: str, country: str = "DE", **fields: Any) -> Profile:
    return factories.make_researcher(factories.make_user(name=name), lives_abroad=country, **fields)


def page(user: User | None = None, wanted: dict[str, str] | None = None) -> str:
    client = signed_in(user) if user else Client()
    return client.get("/en/abroad/", wanted or {}).content.decode()


def test_it_is_found_from_every_page() -> None:
    assert 'href="/en/abroad/"' in Client().get("/en/challenges/").content.decode()


def test_everybody_stands_there_who_lives_abroad_and_nobody_else() -> None:
    someone("Ana Lejos", abroad_place="Freiberg", would_help=["mentor", "return"])
    factories.make_researcher(factories.make_user(name="Berta Aquí"))
    shown = page()
    assert "Ana Lejos" in shown
    assert "Germany" in shown
    assert "Freiberg" in shown
    assert "come back" in shown
    assert "Berta Aquí" not in shown


@pytest.mark.parametrize(
    ("visibility", "to_all", "to_members"),
    [("public", True, True), ("members", False, True), ("nobody", False, False)],
)
def test_whoever_may_see_a_profile_sees_it_there_and_counts_it(
    stranger: User, visibility: str, to_all: bool, to_members: bool
) -> None:
    someone("Ana Lejos", visibility=visibility)
    for reader, sees in ((None, to_all), (stranger, to_members)):
        shown = page(reader)
        assert ("Ana Lejos" in shown) == sees
        assert ("Germany (1)" in shown) == sees


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ({"country": "FR"}, ["Benoit"]),
        ({"field": "2.7"}, ["Ana"]),
        ({"help": "mentor"}, ["Ana", "Benoit"]),
        ({"help": "mentor", "country": "DE"}, ["Ana"]),
        ({"q": "litio"}, ["Carla"]),
        ({"help": "nonsense"}, ["Ana", "Benoit", "Carla"]),
    ],
    ids=str,
)
def test_it_is_narrowed_down_by_country_field_help_and_words(
    wanted: dict[str, str], names: list[str]
) -> None:
    someone("Ana", fields=["2.7"], would_help=["mentor"])
    someone("Benoit", "FR", would_help=["mentor", "evaluate"])
    someone("Carla", "US", summary="Recupero litio de salmueras.", would_help=["return"])
    shown = page(wanted=wanted)
    found = [name for name in ("Ana", "Benoit", "Carla") if f">{name}</a>" in shown]
    assert found == names


def test_visitors_are_invited_to_join_and_members_to_say_what_they_would_do(stranger: User) -> None:
    join = reverse("accounts:join_kind", args=["researcher"])
    assert f'href="/en{join[3:]}"' in page()
    assert "You live abroad? Join" not in page(stranger)


@pytest.mark.parametrize(("told", "shown"), [(None, False), (15, True)])
def test_how_many_came_back_is_told_as_the_last_release_tells_it(told: int | None, shown: bool) -> None:
    Release.objects.create(scope="country", period="2026-10", data={"figures": {"returned": {"total": told}}})
    found = page()
    assert ("people who came back" in found) == shown
    assert (f">{told}<" in found) == shown


def test_somebody_abroad_says_in_the_editor_what_they_would_do(owner: User) -> None:
    profile = factories.make_researcher(owner, institution_name="Instituto", fields=["2.7"])
    form = edit_form(profile, lives_abroad="DE", would_help=["mentor", "colead"])
    url = reverse("accounts:profile_step", args=[profile.public_id, "you"])
    response = signed_in(owner).post(url, form)
    assert response.status_code == 302, response.content.decode()
    profile.refresh_from_db()
    assert profile.would_help == ["mentor", "colead"]
    assert "mentor, lead work together" in Client().get(f"/en/profiles/{profile.public_id}/").content.decode()


def test_help_without_a_country_asks_for_the_country(owner: User) -> None:
    profile = factories.make_researcher(owner, institution_name="Instituto", fields=["2.7"])
    url = reverse("accounts:profile_step", args=[profile.public_id, "you"])
    shown = signed_in(owner).post(url, edit_form(profile, would_help=["mentor"])).content.decode()
    assert "¿En qué país está?" in shown or "Which country is that in?" in shown
    profile.refresh_from_db()
    assert profile.would_help == []


def test_who_comes_home_helps_from_abroad_no_longer(owner: User) -> None:
    profile = factories.make_researcher(owner, lives_abroad="DE", would_help=["return"])
    save_profile(profile=profile, by=owner, facts={"lives_abroad": ""})
    profile.refresh_from_db()
    assert profile.would_help == []


def test_the_join_form_asks_it_too() -> None:
    shown = Client().get("/en/join/researcher/").content.decode()
    assert "what you would do for the country" in shown
    assert 'value="return"' in shown


def test_the_page_asks_little_however_many_there_are(django_assert_max_num_queries: Any) -> None:
    for number in range(25):
        someone(f"Persona {number}", would_help=["mentor"])
    page()
    with django_assert_max_num_queries(12):
        page()
