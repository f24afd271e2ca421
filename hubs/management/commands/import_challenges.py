"""`manage.py import_challenges FILE`: challenges from JSON lines or CSV; all of the file or nothing."""

import csv
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import Language
from hubs.actions.imports import write_imported
from hubs.imports import Checker, Defaults, Row, read
from hubs.imports.cells import RowError
from hubs.models import Hub

SHOWN = 50


class Command(BaseCommand):
    help = "Imports challenges from JSON lines or CSV. A bad row is named, and then nothing is imported."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="check every row and write nothing")
        parser.add_argument("--organisation", help="UUID or name of the poster, for rows that name none")
        parser.add_argument("--hub", help="slug of the hub, for rows that name none")
        parser.add_argument("--status", choices=["published", "draft"], default="draft")
        parser.add_argument("--language", choices=Language.values, default=Language.ES)
        parser.add_argument("--opens", default="", metavar="DATE", help="for rows without opens")
        parser.add_argument("--closes", default="", metavar="DATE", help="for rows without closes")

    def handle(self, *args: Any, **options: Any) -> None:
        checker = self._checker(options)
        rows, errors = self._checked(options["file"], checker)
        for number, error in errors[:SHOWN]:
            self.stderr.write(f"line {number}: {error}")
        if errors:
            more = f" ({len(errors) - SHOWN} more)" if len(errors) > SHOWN else ""
            raise CommandError(f"{len(errors)} bad rows{more}; nothing was imported.")
        if options["dry_run"]:
            self.stdout.write(f"{len(rows)} rows are good; nothing was written (dry run).")
            return
        new, renewed = write_imported(rows=rows)
        self.stdout.write(f"{new} new, {renewed} renewed, {len(rows) - new - renewed} unchanged.")

    def _checker(self, options: dict[str, Any]) -> Checker:
        defaults = Defaults(
            status=options["status"],
            language=options["language"],
            opens=options["opens"],
            closes=options["closes"],
        )
        if options["hub"]:
            defaults.hub = Hub.objects.filter(slug=options["hub"]).first()
            if defaults.hub is None:
                raise CommandError(f"--hub: “{options['hub']}” is no hub here")
        checker = Checker(defaults)
        if options["organisation"]:
            try:
                defaults.organisation = checker.organisation(options["organisation"])
            except RowError as error:
                raise CommandError(f"--{error}") from None
        return checker

    def _checked(self, path: Path, checker: Checker) -> tuple[list[Row], list[tuple[int, RowError]]]:
        rows: list[Row] = []
        errors: list[tuple[int, RowError]] = []
        try:
            for number, given in read(path):
                try:
                    rows.append(checker.row(number, given))
                except RowError as error:
                    errors.append((number, error))
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise CommandError(f"{path}: {error}") from None
        return rows, errors
