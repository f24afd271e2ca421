"""Rows of matches written past the ORM, where there are many: COPY on PostgreSQL, one prepared statement on
SQLite. Model by model, Django takes longer to put a statement together than the database to carry it out."""

import json
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from django.db import connection, models
from django.utils import timezone

from ..models import Match


def insert(made: Sequence[Match]) -> None:
    """New matches: none of these pairs may be stored already under the same version."""
    if not made:
        return
    now = timezone.now()
    for row in made:
        row.made_at = now
    fields = [field for field in Match._meta.concrete_fields if not field.primary_key]
    names = [field.attname for field in fields]
    ready = [_ready(field) for field in fields]
    rows = [[to(getattr(row, name)) for name, to in zip(names, ready, strict=True)] for row in made]
    quote = connection.ops.quote_name
    table, columns = quote(Match._meta.db_table), ", ".join(quote(str(field.column)) for field in fields)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for values in rows:
                    copy.write_row(values)
        else:
            marks = ", ".join(["%s"] * len(fields))
            cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)  # noqa: S608 - names of our own


def _ready(field: "models.Field[Any, Any]") -> Callable[[Any], Any]:
    """What makes a column's values ready for the database."""
    if isinstance(field, models.JSONField):
        return _json
    if isinstance(field, models.DateTimeField):
        return lru_cache(maxsize=1024)(connection.ops.adapt_datetimefield_value)
    return _as_it_is


def _json(value: Any) -> str:
    return json.dumps(value) if value else "{}"


def _as_it_is(value: Any) -> Any:
    return value
