"""What the floor below tells."""

import pytest

from accounts.actions import erase_person, save_organisation
from accounts.models import Profile, User
from hubs.models import Challenge, Programme
from tests import factories


@pytest.mark.django_db(transaction=True)
def test_an_erased_person_is_no_longer_the_contact_of_a_challenge(owner: User) -> None:
    theirs = factories.make_challenge(contact_name="Dueña Inventada", contact_email="Duena@example.org")
    another = factories.make_challenge(contact_name="Otra", contact_email="otra@example.org")
    erase_person(person=owner.person, by=owner)
    theirs.refresh_from_db()
    another.refresh_from_db()
    assert (theirs.contact_name, theirs.contact_email) == ("", "")
    assert another.contact_email == "otra@example.org"


@pytest.mark.django_db(transaction=True)
def test_what_an_erased_person_wrote_to_a_poster_is_gone_and_no_request_stays_open(owner: User) -> None:
    asked = factories.make_introduction(
        factories.make_challenge(),
        factories.make_researcher(owner),
        who="Vivo en Saltillo.",
        reason={"needs": [{"text": "Medir"}]},
    )
    erase_person(person=owner.person, by=owner)
    asked.refresh_from_db()
    assert (asked.who, asked.reason, asked.state, asked.slot) == ("", {}, "taken_back", None)


@pytest.mark.django_db
def test_an_organisation_is_found_by_its_new_name_wherever_it_stands(owner: User) -> None:
    organisation = factories.make_organisation(owner=owner, name="Aguas del Norte")
    shown = factories.make_challenge(organisation, needs=["Filtros de arcilla"])
    factories.make_challenge(organisation, poster_shown="kind")
    factories.make_programme(organisation)
    profile = factories.make_researcher(institution=organisation)
    before = shown.updated_at
    save_organisation(organisation=organisation, facts={"name": "Instituto Zarza"}, by=owner)
    assert list(Challenge.objects.search("zarza")) == [shown], "and not the one that hides its poster"
    assert list(Challenge.objects.search("arcilla")) == [shown]
    assert Programme.objects.search("zarza").exists()
    assert list(Profile.objects.search("zarza")) == [profile]
    assert not Challenge.objects.search("norte").exists()
    shown.refresh_from_db()
    assert shown.updated_at == before, "nobody changed a word of it"
