"""`manage.py release_indicators [--period 2026-10]`: publish the figures of a month that is over."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from hubs.actions.releases import release_month
from hubs.indicators.facts import zone
from hubs.indicators.figures import month_before


class Command(BaseCommand):
    help = "Publishes the country's figures of a month that is over. What is published is never changed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--period", default="", metavar="YYYY-MM", help="the last month that is over")

    def handle(self, *args: Any, **options: Any) -> None:
        today = timezone.localdate(timezone=zone())
        period = options["period"] or month_before(today)
        try:
            is_new = release_month(period=period, today=today)
        except (ValidationError, ValueError) as error:
            raise CommandError(" ".join(getattr(error, "messages", [str(error)]))) from error
        self.stdout.write(f"{period} is published." if is_new else f"{period} was published before.")
