"""Handing work to the workers: after commit, and without waiting for a broker that is away."""

import logging
from functools import partial
from typing import Any

from celery import Task
from django.db import transaction
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)


def after_commit(task: "Task[Any, Any]", *args: object) -> None:
    """Queue the task after the commit. Rows are the queue: a sweep finds what is lost here."""
    transaction.on_commit(partial(_hand_over, task, args))


def _hand_over(task: "Task[Any, Any]", args: tuple[object, ...]) -> None:
    try:
        task.apply_async(args=args, retry=False, ignore_result=True)
    except (OperationalError, ConnectionError, TimeoutError) as error:
        logger.warning("Broker away, left to the sweep: %s%s (%s)", task.name, args, error)
