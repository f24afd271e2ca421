"""The demo country: what a visitor should find alive in it."""

from pathlib import Path

import pytest
from django.test import override_settings
from django.utils import timezone

from accounts.models import Profile
from hubs.demo import loader
from hubs.indicators import network
from hubs.indicators.figures import FIGURES
from hubs.models import HubEvent, HubMembership, Project, Release
from matching.demo import fill_boards, fill_gaps
from matching.models import Candidacy, CandidacyStep, Gap

FOLDER = Path(loader.__file__).parent / "mx"
pytestmark = pytest.mark.django_db


def test_hubs_have_people_who_let_themselves_be_seen_and_meetings_to_come() -> None:
    loader.load(FOLDER)
    assert HubMembership.objects.filter(hub__slug="agua", listed=True).count() >= 5
    coming = HubEvent.objects.coming()
    assert coming.filter(hub__slug="mexico").count() >= 2
    assert all(each.takes_guests() and each.guests.exists() for each in coming)
    assert HubEvent.objects.past().exists()


def test_boards_show_candidates_on_their_way_and_are_filled_once() -> None:
    loader.load(FOLDER)
    fill_boards(FOLDER)
    assert set(Candidacy.objects.values_list("column", flat=True)) == {"shortlist", "talking"}
    assert all(step.at < timezone.now() for step in CandidacyStep.objects.all())
    steps = CandidacyStep.objects.count()
    fill_boards(FOLDER)
    assert CandidacyStep.objects.count() == steps


def test_gaps_that_were_covered_say_how_long_it_took_and_are_filled_once() -> None:
    loader.load(FOLDER)
    for _ in range(2):
        fill_gaps(FOLDER)
    assert sorted(gap.days for gap in Gap.objects.covered() if gap.days) == [14, 22, 29]
    assert {gap.gap_needs.get().need.text for gap in Gap.objects.all()} == {
        gap.label for gap in Gap.objects.all()
    }


def test_members_abroad_say_what_they_would_do() -> None:
    loader.load(FOLDER)
    helps = {code for one in Profile.objects.exclude(lives_abroad="") for code in one.would_help}
    assert helps == set(Profile.Help.values)


def test_workspaces_are_under_way_with_milestones_and_updates_and_others_tell_what_came_of_them() -> None:
    loader.load(FOLDER)
    running = Project.objects.running().filter(milestones__isnull=False, updates__isnull=False).distinct()
    assert running.count() >= 2
    assert all(each.milestones.filter(done_at=None, owner__isnull=False).exists() for each in running)
    told = Project.objects.told()
    assert told.filter(lessons_public=True, cost__isnull=False).count() >= 2
    assert all(each.results.exists() for each in told)


def test_a_year_of_work_stands_in_the_indicators_and_in_the_network() -> None:
    loader.load(FOLDER)
    releases = Release.objects.filter(scope="country")
    assert releases.count() == 3
    assert all(release.data["demo"] for release in releases)
    latest = releases[0].data["figures"]
    assert all(latest[figure.name]["total"] for figure in FIGURES)
    sides = {network.side(end) for line in network.lines() for end in (line.a, line.b)}
    assert sides == {"academia", "industry", "government"}
    for project in Project.objects.told():
        assert project.completed_at
        assert project.completed_at < timezone.now()
        assert project.results.exists()


@override_settings(HELICE_DEMO=False)
def test_invented_figures_are_released_in_the_demo_alone() -> None:
    loader.load(FOLDER)
    assert not Release.objects.exists()
    assert network.lines() == []
