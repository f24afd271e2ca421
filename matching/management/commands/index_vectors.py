"""Make pgvector's graph (HNSW) over the vectors of the encoder in use, for HELICE_HNSW=1."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from matching import pipeline
from matching.vectors import graph


class Command(BaseCommand):
    help = "Make pgvector's graph over the vectors of the encoder in use, and take away those of others."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--drop", action="store_true", help="take the graph away")

    def handle(self, **options: Any) -> None:
        if connection.vendor != "postgresql":
            raise CommandError("Only PostgreSQL has such graphs.")
        if options["drop"]:
            self.stdout.write(f"{graph.drop()} graphs taken away.")
            return
        name = graph.make(pipeline.model_name())
        self.stdout.write(f"{name} is ready." if name else "There are no vectors yet.")
