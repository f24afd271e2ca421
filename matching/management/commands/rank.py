"""Rank profiles for challenges, from files to a file, by the engine that the site uses; no database is
touched."""

from __future__ import annotations

import os
import tempfile
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm  # type: ignore[import-untyped]

from matching import files, offline
from matching.encoder import Encoder, get_encoder
from matching.packed import ModelError

SHOWN = 80  # characters of a text in a message


class Command(BaseCommand):
    help = "Rank the profiles of one JSON lines file for the challenges of another, and write a TREC run."
    requires_system_checks = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--challenges", type=Path, required=True, help='lines of {"id", "title", "text", "needs"}'
        )
        parser.add_argument("--profiles", type=Path, required=True, help='lines of {"id", "documents"}')
        parser.add_argument("--output", type=Path, required=True, help="the run file to write")
        parser.add_argument(
            "--top", type=positive, default=100, help="profiles for each challenge (default 100)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        output: Path = options["output"]
        if output.exists() and not output.is_file():  # a folder, or a device that a new file would replace
            raise CommandError(f"{output} is no ordinary file, and is left alone.")
        if not output.parent.is_dir():
            raise CommandError(f"There is no folder {output.parent} to write {output.name} in.")
        challenges = self.read(options["challenges"], files.read_challenges)
        profiles = self.read(options["profiles"], files.read_profiles)
        problems = [*challenges.problems, *profiles.problems]
        for problem in problems:
            self.stderr.write(problem)
        catalogue = offline.load(profiles.lines, challenges.lines, self.encoder(), self.watch)
        for text in catalogue.aside:
            self.stderr.write(f"The encoder fails on a text, which is set aside: {text[:SHOWN]!r}")
        self.write(output, catalogue, profiles.lines, challenges.lines, options["top"])
        self.stdout.write(
            f"Ranked {len(profiles.lines)} profiles for {len(challenges.lines)} challenges: {output}"
        )
        if problems:
            raise CommandError(f"{len(problems)} lines were skipped; the rest was ranked.", returncode=1)

    def read(self, path: Path, reader: Any) -> Any:
        """A file through its reader; one that cannot be opened is named."""
        try:
            return reader(path)
        except OSError as error:
            raise CommandError(f"Cannot read {path}: {error.strerror}.") from error

    def encoder(self) -> Encoder:
        """The encoder that the site is set to use."""
        try:
            return get_encoder(settings.HELICE_ENCODER, Path(settings.HELICE_MODELS))
        except (ModelError, OSError, ValueError) as error:
            raise CommandError(
                f"The encoder {settings.HELICE_ENCODER!r} cannot be loaded: {error}"
            ) from error

    def write(
        self,
        output: Path,
        catalogue: offline.Catalogue,
        profiles: Sequence[files.ProfileLine],
        challenges: Sequence[files.ChallengeLine],
        top: int,
    ) -> None:
        """Write the run whole or not at all: an interrupted one leaves no half file behind."""
        silent = []
        place = Path(os.path.realpath(output))  # a link goes on to lead to the run
        ranked = offline.rank_all(catalogue, [line.id for line in profiles], top, self.watch)
        try:
            with tempfile.NamedTemporaryFile(
                "w", encoding="utf-8", dir=place.parent, prefix=f".{place.name}-", delete=False
            ) as target:
                scratch = Path(target.name)
                try:
                    for line, found in zip(challenges, ranked, strict=True):
                        files.write_run(target, line.id, found)
                        silent += [] if found else [line.id]
                    target.flush()
                    scratch.chmod(0o666 & ~current_umask())
                    scratch.replace(place)
                finally:
                    scratch.unlink(missing_ok=True)
        except OSError as error:
            raise CommandError(f"Cannot write {output}: {error.strerror}.") from error
        if silent:
            self.stderr.write(
                f"{len(silent)} challenges have no words to rank by, or met none: {', '.join(silent[:5])}"
            )

    def watch(self, steps: Iterable[int], total: int, what: str) -> Iterable[int]:
        """A progress bar on stderr, rarely redrawn where nobody watches."""
        seconds = 0.5 if self.stderr.isatty() else 10
        bar: Iterable[int] = tqdm(
            steps, total=total, desc=what, file=self.stderr, mininterval=seconds, leave=False
        )
        return bar


def positive(value: str) -> int:
    """A whole number from 1 on, for argparse."""
    if not value.isdecimal() or int(value) < 1:
        raise ArgumentTypeError(f"{value!r} is not a whole number from 1 on")
    return int(value)


def current_umask() -> int:
    """What new files may not be, here; reading it means setting it for a moment."""
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
