"""The catalogue's statistics: made when first needed, anew once the catalogue has outgrown them, and never
half: what is shown is all of one version (see rebuilding.py)."""

import logging
import threading
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from .. import ranking
from ..encoder import Encoder
from ..matchable import matchable_challenges
from ..models import Match, Passage, Rebuild, Statistics, Subject
from ..offline import anchor_samples
from ..ranking import Sample
from ..vectors import ANSWERS, ASKS, Rows, sample
from .subjects import mark

logger = logging.getLogger(__name__)
GROWTH, LEAST_GROWTH = 1.5, 50
MOST_SAMPLED = 10_000  # passages; spreads and frequencies say nothing new beyond that
_making = threading.Lock()


@dataclass(frozen=True)
class Version:
    """Statistics by their name; `shown` while people see the matches made under them."""

    name: str
    statistics: ranking.Statistics
    shown: bool


def in_use(encoder: Encoder) -> list[Version]:
    """Under which versions a pair is to be matched now: the one shown, and the one that a rebuild makes.

    Where nothing is shown yet, statistics are made at once. Empty while another engine or model made what is
    shown: its vectors are no yardstick for ours, and the rebuild to come matches everybody.
    """
    shown = _usable(encoder.name).filter(current=True)
    if not shown.exists() and not anything_shown():
        with _making:
            if not shown.exists():
                show(measure(encoder))
    being_made = Rebuild.objects.unfinished().exclude(version="").values("version")
    rows = _usable(encoder.name).filter(Q(current=True) | Q(version__in=being_made))
    found = [(row, known(row.version)) for row in rows.order_by("-current", "pk")]
    return [Version(row.version, statistics, row.current) for row, statistics in found if statistics]


def measure_unseen(encoder: Encoder) -> None:
    """Measure anew and switch at once if anybody came since, where nobody has seen anything yet."""
    row = _usable(encoder.name).filter(current=True).first()
    if row and not anything_shown() and row.passages != _passages(encoder.name):
        with _making:
            show(measure(encoder))


def anything_shown() -> bool:
    return Match.objects.current().exists()


def grown(model: str) -> bool:
    """Whether the catalogue has outgrown its statistics."""
    row = _usable(model).filter(current=True).first()
    if row is None:
        return False
    return _passages(model) >= max(row.passages * GROWTH, row.passages + LEAST_GROWTH)


def outdated(model: str) -> bool:
    """Whether another engine or model made what is shown."""
    row = Statistics.objects.filter(current=True).defer("data").first()
    return row is not None and (row.model, row.engine) != (model, ranking.ENGINE)


def fits(version: str, model: str) -> bool:
    """Whether these statistics were made by this engine and model."""
    return _usable(model).filter(version=version).exists()


def measure(encoder: Encoder) -> Statistics:
    """Measure the catalogue as it is now. What is shown stays as it is."""
    given, count = sample(ANSWERS, encoder.name, MOST_SAMPLED)
    asked, _ = sample(ASKS, encoder.name, MOST_SAMPLED)
    needs, passages = _sample(asked, encoder), _sample(given, encoder)
    measured = ranking.Statistics.fit(needs, passages, encoder.name, anchor_samples(encoder))
    row = store(measured.version, measured.to_bytes(), encoder.name, count)
    logger.info("Statistics %s measured on %d passages", row.version, count)
    return row


def store(digest: str, data: bytes, model: str, passages: int) -> Statistics:
    """A version of its own, even where the same was measured before: its matches are made beside those."""
    first = f"{ranking.ENGINE}-{digest}"
    taken = set(Statistics.objects.filter(version__startswith=first).values_list("version", flat=True))
    names = (first if not number else f"{first}.{number}" for number in range(len(taken) + 1))
    return Statistics.objects.create(
        version=next(name for name in names if name not in taken),
        model=model,
        engine=ranking.ENGINE,
        data=data,
        passages=passages,
    )


def show(row: Statistics) -> None:
    """At once, where nothing is shown yet: what was matched already and fitted nobody is matched again, and
    so is what is being matched at this moment."""
    try:
        with transaction.atomic():
            switch(row.version)
            asking = Subject.objects.filter(challenge__in=matchable_challenges().values("pk"))
            mark(asking, interactive=False)
    except IntegrityError:
        # Another worker did so at the same moment; its catalogue was the same.
        row.delete()


def switch(version: str) -> None:
    """From now on everybody sees this version and no other. Call in a transaction."""
    Statistics.objects.filter(current=True).exclude(version=version).update(current=False)
    Statistics.objects.filter(version=version).update(current=True)


def _passages(model: str) -> int:
    return Passage.objects.filter(model=model, role__in=ANSWERS).count()


def _usable(model: str) -> QuerySet[Statistics]:
    return Statistics.objects.filter(model=model, engine=ranking.ENGINE).defer("data")


@lru_cache(maxsize=4)
def _kept(version: str) -> ranking.Statistics:
    return ranking.Statistics.from_bytes(bytes(Statistics.objects.get(version=version).data))


def known(version: str) -> ranking.Statistics | None:
    """Statistics by their version; None where it was replaced and taken away a moment ago."""
    try:
        return _kept(version)
    except Statistics.DoesNotExist:
        return None


def shown(model: str) -> ranking.Statistics | None:
    """The statistics in force, if this model made them."""
    version = _usable(model).filter(current=True).values_list("version", flat=True).first()
    return known(version) if version else None


def _sample(rows: Rows, encoder: Encoder) -> Sample:
    if not len(rows):
        return Sample(np.zeros((0, encoder.dimension), np.float32), rows.languages, [])
    return Sample(rows.vectors, rows.languages, rows.texts)
