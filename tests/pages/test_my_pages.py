"""One's own pages: home, preferences, data, leaving, organisations and their invitations."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts import actions
from accounts.models import (
    Consent,
    Invitation,
    LetterPreference,
    Membership,
    Organisation,
    Person,
    Profile,
    User,
)
from tests import factories
from tests.conftest import signed_in

pytestmark = pytest.mark.django_db


def page(name: str, organisation: Organisation) -> str:
    return reverse(f"accounts:{name}", args=[organisation.public_id])


def preferences(**more: Any) -> dict[str, Any]:
    return {
        "name": "Dueña Inventada",
        "language": "es",
        "time_zone": "America/Mexico_City",
        "cadence_matches": "weekly",
        "cadence_challenges": "at_once",
        "cadence_contacts": "at_once",
        "cadence_programmes": "weekly",
        **more,
    }


def test_home_shows_what_one_has_and_nothing_of_others(owner: User, stranger: User) -> None:
    factories.make_researcher(owner)
    startup = factories.make_organisation("startup", owner=owner)
    factories.make_profile(startup)
    html = signed_in(owner).get(reverse("accounts:home")).content.decode()
    assert startup.name in html
    assert owner.person.name in html
    assert startup.name not in signed_in(stranger).get(reverse("accounts:home")).content.decode()


def test_home_needs_a_sign_in() -> None:
    assert Client().get(reverse("accounts:home")).status_code == 302


def test_home_asks_the_database_no_more_for_three_organisations_than_for_one(
    owner: User, django_assert_num_queries: Any
) -> None:
    client = signed_in(owner)
    factories.make_profile(factories.make_organisation("startup", owner=owner))
    client.get(reverse("accounts:home"))
    with CaptureQueriesContext(connection) as first:
        client.get(reverse("accounts:home"))
    for _number in range(2):
        factories.make_profile(factories.make_organisation("company", owner=owner))
    with django_assert_num_queries(len(first)):
        client.get(reverse("accounts:home"))


def test_preferences_are_saved_and_the_page_speaks_the_new_language(owner: User) -> None:
    profile = factories.make_researcher(owner)
    client = signed_in(owner)
    assert client.get(reverse("accounts:preferences")).status_code == 200
    response = client.post(
        reverse("accounts:preferences"),
        preferences(
            language="en", time_zone="America/Tijuana", cadence_matches="daily", name="Otra Inventada"
        ),
    )
    assert response["Location"] == "/en/my/preferences/"
    owner.refresh_from_db()
    profile.refresh_from_db()
    assert (owner.language, owner.time_zone) == ("en", "America/Tijuana")
    assert LetterPreference.objects.get(family="matches").cadence == "daily"
    assert Person.objects.get(user=owner).name == "Otra Inventada"
    assert profile.match_automatically is False  # its box was empty


def test_each_family_of_letters_has_its_own_rhythm(owner: User) -> None:
    client = signed_in(owner)
    html = client.get(reverse("accounts:preferences")).content.decode()
    assert "cadence_account" not in html  # codes to sign in cannot be stopped
    client.post(
        reverse("accounts:preferences"), preferences(cadence_contacts="daily", cadence_programmes="never")
    )
    assert dict(LetterPreference.objects.values_list("family", "cadence")) == {
        "matches": "weekly",
        "challenges": "at_once",
        "contacts": "daily",
        "programmes": "never",
    }
    assert not Consent.objects.exists()  # nothing about matches changed


def test_the_data_download_is_a_file_of_ones_own(owner: User, stranger: User) -> None:
    factories.make_researcher(owner)
    factories.make_researcher(stranger)
    response = signed_in(owner).get(reverse("accounts:data"))
    assert "attachment" in response["Content-Disposition"]
    data = json.loads(response.content)
    assert data["account"]["email"] == owner.email
    assert stranger.person.name not in response.content.decode()


def test_erasing_asks_who_takes_over_and_signs_out(owner: User, teammate: User) -> None:
    startup = factories.make_organisation("startup", owner=owner, member=teammate)
    client = signed_in(owner)
    erase = reverse("accounts:erase")
    assert startup.name in client.get(erase).content.decode()
    assert client.post(erase, {}).status_code == 200
    heir = Membership.objects.get(person=teammate.person)
    client.post(erase, {"sure": "on", f"heir_{startup.public_id}": heir.pk})
    assert not User.objects.filter(pk=owner.pk).exists()
    assert list(startup.owners()) == [teammate.person]
    assert client.get(reverse("accounts:home")).status_code == 302


def test_the_privacy_notice_is_read_without_an_account() -> None:
    html = Client().get("/en/privacy/").content.decode()
    assert "<h1>" in html
    assert "Privacy notice" in html


# --- Organisations ------------------------------------------------------------------------------------
def test_an_organisation_page_names_its_people_to_members_only(owner: User, stranger: User) -> None:
    startup = factories.make_organisation("startup", owner=owner)
    factories.make_profile(startup)
    public = Client().get(startup.get_absolute_url()).content.decode()
    assert startup.name in public
    assert owner.person.name not in public
    assert owner.email not in public
    html = signed_in(stranger).get(startup.get_absolute_url()).content.decode()
    assert owner.person.name in html
    assert owner.email not in html


def test_a_nameless_member_is_not_shown_by_an_address(owner: User, stranger: User) -> None:
    startup = factories.make_organisation("startup", owner=owner)
    Person.objects.update(name="")
    assert owner.email not in signed_in(stranger).get(startup.get_absolute_url()).content.decode()


def test_an_unconfirmed_organisation_is_not_there_for_others(stranger: User) -> None:
    startup = factories.make_organisation("startup")
    Organisation.objects.update(confirmed_at=None)
    assert signed_in(stranger).get(startup.get_absolute_url()).status_code == 404


def test_an_owner_changes_the_organisation_and_a_member_does_not(owner: User, teammate: User) -> None:
    startup = factories.make_organisation("startup", owner=owner, member=teammate)
    form = {"name": "Nuevo Nombre", "state": "14", "size": "micro", "ror": "https://ror.org/01tmp8f25"}
    assert signed_in(teammate).post(page("organisation_edit", startup), form).status_code == 403
    client = signed_in(owner)
    assert client.get(page("organisation_edit", startup)).status_code == 200
    assert client.post(page("organisation_edit", startup), form).status_code == 302
    startup.refresh_from_db()
    assert (startup.name, startup.ror) == ("Nuevo Nombre", "01tmp8f25")


@pytest.mark.parametrize(("field", "value"), [("ror", "01tmp8f26"), ("rfc", "ABC010101XXX"), ("state", "77")])
def test_a_wrong_identifier_is_named_beside_its_field(owner: User, field: str, value: str) -> None:
    startup = factories.make_organisation("startup", owner=owner)
    form = {"name": "N", "state": "14", field: value}
    response = signed_in(owner).post(page("organisation_edit", startup), form)
    assert response.status_code == 200
    assert field in response.context["form"].errors


def test_people_are_seen_by_members_and_changed_by_owners(
    owner: User, teammate: User, stranger: User
) -> None:
    startup = factories.make_organisation("startup", owner=owner, member=teammate)
    people = page("organisation_people", startup)
    assert signed_in(stranger).get(people).status_code == 404
    assert signed_in(teammate).get(people).status_code == 200
    row = Membership.objects.get(person=teammate.person)
    change = {"member": row.pk, "role": "member", "receives_letters": "on"}
    assert signed_in(teammate).post(people, change).status_code == 403
    signed_in(owner).post(people, change)
    row.refresh_from_db()
    assert row.receives_letters
    assert signed_in(teammate).post(people, {"member": row.pk, "remove": "1"})["Location"] == reverse(
        "accounts:home"
    )
    assert not Membership.objects.filter(pk=row.pk).exists()


def test_the_last_owner_is_told_why_leaving_is_refused(owner: User) -> None:
    startup = factories.make_organisation("startup", owner=owner)
    row = Membership.objects.get()
    response = signed_in(owner).post(
        page("organisation_people", startup), {"member": row.pk, "remove": "1"}, follow=True
    )
    assert Membership.objects.exists()
    assert list(response.context["messages"])


def test_an_invitation_is_accepted_by_post_only_and_once(owner: User, teammate: User, stranger: User) -> None:
    startup = factories.make_organisation("startup", owner=owner)
    client = signed_in(owner)
    html = client.post(page("organisation_invite", startup), {"email": "", "role": "member"}).content.decode()
    assert Invitation.objects.count() == 1
    link = "/i/" + html.split("/i/")[1].split("<")[0]
    assert Client().get(link).status_code == 200
    guest = signed_in(teammate)
    guest.get(link)
    assert not Membership.objects.filter(person=teammate.person).exists()
    assert guest.post(link)["Location"].endswith(f"/organisations/{startup.public_id}/")
    assert Membership.objects.get(person=teammate.person).role == "member"
    assert signed_in(stranger).get(link).status_code == 410
    assert signed_in(stranger).post(link).status_code == 410
    assert not Membership.objects.filter(person=stranger.person).exists()


def test_a_link_that_never_was_is_not_found() -> None:
    assert Client().get("/i/nothing/").status_code == 404


def test_somebody_new_joins_by_invitation_with_name_and_address_only(owner: User) -> None:
    from tests.pages.test_join import KEY, confirm

    startup = factories.make_organisation("startup", owner=owner)
    link = "/i/" + actions.invite(organisation=startup, by=owner).split("/i/")[1]
    client = Client()
    assert reverse("accounts:join_invited") in client.get(link).content.decode()
    joining = f"{reverse('accounts:join_invited')}?next={link}"
    client.get(joining)
    client.post(
        joining,
        {
            "form_key": KEY,
            "name": "Nueva Inventada",
            "email": "nueva@example.org",
            "consent_account": "on",
            "next": link,
        },
    )
    assert confirm(client)["Location"] == link
    assert client.post(link).status_code == 302
    assert Membership.objects.get(person__name="Nueva Inventada").organisation == startup


def test_an_invitation_can_be_withdrawn(owner: User) -> None:
    startup = factories.make_organisation("startup", owner=owner)
    link = "/i/" + actions.invite(organisation=startup, by=owner).split("/i/")[1]
    people = page("organisation_people", startup)
    signed_in(owner).post(people, {"withdraw": Invitation.objects.get().pk})
    assert Client().get(link).status_code == 410


def test_a_claim_link_shows_the_profile_and_gives_it_on_post(owner: User) -> None:
    profile = factories.make_researcher(None)
    operator = factories.make_user(is_staff=True)
    link = "/i/" + actions.new_claim_link(profile=profile, by=operator).split("/i/")[1]
    client = signed_in(owner)
    assert profile.name in client.get(link).content.decode()
    assert Profile.objects.get().claimed_at is None
    client.post(link)
    assert Profile.objects.get().person == owner.person


def test_operators_look_everybody_up_and_make_claim_links(owner: User) -> None:
    profile = factories.make_researcher(None)
    factories.make_organisation("startup", owner=owner)
    operator = factories.make_user(is_staff=True, is_superuser=True)
    client = signed_in(operator)
    for model in ("user", "person", "organisation", "profile", "invitation", "letter"):
        assert client.get(reverse(f"admin:accounts_{model}_changelist")).status_code == 200
    for model, pk in (("user", owner.pk), ("person", owner.person.pk), ("profile", profile.pk)):
        assert client.get(reverse(f"admin:accounts_{model}_change", args=[pk])).status_code == 200
    listed = reverse("admin:accounts_profile_changelist")
    response = client.post(
        listed, {"action": "make_claim_links", "_selected_action": [profile.pk]}, follow=True
    )
    assert "/i/" in response.content.decode()
    assert Invitation.objects.get().expires_at > timezone.now()


@pytest.mark.parametrize("number", ["²", "9" * 5000, "-1", ""])
def test_a_member_that_is_no_number_is_not_there(owner: User, number: str) -> None:
    startup = factories.make_organisation("startup", owner=owner)
    url = reverse("accounts:organisation_people", args=[startup.public_id])
    assert signed_in(owner).post(url, {"member": number}).status_code == 404
