"""How many could answer each need of a challenge."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Profile, User
from hubs.models import Challenge
from matching import ranking
from matching.covering import Coverage, coverage
from matching.models import Match, Statistics, Subject
from tests import factories
from tests.conftest import signed_in


@pytest.fixture
def challenge(owner: User) -> Challenge:
    return factories.make_challenge(
        factories.make_organisation(owner=owner), needs=("Medir arsénico", "Filtrar el agua")
    )


def matched(challenge: Challenge, needs: list[int], **fields: Any) -> Profile:
    """A profile that answers these needs of a challenge."""
    profile = factories.make_researcher(**fields)
    statistics, _ = Statistics.objects.get_or_create(
        version="v", defaults={"model": "m", "engine": ranking.ENGINE, "data": b"", "current": True}
    )
    parts = {
        "needs": [
            {
                "need_id": need.pk,
                "weight": 3,
                "value": 1.0,
                "ask": 1,
                "passage": 7 if need.pk in needs else None,
            }
            for need in challenge.needs.all()
        ]
    }
    Match.objects.create(
        subject=Subject.objects.get_or_create(profile=profile)[0],
        target=Subject.objects.get_or_create(challenge=challenge)[0],
        statistics=statistics,
        score=1.0,
        probability=0.5,
        strength="good",
        parts=parts,
        engine=ranking.ENGINE,
        model="m",
    )
    return profile


def seen(challenge: Challenge, *, exact: bool = False) -> Coverage:
    return coverage(challenge, AnonymousUser(), exact=exact)


def test_each_need_counts_those_who_answer_it_by_kind_and_by_state(challenge: Challenge) -> None:
    first, second = challenge.needs.all()
    for number in range(12):
        matched(challenge, [first.pk], state="14" if number < 7 else "19")
    matched(challenge, [first.pk, second.pk], state="14")
    found = seen(challenge, exact=True)
    assert found.whole.total == found.needs[first.pk].total == 13
    assert found.needs[first.pk].kinds == [("researcher", 13)]
    assert found.needs[first.pk].states == [("Jalisco", 8), ("Nuevo León", 5)]
    assert found.needs[second.pk].total == 1


def test_to_the_public_counts_are_about_right_and_few_are_not_told(challenge: Challenge) -> None:
    first, second = challenge.needs.all()
    for number in range(13):
        matched(challenge, [first.pk], state="14" if number < 9 else "19")
    for _ in range(4):
        matched(challenge, [second.pk], state="19")
    found = seen(challenge)
    total = found.needs[first.pk].total
    assert total is not None
    assert total % 5 == 0
    assert abs(total - 13) < 20
    assert [name for name, _ in found.needs[first.pk].states] == ["Jalisco"]
    assert found.needs[second.pk].total is None
    assert found.needs[second.pk].kinds == found.needs[second.pk].states == []
    assert seen(challenge) == found  # asking again teaches nothing


def test_whoever_hides_or_opts_out_is_gone_from_the_next_count(challenge: Challenge) -> None:
    first, _ = challenge.needs.all()
    hidden, out = matched(challenge, [first.pk]), matched(challenge, [first.pk])
    matched(challenge, [first.pk])
    assert seen(challenge, exact=True).whole.total == 3
    Profile.objects.filter(pk=hidden.pk).update(visibility="nobody")
    Profile.objects.filter(pk=out.pk).update(match_automatically=False)
    assert seen(challenge, exact=True).needs[first.pk].total == 1


def test_who_shows_only_to_members_is_not_counted_for_visitors(challenge: Challenge, stranger: User) -> None:
    first, _ = challenge.needs.all()
    matched(challenge, [first.pk], visibility="members")
    assert seen(challenge, exact=True).whole.total == 0
    assert coverage(challenge, stranger, exact=True).whole.total == 1


def test_a_need_of_another_edition_is_counted_nowhere(challenge: Challenge) -> None:
    first, second = challenge.needs.all()
    matched(challenge, [first.pk])
    first.delete()
    found = seen(challenge, exact=True)
    assert {need: count.total for need, count in found.needs.items()} == {second.pk: 0}


def test_the_page_tells_its_poster_how_many_and_visitors_about_how_many(
    challenge: Challenge, owner: User
) -> None:
    first, _ = challenge.needs.all()
    for _ in range(6):
        matched(challenge, [first.pk], state="14")
    poster = signed_in(owner).get(f"/en/challenges/{challenge.public_id}/").content.decode()
    visitor = Client().get(f"/en/challenges/{challenge.public_id}/").content.decode()
    assert "6 could answer this" in poster
    assert "Nobody could answer this yet" in poster
    assert "could answer this" in visitor
    assert "About" in visitor
    assert "Fewer than five could answer this so far" in visitor
    assert "6 researchers" not in visitor


def test_fifty_matches_cost_as_many_queries_as_one(challenge: Challenge) -> None:
    first, _ = challenge.needs.all()
    matched(challenge, [first.pk], state="14")
    with CaptureQueriesContext(connection) as one:
        Client().get(challenge.get_absolute_url())
    for _ in range(49):
        matched(challenge, [first.pk], state="19")
    with CaptureQueriesContext(connection) as fifty:
        Client().get(challenge.get_absolute_url())
    assert len(fifty) == len(one) <= 12


def test_a_closed_challenge_tells_no_counts(challenge: Challenge) -> None:
    first, _ = challenge.needs.all()
    for _ in range(6):
        matched(challenge, [first.pk])
    Challenge.objects.filter(pk=challenge.pk).update(status="closed")
    text = Client().get(f"/en/challenges/{challenge.public_id}/").content.decode()
    assert "could answer" not in text
