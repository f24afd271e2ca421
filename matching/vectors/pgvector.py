"""Searching inside PostgreSQL, where no copy of the vectors is wanted: the same numbers from the same rows.

One pass over the table answers all needs of a challenge at once: each row's products with the needs, less
what centring takes away (see ranking/search.py), the greatest of each subject, and of the subjects those that
reach farthest. Exact. With HELICE_HNSW the graph of pgvector proposes subjects first, and only their rows are
compared: quicker on large catalogues, and it may miss some (tests/matching/test_pgvector.py measures how
many).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.conf import settings
from django.db import connection, transaction
from numpy.typing import NDArray

from ..ranking import LANGUAGES, Needs, Passages, Statistics
from ..ranking.search import LEAST_OF_LANGUAGE, Near
from ..ranking.statistics import NEAR
from ..ranking.strength import SINGLE_NEED
from . import stored
from .rows import Floats, Integers, Rows

PROPOSED = 400  # rows that the graph is asked for, for each query and language
WALKED = 600  # how many it keeps in view on its way (hnsw.ef_search)


@dataclass(frozen=True, eq=False)
class Query:
    """What is asked of the table: vectors (k, d), centred; languages (k,); means (2, d) of the rows by their
    language; usual (2, k, 2): mean and deviation of chance pairs, first axis language of the row; made_up (2,
    k): what each deviation above NEAR gains."""

    vectors: Floats
    means: Floats
    usual: Floats
    made_up: Floats

    @classmethod
    def of(
        cls, vectors: Floats, languages: Integers, means: Floats, usual: Floats, statistics: Statistics
    ) -> Query:
        across = languages != np.arange(2)[:, None]
        return cls(vectors, means, usual, across * statistics.weights[3])

    def __len__(self) -> int:
        return len(self.vectors)

    @property
    def constants(self) -> str:
        """A table with a row for each language: its mean, and for each query the mean's product with it, and
        what makes deviations of products. No WITH: that would keep out parallel workers."""
        shifts = self.means @ self.vectors.T
        rows = []
        for side, language in enumerate(LANGUAGES):
            each = np.stack([shifts[side], *self.usual[side].T, self.made_up[side]]).T
            numbers = ", ".join(f"{number:.9g}::float8" for number in each.ravel().tolist())
            rows.append(f"('{language}', {literal(self.means[side])}, {numbers})")
        names = (f"shift{at}, usual{at}, spread{at}, gain{at}" for at in range(len(self)))
        return f"(VALUES {', '.join(rows)}) AS usual (language, mean, {', '.join(names)})"

    @property
    def nearest(self) -> str:
        """The greatest of each query's products with a subject's rows of one language, once centred. The
        length of a centred row is taken for each query anew: what would take it once keeps out parallel
        workers, and costs more."""
        return ", ".join(
            f"max((-(vector <#> {literal(vector)}) - shift{at}) / greatest(vector <-> mean, 1e-6))"
            f" AS near{at}"
            for at, vector in enumerate(self.vectors)
        )

    def deviation(self, at: int) -> str:
        above = f"(near{at} - usual{at}) / spread{at}"
        return f"{above} + gain{at} * greatest({above} - {NEAR}, 0)"


class Pgvector:
    """An index over the table itself; every call sees what is committed."""

    def __init__(self, roles: Sequence[str], model: str) -> None:
        self.roles, self.model = tuple(roles), model

    def nearest(self, needs: Needs, statistics: Statistics, most: int) -> list[Near]:
        found = []
        for challenge in range(needs.challenges):
            mine = np.flatnonzero(needs.of_challenge == challenge)
            vectors, languages = needs.vectors[mine].copy(), needs.languages[mine]
            for a in range(2):
                vectors[languages == a] = statistics.centred_needs(vectors[languages == a], a)
            usual = statistics.dense[languages].transpose(1, 0, 2)
            query = Query.of(vectors, languages, statistics.passage_means, usual, statistics)
            found.append(self._profiles(query, needs.weights[mine], most) if len(mine) else nothing(0))
        return found

    def nearest_asks(self, passages: Passages, statistics: Statistics, most: int) -> list[Near]:
        found = []
        for profile in range(passages.profiles):
            mine = np.flatnonzero(passages.owners == profile)
            vectors, languages = passages.vectors[mine].copy(), passages.languages[mine]
            for b in range(2):
                vectors[languages == b] = statistics.centred_passages(vectors[languages == b], b)
            usual = statistics.dense[:, languages]
            query = Query.of(vectors, languages, statistics.need_means, usual, statistics)
            found.append(self._challenges(query, most) if len(mine) else nothing(1))
        return found

    def rows(self, subjects: Iterable[int]) -> Rows:
        return stored.rows_of(np.unique(np.fromiter(subjects, np.int64)).tolist(), self.roles, self.model)

    def _profiles(self, query: Query, weights: Floats, most: int) -> Near:
        """Subjects by the weighted mean of their deviations or, where that is more, somewhat less than the
        best of them."""
        count = range(len(query))
        each = ", ".join(f"max({query.deviation(at)}) AS near{at}" for at in count)
        shares = (weights / weights.sum()).tolist()
        mean = " + ".join(f"{share:.9g} * near{at}" for at, share in enumerate(shares))
        best = f"{SINGLE_NEED} * greatest({', '.join(f'near{at}' for at in count)})"
        by_subject = f"""
            SELECT subject_id, {spoken("bool_or")}, {each}
            FROM compared JOIN {query.constants} USING (language)
            GROUP BY subject_id"""  # noqa: S608 - numbers alone
        return self._found(query, "subject_id", by_subject, f"greatest({mean}, {best})", count, most)

    def _challenges(self, query: Query, most: int) -> Near:
        """Subjects by the mean over their needs of what the best passage reaches, or somewhat less than the
        best need."""
        each = f"greatest({', '.join(query.deviation(at) for at in range(len(query)))})"
        by_subject = f"""
            SELECT subject_id, {spoken("bool_or")},
                greatest(avg({each}), {SINGLE_NEED} * max({each})) AS near0
            FROM compared JOIN {query.constants} USING (language)
            GROUP BY subject_id"""  # noqa: S608 - numbers alone
        return self._found(query, "subject_id, id", by_subject, "near0", range(1), most)

    def _found(self, query: Query, by: str, by_subject: str, reach: str, shown: range, most: int) -> Near:
        """The `most` subjects that reach farthest, and a fair share of each language (see Near.best)."""
        farthest = "SELECT * FROM reached {} ORDER BY reach DESC, subject_id LIMIT %(most)s"
        of_language = "SELECT * FROM reached WHERE {} ORDER BY reach DESC, subject_id LIMIT %(share)s"
        parts = [farthest.format(""), *(of_language.format(language) for language in LANGUAGES)]
        with transaction.atomic(), connection.cursor() as cursor:
            subjects = self._proposed(cursor, query) if settings.HELICE_HNSW else None
            narrowed = "" if subjects is None else "AND subject_id = ANY(%(subjects)s)"
            cursor.execute(
                f"""
                WITH compared AS (
                    SELECT {by}, language, {query.nearest}
                    FROM matching_passage AS passage JOIN {query.constants} USING (language)
                    WHERE model = %(model)s AND role = ANY(%(roles)s) AND vector IS NOT NULL {narrowed}
                    GROUP BY {by}, language
                ),
                reached AS MATERIALIZED (SELECT *, {reach} AS reach FROM ({by_subject}) AS subjects)
                SELECT subject_id, {", ".join(LANGUAGES)}, {", ".join(f"near{at}" for at in shown)}
                FROM ({" UNION ".join(f"({part})" for part in parts)}) AS found ORDER BY subject_id
                """,  # noqa: S608 - numbers and names of ours; what others wrote goes in as values
                {
                    "model": self.model,
                    "roles": list(self.roles),
                    "subjects": subjects,
                    "most": most,
                    "share": int(most * LEAST_OF_LANGUAGE),
                },
            )
            return near(cursor.fetchall(), len(shown), whole=subjects is None, most=most)

    def _proposed(self, cursor: Any, query: Query) -> list[int]:
        """Subjects of the rows that pgvector's graph finds nearest to each query in each language."""
        cursor.execute(f"SET LOCAL hnsw.ef_search = {WALKED}")
        cursor.execute("SET LOCAL hnsw.iterative_scan = relaxed_order")
        found: set[int] = set()
        width = len(query.vectors[0])
        for vector in query.vectors:
            for language in LANGUAGES:
                cursor.execute(
                    f"""
                    SELECT subject_id FROM matching_passage
                    WHERE model = %s AND role = ANY(%s) AND language = %s AND vector IS NOT NULL
                    ORDER BY vector::halfvec({width}) <#> {literal(vector)}::halfvec({width}) LIMIT %s
                    """,  # noqa: S608 - numbers alone
                    [self.model, list(self.roles), language, PROPOSED],
                )
                found.update(subject for (subject,) in cursor.fetchall())
        return sorted(found)


def spoken(aggregate: str) -> str:
    return ", ".join(f"{aggregate}(language = '{language}') AS {language}" for language in LANGUAGES)


def near(rows: Sequence[tuple[Any, ...]], count: int, *, whole: bool, most: int) -> Near:
    """What the database answered: subject, whether it speaks each language, and its values."""
    table: NDArray[np.float64] = np.array(rows, np.float64).reshape(len(rows), 3 + count)
    return Near(
        table[:, 0].astype(np.int64),
        table[:, 3:].astype(np.float32),
        table[:, 1:3].T.astype(bool),
        whole and len(rows) < most,
    )


def nothing(count: int) -> Near:
    return near([], count, whole=True, most=1)


def literal(vector: Floats) -> str:
    return "'[" + ",".join(f"{value:.6g}" for value in vector.tolist()) + "]'::halfvec"
