"""The four ways in: short forms, a code by mail, and no way to find out who is here."""

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import Consent, KeptPost, Letter, Membership, Organisation, Person, Profile, User
from tests import factories
from tests.conftest import signed_in

pytestmark = pytest.mark.django_db
KEY = "7f2c2b1e-5a51-4a7c-9a3f-0d2f5a1b9c11"


def rows(name: str, *texts: str, **more: Any) -> dict[str, Any]:
    data: dict[str, Any] = {f"{name}-TOTAL_FORMS": max(3, len(texts)), f"{name}-INITIAL_FORMS": 0}
    for number, text in enumerate(texts):
        data[f"{name}-{number}-text"] = text
    return {**data, **more}


def person(**more: Any) -> dict[str, Any]:
    return {
        "form_key": KEY,
        "name": "Nadia Inventada",
        "email": "nadia@example.org",
        "language": "es",
        "consent_account": "on",
        "consent_matching": "on",
        "consent_letters": "on",
        **more,
    }


def startup(**more: Any) -> dict[str, Any]:
    return {
        **person(),
        "organisation": "Sensores Inventados",
        "state": "19",
        "summary": "Hacemos sensores de arsénico.",
        "sector": "54",
        "stage": "pilot",
        "trl": "6",
        **rows("offers", "Sensores de campo"),
        **rows("seeks", "Un organismo que nos abra un pozo"),
        **rows("evidence"),
        **more,
    }


def researcher(**more: Any) -> dict[str, Any]:
    evidence = {
        "evidence-0-kind": "thesis",
        "evidence-0-title": "Arsénico en pozos",
        "evidence-0-year": "2021",
        "evidence-0-link": "https://example.org/tesis",
    }
    return {
        **person(),
        "institution_name": "Instituto Inventado",
        "field_1": "2.7",
        "field_2": "1.4",
        "summary": "Estudio el agua.",
        "orcid": "https://orcid.org/0000-0002-1825-0097",
        **rows("offers", "Medición de arsénico"),
        **rows("evidence"),
        **evidence,
        **more,
    }


def join(kind: str, data: dict[str, Any], client: Client | None = None) -> tuple[Client, Any]:
    client = client or Client()
    page = reverse("accounts:join_kind", args=[kind])
    client.get(page)
    return client, client.post(page, data)


def code() -> str:
    letter = Letter.objects.filter(kind="account").latest("pk")
    return str(letter.params["context"]["code"])


def confirm(client: Client) -> Any:
    return client.post(reverse("account_email_verification_sent"), {"code": code()})


@pytest.mark.parametrize("kind", Profile.Kind.values)
def test_each_way_in_opens_without_a_script(kind: str) -> None:
    page = Client().get(reverse("accounts:join_kind", args=[kind]))
    assert page.status_code == 200
    html = page.content.decode()
    assert 'name="summary"' in html
    assert "style=" not in html


def test_join_names_the_four_ways() -> None:
    html = Client().get(reverse("accounts:join")).content.decode()
    for kind in Profile.Kind.values:
        assert reverse("accounts:join_kind", args=[kind]) in html


def test_a_startup_is_asked_nothing_of_a_researcher() -> None:
    html = Client().get(reverse("accounts:join_kind", args=["startup"])).content.decode()
    assert 'name="stage"' in html
    assert 'name="orcid"' not in html
    assert 'name="government_level"' not in html


def test_a_way_in_that_does_not_exist_is_not_found() -> None:
    assert Client().get(reverse("accounts:join_kind", args=["pirate"])).status_code == 404


def test_what_was_written_stays_unseen_until_the_code_has_proved_the_address() -> None:
    client, response = join("startup", startup())
    assert response.status_code == 302
    assert response["Location"] == reverse("account_email_verification_sent")
    profile = Profile.objects.get()
    assert profile.confirmed_at is None
    assert Client().get(profile.get_absolute_url()).status_code == 404
    assert Client().get(Organisation.objects.get().get_absolute_url()).status_code == 404
    assert confirm(client).status_code == 302
    profile.refresh_from_db()
    assert profile.confirmed_at
    assert profile.is_claimed
    assert Client().get(profile.get_absolute_url()).status_code == 200
    assert client.get(reverse("accounts:home")).status_code == 200


def test_a_startup_is_founded_with_its_facts_and_items() -> None:
    join("startup", startup())
    profile = Profile.objects.get()
    assert (profile.kind, profile.state, profile.stage, profile.trl, profile.sector) == (
        "startup",
        "19",
        "pilot",
        6,
        "54",
    )
    assert profile.name == "Sensores Inventados"
    assert [(item.role, item.text, item.language) for item in profile.items.all()] == [
        ("offer", "Sensores de campo", "es"),
        ("seek", "Un organismo que nos abra un pozo", "es"),
    ]
    member = Membership.objects.get()
    assert (member.role, member.person.name, member.receives_letters) == ("owner", "Nadia Inventada", True)


def test_a_researcher_gives_evidence_with_year_and_link_and_an_orcid_in_any_form() -> None:
    join("researcher", researcher())
    profile = Profile.objects.get()
    assert profile.orcid == "0000-0002-1825-0097"
    assert profile.fields == ["2.7", "1.4"]
    thesis = profile.items.get(role="evidence")
    assert (thesis.kind, thesis.title, thesis.year, thesis.link) == (
        "thesis",
        "Arsénico en pozos",
        2021,
        "https://example.org/tesis",
    )


def test_a_known_institution_is_linked_whatever_its_accents() -> None:
    here = factories.make_organisation("academia", name="Instituto Ínventado")
    join("researcher", researcher(institution_name="INSTITUTO INVENTADO"))
    assert Profile.objects.get().institution == here


def test_an_agency_tells_its_level_and_a_municipal_one_its_state() -> None:
    agency = {
        **person(),
        "organisation": "Agua de Inventa",
        "government_level": "municipal",
        "municipality": "Inventa",
        "summary": "Damos agua.",
        **rows("offers", "Bitácoras de 40 pozos"),
    }
    _client, refused = join("agency", agency)
    assert refused.status_code == 200
    assert not Profile.objects.exists()
    join("agency", {**agency, "state": "32"})
    profile = Profile.objects.get()
    assert (profile.kind, profile.government_level, profile.state) == ("agency", "municipal", "32")
    assert Organisation.objects.get().kind == "government"


def test_a_company_tells_sector_and_size() -> None:
    company = {
        **person(),
        "organisation": "Bombas Inventadas",
        "size": "large",
        "sector": "31-33",
        "summary": "Hacemos bombas.",
        **rows("offers"),
        **rows("seeks", "Bombear con sol"),
        **rows("evidence"),
    }
    _client, response = join("company", company)
    assert response.status_code == 302, response.context["sheet"].non_field_errors()
    assert Profile.objects.get().size == "large"


def test_each_purpose_has_its_consent_with_the_version_and_a_keyed_hash() -> None:
    form = startup()
    del form["consent_matching"], form["consent_letters"]
    join("startup", form)
    consents = {row.purpose: row for row in Consent.objects.all()}
    assert {purpose: row.granted for purpose, row in consents.items()} == {
        "account": True,
        "matching": False,
        "letters": False,
    }
    row = consents["account"]
    assert row.notice_version
    assert re.fullmatch("[0-9a-f]{64}", row.ip_hash)
    assert Profile.objects.get().match_automatically is False
    assert row.person.letter_preferences.get(family="matches").cadence == "never"


def test_the_account_needs_its_consent() -> None:
    form = startup()
    del form["consent_account"]
    _client, response = join("startup", form)
    assert response.status_code == 200
    assert not User.objects.exists()


def test_a_taken_address_looks_exactly_like_a_new_one_and_nothing_is_stored() -> None:
    client, new = join("startup", startup())
    known = factories.make_user("conocida@example.org")
    before = Profile.objects.count()
    other, taken = join(
        "startup", startup(email=known.email, form_key="7f2c2b1e-5a51-4a7c-9a3f-0d2f5a1b9c12")
    )
    assert (new.status_code, new["Location"]) == (taken.status_code, taken["Location"])
    assert set(new.cookies) == set(taken.cookies)
    pages = [one.get(new["Location"]).content.decode() for one in (client, other)]
    clean = [re.sub(r'nadia@|conocida@|value="[^"]{64}"', "", page) for page in pages]
    assert clean[0] == clean[1]
    assert Profile.objects.count() == before
    assert Organisation.objects.count() == 1
    assert Letter.objects.latest("pk").address == known.email


def test_what_somebody_with_an_account_typed_waits_for_them_after_sign_in() -> None:
    known = factories.make_user("conocida@example.org", name="Conocida Inventada")
    client, _response = join("startup", startup(email=known.email))
    client.force_login(known, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = client.get(reverse("accounts:kept"))
    assert "Sensores Inventados" in page.content.decode()
    post = KeptPost.objects.latest("pk")
    assert post.path == reverse("accounts:profile_new", args=["startup"])
    hidden = dict(page.context["hidden"])
    sent = client.post(post.path, {**hidden, "_kept": "1"})
    assert sent.status_code == 302
    assert Profile.objects.get().name == "Sensores Inventados"
    assert not KeptPost.objects.exists()


def test_once_the_code_is_right_nothing_is_kept_any_more() -> None:
    client, _response = join("startup", startup())
    assert KeptPost.objects.exists()
    confirm(client)
    assert not KeptPost.objects.exists()


def test_a_double_click_makes_one_profile_and_its_code_works() -> None:
    client, first = join("startup", startup())
    again = client.post(reverse("accounts:join_kind", args=["startup"]), startup())
    assert again["Location"] == first["Location"]
    assert Profile.objects.count() == User.objects.count() == Person.objects.count() == 1
    confirm(client)
    assert Profile.objects.get().confirmed_at


def test_an_unfinished_sign_up_does_not_hold_the_address() -> None:
    join("startup", startup())
    form = startup(form_key="7f2c2b1e-5a51-4a7c-9a3f-0d2f5a1b9c13", organisation="Segunda Inventada")
    from django.core.cache import cache

    cache.clear()  # the limit on letters to one address
    client, _response = join("startup", form)
    assert [one.name for one in Organisation.objects.all()] == ["Segunda Inventada"]
    assert User.objects.count() == Person.objects.count() == 1
    confirm(client)
    assert Profile.objects.get().confirmed_at


def test_words_put_under_an_address_by_another_browser_wait_for_its_owner() -> None:
    """Somebody signs up with the address of somebody else, who then signs in by a code."""
    join("startup", startup(organisation="Mentira Inventada"))
    user = User.objects.get()
    from allauth.account.models import EmailAddress

    EmailAddress.objects.filter(user=user).update(verified=True)
    client = signed_in(user)
    page = client.get(reverse("accounts:home")).content.decode()
    assert 'name="publish"' in page
    assert Profile.objects.get().confirmed_at is None
    client.post(reverse("accounts:home"), {"discard": "1"})
    assert not Profile.objects.exists()
    assert not Organisation.objects.exists()


def test_more_rows_come_without_a_script_and_nothing_typed_is_lost_or_judged() -> None:
    form = startup(more="offers", email="")
    _client, response = join("startup", form)
    html = response.content.decode()
    assert 'name="offers-5-text"' in html
    assert "Sensores de campo" in html
    assert "error-summary" not in html
    assert not User.objects.exists()


def test_errors_are_named_at_the_top_and_the_typed_text_stays() -> None:
    _client, response = join("researcher", researcher(orcid="0000-0002-1825-0098"))
    html = response.content.decode()
    assert "error-summary" in html
    assert "0000-0002-1825-0098" in html
    assert "Medición de arsénico" in html


def test_someone_signed_in_is_taken_to_the_shorter_form(owner: User) -> None:
    response = signed_in(owner).get(reverse("accounts:join_kind", args=["startup"]))
    assert response["Location"] == reverse("accounts:profile_new", args=["startup"])


def test_allauths_own_sign_up_leads_to_the_four_ways() -> None:
    assert Client().get("/en/account/signup/")["Location"] == "/en/join/"
    assert mail.outbox == []
