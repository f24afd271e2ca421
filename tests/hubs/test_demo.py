"""The demo country: what a visitor should find alive in it."""

from pathlib import Path

import pytest
from django.utils import timezone

from hubs.demo import loader
from hubs.models import HubEvent, HubMembership
from matching.demo import fill_boards
from matching.models import Candidacy, CandidacyStep

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
