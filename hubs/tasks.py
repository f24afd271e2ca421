"""Thin: one call. What happens by the clock stands in clocks/."""

from celery import shared_task

from . import clocks


@shared_task(soft_time_limit=120, time_limit=150)
def keep_time() -> None:
    clocks.keep_time()
