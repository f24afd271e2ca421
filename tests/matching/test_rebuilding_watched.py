"""What operators and curators see of a rebuild, and what they do about it."""

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from accounts.models import Profile, User
from hubs.models import Challenge
from matching import curating
from matching.models import Match, Rebuild, Statistics
from matching.pipeline import rebuilding, subjects
from tests import factories
from tests.conftest import signed_in
from tests.matching.test_pipeline import match_of, others, water_challenge, water_profile
from tests.matching.test_rebuilding import one_among_four, state, step

pytestmark = pytest.mark.django_db


@pytest.fixture
def catalogue(monkeypatch: pytest.MonkeyPatch) -> tuple[Profile, list[Challenge]]:
    monkeypatch.setattr(rebuilding, "CHUNK", 1)
    return one_among_four()


def test_the_page_of_long_work_never_counts_to_nothing(owner: User) -> None:
    factories.make_hub("nation", curator=owner)
    Rebuild.objects.create(
        state=Rebuild.State.FINISHED, why=Rebuild.Why.ASKED, total=0, finished_at=timezone.now()
    )
    with override("en"):
        [told] = curating.rebuilds_shown(owner)
    assert told.said == "No challenge was open."


def test_an_operator_starts_watches_stops_and_resumes_it(
    catalogue: tuple[Profile, list[Challenge]], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(CommandError, match="No rebuild is running"):
        call_command("rebuild_matches", stop=True)
    with pytest.raises(CommandError, match="No rebuild was stopped"):
        call_command("rebuild_matches", resume=True)
    with override("en"):
        call_command("rebuild_matches", queue=True)
        step()
        call_command("rebuild_matches", status=True)
        assert "running, 25 %): 1 of 4 challenges, 0 failed" in capsys.readouterr().out
        call_command("rebuild_matches", stop=True)
        assert "stopped, 25 %" in capsys.readouterr().out
        call_command("rebuild_matches", resume=True)
        assert "finished, 100 %): 4 of 4 challenges" in capsys.readouterr().out
    assert Match.objects.count() == 4


def test_the_command_matches_everything_that_waits_even_without_a_worker(
    capsys: pytest.CaptureFixture[str],
) -> None:
    others()
    profile, challenge = water_profile(), water_challenge()
    subjects.note_profile(profile.pk)
    call_command("rebuild_matches", passages=True)
    assert match_of(profile, challenge)
    assert "0 profiles and challenges wait" in capsys.readouterr().out


def test_the_admin_lists_rebuilds_and_lets_an_operator_stop_and_resume_them(
    catalogue: tuple[Profile, list[Challenge]], admin_user: User
) -> None:
    client = signed_in(admin_user)
    page = reverse("admin:matching_rebuild_changelist")
    everything = reverse("admin:matching_statistics_changelist")
    act(client, everything, "start_rebuild", Statistics.objects.get().pk)
    rebuild = Rebuild.objects.get()
    assert rebuild.asked_by == admin_user
    step()
    assert "25 %" in client.get(page).content.decode()
    act(client, page, "stop_rebuild", rebuild.pk)
    assert state() == "stopped"
    act(client, page, "resume_rebuild", rebuild.pk)
    assert state() == "running"


def act(client: Client, page: str, action: str, pk: int) -> None:
    answer = client.post(page, {"action": action, "_selected_action": [pk]}, follow=True)
    assert answer.status_code == 200
