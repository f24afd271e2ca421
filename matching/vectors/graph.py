"""pgvector's graph (HNSW; Malkov & Yashunin, 2018) over the vectors of one model: made and taken away.

It knows one dimension, and so one model; an index of its own for each is why it is no migration.
"""

from __future__ import annotations

import hashlib

from django.db import connection

from ..models import Passage

PREFIX = "matching_passage_hnsw_"
M, EF_CONSTRUCTION = (
    24,
    128,
)  # edges of a node, and how carefully they are chosen: recall before building time


def make(model: str) -> str:
    """Make the graph of a model unless it is there, then drop those of others. Its name, or "" where nothing
    is embedded yet. Nobody waits meanwhile; minutes for a million vectors."""
    first = Passage.objects.filter(model=model, vector__isnull=False).values_list("vector", flat=True).first()
    if first is None:
        return ""
    name = f"{PREFIX}{hashlib.sha256(model.encode()).hexdigest()[:12]}"
    quoted = connection.ops.quote_name(name)
    with connection.cursor() as cursor:
        cursor.execute("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%s)", [name])
        found = cursor.fetchone()
        if found and not found[0]:  # an earlier making was cut off
            cursor.execute(f"DROP INDEX {quoted}")
        # Values cannot be parameters of CREATE INDEX; the model's name is quoted by the database itself.
        cursor.execute("SELECT quote_literal(%s)", [model])
        concurrently = "" if connection.in_atomic_block else "CONCURRENTLY"
        cursor.execute(
            f"CREATE INDEX {concurrently} IF NOT EXISTS {quoted} ON matching_passage"
            f" USING hnsw ((vector::halfvec({len(first)})) halfvec_ip_ops)"
            f" WITH (m = {M}, ef_construction = {EF_CONSTRUCTION})"
            f" WHERE model = {cursor.fetchone()[0]} AND vector IS NOT NULL"
        )
    drop(but=name)
    return name


def drop(but: str = "") -> int:
    """Take all such graphs away, except one. Returns how many went."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname FROM pg_indexes WHERE tablename = 'matching_passage' AND indexname LIKE %s",
            [f"{PREFIX}%"],
        )
        names = [name for (name,) in cursor.fetchall() if name != but]
        for name in names:
            cursor.execute(f"DROP INDEX IF EXISTS {connection.ops.quote_name(name)}")
    return len(names)
