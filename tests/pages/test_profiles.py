"""Profile pages: what is seen by whom, what is never shown, and how an owner changes it."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts.forms.steps import STEPS
from accounts.models import KeptPost, Profile, ProfileItem, Translation, User
from tests import factories
from tests.conftest import signed_in
from tests.pages.test_join import KEY, rows

pytestmark = pytest.mark.django_db


def url(name: str, profile: Profile, language: str = "es") -> str:
    with translation.override(language):
        return reverse(f"accounts:{name}", args=[profile.public_id])


def step_url(profile: Profile, step: str, language: str = "es") -> str:
    with translation.override(language):
        return reverse("accounts:profile_step", args=[profile.public_id, step])


def edit_form(profile: Profile, **more: Any) -> dict[str, Any]:
    """The step of the facts."""
    return {
        "language": "es",
        "institution_name": "Instituto",
        "field_1": "2.7",
        "summary": "Agua y pozos.",
        **more,
    }


@pytest.mark.parametrize(
    ("visibility", "stranger_sees", "public_sees"),
    [("public", 200, 200), ("members", 200, 404), ("nobody", 404, 404)],
)
def test_visibility_is_the_same_for_page_and_list(
    owner: User, stranger: User, visibility: str, stranger_sees: int, public_sees: int
) -> None:
    profile = factories.make_researcher(owner, visibility=visibility)
    listed = reverse("accounts:profile_list")
    for client, expected in (
        (signed_in(stranger), stranger_sees),
        (Client(), public_sees),
        (signed_in(owner), 200),
    ):
        assert client.get(url("profile", profile)).status_code == expected
        assert (owner.person.name in client.get(listed).content.decode()) == (expected == 200)


def test_a_page_shows_evidence_with_its_source_and_never_an_address(owner: User) -> None:
    profile = factories.make_researcher(owner, orcid="0000-0002-1825-0097", claim_email="secreto@example.org")
    factories.add_item(profile, "evidence", text="", title="Pozos", year=2020, link="https://example.org/t")
    html = Client().get(url("profile", profile)).content.decode()
    assert "https://example.org/t" in html
    assert "2020" in html
    assert "https://orcid.org/0000-0002-1825-0097" in html
    assert owner.email not in html
    assert "secreto@example.org" not in html


def test_an_unclaimed_profile_says_so_and_where_it_is_from(owner: User) -> None:
    profile = factories.make_researcher(None, source="Padrón 2025")
    html = Client().get(url("profile", profile, "en")).content.decode()
    assert "Nobody has claimed this profile yet" in html
    assert "Padrón 2025" in html
    assert "noindex" in html


def test_peoples_words_carry_their_language_and_a_translation_where_there_is_one(owner: User) -> None:
    profile = factories.make_researcher(owner, summary="Agua", language="es")
    assert 'lang="es"' in Client().get(url("profile", profile, "en")).content.decode()
    Translation.objects.create(record=profile, field="summary", language="en", text="Clear water")
    html = Client().get(url("profile", profile, "en")).content.decode()
    assert "Clear water" in html


def test_the_list_is_searched_without_accents_and_narrowed(owner: User) -> None:
    factories.make_researcher(owner, summary="Medición de ñandúes", state="19", fields=["2.7"])
    startup = factories.make_profile(factories.make_organisation("startup"), state="14", sector="54")
    listed = reverse("accounts:profile_list")

    def found(**query: str) -> int:
        return int(Client().get(listed, query).context["page"].paginator.count)

    assert found(q="medicion") == 1
    assert found(q="nandues") == 0
    assert found(state="14") == found(sector="54") == found(kind="startup") == 1
    assert found(field="2.7") == 1
    assert found(field="2.7", kind="startup") == 0
    assert found(kind="pirate") == 2
    assert startup.name in Client().get(listed, {"state": "14"}).content.decode()


def test_the_list_asks_the_database_no_more_for_three_than_for_one(
    owner: User, teammate: User, stranger: User, django_assert_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    listed = reverse("accounts:profile_list")
    factories.make_researcher(owner)
    with CaptureQueriesContext(connection) as first:
        Client().get(listed)
    factories.make_researcher(teammate)
    factories.make_profile(factories.make_organisation("startup"))
    with django_assert_num_queries(len(first)):
        Client().get(listed)


def test_every_kind_of_profile_can_be_edited(owner: User) -> None:
    client = signed_in(owner)
    for kind in ("startup", "company", "government"):
        profile = factories.make_profile(factories.make_organisation(kind, owner=owner))
        assert client.get(url("profile_edit", profile)).status_code == 200
        for step in STEPS:
            address = reverse("accounts:profile_step", args=[profile.public_id, step])
            assert client.get(address).status_code == 200


def test_what_others_own_is_refused_and_what_is_hidden_is_not_there(owner: User, stranger: User) -> None:
    seen = factories.make_researcher(owner)
    hidden = factories.make_profile(factories.make_organisation("startup", owner=owner), visibility="nobody")
    client = signed_in(stranger)
    assert client.get(url("profile_edit", seen)).status_code == 403
    assert client.post(step_url(seen, "you"), edit_form(seen)).status_code == 403
    for name in ("profile", "profile_edit", "profile_preview", "profile_translations", "claim"):
        assert client.get(url(name, hidden)).status_code == 404


def test_a_preview_shows_what_nobody_else_sees(owner: User) -> None:
    profile = factories.make_researcher(owner, visibility="nobody")
    html = signed_in(owner).get(url("profile_preview", profile, "en")).content.decode()
    assert "Nobody but you may see this page" in html


def test_a_new_profile_by_a_double_click_is_one(owner: User) -> None:
    form = {
        "form_key": KEY,
        "name": "Dueña Inventada",
        "language": "es",
        "organisation": "Doble Inventada",
        "state": "19",
        "summary": "Hacemos dos.",
        "sector": "54",
        "stage": "idea",
        "trl": "",
        **rows("offers"),
        **rows("seeks"),
        **rows("evidence"),
    }
    client = signed_in(owner)
    page = reverse("accounts:profile_new", args=["startup"])
    assert client.get(page).status_code == 200
    first, second = client.post(page, form), client.post(page, form)
    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"]
    profile = Profile.objects.get()
    assert profile.is_claimed
    assert profile.confirmed_at


def test_somebody_with_a_researcher_profile_is_led_to_it(owner: User) -> None:
    profile = factories.make_researcher(owner)
    response = signed_in(owner).get(reverse("accounts:profile_new", args=["researcher"]))
    assert response["Location"] == url("profile_edit", profile)


def test_translations_stand_beside_the_original(owner: User) -> None:
    profile = factories.make_researcher(owner, summary="Agua")
    item = factories.add_item(profile, text="Sensores")
    client = signed_in(owner)
    html = client.get(url("profile_translations", profile)).content.decode()
    assert "Agua" in html
    assert "Sensores" in html
    client.post(url("profile_translations", profile), {"summary": "Water", f"{item.pk}_text": "Sensors"})
    assert set(Translation.objects.values_list("field", "text")) == {
        ("summary", "Water"),
        ("text", "Sensors"),
    }


def test_a_form_sent_after_the_session_ended_is_kept_and_sent_again(owner: User) -> None:
    profile = factories.make_researcher(owner)
    client = Client()
    refused = client.post(step_url(profile, "you"), edit_form(profile, summary="Lo que no se pierde"))
    assert refused.status_code == 302
    client.force_login(owner, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = client.get(reverse("accounts:kept"))
    assert "Lo que no se pierde" in page.content.decode()
    post = KeptPost.objects.get()
    sent = client.post(post.path, {**dict(page.context["hidden"]), "_kept": "1"})
    assert sent.status_code == 302
    profile.refresh_from_db()
    assert profile.summary == "Lo que no se pierde"
    assert not KeptPost.objects.exists()


def test_what_no_database_can_hold_is_left_out_of_what_is_kept(owner: User) -> None:
    client = Client()
    client.post(reverse("accounts:preferences"), {"name": "Ada\x00", "x\x00": "y"})
    assert KeptPost.objects.get().data == {"name": ["Ada"], "x": ["y"]}


def test_what_is_kept_can_be_let_go_and_belongs_to_one_browser(owner: User, stranger: User) -> None:
    profile = factories.make_researcher(owner)
    client = Client()
    client.post(step_url(profile, "you"), edit_form(profile, summary="Secreto"))
    assert "Secreto" not in Client().get(reverse("accounts:kept")).content.decode()
    assert client.post(reverse("accounts:kept"), {"discard": "1"}).status_code == 302
    assert not KeptPost.objects.exists()


def test_an_expired_protection_token_says_that_nothing_is_lost() -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post("/en/join/startup/", {"summary": "Mucho texto"})
    assert response.status_code == 403
    assert "Nothing that you typed was lost" in response.content.decode()
    assert "Mucho texto" in client.get("/en/kept/").content.decode()


def test_the_owner_of_the_address_is_offered_the_imported_profile_and_decides(
    owner: User, stranger: User
) -> None:
    profile = factories.make_researcher(None, claim_email=owner.email)
    client = signed_in(owner)
    assert url("claim", profile) in client.get(reverse("accounts:home")).content.decode()
    assert client.get(url("claim", profile)).status_code == 200
    profile.refresh_from_db()
    assert not profile.is_claimed
    assert signed_in(stranger).get(url("claim", profile)).status_code == 404
    assert client.post(url("claim", profile))["Location"] == url("profile_edit", profile)
    profile.refresh_from_db()
    assert profile.person == owner.person


def test_an_owner_says_that_an_item_does_not_represent_them_and_takes_it_back(
    owner: User, stranger: User
) -> None:
    profile = factories.make_researcher(owner)
    item = factories.add_item(profile, text="Sensores de arsénico")
    page, use = url("profile", profile), url("item_use", profile)
    assert use.encode() in signed_in(owner).get(page).content
    answer = signed_in(owner).post(use, {"item": item.pk, "use": "0", "next": page})
    assert (answer.status_code, answer["Location"]) == (302, page)
    item.refresh_from_db()
    assert not item.represents
    assert b"badge--state-closed" in signed_in(owner).get(page).content
    others = signed_in(stranger).get(page).content
    assert "Sensores de arsénico".encode() in others  # it stays on the profile
    assert b"badge--state-closed" not in others
    assert use.encode() not in others
    signed_in(owner).post(use, {"item": item.pk, "use": "1"})
    item.refresh_from_db()
    assert item.represents


@pytest.mark.parametrize("item", ["", "x", "²", "999999", "-1"])
def test_items_that_are_not_on_the_profile_do_not_exist(owner: User, item: str) -> None:
    profile = factories.make_researcher(owner)
    assert signed_in(owner).post(url("item_use", profile), {"item": item, "use": "0"}).status_code == 404


def test_others_cannot_keep_an_item_out_and_no_link_can(owner: User, stranger: User) -> None:
    profile = factories.make_researcher(owner)
    item, other = factories.add_item(profile), factories.add_item(factories.make_researcher(stranger))
    use = url("item_use", profile)
    assert signed_in(stranger).post(use, {"item": item.pk, "use": "0"}).status_code == 403
    assert signed_in(owner).post(use, {"item": other.pk, "use": "0"}).status_code == 404
    assert signed_in(owner).get(use).status_code == 405
    assert signed_in(owner).post(use, {"item": item.pk, "use": "0", "next": "https://evil.example/"})[
        "Location"
    ] == url("profile", profile)
    assert ProfileItem.objects.filter(represents=False).get() == item
