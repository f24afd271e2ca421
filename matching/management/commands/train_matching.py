"""Learn from answers now, rather than by night; look how what was learned does."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext

from matching.evaluation.learned import tables
from matching.models import LearnedModel
from matching.pipeline.learning import SWITCHED_OFF, keep_learning, told

LATEST = 5


class Command(BaseCommand):
    help = (
        "Learn from answers now; what is learned is switched on where it does no worse on later answers than"
        " the untrained engine. HELICE_LEARNING=0 switches learning off for good."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--status", action="store_true", help="say what is learned, and do nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["status"]:
            keep_learning(again=True)
            if not settings.HELICE_LEARNING:
                raise CommandError(gettext(SWITCHED_OFF))
        for row in LearnedModel.objects.all()[:LATEST]:
            why = gettext(row.why_off) if row.why_off else ""
            self.stdout.write(f"{row}: {told(row.measured['counts'])}. {why}".rstrip())
        on = LearnedModel.objects.filter(is_on=True).first()
        for table in tables(on.measured, "The model in force") if on else []:
            self.stdout.write("\n" + table.text())
