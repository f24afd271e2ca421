"""`manage.py import_profiles FILE`: profiles from JSON lines or CSV; all of the file or nothing."""

import time
from argparse import RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.countries import get_pack
from accounts.importing import Defaults, conflicts, read, write
from accounts.models import Language, Profile

SHOWN = 50
FORMATS = """\
Imports profiles as unclaimed: labelled, matched, seen as far as --visibility allows, and never written
to once their owner has claimed them. A row with an `id` that was imported before is brought up to date.
If any row is wrong, every problem is listed with its row and field, and nothing is imported.

JSON lines, one object a line. All fields but id are optional:
  {"id": "a1", "kind": "researcher|startup|company|agency", "name": "…", "email": "…", "summary": "…",
   "language": "es|en", "visibility": "public|members|nobody", "source": "…",
   "state": "19 or Nuevo León", "municipality": "…",
   "institution": "…", "fields": ["2.7"], "orcid": "…", "availability": "…",
   "lives_abroad": "DE", "abroad_place": "…",
   "sector": "31-33", "stage": "pilot", "size": "micro", "government_level": "municipal", "trl": 6,
   "website": "https://…", "ror": "…", "rfc": "…",
   "offers": ["…", {"text": "…", "language": "en"}], "seeks": ["…"],
   "evidence": [{"kind": "publication|project|product|contract|thesis|code|reference",
                 "title": "…", "text": "…", "year": 2024, "link": "https://…", "language": "en"}]}
`email` is never shown: whoever proves to own it may claim the profile.
The shape of the rank command is read as well, as evidence:
  {"id", "documents": [{"title", "text", "year"}], "language"}

CSV in UTF-8 with a heading of the same names. offers, seeks, fields and evidence hold several entries
separated by "|", or a JSON list; an evidence entry without JSON is a title.
"""


class Command(BaseCommand):
    help = FORMATS

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        return super().create_parser(
            prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs
        )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="check every row and write nothing")
        parser.add_argument("--source", default="", help="where the file is from; shown on each profile")
        parser.add_argument(
            "--visibility",
            choices=Profile.Visibility.values,
            default=Profile.Visibility.MEMBERS,
            help="of rows that do not say (default: members)",
        )
        parser.add_argument("--kind", choices=Profile.Kind.values, default=Profile.Kind.RESEARCHER)
        parser.add_argument("--language", choices=Language.values, default=Language.ES)

    def handle(self, *args: Any, **options: Any) -> None:
        began = time.monotonic()
        defaults = Defaults(
            pack=get_pack(settings.HELICE_COUNTRY),
            kind=options["kind"],
            language=options["language"],
            visibility=options["visibility"],
            source=options["source"],
        )
        try:
            records, problems = read(options["file"], defaults)
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}") from None
        problems += conflicts(records)
        for problem in sorted(problems, key=lambda one: one.row)[:SHOWN]:
            self.stderr.write(str(problem))
        if problems:
            more = f" ({len(problems) - SHOWN} more)" if len(problems) > SHOWN else ""
            raise CommandError(f"{len(problems)} problems{more}; nothing was imported.")
        if options["dry_run"]:
            self.stdout.write(f"{len(records)} rows are good; nothing was written (dry run).")
            return
        done = write(records)
        self.stdout.write(
            f"{done.new} new, {done.changed} changed, {done.unchanged} unchanged, {done.claimed} claimed and"
            f" left alone; {time.monotonic() - began:.1f} s. The workers embed and match them within minutes."
        )
