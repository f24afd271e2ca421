"""`manage.py release_indicators [--period 2026-10] [--preview]`: publish a month that is over."""

import json
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from hubs.actions.releases import release_month
from hubs.indicators.facts import zone
from hubs.indicators.figures import all_facts, month_before, preview


class Command(BaseCommand):
    help = "Publishes the country's figures of a month that is over. What is published is never changed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--period", default="", metavar="YYYY-MM", help="the last month that is over")
        parser.add_argument(
            "--preview",
            action="store_true",
            help="publish nothing: print the country's exact figures until the end of this month as JSON",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        today = timezone.localdate(timezone=zone())
        period = options["period"] or (f"{today:%Y-%m}" if options["preview"] else month_before(today))
        try:
            told = self.preview(period) if options["preview"] else self.release(period, today)
        except (ValidationError, ValueError) as error:
            raise CommandError(" ".join(getattr(error, "messages", [str(error)]))) from error
        self.stdout.write(told)

    def preview(self, period: str) -> str:
        return json.dumps({"period": period, "figures": preview(all_facts(), period)}, indent=2)

    def release(self, period: str, today: date) -> str:
        is_new = release_month(period=period, today=today)
        return f"{period} is published." if is_new else f"{period} was published before."
