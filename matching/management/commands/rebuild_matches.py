"""Measure the catalogue anew and match everything again, here or in the workers, while people see what they
saw; look how far it is, stop it, go on with it."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from matching import pipeline, tasks
from matching.models import Rebuild, Subject
from matching.pipeline import rebuilding

LATEST = 5


class Command(BaseCommand):
    help = (
        "Measure the catalogue anew and match everything again; until all of it is there, people see the"
        " matches of before. Answers, letters and events stay as they are."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--passages", action="store_true", help="check every text and vector first")
        parser.add_argument("--again", action="store_true", help="by the statistics in force, after a repair")
        parser.add_argument("--queue", action="store_true", help="let the workers do it")
        one = parser.add_mutually_exclusive_group()
        one.add_argument("--status", action="store_true", help="say how far it is, and do nothing")
        one.add_argument("--stop", action="store_true", help="let it rest; what is done stays")
        one.add_argument("--resume", action="store_true", help="go on with what was stopped")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["stop"] and not rebuilding.stop():
            raise CommandError("No rebuild is running.")
        if not options["stop"] and not options["status"]:
            self.begin(options)
            if options["queue"]:
                tasks.offer(tasks.refresh_waiting)
                tasks.offer(tasks.rebuild_slice)
            else:
                self.work()
        self.say_status()

    def begin(self, options: dict[str, Any]) -> None:
        if options["resume"]:
            if not rebuilding.resume():
                raise CommandError("No rebuild was stopped.")
            return
        if options["passages"]:
            pipeline.check_everything()
        rebuilding.start(why=Rebuild.Why.ASKED, again=options["again"])

    def work(self) -> None:
        """Until everything is embedded, matched and switched over; workers may help."""
        Subject.objects.filter(stale_since__isnull=False).update(interactive=False)
        last = ""
        while True:
            more = pipeline.refresh_slice() | pipeline.rebuild_slice()
            running = Rebuild.objects.running().first()
            now = str(running or "")
            if now != last:
                self.stderr.write(now)
                last = now
            if not more and not running and not rebuilding.anything_to_do():
                break
            if not more:
                time.sleep(0.5)  # a worker has the last chunks, or somebody's edit is being matched

    def say_status(self) -> None:
        for rebuild in Rebuild.objects.all()[:LATEST]:
            counts = f"{rebuild.done} of {rebuild.total} challenges, {rebuild.failed} failed"
            self.stdout.write(f"{rebuild.started_at:%Y-%m-%d %H:%M}  {rebuild}: {counts}. {rebuild.error}")
        waiting = Subject.objects.filter(stale_since__isnull=False)
        failed = waiting.filter(failures__gt=0).count()
        self.stdout.write(f"{waiting.count()} profiles and challenges wait, {failed} after a failure.")
