"""The catalogue's statistics: made when first needed, and anew once it or the engine has outgrown them."""

import logging
import threading
from functools import lru_cache

import numpy as np
from django.db import IntegrityError, transaction

from .. import ranking
from ..encoder import Encoder
from ..models import Passage, Statistics, Subject
from ..offline import anchor_samples
from ..ranking import Sample
from ..vectors import ANSWERS, Rows, load_needs, load_profile_passages
from .subjects import mark

logger = logging.getLogger(__name__)
GROWTH, LEAST_GROWTH = 1.5, 50
MOST_SAMPLED = 10_000  # passages; spreads and frequencies say nothing new beyond that
_making = threading.Lock()


def current(encoder: Encoder) -> tuple[ranking.Statistics, str]:
    """The statistics in force for this encoder and engine, and their version; made now if there are none."""
    row = _current_row(encoder)
    if row is None:
        with _making:
            row = _current_row(encoder) or remake(encoder)
    return _read(row.version), row.version


def grown(encoder: Encoder) -> bool:
    """Whether the catalogue has outgrown its statistics."""
    row = _current_row(encoder)
    if row is None:
        return False
    now = Passage.objects.filter(model=encoder.name, role__in=ANSWERS).count()
    return now >= max(row.passages * GROWTH, row.passages + LEAST_GROWTH)


def remake(encoder: Encoder) -> Statistics:
    """Measure the catalogue and switch over; every challenge is then matched anew, each in one go."""
    given = load_profile_passages(encoder.name)
    needs, passages = _sample(load_needs(encoder.name), encoder), _sample(given, encoder)
    measured = ranking.Statistics.fit(needs, passages, encoder.name, anchor_samples(encoder))
    row = _switch(measured, passages=len(given))
    logger.info("Statistics %s measured on %d passages", row.version, len(given))
    return row


def _switch(measured: ranking.Statistics, passages: int) -> Statistics:
    version = f"{ranking.ENGINE}-{measured.version}"
    defaults = {
        "model": measured.encoder,
        "engine": ranking.ENGINE,
        "data": measured.to_bytes(),
        "passages": passages,
    }
    try:
        with transaction.atomic():
            Statistics.objects.filter(current=True).exclude(version=version).update(current=False)
            row, _ = Statistics.objects.update_or_create(
                version=version, defaults=defaults | {"current": True}
            )
            matched = Subject.objects.filter(
                challenge__isnull=False, matched_at__isnull=False, stale_since=None
            )
            mark(matched, interactive=False)
    except IntegrityError:
        # Another worker switched at the same moment; its catalogue was the same.
        row = Statistics.objects.get(current=True)
    Statistics.objects.filter(current=False, made_at__lt=row.made_at).delete()
    return row


def _current_row(encoder: Encoder) -> Statistics | None:
    rows = Statistics.objects.filter(current=True, model=encoder.name, engine=ranking.ENGINE)
    return rows.defer("data").first()


@lru_cache(maxsize=2)
def _read(version: str) -> ranking.Statistics:
    return ranking.Statistics.from_bytes(bytes(Statistics.objects.get(version=version).data))


def _sample(rows: Rows, encoder: Encoder) -> Sample:
    """All rows, or evenly spread ones of a large catalogue."""
    if not len(rows):
        return Sample(np.zeros((0, encoder.dimension), np.float32), rows.languages, [])
    step = -(-len(rows) // MOST_SAMPLED)
    rows = rows.take(np.arange(0, len(rows), step)) if step > 1 else rows
    return Sample(rows.vectors, rows.languages, rows.texts)
