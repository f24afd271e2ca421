"""Thin: ids in, one call. A letter's row is the queue, so nothing is retried here: the sweep does it."""

from celery import shared_task

from . import forgetting, jobs, mailer
from .queue import after_commit


@shared_task(soft_time_limit=120, time_limit=150)
def send_letter(letter_id: int) -> None:
    mailer.send(letter_id)


@shared_task(soft_time_limit=200, time_limit=240)
def send_due_letters() -> int:
    return mailer.send_due()


@shared_task(soft_time_limit=60, time_limit=90)
def settle_interrupted() -> int:
    return mailer.settle_interrupted()


@shared_task(soft_time_limit=300, time_limit=360)
def forget() -> None:
    forgetting.forget()


@shared_task
def run_job(job_id: int) -> bool:
    return jobs.run(job_id)


@shared_task(soft_time_limit=60, time_limit=90)
def find_jobs() -> None:
    """What was never handed over, or whose worker fell."""
    for job_id in jobs.waiting():
        after_commit(run_job, job_id)
