"""Conflicts of interest: what two sides share, within three years."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from accounts import actions as accounts_actions
from accounts.models import Affiliation, Membership, Profile, User
from hubs import judging
from hubs.conflicts import Party, between, organisation_keys, since, work_keys
from hubs.models import Challenge, Conflict, Evaluator, Response
from tests import factories

NOW = datetime(2026, 6, 1, tzinfo=UTC)


@dataclass
class Paper:
    title: str = ""
    text: str = ""
    link: str = ""
    year: int | None = 2025


def test_one_person_on_both_sides_is_a_conflict() -> None:
    assert [one.kind for one in between(Party(people=frozenset({1})), Party(people=frozenset({1, 2})))] == [
        "own"
    ]
    assert between(Party(people=frozenset({3})), Party(people=frozenset({1, 2}))) == []


def test_an_institution_written_as_a_word_is_the_one_that_stands_as_a_row() -> None:
    row = organisation_keys(7, "Universidad Autónoma de Coahuila")
    word = organisation_keys(None, "universidad  autonoma de coahuila")
    found = between(Party(organisations=row), Party(organisations=word))
    assert [(one.kind, one.detail) for one in found] == [
        ("organisation", "universidad  autonoma de coahuila")
    ]


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        (
            Paper("A", link="https://doi.org/10.1234/AbC"),
            Paper("B", link="http://dx.doi.org/10.1234/abc"),
            True,
        ),
        (
            Paper("Sensores ópticos de arsénico en pozos"),
            Paper("SENSORES OPTICOS DE ARSENICO EN POZOS."),
            True,
        ),
        (Paper("Obra", link="https://a.example/x/"), Paper("Otra", link="http://a.example/x"), True),
        (Paper("Obra", link="https://a.example/"), Paper("Otra", link="https://a.example"), False),
        (Paper("Informe"), Paper("Informe"), False),  # so short a title is many works'
        (
            Paper("Sensores ópticos de arsénico en pozos", year=2022),
            Paper("Sensores ópticos de arsénico en pozos", year=2022),
            False,
        ),
        (
            Paper("Sensores ópticos de arsénico en pozos", year=None),
            Paper("Sensores ópticos de arsénico en pozos", year=2023),
            True,
        ),
    ],
)
def test_shared_work_is_found_by_doi_address_or_title_of_the_last_three_years(
    one: Paper, other: Paper, shared: bool
) -> None:
    found = between(Party(works=work_keys([one], NOW)), Party(works=work_keys([other], NOW)))
    assert [each.kind for each in found] == (["evidence"] if shared else [])


def submitted(challenge: Challenge, profile: Profile) -> Response:
    return Response.objects.create(
        challenge=challenge,
        profile=profile,
        title="Sensores",
        approach="Así.",
        plan="Un año.",
        state="submitted",
        submitted_at=timezone.now(),
        submitted={"title": "Sensores"},
    )


def evaluator_of(challenge: Challenge, user: User) -> Evaluator:
    return Evaluator.objects.create(
        challenge=challenge, person=user.person, state="accepted", declared_at=timezone.now()
    )


def kinds(evaluator: Evaluator) -> list[str]:
    judging.find_conflicts(evaluator)
    return sorted(Conflict.objects.filter(evaluator=evaluator).values_list("kind", flat=True))


def test_whoever_left_the_organisation_is_in_conflict_for_three_years(owner: User, stranger: User) -> None:
    firm = factories.make_organisation("startup", owner=stranger)
    membership = factories.join(firm, owner)
    Affiliation.objects.create(person=owner.person, organisation=firm, kind="membership")
    challenge = factories.make_challenge()
    submitted(challenge, factories.make_profile(firm))
    evaluator = evaluator_of(challenge, owner)
    accounts_actions.remove_member(membership=membership, by=owner)
    left = Affiliation.objects.get(person=owner.person)
    assert left.until is not None
    assert kinds(evaluator) == ["organisation"]
    long_ago = since(timezone.now()) - timedelta(days=1)
    Affiliation.objects.filter(pk=left.pk).update(since=long_ago - timedelta(days=9), until=long_ago)
    assert kinds(evaluator) == []


def test_joining_by_invitation_and_founding_are_written_down(owner: User, stranger: User) -> None:
    firm = accounts_actions.found_organisation(kind="startup", facts={"name": "Sensa Inventada"}, by=owner)
    link = accounts_actions.invite(organisation=firm, by=owner)
    from accounts.models import Invitation
    from accounts.tokens import hash_token

    invitation = Invitation.objects.get(token_hash=hash_token(link.rstrip("/").rsplit("/", 1)[-1]))
    accounts_actions.accept_invitation(invitation=invitation, by=stranger)
    rows = Affiliation.objects.filter(organisation=firm, kind="membership", until=None)
    assert set(rows.values_list("person", flat=True)) == {owner.person.pk, stranger.person.pk}
    assert Membership.objects.filter(organisation=firm).count() == 2


def test_another_institution_ends_the_one_before(owner: User) -> None:
    for name in ("Universidad Primera", "Universidad Segunda"):
        factories.make_organisation("academia", name=name)
    profile = accounts_actions.create_profile(
        kind="researcher", by=owner, facts={"institution_name": "Universidad Primera"}
    )
    accounts_actions.save_profile(
        profile=profile, by=owner, facts={"institution_name": "universidad segunda"}
    )
    rows = Affiliation.objects.filter(person=owner.person).order_by("pk")
    assert [(row.organisation.name, row.until is None) for row in rows] == [
        ("Universidad Primera", False),
        ("Universidad Segunda", True),
    ]


def test_shared_evidence_and_ones_own_response_are_found(owner: User, stranger: User) -> None:
    challenge = factories.make_challenge()
    mine, theirs = factories.make_researcher(owner), factories.make_researcher(stranger)
    title = "Medición de arsénico en pozos del norte de Coahuila"
    for profile in (mine, theirs):
        factories.add_item(profile, "evidence", "", title=title, year=timezone.now().year - 1)
    submitted(challenge, theirs)
    evaluator = evaluator_of(challenge, owner)
    assert kinds(evaluator) == ["evidence"]
    submitted(challenge, mine)
    assert kinds(evaluator) == ["evidence", "evidence", "own"]


def test_erasing_somebody_forgets_where_they_belonged(owner: User, teammate: User) -> None:
    firm = factories.make_organisation(owner=teammate)
    Affiliation.objects.create(person=owner.person, organisation=firm, kind="membership")
    person = owner.person
    accounts_actions.erase_person(person=person, by=owner)
    assert not Affiliation.objects.filter(person=person).exists()
