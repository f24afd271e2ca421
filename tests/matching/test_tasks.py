"""Tasks are thin; health reads what they leave behind."""

import time
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from hubs.models import PartnerRequest
from matching import pipeline, tasks
from matching.models import Rebuild, Statistics, Subject
from tests import factories
from tests.matching.test_pipeline import others, refresh_all, water_challenge, water_profile

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any) -> list[tuple[str, Any]]:
    """What tasks hand over, caught where they do it."""
    found: list[tuple[str, Any]] = []
    monkeypatch.setattr(
        tasks, "after_commit", lambda task, *args: found.append((task.name.rsplit(".", 1)[1], args))
    )
    return found


def of_matching(sent: list[Any]) -> list[Any]:
    """Without what teams, programmes and gaps ask for: they have tests of their own."""
    return [each for each in sent if each[0] not in ("propose_teams", "match_programmes", "find_gaps")]


def test_letters_are_written_right_after_a_match_that_somebody_waits_for(sent: list[Any]) -> None:
    water_profile()
    pipeline.sweep()
    pk = Subject.objects.get().pk
    tasks.refresh_subject(pk)
    assert sent == [("write_letters", ())]
    tasks.refresh_subject(pk)
    assert len(sent) == 1


def test_the_sweep_hands_over_people_who_wait_one_by_one_and_the_rest_as_a_heap(sent: list[Any]) -> None:
    waits = water_profile()
    water_profile()
    pipeline.subjects.note_profile(waits.pk)
    tasks.sweep()
    pk = Subject.objects.get(profile=waits).pk
    assert sent == [("refresh_subject", (pk,)), *[("refresh_waiting", ())] * tasks.HELPERS]


def test_a_slice_queues_the_next_one_while_work_remains(
    sent: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "refresh_slice", lambda: True)
    tasks.refresh_waiting()
    assert sent == [("refresh_waiting", ())] * tasks.HELPERS
    monkeypatch.setattr(pipeline, "refresh_slice", lambda: False)
    for _ in range(2):
        tasks.refresh_waiting()
    assert sent[tasks.HELPERS :] == [("count_country", ())]  # once, when all are matched


def test_whoever_works_at_a_rebuild_asks_for_help_until_it_is_done(sent: list[Any]) -> None:
    others()
    water_profile()
    water_challenge()
    refresh_all()
    pipeline.rebuilding.start(why=Rebuild.Why.ASKED)
    tasks.sweep()
    assert of_matching(sent) == [("rebuild_slice", ())] * tasks.HELPERS
    for _ in range(20):
        sent.clear()
        tasks.rebuild_slice()
        if not sent:
            break
    assert Rebuild.objects.get().state == "finished"
    assert Statistics.objects.count() == 1
    tasks.sweep()
    assert set(of_matching(sent)) == {("compare_challenges", ())}  # under the new statistics
    while sent:
        sent.clear()
        tasks.compare_challenges()
    tasks.sweep()
    assert of_matching(sent) == []


def test_what_people_wait_for_goes_before_everything_else() -> None:
    from config.celery import app

    def priority(task: str) -> int:
        found = app.amqp.router.route({}, f"matching.tasks.{task}")
        return int(found.get("priority", 0))  # kombu takes 0 first

    assert priority("refresh_subject") < priority("refresh_waiting")
    assert priority("refresh_subject") < priority("rebuild_slice")


def test_ready_only_once_worker_model_and_first_matches_are_there(client: Client) -> None:
    assert client.get("/healthz").status_code == 200
    water_profile()
    water_challenge()
    assert why(client) == "No worker has been heard of in the last minute."
    pipeline._warm.clear()
    tasks.heartbeat()
    assert why(client) == "The worker is loading its model."
    pipeline.encoder()
    tasks.heartbeat()
    assert why(client) == "First matches are still being made: 2 to go."
    refresh_all()
    assert client.get("/readyz").status_code == 200
    cache.set(tasks.HEARTBEAT, time.time() - 61)
    assert why(client) == "No worker has been heard of in the last minute."


def test_not_ready_while_the_broker_is_away(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from config import health

    monkeypatch.setattr(health, "broker_answers", lambda: False)
    assert why(client) == "The broker does not answer."


def why(client: Client) -> str:
    response = client.get("/readyz")
    assert response.status_code == 503
    return str(response.json()["reason"])


def test_reasons_are_explained_behind_those_who_wait_and_letters_follow(sent: list[Any]) -> None:
    others()
    water_profile()
    challenge = water_challenge()
    refresh_all()
    pipeline.subjects.note_challenge(challenge.pk)
    tasks.refresh_subject(Subject.objects.get(challenge=challenge).pk)
    assert sent == [("write_letters", ()), ("explain_waiting", ())]
    sent.clear()
    tasks.sweep()
    assert of_matching(sent) == [("explain_waiting", ())]  # had it been lost
    sent.clear()
    tasks.explain_waiting()
    assert sent == [("write_letters", ())]
    tasks.sweep()
    assert len(of_matching(sent)) == 1


def test_explaining_goes_on_while_there_is_more(sent: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "explain_slice", lambda: True)
    tasks.explain_waiting()
    assert sent == [("explain_waiting", ())]


def test_a_partner_request_whose_task_was_lost_is_told_by_the_next_sweep_and_then_no_more(
    sent: list[Any],
) -> None:
    request = PartnerRequest.objects.create(
        challenge=factories.make_challenge(),
        profile=factories.make_researcher(),
        title="Quién fabrique sensores",
        closes_at=timezone.now() + timedelta(days=9),
    )
    tasks.sweep()
    assert ("tell_partners", (request.pk,)) in sent
    tasks.tell_partners(request.pk)
    sent.clear()
    tasks.sweep()
    assert ("tell_partners", (request.pk,)) not in sent
