"""Something changed: the row says so at once, with or without a broker."""

from typing import Any

import pytest
from kombu.exceptions import OperationalError

from accounts.models import Profile
from accounts.signals import profile_changed
from hubs.models import Challenge
from hubs.signals import challenge_changed, challenge_published
from matching import receivers, tasks
from matching.models import Subject
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    found: list[Any] = []
    monkeypatch.setattr(tasks.refresh_subject, "apply_async", lambda args, **_: found.append(*args))
    return found


def test_a_saved_profile_is_stale_and_handed_over_once_it_is_committed(
    queued: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    profile = factories.make_researcher()
    with django_capture_on_commit_callbacks(execute=True):
        profile_changed.send(Profile, profile_id=profile.pk)
        assert queued == []
    subject = Subject.objects.get(profile=profile)
    assert subject.stale_since
    assert subject.interactive
    assert queued == [subject.pk]


def test_with_the_broker_away_the_row_still_says_what_is_to_be_done(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    def away(*_: Any, **__: Any) -> None:
        raise OperationalError("broker away")

    monkeypatch.setattr(tasks.refresh_subject, "apply_async", away)
    challenge = factories.make_challenge()
    with django_capture_on_commit_callbacks(execute=True):
        challenge_published.send(Challenge, challenge_id=challenge.pk)
    assert Subject.objects.get(challenge=challenge).stale_since


@pytest.mark.parametrize("status", ["withdrawn", "draft"])
def test_a_challenge_that_nobody_may_read_any_more_is_taken_away(status: str, queued: list[Any]) -> None:
    challenge = factories.make_challenge()
    challenge_published.send(Challenge, challenge_id=challenge.pk)
    factories.put_at(challenge, status)
    challenge_changed.send(Challenge, challenge_id=challenge.pk)
    assert not Subject.objects.exists()


def test_an_upcoming_challenge_is_matched_before_it_opens(queued: list[Any]) -> None:
    from datetime import timedelta

    from django.utils import timezone

    challenge = factories.make_challenge(opens_at=timezone.now() + timedelta(days=3))
    challenge_published.send(Challenge, challenge_id=challenge.pk)
    assert Subject.objects.filter(challenge=challenge).exists()


def test_only_the_engines_worker_warms_up(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[str] = []
    monkeypatch.setattr("threading.Thread.start", lambda thread: loaded.append(thread.name))
    settings.HELICE_WARM = False
    receivers.warm_up()
    assert loaded == []
    settings.HELICE_WARM = True
    receivers.warm_up()
    assert loaded == ["warm-up"]
