"""Writes of accounts: who may, what is refused, and what everybody else is told."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts import actions, queries
from accounts.actions.organisations import OPEN_INVITATIONS
from accounts.models import (
    Consent,
    Invitation,
    Letter,
    LetterPreference,
    Membership,
    Organisation,
    Person,
    Profile,
    ProfileItem,
    Translation,
    User,
)
from accounts.signals import person_erased, profile_changed, profile_removed
from accounts.tokens import hash_token
from hubs.models import Introduction
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(django_capture_on_commit_callbacks: Any) -> Any:
    """What was said after commit, as (signal, id)."""
    heard: list[tuple[str, int]] = []

    def changed(profile_id: int, **_: Any) -> None:
        heard.append(("changed", profile_id))

    def removed(profile_id: int, **_: Any) -> None:
        heard.append(("removed", profile_id))

    def erased(person_id: int, **_: Any) -> None:
        heard.append(("erased", person_id))

    profile_changed.connect(changed)
    profile_removed.connect(removed)
    person_erased.connect(erased)

    def run(action: Any, **kwargs: Any) -> Any:
        with django_capture_on_commit_callbacks(execute=True):
            return action(**kwargs), heard

    yield run
    profile_changed.disconnect(changed)
    profile_removed.disconnect(removed)
    person_erased.disconnect(erased)


def test_saving_a_profile_tells_the_floors_above(owner: User, told: Any) -> None:
    profile = factories.make_researcher(owner)
    _saved, heard = told(actions.save_profile, profile=profile, by=owner, facts={"summary": "Nuevo."})
    assert heard == [("changed", profile.pk)]


def test_only_the_owner_writes_a_profile(owner: User, stranger: User) -> None:
    profile = factories.make_researcher(owner)
    with pytest.raises(PermissionDenied):
        actions.save_profile(profile=profile, by=stranger, facts={"summary": "Mío."})


def test_a_member_of_an_organisation_does_not_write_its_profile(owner: User, teammate: User) -> None:
    profile = factories.make_profile(factories.make_organisation("startup", owner=owner, member=teammate))
    with pytest.raises(PermissionDenied):
        actions.set_visibility(profile=profile, visibility="nobody", by=teammate)
    actions.set_visibility(profile=profile, visibility="nobody", by=owner)


def test_items_that_are_named_keep_their_row_and_the_rest_goes(owner: User) -> None:
    profile = factories.make_researcher(owner)
    kept, _gone = factories.add_item(profile), factories.add_item(profile, text="Otra")
    actions.save_profile(
        profile=profile,
        by=owner,
        items=[
            {"role": "offer", "text": "Nueva", "language": "en"},
            {"pk": kept.pk, "role": "offer", "text": "Cambiada", "language": "es"},
        ],
    )
    assert [(item.text, item.position) for item in profile.items.all()] == [("Nueva", 0), ("Cambiada", 1)]
    assert profile.items.get(text="Cambiada").pk == kept.pk


def test_an_item_of_somebody_else_cannot_be_taken(owner: User, stranger: User) -> None:
    theirs = factories.add_item(factories.make_researcher(stranger), text="Suya")
    profile = factories.make_researcher(owner)
    actions.save_profile(
        profile=profile, by=owner, items=[{"pk": theirs.pk, "role": "offer", "text": "Mía", "language": "es"}]
    )
    theirs.refresh_from_db()
    assert theirs.text == "Suya"


@pytest.mark.parametrize(
    "facts",
    [{"state": "99"}, {"fields": ["9.9"]}, {"orcid": "0000-0002-1825-0098"}, {"trl": 12}, {"language": "fr"}],
)
def test_a_fact_that_no_table_knows_is_refused(owner: User, facts: dict[str, Any]) -> None:
    profile = factories.make_researcher(owner)
    with pytest.raises(ValidationError):
        actions.save_profile(profile=profile, by=owner, facts=facts)


def test_opposing_automatic_matching_is_recorded_as_a_consent_withdrawn(owner: User) -> None:
    profile = factories.make_researcher(owner)
    actions.set_matching(profile=profile, on=False, by=owner)
    row = Consent.objects.get(person=owner.person)
    assert (row.purpose, row.granted) == ("matching", False)
    assert not Profile.objects.matchable().exists()


def test_a_profile_of_an_organisation_of_another_kind_is_refused(owner: User) -> None:
    company = factories.make_organisation("company", owner=owner)
    with pytest.raises(ValidationError):
        actions.create_profile(kind="startup", by=owner, facts={}, organisation=company)


def test_nobody_founds_a_profile_for_an_organisation_of_others(owner: User, stranger: User) -> None:
    startup = factories.make_organisation("startup", owner=owner)
    with pytest.raises(PermissionDenied):
        actions.create_profile(kind="startup", by=stranger, facts={}, organisation=startup)


# --- Organisations ------------------------------------------------------------------------------------
def token_of(link: str) -> Invitation:
    return Invitation.objects.get(token_hash=hash_token(link.rstrip("/").rsplit("/", 1)[1]))


def test_an_invitation_works_once(owner: User, teammate: User, stranger: User) -> None:
    startup = factories.make_organisation("startup", owner=owner)
    invitation = token_of(actions.invite(organisation=startup, by=owner))
    actions.accept_invitation(invitation=invitation, by=teammate)
    assert Membership.objects.get(person=teammate.person).role == "member"
    with pytest.raises(ValidationError):
        actions.accept_invitation(invitation=invitation, by=stranger)


def test_joining_and_leaving_is_told_for_what_is_ones_own_has_changed(
    owner: User, teammate: User, told: Any
) -> None:
    agency, profile = factories.make_organisation(owner=owner), factories.make_researcher(teammate)
    invitation = token_of(actions.invite(organisation=agency, by=owner))
    membership, heard = told(actions.accept_invitation, invitation=invitation, by=teammate)
    assert heard == [("changed", profile.pk)]
    told(actions.remove_member, membership=membership, by=owner)
    assert heard == [("changed", profile.pk)] * 2


def test_an_invitation_lapses_after_31_days(owner: User, teammate: User) -> None:
    startup = factories.make_organisation("startup", owner=owner)
    invitation = token_of(actions.invite(organisation=startup, by=owner))
    assert timedelta(days=30) < invitation.expires_at - timezone.now() <= timedelta(days=31)
    Invitation.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    with pytest.raises(ValidationError):
        actions.accept_invitation(invitation=invitation, by=teammate)


def test_an_invitation_by_mail_is_a_letter_that_makes_its_secret_when_it_is_sent(owner: User) -> None:
    startup = factories.make_organisation("startup", owner=owner)
    assert actions.invite(organisation=startup, by=owner, email="Nueva@Example.org") == ""
    letter = Letter.objects.get(kind="invitation")
    assert letter.address == "nueva@example.org"
    assert letter.params == {"invitation_id": Invitation.objects.get().pk}


def test_two_clicks_send_one_invitation_and_nobodys_mailbox_is_filled(owner: User) -> None:
    startup = factories.make_organisation("startup", owner=owner)
    for _click in range(2):
        assert actions.invite(organisation=startup, by=owner, email="Nueva@Example.org") == ""
    assert (Invitation.objects.count(), Letter.objects.filter(kind="invitation").count()) == (1, 1)
    for _again in range(OPEN_INVITATIONS - 1):
        actions.withdraw_invitation(invitation=Invitation.objects.latest("pk"), by=owner)
        actions.invite(organisation=startup, by=owner, email="nueva@example.org")
    actions.withdraw_invitation(invitation=Invitation.objects.latest("pk"), by=owner)
    with pytest.raises(ValidationError):
        actions.invite(organisation=startup, by=owner, email="nueva@example.org")


def test_only_owners_invite(owner: User, teammate: User) -> None:
    startup = factories.make_organisation("startup", owner=owner, member=teammate)
    with pytest.raises(PermissionDenied):
        actions.invite(organisation=startup, by=teammate)


def test_the_last_owner_neither_leaves_nor_steps_down(owner: User, teammate: User) -> None:
    startup = factories.make_organisation("startup", owner=owner, member=teammate)
    last = Membership.objects.get(person=owner.person)
    with pytest.raises(ValidationError):
        actions.remove_member(membership=last, by=owner)
    with pytest.raises(ValidationError):
        actions.set_member(membership=last, by=owner, role="member", receives_letters=False)
    other = Membership.objects.get(person=teammate.person)
    actions.set_member(membership=other, by=owner, role="owner", receives_letters=True)
    actions.remove_member(membership=last, by=owner)
    assert list(startup.owners()) == [teammate.person]


def test_a_member_may_leave_and_may_remove_nobody_else(owner: User, teammate: User) -> None:
    factories.make_organisation("startup", owner=owner, member=teammate)
    with pytest.raises(PermissionDenied):
        actions.remove_member(membership=Membership.objects.get(person=owner.person), by=teammate)
    actions.remove_member(membership=Membership.objects.get(person=teammate.person), by=teammate)


def test_letters_go_to_owners_and_to_whom_they_name(owner: User, teammate: User) -> None:
    startup = factories.make_organisation("startup", owner=owner, member=teammate)
    assert set(startup.letter_readers()) == {owner.person}
    member = Membership.objects.get(person=teammate.person)
    actions.set_member(membership=member, by=owner, role="member", receives_letters=True)
    assert set(startup.letter_readers()) == {owner.person, teammate.person}


def test_what_an_owner_changes_of_the_organisation_reaches_its_profile(owner: User, told: Any) -> None:
    startup = factories.make_organisation("startup", owner=owner)
    profile = factories.make_profile(startup)
    _saved, heard = told(
        actions.save_organisation,
        organisation=startup,
        by=owner,
        facts={"name": "Otro Nombre", "state": "14"},
    )
    profile.refresh_from_db()
    assert profile.state == "14"
    assert profile in Profile.objects.search("otro nombre")
    assert ("changed", profile.pk) in heard


def test_an_unclaimed_profile_is_not_written_to_through_its_organisation(owner: User) -> None:
    startup = factories.make_organisation("startup", owner=owner)
    profile = factories.make_profile(startup, claimed_at=None, state="19")
    actions.save_organisation(organisation=startup, by=owner, facts={"state": "14"})
    profile.refresh_from_db()
    assert profile.state == "19"


# --- Claims -------------------------------------------------------------------------------------------
def imported(email: str = "duena@example.org", **fields: Any) -> Profile:
    profile = factories.make_researcher(None, claim_email=email, import_key="k1", **fields)
    factories.add_item(profile, text="Importada")
    return profile


def test_the_owner_of_the_verified_address_claims_a_profile(owner: User, told: Any) -> None:
    profile = imported()
    stand_in = profile.person_id or 0
    mine, heard = told(actions.claim_profile, profile=profile, by=owner)
    assert mine.person == owner.person
    assert mine.is_claimed
    assert mine.claim_email == ""
    assert not Person.objects.filter(pk=stand_in).exists()
    assert ("changed", mine.pk) in heard
    assert Profile.objects.editable_by(owner).get() == mine


def test_another_address_claims_nothing(stranger: User) -> None:
    profile = imported()
    with pytest.raises(PermissionDenied):
        actions.claim_profile(profile=profile, by=stranger)
    assert list(queries.claimable(stranger)) == []


def test_an_unverified_address_claims_nothing() -> None:
    user = factories.make_user("duena@example.org", verified=False)
    with pytest.raises(PermissionDenied):
        actions.claim_profile(profile=imported(), by=user)


def test_an_unclaimed_profile_cannot_be_edited_even_by_whom_it_will_belong_to(owner: User) -> None:
    profile = imported()
    with pytest.raises(PermissionDenied):
        actions.save_profile(profile=profile, by=owner, facts={"summary": "Mío."})


def test_somebody_with_a_profile_takes_the_imported_items_into_it(owner: User, told: Any) -> None:
    own = factories.make_researcher(owner, summary="Mía")
    factories.add_item(own, text="Propia")
    profile = imported()
    gone = profile.pk
    mine, heard = told(actions.claim_profile, profile=profile, by=owner)
    assert mine == own
    assert [item.text for item in mine.items.all()] == ["Propia", "Importada"]
    assert Profile.objects.get() == own
    assert ("removed", gone) in heard
    own.refresh_from_db()
    assert own.import_key == "k1"


def test_a_claim_link_works_once_and_only_operators_make_it(owner: User, stranger: User) -> None:
    profile = imported(email="")
    with pytest.raises(PermissionDenied):
        actions.new_claim_link(profile=profile, by=owner)
    operator = factories.make_user(is_staff=True)
    first = token_of(actions.new_claim_link(profile=profile, by=operator))
    second = token_of(actions.new_claim_link(profile=profile, by=operator))
    actions.claim_profile(profile=profile, by=owner, invitation=first)
    with pytest.raises(ValidationError):
        actions.claim_profile(profile=profile, by=stranger, invitation=second)


def test_a_link_to_one_profile_claims_no_other(owner: User) -> None:
    operator = factories.make_user(is_staff=True)
    link = token_of(actions.new_claim_link(profile=imported(email=""), by=operator))
    with pytest.raises(PermissionDenied):
        actions.claim_profile(profile=factories.make_researcher(None), by=owner, invitation=link)


def test_who_claims_an_organisation_becomes_its_owner(owner: User, stranger: User) -> None:
    startup = factories.make_organisation("startup")
    profile = factories.make_profile(startup, claimed_at=None, claim_email=owner.email)
    actions.claim_profile(profile=profile, by=owner)
    assert list(startup.owners()) == [owner.person]


def test_an_organisation_with_owners_is_not_taken_by_a_claim(owner: User, stranger: User) -> None:
    startup = factories.make_organisation("startup", owner=owner)
    profile = factories.make_profile(startup, claimed_at=None, claim_email=stranger.email)
    with pytest.raises(ValidationError):
        actions.claim_profile(profile=profile, by=stranger)


# --- Leaving ------------------------------------------------------------------------------------------
def test_erasing_takes_the_name_and_leaves_what_others_have(owner: User, told: Any) -> None:
    profile = factories.make_researcher(owner, orcid="0000-0002-1825-0097")
    factories.add_item(profile)
    challenge = factories.make_challenge()
    introduction = Introduction.objects.create(
        challenge=challenge, profile=profile, asked_by=owner.person, state="accepted"
    )
    actions.record_consents(person=owner.person, choices={"account": True}, ip="10.0.0.1")
    person = owner.person
    _nothing, heard = told(actions.erase_person, person=person, by=owner)
    person.refresh_from_db()
    assert (person.name, person.user, person.erased_at is None) == ("", None, False)
    assert not User.objects.filter(email="duena@example.org").exists()
    introduction.refresh_from_db()
    assert introduction.asked_by == person
    shell = Profile.objects.get()
    assert (shell.summary, shell.orcid, shell.visibility, shell.confirmed_at) == ("", "", "nobody", None)
    assert "duena" not in shell.search_text
    assert not ProfileItem.objects.exists()
    assert Consent.objects.get().ip_hash == ""
    assert ("erased", person.pk) in heard
    assert ("changed", shell.pk) in heard


def test_the_same_person_may_come_back_as_somebody_new(owner: User) -> None:
    factories.make_researcher(owner)
    actions.erase_person(person=owner.person, by=owner)
    again = factories.make_user("duena@example.org", name="Dueña Inventada")
    actions.create_profile(kind="researcher", by=again, facts={"summary": "Otra vez."})


def test_erased_people_get_no_letter_that_still_waits(owner: User) -> None:
    Letter.objects.create(
        kind="match", family="matches", person=owner.person, language="es", message_id="a@b"
    )
    Letter.objects.create(
        kind="account",
        family="account",
        address=owner.email,
        language="es",
        message_id="b@b",
        params={"code": "1"},
    )
    actions.erase_person(person=owner.person, by=owner)
    assert set(Letter.objects.values_list("state", "address")) == {("dropped", "")}


def test_the_last_owner_hands_over_or_the_profile_is_hidden(owner: User, teammate: User) -> None:
    handed = factories.make_organisation("startup", owner=owner, member=teammate)
    hidden = factories.make_organisation("company", owner=owner)
    profiles = {one.pk: factories.make_profile(one) for one in (handed, hidden)}
    heir = Membership.objects.get(organisation=handed, person=teammate.person)
    actions.erase_person(person=owner.person, by=owner, successors={handed.pk: heir.pk})
    assert list(handed.owners()) == [teammate.person]
    assert Profile.objects.get(pk=profiles[handed.pk].pk).visibility == "public"
    assert Profile.objects.get(pk=profiles[hidden.pk].pk).visibility == "nobody"


def test_nobody_erases_somebody_else(owner: User, stranger: User) -> None:
    with pytest.raises(PermissionDenied):
        actions.erase_person(person=owner.person, by=stranger)


def test_a_new_name_is_found_in_the_list(owner: User) -> None:
    profile = factories.make_researcher(owner)
    actions.rename_person(person=owner.person, name="Zoila Nueva", by=owner)
    assert list(Profile.objects.search("zoila")) == [profile]


def test_the_cadence_is_a_row_and_its_end_a_consent_withdrawn(owner: User) -> None:
    actions.save_preferences(
        by=owner, language="en", time_zone="America/Tijuana", cadences={"matches": "never"}
    )
    owner.refresh_from_db()
    assert (owner.language, owner.time_zone) == ("en", "America/Tijuana")
    assert LetterPreference.objects.get().cadence == "never"
    assert Consent.objects.get().granted is False


def test_the_download_holds_all_and_what_the_floors_above_add(owner: User) -> None:
    profile = factories.make_researcher(owner)
    factories.add_item(profile, "evidence", text="", title="Tesis", year=2020)
    queries.add_to_download("more", lambda person: {"of": str(person.public_id)})
    data = queries.all_data(owner.person)
    assert data["account"]["email"] == owner.email
    assert data["profiles"][0]["evidence"][0]["title"] == "Tesis"
    assert data["more"] == {"of": str(owner.person.public_id)}
    queries._further.pop("more")


def test_a_translation_is_the_authors_own_and_can_be_taken_away(owner: User) -> None:
    profile = factories.make_researcher(owner)
    actions.save_translations(
        profile=profile, language="en", by=owner, texts={(profile, "summary"): "Water."}
    )
    assert Translation.objects.get().text == "Water."
    actions.save_translations(profile=profile, language="en", by=owner, texts={(profile, "summary"): " "})
    assert not Translation.objects.exists()


def test_an_organisation_of_others_is_not_joined_by_an_unverified_account(owner: User) -> None:
    startup = factories.make_organisation("startup", owner=owner)
    invitation = token_of(actions.invite(organisation=startup, by=owner))
    with pytest.raises(PermissionDenied):
        actions.accept_invitation(invitation=invitation, by=factories.make_user(verified=False))
    assert Organisation.objects.get() == startup


def test_a_download_holds_what_the_floors_above_hold_about_the_person(owner: User) -> None:
    from accounts.queries import all_data

    data = all_data(owner.person)
    assert {"hubs", "matching"} <= set(data)
    assert data["matching"]["answers"] == []
