"""What nobody in the country covers is found, stays itself for nights, and closes when somebody covers it."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Profile
from hubs.models import Challenge, Need
from matching import pipeline
from matching.models import Gap, GapInvitation, GapNeed, GapRound, NeedCoverage, Subject
from matching.pipeline import subjects
from tests import factories
from tests.matching.test_pipeline import BEES, others, refresh_all, water_challenge, water_profile

pytestmark = pytest.mark.django_db
ASKED = "Medir arsénico en pozos de agua potable con sensores portátiles"
SAME = "Sensores portátiles que midan arsénico en pozos de agua potable"


def look(days: int = 0) -> None:
    """A night's work: everything is measured anew, and gaps are put together."""
    refresh_all()
    Subject.objects.update(covered_under="")
    if days:
        Gap.objects.update(found_at=timezone.now() - timedelta(days=days))
    while pipeline.gap_slice(60):
        pass


@pytest.fixture
def country() -> None:
    others()
    factories.make_challenge(needs=("Criar abejas reinas y enseñar apicultura a jóvenes",))
    refresh_all()


def gap() -> Gap:
    return Gap.objects.open().get()


def test_a_need_that_nobody_covers_is_a_gap_and_one_that_somebody_covers_is_none(country: None) -> None:
    challenge = water_challenge()
    look()
    assert [row.need.text for row in gap().gap_needs.all()] == [ASKED]
    assert gap().gap_needs.get().need.challenge == challenge
    assert (gap().label, gap().language, gap().size) == (ASKED, "es", 1)


def test_the_same_asked_by_several_challenges_is_one_gap_with_what_they_share(country: None) -> None:
    water_challenge()
    factories.make_challenge(needs=(SAME,))
    look()
    assert gap().size == 2
    assert {"arsénico", "pozos", "portátiles"} <= set(gap().words["es"])


@pytest.mark.parametrize("facts", [{"visibility": "members"}, {"state": "14"}, {"claimed_at": None}], ids=str)
def test_whoever_may_be_matched_covers_a_need_seen_by_the_public_or_not(
    country: None, facts: dict[str, Any]
) -> None:
    water_challenge()
    water_profile(**facts)
    look()
    assert not Gap.objects.open().exists()


@pytest.mark.parametrize(
    "facts",
    [{"lives_abroad": "DE"}, {"visibility": "nobody"}, {"match_automatically": False}],
    ids=str,
)
def test_who_lives_abroad_or_may_not_be_matched_covers_nothing(country: None, facts: dict[str, Any]) -> None:
    water_challenge()
    water_profile(**facts)
    look()
    assert gap().label == ASKED


def test_a_need_counts_as_covered_from_possible_on_even_where_no_match_is_kept(country: None) -> None:
    """One need of many, answered possibly, makes no match of the whole; the country has it all the same."""
    challenge = factories.make_challenge(
        needs=(ASKED, "Traducir al náhuatl", "Turbinas", "Vacunas", "Teatro")
    )
    water_profile()
    look()
    covered = NeedCoverage.objects.get(need=challenge.needs.get(text=ASKED))
    assert covered.value is not None
    assert covered.value >= 0.65
    assert not GapNeed.objects.filter(need=covered.need).exists()


def test_who_is_sought_does_not_matter_for_what_the_country_can(country: None) -> None:
    challenge = water_challenge()
    challenge.needs.update(sought="company")
    water_profile()
    look()
    assert not Gap.objects.open().exists()


def test_people_abroad_who_come_near_stand_first_among_those_who_could_close_it(country: None) -> None:
    water_challenge()
    far = water_profile(lives_abroad="DE")
    water_profile(BEES, lives_abroad="FR")
    look()
    need = Need.objects.get(text=ASKED).pk
    near = gap().closers["abroad"]
    assert [(row["id"], row["needs"]) for row in near] == [(far.pk, [need])]


def test_people_here_who_know_a_part_are_kept_beside_them(country: None) -> None:
    water_challenge()
    partly = water_profile("Medimos arsénico en suelos de cultivo con química analítica.")
    look()
    assert [row["id"] for row in gap().closers["here"]] == [partly.pk]


def test_training_near_to_it_is_kept_beside_them(country: None) -> None:
    water_challenge()
    course = factories.make_programme(kind="training", title=ASKED, summary=ASKED)
    while pipeline.programmes_slice(60):
        pass
    look()
    assert [row["id"] for row in gap().closers["programmes"]] == [course.pk]


def test_a_gap_keeps_its_row_as_needs_come_and_go(country: None) -> None:
    first = water_challenge()
    look()
    name = gap().public_id
    factories.make_challenge(needs=(SAME,))
    look(days=5)
    assert (gap().public_id, gap().size) == (name, 2)
    Challenge.objects.filter(pk=first.pk).update(closes_at=timezone.now() - timedelta(hours=1))
    subjects.note_challenge(first.pk)
    look()
    assert (gap().public_id, gap().size, gap().label) == (name, 1, SAME)
    assert gap().found_at < timezone.now() - timedelta(days=4)


def test_a_gap_is_covered_on_the_day_somebody_answers_it_and_says_how_long_it_took(country: None) -> None:
    water_challenge()
    look()
    water_profile()
    look(days=12)
    covered = Gap.objects.get()
    assert covered.days == 12
    assert not Gap.objects.open().exists()
    assert covered.gap_needs.count() == 1  # what it was stays to be read


def test_a_gap_that_opens_again_was_never_closed(country: None) -> None:
    water_challenge()
    look()
    name = gap().public_id
    someone = water_profile()
    look(days=3)
    Profile.objects.filter(pk=someone.pk).update(match_automatically=False)
    subjects.note_profile(someone.pk)
    look()
    assert gap().public_id == name
    assert gap().found_at < timezone.now() - timedelta(days=2)


def test_a_gap_that_nobody_asks_about_any_longer_is_over_and_not_covered(country: None) -> None:
    challenge = water_challenge()
    look()
    Challenge.objects.filter(pk=challenge.pk).update(closes_at=timezone.now() - timedelta(hours=1))
    look()
    found = Gap.objects.get()
    assert (found.covered_at, found.over_at is None) == (None, False)


def test_gaps_that_become_one_keep_one_row_and_everybody_who_was_invited(country: None) -> None:
    water_challenge()
    look()
    first = gap()
    other = Gap.objects.create(label="x", language="es", size=1, found_at=timezone.now() - timedelta(days=9))
    second = factories.make_challenge(needs=(SAME,))
    GapNeed.objects.create(gap=other, need=second.needs.get())
    for each, profile in ((first, water_profile(BEES)), (other, water_profile(BEES))):
        GapInvitation.objects.create(gap=each, profile=profile)
    look()
    assert gap().pk == first.pk
    assert gap().invitations.count() == 2
    assert gap().found_at < timezone.now() - timedelta(days=8)


def test_every_night_and_every_edit_make_a_challenge_wait_and_nothing_else_does(country: None) -> None:
    challenge = water_challenge()
    look()
    model = pipeline.model_name()
    assert not pipeline.gaps.waiting(model)
    subjects.note_challenge(challenge.pk)
    refresh_all()
    assert pipeline.gaps.waiting(model)
    while pipeline.gap_slice(60):
        pass
    assert not pipeline.gaps.waiting(model)
    Subject.objects.filter(challenge=challenge).update(covered_under="2020-01-01 other")
    assert pipeline.gaps.waiting(model)


def test_what_is_put_together_twice_changes_nothing(country: None) -> None:
    water_challenge()
    look()
    before = list(Gap.objects.values_list("public_id", "found_at", "size"))
    rounds = GapRound.objects.count()
    statistics = pipeline.gaps.in_force(pipeline.model_name())
    assert statistics is not None
    pipeline.gaps.renew(pipeline.encoder(), statistics[1])
    assert list(Gap.objects.values_list("public_id", "found_at", "size")) == before
    assert GapRound.objects.count() == rounds


def test_the_database_knows_no_gap_that_was_covered_before_it_was_found() -> None:
    now = timezone.now()
    with pytest.raises(IntegrityError), transaction.atomic():
        Gap.objects.create(
            label="x", language="es", size=1, found_at=now, covered_at=now - timedelta(seconds=1)
        )
