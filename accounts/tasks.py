"""Thin: ids in, one call."""

from celery import shared_task


@shared_task
def send_letter(letter_id: int) -> None:
    raise RuntimeError(letter_id)
