"""Stale rows, encoder, ranking, rows.

subjects.py    which subjects there are, which are stale, who came later than whom
claims.py      who is at work on what
sync.py        words to passages with vectors
yardstick.py   the catalogue's statistics
facts.py       what decides who may be matched with what
pairs.py       who fits, and how well
reasons.py     why
explaining.py  the sentence and the words that show it
matches.py     written down
similar.py     which challenges are alike
team_table.py  who could be in a team, and what each would cover
teams.py       teams proposed for each challenge, and the partner that one lacks
programmes.py  which programmes fit
coverage.py    who comes nearest to each need
gaps.py        what nobody in the country covers
learning.py    what people's answers teach
rebuilding.py  everything anew, and switched over whole
"""

import logging
import threading
import time

from django.conf import settings
from django.db import IntegrityError
from django.utils import timezone

from ..encoder import Encoder, encoder_name, get_encoder
from ..models import Subject
from . import explaining, gaps, programmes, rebuilding, similar, subjects, sync, teams, yardstick
from .claims import kept
from .matches import match

__all__ = [
    "explaining",
    "gaps",
    "programmes",
    "rebuilding",
    "similar",
    "subjects",
    "sync",
    "teams",
    "yardstick",
]
logger = logging.getLogger(__name__)
SLICE_SUBJECTS = 32
SLICE_SECONDS = 0.8
MOST_ROUNDS = 20  # edits that are followed at once while somebody types; then it is the sweep's turn

_warm = threading.Event()
# One slice of each kind at a time in a process: its other threads are for those whom people wait for.
_at_bulk, _at_rebuild, _at_reasons = threading.Lock(), threading.Lock(), threading.Lock()
_at_comparing, _at_teams = threading.Lock(), threading.Lock()
_at_programmes, _at_gaps = threading.Lock(), threading.Lock()


def encoder() -> Encoder:
    found = get_encoder(settings.HELICE_ENCODER, settings.HELICE_MODELS)
    _warm.set()
    return found


def is_warm() -> bool:
    """Whether this process has loaded its encoder."""
    return _warm.is_set()


def model_name() -> str:
    return encoder_name(settings.HELICE_ENCODER, settings.HELICE_MODELS)


def refresh(subject_id: int) -> bool:
    """Bring one subject up to date, if nobody else is at it. True when it was, so that letters may be due."""
    model = encoder()
    for _ in range(MOST_ROUNDS):
        subject = subjects.claim(subject_id)
        if subject is None:
            return False
        if not _refresh_claimed([subject], model):
            break
    return True


def refresh_slice(seconds: float = SLICE_SECONDS) -> bool:
    """Work off a slice of what no person waits for. True while there is more to do, and this process is not
    at it already."""
    model = encoder()
    if not _at_bulk.acquire(blocking=False):
        return False
    try:
        return _slice(model, time.monotonic() + seconds)
    finally:
        _at_bulk.release()


def rebuild_slice(seconds: float = SLICE_SECONDS) -> bool:
    """Work at the running rebuild for a moment. True while there is more to do, and this process is not at it
    already."""
    model = encoder()
    if not _at_rebuild.acquire(blocking=False):
        return False
    try:
        return rebuilding.work(model, seconds)
    finally:
        _at_rebuild.release()


def explain_slice(seconds: float = SLICE_SECONDS) -> bool:
    """Explain matches for a moment. True while there is more to do, and this process is not at it already."""
    model = encoder()
    if not _at_reasons.acquire(blocking=False):
        return False
    try:
        return explaining.work(model, time.monotonic() + seconds)
    finally:
        _at_reasons.release()


def compare_slice(seconds: float = SLICE_SECONDS) -> bool:
    """Compare challenges with each other for a moment. True while there is more to do, and this process is
    not at it already."""
    model = encoder()
    if not _at_comparing.acquire(blocking=False):
        return False
    try:
        return similar.catch_up(model, time.monotonic() + seconds)
    finally:
        _at_comparing.release()


def team_slice(seconds: float = SLICE_SECONDS) -> bool:
    """Look for teams for a moment. True while there is more to do, and this process is not at it already."""
    model = encoder()
    if not _at_teams.acquire(blocking=False):
        return False
    try:
        return teams.catch_up(model, time.monotonic() + seconds)
    finally:
        _at_teams.release()


def programmes_slice(seconds: float = SLICE_SECONDS) -> bool:
    """Compare everybody with the programmes for a moment. True while there is more to do, and this process is
    not at it already."""
    model = encoder()
    if not _at_programmes.acquire(blocking=False):
        return False
    try:
        return programmes.catch_up(model, time.monotonic() + seconds)
    finally:
        _at_programmes.release()


def gap_slice(seconds: float = SLICE_SECONDS) -> bool:
    """Look for what nobody covers for a moment. True while there is more to do, and this process is not at it
    already."""
    model = encoder()
    if not _at_gaps.acquire(blocking=False):
        return False
    try:
        return gaps.catch_up(model, time.monotonic() + seconds)
    finally:
        _at_gaps.release()


def sweep() -> tuple[list[int], bool]:
    """Find what receivers missed. Returns the subjects that people wait for, and whether more waits."""
    subjects.find_forgotten(model_name())
    sync.try_again(sync.failed_with_another(model_name()))
    rebuilding.start_if_needed(model_name())
    return subjects.waiting_for_people(), subjects.anything_waiting()


def check_everything() -> None:
    """Every text and vector is looked at again, by and by."""
    subjects.find_forgotten(model_name())
    subjects.mark(Subject.objects.all(), interactive=False)


def _slice(model: Encoder, deadline: float) -> bool:
    claimed = subjects.claim_waiting(SLICE_SUBJECTS)
    profiles = [subject for subject in claimed if subject.profile_id]
    challenges = [subject for subject in claimed if subject.challenge_id]
    if not profiles:
        # Everybody of an import is there by now: measure first, match once.
        yardstick.measure_unseen(model)
        rebuilding.start_if_needed(model.name)
    if profiles:
        _refresh_claimed(profiles, model, deadline)
        subjects.release(challenges)
    for number, challenge in enumerate(challenges if not profiles else []):
        _refresh_claimed([challenge], model, deadline)
        if time.monotonic() > deadline:
            subjects.release(challenges[number + 1 :])
            break
    return subjects.anything_waiting()


def _refresh_claimed(claimed: list[Subject], model: Encoder, deadline: float | None = None) -> set[int]:
    """Sync, embed and match claimed subjects of one kind; what the deadline leaves undone is handed back.
    Returns those that were edited meanwhile. Where one of several fails, each is tried by itself."""
    try:
        return _try(claimed, model, deadline)
    except IntegrityError:
        # Somebody hid or removed what we were reading: once more, from what there is now.
        logger.info("Changed under our hands: subjects %s", [subject.pk for subject in claimed])
    except Exception as error:
        logger.exception("Subjects %s could not be refreshed", [subject.pk for subject in claimed])
        if len(claimed) == 1:
            subjects.set_back(claimed[0], repr(error))
            return set()
    if len(claimed) > 1:
        return set().union(*(_refresh_claimed([subject], model, deadline) for subject in claimed))
    try:
        return _try(claimed, model, deadline)
    except Exception as error:
        subjects.set_back(claimed[0], repr(error))
        return set()


def _try(claimed: list[Subject], model: Encoder, deadline: float | None) -> set[int]:
    started = timezone.now()
    with kept(claimed):
        by_id = {subject.pk: subject for subject in claimed}
        for subject in sync.with_texts(by_id):
            sync.sync(subject)
        left = sync.embed(claimed, model, deadline)
        subjects.release([by_id[pk] for pk in left])
        ready = [subject for subject in claimed if subject.pk not in left]
        similar.compare([subject for subject in ready if subject.challenge_id], model)
        return match(ready, model, started) if ready else set()
