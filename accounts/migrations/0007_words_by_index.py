"""PostgreSQL finds words anywhere in the texts that lists search by an index; SQLite reads them."""

from typing import Any

from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations

TABLES = ("accounts_profile", "accounts_organisation")


def add(_apps: Any, editor: Any) -> None:
    if editor.connection.vendor == "postgresql":
        for table in TABLES:
            editor.execute(
                f"CREATE INDEX IF NOT EXISTS {table}_words ON {table} USING gin (search_text gin_trgm_ops)"
            )


def remove(_apps: Any, editor: Any) -> None:
    if editor.connection.vendor == "postgresql":
        for table in TABLES:
            editor.execute(f"DROP INDEX IF EXISTS {table}_words")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_directory_indexes")]
    operations = [TrigramExtension(), migrations.RunPython(add, remove)]
