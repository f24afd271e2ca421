"""PostgreSQL finds words anywhere in the texts that lists search by an index; SQLite reads them."""

from typing import Any

from django.db import migrations

TABLES = ("hubs_challenge", "hubs_programme")


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
    dependencies = [("hubs", "0012_partner_requests_told"), ("accounts", "0007_words_by_index")]
    operations = [migrations.RunPython(add, remove)]
