"""Stored vectors and what lies nearest to what is asked: one interface, two ways.

rows.py      passages with vectors and texts, as ranking reads them
stored.py    reading them from the database, and their versions
copy.py      one half-precision copy in files that all workers of a machine map
mapped.py    searching that copy: the standard way
pgvector.py  searching inside PostgreSQL instead
graph.py     pgvector's graph for that, where it is wanted
"""

from .mapped import ANSWERS, ASKS, CHALLENGES, Index, answers, asks, challenges, forget
from .rows import Floats, Integers, Rows
from .stored import next_version, sample

__all__ = [
    "ANSWERS",
    "ASKS",
    "CHALLENGES",
    "Floats",
    "Index",
    "Integers",
    "Rows",
    "answers",
    "asks",
    "challenges",
    "forget",
    "next_version",
    "sample",
]
