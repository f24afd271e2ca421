"""Measure the site's ranking on sets with judgements, beside rivals from public parts; no database is
touched. With --learning on the site's own answers, which are read from it."""

from __future__ import annotations

import re
from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError

from matching.bilingual import BilingualEncoder
from matching.encoder import get_encoder
from matching.encoding import Encoder
from matching.evaluation.ablation import ablation, without_each
from matching.evaluation.cached import remembering
from matching.evaluation.learned import tables as learned_tables
from matching.evaluation.report import Models, evaluate, tables
from matching.evaluation.sets import JudgedSet, Slice, read_set
from matching.evaluation.tables import Table
from matching.learning import TO_FIT, TO_JUDGE
from matching.management.commands import rank

ENGLISH = "minilm"


class Command(rank.Command):  # reads the same files by the same encoder
    help = (
        "Measure the ranking on sets with judgements (folders with challenges.jsonl, profiles.jsonl and "
        "qrels.tsv), beside BM25, plain sentence-transformers and others."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("sets", type=Path, nargs="*", metavar="SET", help="a folder with a set")
        parser.add_argument(
            "--learning",
            action="store_true",
            help="measure what is learned from the site's answers, by those that came later",
        )
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
        parser.add_argument(
            "--ablation", action="store_true", help="print what each part of the engine adds instead"
        )
        parser.add_argument("--no-cache", action="store_true", help="keep no vectors on disk, and read none")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["sets"] and not options["learning"]:
            raise CommandError("Name a set, or ask for --learning.")
        if options["learning"]:
            self.learning(options["format"])
        if options["sets"]:
            self.measure(options)

    def learning(self, form: str) -> None:
        """What is learned from the earlier answers, on the later ones, beside the untrained engine."""
        from matching.pipeline.learning import offline, told  # need a database, which sets do not

        measured, had = offline()
        if measured is None:
            self.stdout.write(
                f"Too few answers: {told(had['counts'])}. Of the rarer outcome there are"
                f" {had['fitted']} of {TO_FIT} to learn from,"
                f" and {had['judged']} of {TO_JUDGE} later ones to judge by."
            )
            return
        self.print(learned_tables(measured, f"The site's answers ({told(had['counts'])})"), form)

    def measure(self, options: dict[str, Any]) -> None:
        problems = 0
        models = self.models(keep=not options["no_cache"])
        parts: dict[str, Any] = {}
        for folder in options["sets"]:
            judged = self.read_set(folder, options["only"])
            problems += len(judged.problems)
            if options["ablation"]:
                parts[judged.name] = without_each(judged, models, self.watch)
            else:
                self.print(tables(evaluate(judged, models, self.watch)), options["format"])
        if parts:
            self.print([ablation(parts)], options["format"])
        if problems:
            raise CommandError(f"{problems} lines were skipped; the rest was measured.", returncode=1)

    def print(self, found: list[Table], form: str) -> None:
        """Tables as soon as they are known, since a set takes minutes."""
        for table in found:
            self.stdout.write(table.markdown() if form == "markdown" else table.text(), ending="\n\n")
        self.stdout.flush()

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

    def models(self, *, keep: bool) -> Models:
        """The site's encoder and those of its rivals, with their vectors kept under HELICE_VAR."""
        folder = settings.HELICE_VAR / "cache" / "vectors"

        def kept(encoder: Encoder) -> Encoder:
            return remembering(encoder, folder) if keep else encoder

        site = kept(self.encoder())
        if isinstance(site, BilingualEncoder):
            main, second = site.main, site.second
            return Models(site, main, lambda: second)
        return Models(site, site, lambda: kept(get_encoder(ENGLISH, Path(settings.HELICE_MODELS))))


def one_part(value: str) -> Slice:
    """ "1/5" as (1, 5), for argparse."""
    found = re.fullmatch(r"(\d+)/(\d+)", value)
    if not found or int(found[1]) >= int(found[2]):
        raise ArgumentTypeError(f"{value!r} is not a part and a number of parts, such as 0/5")
    return int(found[1]), int(found[2])
