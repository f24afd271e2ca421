"""Measure the site's ranking on sets with judgements, beside rivals from public parts; no database is
touched."""

from __future__ import annotations

import re
from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError

from matching.encoder import Encoder, get_encoder
from matching.evaluation.cached import CachedEncoder
from matching.evaluation.report import evaluate, tables
from matching.evaluation.sets import JudgedSet, Slice, read_set
from matching.management.commands import rank

SECOND = "minilm"


class Command(rank.Command):  # reads the same files by the same encoder
    help = (
        "Measure the ranking on sets with judgements (folders with challenges.jsonl, profiles.jsonl and "
        "qrels.tsv), beside BM25, plain sentence-transformers and others."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("sets", type=Path, nargs="+", metavar="SET", help="a folder with a set")
        parser.add_argument(
            "--format", choices=["text", "markdown"], default="text", help="how tables are written"
        )
        parser.add_argument(
            "--only",
            type=one_part,
            default=(0, 1),
            metavar="N/M",
            help="measure part N (from 0) of M parts of the challenges, split by a hash of their ids",
        )
        parser.add_argument("--no-cache", action="store_true", help="keep no vectors on disk, and read none")

    def handle(self, *args: Any, **options: Any) -> None:
        problems = 0
        cached = not options["no_cache"]
        encoder = self.remembering(self.encoder(), cached)
        for folder in options["sets"]:
            judged = self.read_set(folder, options["only"])
            problems += len(judged.problems)
            found = evaluate(judged, encoder, lambda: self.remembering(self.second(), cached), self.watch)
            for table in tables(found):
                self.stdout.write(getattr(table, options["format"])(), ending="\n\n")
        if problems:
            raise CommandError(f"{problems} lines were skipped; the rest was measured.", returncode=1)

    def read_set(self, folder: Path, part: Slice) -> JudgedSet:
        """A set that can be measured; what cannot be read is named."""
        try:
            judged = read_set(folder, part)
        except OSError as error:
            raise CommandError(f"Cannot read {error.filename}: {error.strerror}.") from error
        for problem in judged.problems:
            self.stderr.write(problem)
        if not len(judged.asked):
            raise CommandError(f"No challenge in {folder} has a right profile: there is nothing to measure.")
        return judged

    def second(self) -> Encoder:
        """The English model of one of the rivals."""
        return get_encoder(SECOND, Path(settings.HELICE_MODELS))

    def remembering(self, encoder: Encoder, cached: bool) -> Encoder:
        """An encoder that keeps its vectors under HELICE_VAR, since a set is measured many times."""
        return CachedEncoder(encoder, settings.HELICE_VAR / "cache" / "vectors") if cached else encoder


def one_part(value: str) -> Slice:
    """ "1/5" as (1, 5), for argparse."""
    found = re.fullmatch(r"(\d+)/(\d+)", value)
    if not found or int(found[1]) >= int(found[2]):
        raise ArgumentTypeError(f"{value!r} is not a part and a number of parts, such as 0/5")
    return int(found[1]), int(found[2])
