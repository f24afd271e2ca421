"""Thin: ids in, one call. The rows say what is to be done; whatever is lost here, the sweep finds."""

import time
from typing import Any

from celery import Task, shared_task
from django.core.cache import cache

from accounts.queue import after_commit

from . import asking, partners, pipeline
from .asking import READY

HEARTBEAT = "worker:heartbeat"
HEARTBEAT_LASTS = 120
COUNTED, COUNTED_LASTS = "country:counted", 300
HELPERS = 4  # workers that bulk work is offered to at a time: one that is at it already declines


@shared_task
def refresh_subject(subject_id: int) -> None:
    if pipeline.refresh(subject_id):
        after_commit(write_letters)
    if pipeline.explaining.anything_waiting():
        after_commit(explain_waiting)


@shared_task
def refresh_waiting() -> None:
    if pipeline.refresh_slice():
        offer(refresh_waiting)
        return
    if pipeline.rebuilding.anything_to_do():
        offer(rebuild_slice)
    elif not cache.get(COUNTED):  # whoever looks at the country after an import sees it counted
        cache.set(COUNTED, "lately", timeout=COUNTED_LASTS)
        after_commit(count_country)


@shared_task
def rebuild_slice() -> None:
    if pipeline.rebuild_slice():
        offer(rebuild_slice)


@shared_task
def explain_waiting() -> None:
    """Letters wait for the reasons of what was matched a moment ago."""
    if pipeline.explain_slice():
        after_commit(explain_waiting)
    else:
        after_commit(write_letters)


@shared_task
def compare_challenges() -> None:
    if pipeline.compare_slice():
        offer(compare_challenges)


@shared_task
def propose_teams() -> None:
    if pipeline.team_slice():
        after_commit(propose_teams)


@shared_task
def tell_partners(request_id: int) -> None:
    partners.tell(request_id)


@shared_task
def match_programmes() -> None:
    if pipeline.programmes_slice():
        offer(match_programmes)


@shared_task
def find_gaps() -> None:
    """Every night, and after a rebuild or an edit."""
    if pipeline.gap_slice():
        after_commit(find_gaps)


@shared_task
def sweep() -> None:
    interactive, others = pipeline.sweep()
    for subject_id in interactive:
        after_commit(refresh_subject, subject_id)
    if others:
        offer(refresh_waiting)
    if pipeline.rebuilding.anything_to_do():
        offer(rebuild_slice)
    if pipeline.explaining.anything_waiting():
        after_commit(explain_waiting)
    if pipeline.similar.waiting().exists():
        offer(compare_challenges)
    if pipeline.teams.waiting().exists():
        after_commit(propose_teams)
    for request_id in partners.waiting():
        after_commit(tell_partners, request_id)
    if pipeline.programmes.waiting(pipeline.model_name()):
        after_commit(match_programmes)
    if pipeline.gaps.waiting(pipeline.model_name()):
        after_commit(find_gaps)


@shared_task
def write_letters() -> None:
    from .digests import write_due_letters

    write_due_letters()


@shared_task(soft_time_limit=840, time_limit=900)
def allocate() -> None:
    """Weekly letters wait for the round of their week."""
    from .pipeline.allocating import keep_round

    if keep_round():
        after_commit(write_letters)


@shared_task(soft_time_limit=840, time_limit=900)
def learn() -> None:
    """Judge what was learned from answers, and learn anew where a week has passed."""
    from .pipeline.learning import keep_learning

    keep_learning()


@shared_task
def answer(key: str) -> None:
    pipeline.encoder()
    asking.answer(key)


@shared_task
def count_country() -> None:
    from .country import counts

    counts.renew()


@shared_task
def heartbeat() -> None:
    """That a worker takes tasks, and whether the one that did has its encoder."""
    cache.set(HEARTBEAT, time.time(), timeout=HEARTBEAT_LASTS)
    if pipeline.is_warm():
        cache.set(READY, pipeline.model_name(), timeout=HEARTBEAT_LASTS)


def offer(task: "Task[Any, Any]") -> None:
    """To several workers at once; nobody here knows how many there are."""
    for _ in range(HELPERS):
        after_commit(task)
