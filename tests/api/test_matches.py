"""One's own matches as programs read and answer them."""

import uuid
from base64 import b64encode

import pytest
from django.test import Client

from accounts.models import Profile, User
from hubs.models import Challenge, Introduction
from matching.models import Answer, Match, MatchEvent
from tests import factories
from tests.api.helpers import queries, read, send
from tests.conftest import signed_in
from tests.matching.letters import make_match

pytestmark = pytest.mark.django_db
WORDS = {"brings": "Sensores.", "needs": "Pozos donde medir.", "who": "Un laboratorio."}


@pytest.fixture
def match(owner: User, teammate: User) -> Match:
    startup = factories.make_organisation("startup", owner=owner, member=teammate)
    challenge = factories.make_challenge(needs=("Medir arsénico en pozos", "Enseñar a medir"))
    return make_match(factories.make_profile(startup), challenge)


def pair(match: Match) -> tuple[Profile, Challenge]:
    profile, challenge = match.subject.profile, match.target.challenge
    assert profile
    assert challenge
    return profile, challenge


def path(match: Match, more: str = "") -> str:
    profile, challenge = pair(match)
    return f"matches/{profile.public_id}/{challenge.public_id}/{more}"


def test_a_match_tells_what_fits_and_why_need_by_need(match: Match, owner: User) -> None:
    profile, challenge = pair(match)
    shown = read(signed_in(owner), path(match), accept_language="en")
    assert shown["profile"]["id"] == str(profile.public_id)
    assert shown["challenge"]["id"] == str(challenge.public_id)
    assert (shown["strength"], shown["answer"], shown["introduction"]) == ("good", None, None)
    covered, uncovered = shown["needs"]
    assert (covered["text"], covered["covered"]) == ("Medir arsénico en pozos", True)
    assert covered["evidence"]["year"] == 2021
    assert covered["evidence"]["link"] == "https://example.org/articulo"
    assert (uncovered["covered"], uncovered["evidence"]) == (False, None)
    assert "need_id" not in covered


def test_a_teammate_reads_the_same_and_others_nothing(match: Match, teammate: User, stranger: User) -> None:
    assert len(read(signed_in(teammate), "matches/")["results"]) == 1
    assert read(signed_in(stranger), "matches/")["results"] == []
    assert signed_in(stranger).get(f"/api/v1/{path(match)}").status_code == 404
    assert Client().get("/api/v1/matches/").status_code == 403
    assert Client().get(f"/api/v1/{path(match)}").status_code == 403


def test_a_match_leaves_when_the_profile_opts_out(match: Match, owner: User) -> None:
    Profile.objects.update(match_automatically=False)
    assert read(signed_in(owner), "matches/")["results"] == []


def test_being_shown_one_is_recorded_with_its_rank(match: Match, owner: User) -> None:
    profile, _ = pair(match)
    better = make_match(profile, factories.make_challenge(), score=0.9)
    page = read(signed_in(owner), "matches/?page_size=1")
    assert page["results"][0]["challenge"]["id"] == str(pair(better)[1].public_id)
    signed_in(owner).get(page["next"])
    shown = MatchEvent.objects.order_by("rank").values_list("challenge", "rank", "person")
    assert list(shown) == [(pair(better)[1].pk, 1, owner.person.pk), (pair(match)[1].pk, 2, owner.person.pk)]


def test_an_answer_is_given_changed_and_taken_back(match: Match, owner: User) -> None:
    client = signed_in(owner)
    for word in ("interested", "not_now"):
        response = send(client, "put", path(match, "answer/"), {"answer": word})
        assert (response.status_code, response.json()["answer"]) == (200, word)
        assert read(client, path(match))["answer"] == word
    assert send(client, "delete", path(match, "answer/")).status_code == 204
    assert read(client, path(match))["answer"] is None
    answers = MatchEvent.objects.filter(kind="answer").order_by("pk").values_list("answer", "via")
    assert list(answers) == [("interested", "api"), ("not_now", "api"), ("undone", "api")]


def test_never_takes_the_match_away_and_can_be_taken_back(match: Match, teammate: User) -> None:
    client = signed_in(teammate)
    assert send(client, "put", path(match, "answer/"), {"answer": "never"}).status_code == 200
    assert client.get(f"/api/v1/{path(match)}").status_code == 404
    assert send(client, "delete", path(match, "answer/")).status_code == 204
    assert not Answer.objects.exists()


def test_an_answer_that_is_none_is_refused(match: Match, owner: User) -> None:
    response = send(signed_in(owner), "put", path(match, "answer/"), {"answer": "perhaps"})
    assert (response.status_code, list(response.json())) == (400, ["answer"])


def test_nobody_answers_for_others(match: Match, stranger: User) -> None:
    for method, more in (("put", "answer/"), ("delete", "answer/"), ("post", "introduction/")):
        assert send(signed_in(stranger), method, path(match, more), {"answer": "never"}).status_code == 404
        assert send(Client(), method, path(match, more), {"answer": "never"}).status_code == 403
    assert not Answer.objects.exists()
    assert not Introduction.objects.exists()


def test_what_was_never_matched_does_not_exist(match: Match, owner: User) -> None:
    profile, _ = pair(match)
    for challenge in (factories.make_challenge().public_id, uuid.uuid4()):
        where = f"matches/{profile.public_id}/{challenge}/"
        assert signed_in(owner).get(f"/api/v1/{where}").status_code == 404
        assert send(signed_in(owner), "put", f"{where}answer/", {"answer": "never"}).status_code == 404


def test_asking_for_an_introduction_keeps_the_reason_and_says_interested(match: Match, owner: User) -> None:
    response = send(signed_in(owner), "post", path(match, "introduction/"), WORDS)
    assert response.status_code == 201, response.content
    assert (response.json()["direction"], response.json()["state"]) == ("asked", "pending")
    assert response.json()["reason"][0]["evidence"]["year"] == 2021
    shown = read(signed_in(owner), path(match))
    assert (shown["answer"], shown["introduction"]) == ("interested", response.json()["id"])
    other = {**WORDS, "brings": "Otra cosa."}
    again = send(signed_in(owner), "post", path(match, "introduction/"), other)
    assert (again.status_code, list(again.json())) == (400, ["non_field_errors"])
    assert Introduction.objects.count() == 1


def test_filters_find_what_they_name(match: Match, owner: User) -> None:
    profile, challenge = pair(match)
    strong = make_match(profile, factories.make_challenge(), strength="strong", score=0.7)
    Answer.objects.create(
        profile=profile, challenge=pair(strong)[1], person=owner.person, answer="interested"
    )
    first, second = str(challenge.public_id), str(pair(strong)[1].public_id)
    expected = {
        "strength=strong": {second},
        "strength=good": {first, second},
        "answered=open": {first},
        "answered=interested": {second},
        f"challenge={first}": {first},
        f"profile={profile.public_id}": {first, second},
    }
    for query, found in expected.items():
        results = read(signed_in(owner), f"matches/?{query}")["results"]
        assert {row["challenge"]["id"] for row in results} == found, query


def test_a_poster_who_shows_only_its_kind_is_not_named_in_a_match(match: Match, owner: User) -> None:
    _, challenge = pair(match)
    Challenge.objects.update(poster_shown="kind")
    body = signed_in(owner).get(f"/api/v1/{path(match)}").content.decode()
    assert challenge.organisation.name not in body
    assert str(challenge.organisation.public_id) not in body


def test_a_cursor_written_by_hand_is_refused_not_a_fault(match: Match, owner: User) -> None:
    cursor = b64encode(b"p=abc").decode()
    assert signed_in(owner).get(f"/api/v1/matches/?cursor={cursor}").status_code == 404


def test_three_matches_cost_as_many_queries_as_one(match: Match, owner: User) -> None:
    profile, _ = pair(match)
    count = queries(signed_in(owner), "matches/")
    for _index in range(2):
        make_match(profile, factories.make_challenge())
    assert queries(signed_in(owner), "matches/") == count
