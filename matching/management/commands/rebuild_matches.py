"""Measure the catalogue anew and match everything again, here and now or in the workers."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from accounts.queue import after_commit
from matching import pipeline, tasks
from matching.models import Subject


class Command(BaseCommand):
    help = (
        "Measure the catalogue anew and match everything again. Answers, letters and events stay as they are."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--passages", action="store_true", help="check every text and vector too")
        parser.add_argument("--queue", action="store_true", help="let the workers do it")

    def handle(self, *args: Any, passages: bool, queue: bool, **options: Any) -> None:
        if queue:
            after_commit(tasks.rebuild, passages)
            self.stdout.write("Handed to the workers.")
            return
        pipeline.rebuild(passages=passages)
        Subject.objects.filter(stale_since__isnull=False).update(interactive=False)
        total = Subject.objects.filter(stale_since__isnull=False).count()
        last = -1
        while pipeline.refresh_slice():
            left = Subject.objects.stale().count()
            if left != last:
                self.stderr.write(f"\r{total - left} of {total} matched", ending="")
                last = left
        failed = Subject.objects.filter(failures__gt=0).count()
        self.stdout.write(
            f"\n{Subject.objects.filter(stale_since=None).count()} up to date, {failed} failed."
        )
