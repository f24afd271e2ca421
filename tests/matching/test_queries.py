"""Reads that pages, letters and health share."""

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.models import Profile, User
from matching import queries
from matching.covering import coverage
from matching.models import Answer, Match
from matching.showing import needs_shown
from tests import factories
from tests.matching.test_pipeline import WATER, others, refresh_all, water_challenge, water_profile

pytestmark = pytest.mark.django_db


def test_unanswered_matches_come_first_then_the_better_ones(owner: User) -> None:
    others()
    profile = water_profile(user=owner)
    answered = water_challenge()
    open_one = water_challenge(needs=("Medir arsénico en pozos con sensores",))
    refresh_all()
    Answer.objects.create(profile=profile, challenge=answered, person=owner.person, answer="interested")
    Match.objects.filter(target__challenge=answered).update(score=9)
    found = list(queries.my_matches(owner).values_list("target__challenge", flat=True))
    assert found == [open_one.pk, answered.pk]


def test_first_matches_are_missing_until_each_side_was_matched_once() -> None:
    water_profile()
    factories.make_researcher(match_automatically=False)
    water_challenge()
    factories.make_challenge(status="draft")
    assert queries.first_matches_missing() == 2
    refresh_all()
    assert queries.first_matches_missing() == 0


def test_a_members_only_profile_is_no_name_for_the_public_and_a_number_for_nobody() -> None:
    others()
    hidden, challenge = water_profile(visibility="members"), water_challenge()
    refresh_all()
    assert coverage(challenge, AnonymousUser(), exact=True).whole.kinds == []
    assert coverage(challenge, factories.make_user(), exact=True).whole.kinds == [("researcher", 1)]
    assert [card.profile for card in queries.who_fits(challenge, factories.make_user(), 5)] == [hidden]


def test_live_matches_leave_at_the_moment_a_profile_is_hidden(owner: User) -> None:
    others()
    profile = water_profile(user=owner)
    water_challenge()
    refresh_all()
    assert queries.my_matches(owner).exists()
    Profile.objects.filter(pk=profile.pk).update(match_automatically=False)  # no signal, no sweep yet
    assert not queries.my_matches(owner).exists()


def test_evidence_says_what_kind_it_is_and_where_it_comes_from() -> None:
    others()
    profile = factories.make_researcher(summary="", source="Catálogo inventado")
    factories.add_item(profile, "evidence", WATER, title="Agua en Durango", year=2024, kind="project")
    challenge = water_challenge()
    refresh_all()
    covered, uncovered, elsewhere = needs_shown(Match.objects.get().reason, challenge)
    assert "Agua en Durango" in covered[0].source
    assert "Catálogo inventado" in covered[0].source
    assert covered[0].year == 2024
    assert not uncovered
    assert not elsewhere
