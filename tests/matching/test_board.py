"""The board of a challenge's candidates: who sees it, columns, notes, history, and the table."""

import csv
import io
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.actions import erase_person
from accounts.models import Profile, User
from accounts.queries import all_data
from hubs.models import Challenge, Need
from matching.board import board_of, move_candidate
from matching.models import Candidacy, CandidacyStep
from tests import factories
from tests.conftest import signed_in
from tests.matching.letters import make_match

NEEDS = ("Medir arsénico en pozos", "Avisar a las familias")


@pytest.fixture
def challenge(owner: User) -> Challenge:
    return factories.make_challenge(factories.make_organisation(owner=owner), needs=NEEDS)


def candidate(challenge: Challenge, score: float = 0.8, **fields: Any) -> Profile:
    profile = factories.make_researcher(factories.make_user(), **fields)
    make_match(profile, challenge, score=score)
    return profile


def page(challenge: Challenge) -> str:
    return reverse("matching:candidates", args=[challenge.public_id])


def table(challenge: Challenge, user: User) -> list[dict[str, str]]:
    response = signed_in(user).get(reverse("matching:candidates_csv", args=[challenge.public_id]))
    text = b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def column(challenge: Challenge, user: User, name: str) -> list[Profile]:
    return next(
        [one.profile for one in found]
        for value, _, found in board_of(challenge, user).columns
        if value == name
    )


def test_only_the_poster_and_its_curators_see_the_board(
    challenge: Challenge, owner: User, stranger: User
) -> None:
    candidate(challenge)
    assert signed_in(owner).get(page(challenge)).status_code == 200
    assert signed_in(stranger).get(page(challenge)).status_code == 404
    assert Client().get(page(challenge)).status_code == 302
    curator = factories.make_user()
    challenge.hub.memberships.create(person=curator.person, role="curator")
    assert signed_in(curator).get(page(challenge)).status_code == 200
    csv_page = reverse("matching:candidates_csv", args=[challenge.public_id])
    assert signed_in(stranger).get(csv_page).status_code == 404


def test_suggestions_stand_first_and_those_who_were_taken_in_their_column(
    challenge: Challenge, owner: User
) -> None:
    weak, strong = candidate(challenge, 0.5), candidate(challenge, 0.9)
    taken = candidate(challenge, 0.7)
    move_candidate(challenge=challenge, profile=taken, to="talking", note="", by=owner)
    assert column(challenge, owner, "suggested") == [strong, weak]
    assert column(challenge, owner, "talking") == [taken]


def test_needs_are_counted_and_narrow_the_board(challenge: Challenge, owner: User) -> None:
    profile = candidate(challenge)
    first, second = Need.objects.filter(challenge=challenge).order_by("position")
    move_candidate(challenge=challenge, profile=profile, to="shortlist", note="", by=owner)
    board = board_of(challenge, owner)
    assert [(each.total, each.taken) for each in board.needs] == [(1, 1), (0, 0)]
    assert board_of(challenge, owner, first).total == 1
    assert board_of(challenge, owner, second).total == 0
    assert profile.name not in signed_in(owner).get(f"{page(challenge)}?need={second.pk}").content.decode()
    assert signed_in(owner).get(f"{page(challenge)}?need=nonsense").status_code == 200


def test_whoever_hides_or_was_never_seen_is_not_on_the_board(challenge: Challenge, owner: User) -> None:
    profile = candidate(challenge)
    move_candidate(challenge=challenge, profile=profile, to="chosen", note="", by=owner)
    Profile.objects.update(visibility="nobody")
    assert board_of(challenge, owner).total == 0
    assert table(challenge, owner) == []
    with pytest.raises(PermissionDenied):
        move_candidate(challenge=challenge, profile=profile, to="aside", note="", by=owner)


def test_an_empty_board_promises_new_candidates_only_while_somebody_may_answer(
    challenge: Challenge, owner: User
) -> None:
    promise = "Cada perfil nuevo se compara con este reto"
    assert promise in signed_in(owner).get(page(challenge)).content.decode()
    factories.put_at(challenge, "archived")
    shown = signed_in(owner).get(page(challenge)).content.decode()
    assert promise not in shown
    assert "No se tomó a nadie" in shown


def test_each_move_leaves_a_line_with_its_note(challenge: Challenge, owner: User, teammate: User) -> None:
    factories.join(challenge.organisation, teammate)
    profile = candidate(challenge)
    url, client = page(challenge), signed_in(owner)
    data = {"profile": profile.public_id, "seen": "", "to": "shortlist", "note": "Buen laboratorio."}
    need = challenge.needs.first()
    assert need
    response = client.post(f"{url}?need={need.pk}", data)
    assert response["Location"] == f"{url}?need={need.pk}#c-{profile.public_id}"
    seen = Candidacy.objects.get().at.isoformat()
    signed_in(teammate).post(url, data | {"seen": seen, "to": "talking"})
    steps = CandidacyStep.objects.values_list("from_column", "to_column", "note", "actor__user__email")
    assert list(steps) == [
        ("suggested", "shortlist", "Buen laboratorio.", owner.email),
        ("shortlist", "talking", "", teammate.email),
    ]
    assert "Buen laboratorio." in client.get(url).content.decode()


def test_two_who_move_one_at_the_same_time_are_told_of_each_other(challenge: Challenge, owner: User) -> None:
    profile = candidate(challenge)
    move_candidate(challenge=challenge, profile=profile, to="shortlist", note="", by=owner, seen="")
    with pytest.raises(ValidationError):
        move_candidate(challenge=challenge, profile=profile, to="aside", note="", by=owner, seen="")
    assert Candidacy.objects.get().column == "shortlist"


def test_nobody_moves_whom_the_engine_never_suggested(
    challenge: Challenge, owner: User, stranger: User
) -> None:
    other = factories.make_researcher(stranger)
    with pytest.raises(PermissionDenied):
        move_candidate(challenge=challenge, profile=other, to="chosen", note="", by=owner)
    with pytest.raises(PermissionDenied):
        move_candidate(challenge=challenge, profile=candidate(challenge), to="chosen", note="", by=stranger)
    with pytest.raises(ValidationError):
        move_candidate(challenge=challenge, profile=candidate(challenge), to="nowhere", note="", by=owner)
    assert not Candidacy.objects.exists()


def test_a_board_of_twenty_costs_as_many_queries_as_of_one_and_at_most_twelve(
    challenge: Challenge, owner: User
) -> None:
    client = signed_in(owner)
    move_candidate(challenge=challenge, profile=candidate(challenge), to="shortlist", note="a", by=owner)
    candidate(challenge)
    client.get(page(challenge))
    with CaptureQueriesContext(connection) as few:
        client.get(page(challenge))
    for _ in range(10):
        move_candidate(challenge=challenge, profile=candidate(challenge), to="talking", note="b", by=owner)
        candidate(challenge)
    client.get(page(challenge))  # asks for the reasons of those that are new
    with CaptureQueriesContext(connection) as many:
        client.get(page(challenge))
    assert len(few) == len(many)


def introduce(challenge: Challenge, profile: Profile, state: str, decider: User) -> None:
    factories.make_introduction(
        challenge, profile, state=state, decided_by=decider.person, decided_at=timezone.now()
    )


def test_the_table_tells_how_to_reach_somebody_only_after_an_introduction_and_only_the_poster(
    challenge: Challenge, owner: User
) -> None:
    met, waiting = candidate(challenge, 0.9), candidate(challenge, 0.8)
    introduce(challenge, met, "accepted", owner)
    introduce(challenge, waiting, "pending", owner)
    rows = table(challenge, owner)
    assert met.person
    assert met.person.user
    assert waiting.person
    assert waiting.person.user
    assert [row["contact_email"] for row in rows] == [met.person.user.email, ""]
    assert [row["introduction"] for row in rows] == ["accepted", "pending"]
    assert rows[0]["needs"] == "1. Medir arsénico en pozos"
    curator = factories.make_user()
    challenge.hub.memberships.create(person=curator.person, role="curator")
    assert [row["contact_email"] for row in table(challenge, curator)] == ["", ""]


def test_formulas_in_a_note_stay_words_in_the_table(challenge: Challenge, owner: User) -> None:
    move_candidate(challenge=challenge, profile=candidate(challenge), to="aside", note="=1+1", by=owner)
    (row,) = table(challenge, owner)
    assert row["note"] == "'=1+1"


def test_what_was_noted_about_somebody_is_in_their_data_and_goes_with_them(
    challenge: Challenge, owner: User
) -> None:
    profile = candidate(challenge)
    move_candidate(challenge=challenge, profile=profile, to="aside", note="Muy lejos.", by=owner)
    person = profile.person
    assert person
    assert person.user
    assert all_data(person)["matching"]["on_boards"][0]["note"] == "Muy lejos."
    assert all_data(owner.person)["matching"]["moved_on_boards"][0]["to_column"] == "aside"


@pytest.mark.django_db(transaction=True)
def test_erasing_somebody_takes_the_notes_about_them_away() -> None:
    owner = factories.make_user()
    challenge = factories.make_challenge(factories.make_organisation(owner=owner), needs=NEEDS)
    profile = candidate(challenge)
    move_candidate(challenge=challenge, profile=profile, to="aside", note="Muy lejos.", by=owner)
    assert profile.person
    assert profile.person.user
    erase_person(person=profile.person, by=profile.person.user)
    assert not Candidacy.objects.exists()
