"""What the two databases are told differently: vectors, as halfvec or half-precision bytes, and long lists of
ids."""

import json
from collections.abc import Iterable
from typing import Any

import numpy as np
from django.db import connection, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.expressions import RawSQL
from pgvector import HalfVector

Vector = np.ndarray[Any, np.dtype[np.float32]]


class VectorField(models.Field):  # type: ignore[type-arg]
    """Reads and writes float32 arrays of shape (d,); stores 2 bytes a number."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        return "halfvec" if connection.vendor == "postgresql" else "BLOB"

    def from_db_value(self, value: Any, expression: object, connection: BaseDatabaseWrapper) -> Vector | None:
        if value is None:
            return None
        if connection.vendor == "postgresql":
            # psycopg hands it over as text: "[0.1,0.2]".
            return np.fromstring(value[1:-1], dtype=np.float32, sep=",")
        return np.frombuffer(value, dtype=np.float16).astype(np.float32)

    def get_db_prep_value(self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False) -> Any:
        if value is None:
            return None
        if connection.vendor == "postgresql":
            return HalfVector._to_db(np.asarray(value))
        return connection.Database.Binary(np.asarray(value, dtype=np.float16).tobytes())  # type: ignore[attr-defined]


def among(ids: Iterable[int]) -> RawSQL:
    """Thousands of ids for `filter(pk__in=…)`, as one parameter: each of its own would cost Django more than
    the database takes to answer, and SQLite knows a greatest number of them."""
    keys = [int(key) for key in ids]
    if connection.vendor == "postgresql":
        return RawSQL("SELECT unnest(%s::bigint[])", [keys])
    return RawSQL("SELECT value FROM json_each(%s)", [json.dumps(keys)])
