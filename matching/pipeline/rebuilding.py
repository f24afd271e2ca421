"""Everything matched anew beside what is shown, and switched over whole.

A rebuild measures the catalogue, which gives a new version of the statistics, and matches all challenges
under it in chunks. Whoever is edited meanwhile is matched under both versions (matches.py), so that at the
switch nothing is missing and nothing is old. Afterwards the matches of the version before are taken away.

The rows say how far it is: every worker may take a chunk, a killed one loses its chunk by the clock, and a
rebuild that was stopped goes on where it ended.
"""

import logging
import time
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from accounts.models import User

from .. import ranking
from ..encoder import Encoder
from ..matchable import matchable_challenges
from ..models import Match, Rebuild, RebuildChunk, Statistics, Subject
from . import yardstick
from .claims import claimed_until, kept
from .matches import Found, delete, find
from .subjects import alone, clock, of_another_model, profiles_waiting, revised_since, set_back
from .writing import insert
from .yardstick import Version

logger = logging.getLogger(__name__)
CHUNK = 16  # challenges that are compared with everybody in one go
MEASURING = "matching:measuring"
SETTLING = timedelta(seconds=60)  # how long the switch waits for edits that are being matched
TRIES = 3  # of a challenge that fails, or whose workers fall
MOST_FAILED = 0.05  # of the challenges; beyond that something else is wrong, and nothing is switched
SLICE = 2000  # old matches taken away at once
State = Rebuild.State
UNFINISHED = (State.RUNNING, State.STOPPED)


def start(*, why: str, by: User | None = None, again: bool = False) -> Rebuild:
    """Begin a rebuild, or return the one that runs; one that was stopped is given up for it.

    With `again` under the statistics in force, for whoever mended something; else they are measured anew, by
    a worker, before the first chunk.
    """
    running = Rebuild.objects.running().first()
    if running:
        return running
    try:
        with transaction.atomic():
            Rebuild.objects.filter(state=State.STOPPED).update(state=State.REPLACED)
            return Rebuild.objects.create(why=why, asked_by=by, version=_copied() if again else "")
    except IntegrityError:
        return Rebuild.objects.running().get()  # another worker began one at the same moment


def start_if_needed(model: str) -> None:
    """Begin a rebuild where the catalogue has outgrown its statistics, or where another model or engine made
    what is shown; but only once everybody of an import is there, and everything is embedded by our model."""
    unfinished = Rebuild.objects.unfinished().first()
    if unfinished and (not unfinished.version or yardstick.fits(unfinished.version, model)):
        return
    if profiles_waiting() or of_another_model(model).exists():
        return
    if unfinished:  # another model's or engine's
        Rebuild.objects.filter(pk=unfinished.pk).update(state=State.REPLACED)
    if yardstick.outdated(model):
        start(why=Rebuild.Why.ENGINE)
    elif yardstick.grown(model):
        start(why=Rebuild.Why.GROWN)


def stop(*, by: User | None = None) -> bool:
    """Let the rebuild rest; what is done stays, and is kept up to date. False when none runs."""
    logger.info("Rebuild stopped by %s", by or "the operator")
    return bool(Rebuild.objects.running().update(state=State.STOPPED, stopped_at=timezone.now()))


def resume(*, by: User | None = None) -> bool:
    """Go on with what was stopped. False when there is nothing, or one runs."""
    try:
        with transaction.atomic():
            stopped = Rebuild.objects.filter(state=State.STOPPED)
            resumed = stopped.update(state=State.RUNNING, stopped_at=None, error="", failed=0)
            RebuildChunk.objects.filter(rebuild__state=State.RUNNING, done_at=None).update(tries=0)
    except IntegrityError:
        return False
    logger.info("Rebuild resumed by %s", by or "the operator")
    return bool(resumed)


def anything_to_do() -> bool:
    """Whether a rebuild runs, or one left matches of old versions behind."""
    return Rebuild.objects.running().exists() or _outdated().exists()


def work(encoder: Encoder, seconds: float) -> bool:
    """Work at the running rebuild for about so long. True while there is more that nobody is at."""
    deadline = time.monotonic() + seconds
    rebuild = Rebuild.objects.running().first()
    if rebuild is None:
        return clean(deadline)
    if not _prepare(rebuild, encoder):
        return False
    version = next((each for each in yardstick.in_use(encoder) if each.name == rebuild.version), None)
    if version is None:
        return False  # another model's worker is at it, or it was given up
    while chunk := _claim(rebuild):
        if chunk.tries > TRIES:
            _again(chunk)  # whoever took it fell
        else:
            _make(chunk, encoder, version)
        if time.monotonic() > deadline:
            break
    if rebuild.chunks.filter(done_at=None).exists():
        return _free(rebuild).exists()
    return _finish(rebuild)


def clean(deadline: float) -> bool:
    """Take away what nobody sees any more, slice by slice. True while there is more."""
    for row in _outdated():
        old = Match.objects.filter(statistics_id=row.version)
        while ids := list(old.values_list("pk", flat=True)[:SLICE]):
            delete(ids)
            if time.monotonic() > deadline:
                return True
        row.delete()
    return False


def _copied() -> str:
    """The statistics in force under a name of their own; none where another engine made them."""
    shown = Statistics.objects.filter(current=True, engine=ranking.ENGINE).first()
    if shown is None:
        return ""
    digest = shown.version.split("-", 1)[1].split(".")[0]
    return yardstick.store(digest, bytes(shown.data), shown.model, shown.passages).version


def _outdated() -> QuerySet[Statistics]:
    """Versions that are neither shown nor being made; one measured a moment ago may be about to be."""
    made = Rebuild.objects.unfinished().exclude(version="").values("version")
    old = Statistics.objects.filter(current=False).exclude(version__in=made).defer("data")
    before_shown = Q(pk__lt=Statistics.objects.filter(current=True).values("pk")[:1])
    return old.filter(before_shown | Q(made_at__lt=timezone.now() - SETTLING))


def _prepare(rebuild: Rebuild, encoder: Encoder) -> bool:
    """Measure and cut into chunks, whoever comes first; False when another worker is just doing so, or when
    there is nothing to be made beside what is shown, because nothing is."""
    if not rebuild.version and not _measure(rebuild, encoder):
        return False
    if rebuild.planned_at is None:
        _plan(rebuild)
    rebuild.refresh_from_db()
    return rebuild.state == State.RUNNING and rebuild.planned_at is not None


def _measure(rebuild: Rebuild, encoder: Encoder) -> bool:
    if not cache.add(f"{MEASURING}:{rebuild.pk}", "taken", timeout=settings.HELICE_CLAIM_SECONDS):
        return False
    try:
        row = yardstick.measure(encoder)
    finally:
        cache.delete(f"{MEASURING}:{rebuild.pk}")
    mine = Rebuild.objects.running().filter(pk=rebuild.pk, version="")
    if yardstick.anything_shown():
        return bool(mine.update(version=row.version))
    if mine.update(version=row.version, state=State.FINISHED, total=0, finished_at=timezone.now()):
        yardstick.show(row)
    return False


def _plan(rebuild: Rebuild) -> None:
    """All challenges there are now; those to come will find the rebuild and match themselves under it."""
    found = Subject.objects.filter(challenge__in=matchable_challenges().values("pk"))
    ids = list(found.order_by("pk").values_list("pk", flat=True))
    chunks = [ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK)]
    with transaction.atomic():
        unplanned = Rebuild.objects.running().filter(pk=rebuild.pk, planned_at=None)
        if unplanned.update(planned_at=clock(), total=len(ids)):
            RebuildChunk.objects.bulk_create(
                [RebuildChunk(rebuild=rebuild, challenges=part) for part in chunks], batch_size=500
            )


def _free(rebuild: Rebuild) -> QuerySet[RebuildChunk]:
    return rebuild.chunks.filter(done_at=None, not_before__lte=timezone.now())


def _claim(rebuild: Rebuild) -> RebuildChunk | None:
    """Take a chunk that nobody is at, while the rebuild runs."""
    if not Rebuild.objects.running().filter(pk=rebuild.pk).exists():
        return None
    for chunk in _free(rebuild)[:20]:
        if _free(rebuild).filter(pk=chunk.pk).update(not_before=claimed_until(), tries=F("tries") + 1):
            chunk.refresh_from_db()
            return chunk
    return None


def _make(chunk: RebuildChunk, encoder: Encoder, version: Version) -> None:
    """Match the chunk's challenges, all at once; after a failure one by one: a bad one stops nobody."""
    try:
        with kept([chunk]):
            _match(chunk, encoder, version)
        return
    except IntegrityError:
        logger.info("Changed under our hands: chunk %s", chunk.pk)
    except Exception:
        logger.exception("Chunk %s of the rebuild failed", chunk.pk)
    _again(chunk)


def _match(chunk: RebuildChunk, encoder: Encoder, version: Version) -> None:
    stamped = clock()
    todo = _still_to_do(chunk)
    found = find(todo, encoder, version, of_profiles=False) if todo else {}
    _write(chunk, todo, found, version, stamped)


def _again(chunk: RebuildChunk) -> None:
    """After a failure, or when its workers fell: by parts, and in the end without it."""
    if len(chunk.challenges) > 1:
        _split(chunk)
    elif chunk.tries >= TRIES:
        _set_aside(chunk)
    else:
        RebuildChunk.objects.filter(pk=chunk.pk).update(not_before=timezone.now())


def _still_to_do(chunk: RebuildChunk) -> list[int]:
    """Without those that have gone, and those that were edited since the rebuild began: they have matched
    themselves."""
    there = Subject.objects.filter(pk__in=chunk.challenges)
    done = there.filter(stale_since=None, revised_at__gt=chunk.rebuild.planned_at).values("pk")
    return list(there.exclude(pk__in=done).values_list("pk", flat=True))


@transaction.atomic
def _write(
    chunk: RebuildChunk, todo: Sequence[int], found: Found, version: Version, stamped: datetime
) -> None:
    """The chunk's matches, unless another worker wrote them, having taken us for dead."""
    alone()
    to_be_done = RebuildChunk.objects.filter(pk=chunk.pk, done_at=None, rebuild__state__in=UNFINISHED)
    if not to_be_done.update(done_at=timezone.now()):
        return
    others = {other for mine in found.values() for other in mine}
    there, later = revised_since(others | set(todo), stamped)
    ours = there - later
    mine = [pk for pk in todo if pk in ours]
    made = Match.objects.filter(target__in=mine)
    old = made.filter(statistics_id=version.name).values_list("pk", "subject")
    delete([pk for pk, subject in old if subject not in later])
    new = {(other, pk): row for pk in mine for other, row in found[pk].items() if other in ours}
    for subject, target, first in made.current().values_list("subject", "target", "first_made_at"):
        if (subject, target) in new:
            new[subject, target].first_made_at = first
    insert(list(new.values()))
    Rebuild.objects.filter(pk=chunk.rebuild_id).update(done=F("done") + len(chunk.challenges))


@transaction.atomic
def _split(chunk: RebuildChunk) -> None:
    """Each challenge by itself from now on."""
    if RebuildChunk.objects.filter(pk=chunk.pk, done_at=None).delete()[0]:
        RebuildChunk.objects.bulk_create(
            [RebuildChunk(rebuild_id=chunk.rebuild_id, challenges=[pk]) for pk in chunk.challenges]
        )


def _set_aside(chunk: RebuildChunk) -> None:
    """A challenge that cannot be matched is tried later by itself; many of them stop the rebuild."""
    with transaction.atomic():
        if not RebuildChunk.objects.filter(pk=chunk.pk, done_at=None).update(done_at=timezone.now()):
            return
        row = Rebuild.objects.filter(pk=chunk.rebuild_id)
        row.update(done=F("done") + len(chunk.challenges), failed=F("failed") + len(chunk.challenges))
        for subject in Subject.objects.filter(pk__in=chunk.challenges):
            Subject.objects.filter(pk=subject.pk, stale_since=None).update(stale_since=timezone.now())
            subject.refresh_from_db()
            set_back(subject, "It could not be matched in a rebuild.")
        error = "Too many challenges could not be matched: see the subjects that failed."
        row.filter(failed__gt=F("total") * MOST_FAILED + 1).update(
            state=State.STOPPED, stopped_at=timezone.now(), error=error
        )


def _finish(rebuild: Rebuild) -> bool:
    """Switch over. What is being matched at this moment is waited for, but not for ever."""
    in_work = Subject.objects.filter(stale_since__isnull=False, failures=0, revised_at__gt=rebuild.planned_at)
    last = rebuild.chunks.order_by("-done_at").values_list("done_at", flat=True).first()
    if in_work.exists() and last and last > timezone.now() - SETTLING:
        return False
    with transaction.atomic():
        alone()
        running = Rebuild.objects.running().filter(pk=rebuild.pk)
        if not running.update(state=State.FINISHED, finished_at=timezone.now()):
            return False
        yardstick.switch(rebuild.version)
        rebuild.chunks.all().delete()
    logger.info("Rebuild %s is whole: %s is shown", rebuild.pk, rebuild.version)
    return True
