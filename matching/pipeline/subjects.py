"""Rows are the queue: which subjects there are, which are stale, and who is at work on them.

A claim is a conditional update that moves `not_before` into the future; a worker that dies loses it by the
clock. An edit during the work moves `stale_since`, so that the work's end does not pass for the edit's.
"""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, When
from django.utils import timezone

from accounts.models import Profile

from ..matchable import matchable_challenges, searchable_challenges
from ..models import Match, Passage, Subject, SubjectQuerySet
from ..vectors import ASKS
from .claims import claimed_until
from .facts import outlived

logger = logging.getLogger(__name__)
WRITING = 0x48E11CE  # names the lock that `alone` takes
FIRST_RETRY = timedelta(seconds=30)
LONGEST_RETRY = timedelta(hours=6)


def note_profile(profile_id: int) -> int | None:
    """A profile was saved, hidden, opted out or taken away: its subject's id while it may be matched."""
    if not Profile.objects.matchable().filter(pk=profile_id).exists():
        Subject.objects.filter(profile_id=profile_id).delete()
        return None
    subject, made = Subject.objects.get_or_create(profile_id=profile_id, defaults={"interactive": True})
    if not made:
        mark(Subject.objects.filter(pk=subject.pk), interactive=True)
    return subject.pk


def note_challenge(challenge_id: int) -> int | None:
    """A challenge took a step or was edited: its subject's id while everybody may read it. Its matches go as
    soon as nobody may answer it."""
    if not searchable_challenges().filter(pk=challenge_id).exists():
        Subject.objects.filter(challenge_id=challenge_id).delete()
        return None
    if not matchable_challenges().filter(pk=challenge_id).exists():
        Match.objects.filter(target__challenge=challenge_id).delete()
    subject, made = Subject.objects.get_or_create(challenge_id=challenge_id, defaults={"interactive": True})
    if not made:
        mark(Subject.objects.filter(pk=subject.pk), interactive=True)
    return subject.pk


def mark(subjects: SubjectQuerySet, *, interactive: bool) -> int:
    """Stale from now on. What waits after a failure is free at once; what is in work stays claimed."""
    now = timezone.now()
    changes = {"interactive": True} if interactive else {}
    return subjects.update(
        stale_since=now,
        programmes_under="",
        covered_under="",
        failures=0,
        error="",
        not_before=Case(When(~Q(error=""), then=now), default=F("not_before")),
        **changes,
    )


def claim(subject_id: int) -> Subject | None:
    """Take one stale subject, if nobody else has it."""
    taken = Subject.objects.stale().filter(pk=subject_id).update(not_before=claimed_until(), error="")
    if not taken:
        return None
    return Subject.objects.filter(pk=subject_id, stale_since__isnull=False).first()


def claim_waiting(count: int) -> list[Subject]:
    """Take the longest-waiting subjects that no person waits for, people before challenges: a challenge
    matches everyone at once."""
    waiting = Subject.objects.stale().filter(interactive=False)
    ids = waiting.order_by(F("challenge").asc(nulls_first=True), "stale_since", "pk").values_list(
        "pk", flat=True
    )
    return [subject for pk in list(ids[:count]) if (subject := claim(pk))]


def release(subjects: Sequence[Subject]) -> None:
    """Hand back what was claimed and not finished."""
    Subject.objects.filter(pk__in=[subject.pk for subject in subjects]).update(not_before=timezone.now())


def stamp(ids: Sequence[int]) -> datetime:
    """Say of subjects whose passages are stored that what is read from now on knows them. Returns when.

    Each side of a pair writes it, whenever it changes. The side stamped later has read the other as it is by
    now, so it leaves nothing to the other; the side stamped earlier leaves the pair to the later one.
    """
    now = clock()
    Subject.objects.filter(pk__in=ids).update(revised_at=now)
    return now


def clock() -> datetime:
    """The time of the database, so that workers on several machines agree on what came first."""
    if connection.vendor != "postgresql":
        return timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]  # type: ignore[no-any-return]


def alone() -> None:
    """Until this transaction ends nobody else writes matches: who finds that the other side came later must
    still be right when it has written. On SQLite every transaction that writes is alone."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [WRITING])


def revised_since(ids: Iterable[int], stamped: datetime) -> tuple[set[int], set[int]]:
    """Of some subjects, those that still exist, and those that were stamped after `stamped`."""
    wanted, there, later = list(ids), set(), set()
    for start in range(0, len(wanted), 500):
        found = Subject.objects.filter(pk__in=wanted[start : start + 500]).values_list("pk", "revised_at")
        for pk, revised_at in found:
            there.add(pk)
            if revised_at is not None and revised_at > stamped:
                later.add(pk)
    return there, later


def finish(subject: Subject, started: datetime) -> bool:
    """Matched as of `started`. True when it was edited meanwhile and must be done again."""
    row = Subject.objects.filter(pk=subject.pk)
    unchanged = row.filter(stale_since=subject.stale_since)
    if unchanged.update(
        stale_since=None, interactive=False, failures=0, error="", matched_at=started, not_before=started
    ):
        return False
    return bool(row.update(matched_at=started, not_before=started, error=""))


def set_back(subject: Subject, error: str, *, matched_at: datetime | None = None) -> None:
    """Something failed: said in the row, tried again later and later, in nobody's way."""
    failures = subject.failures + 1
    wait = min(FIRST_RETRY * 2 ** min(failures - 1, 16), LONGEST_RETRY)
    Subject.objects.filter(pk=subject.pk, stale_since=subject.stale_since).update(
        failures=failures,
        error=error[:2000],
        not_before=timezone.now() + wait,
        interactive=False,
        matched_at=matched_at or subject.matched_at,
    )
    # An edit came in between: it counts as new.
    Subject.objects.filter(pk=subject.pk).exclude(stale_since=subject.stale_since).update(
        not_before=timezone.now()
    )
    logger.warning("Subject %s set back for %s: %s", subject.pk, wait, error)


def find_forgotten(model: str) -> None:
    """What receivers missed: bulk imports, a clock that ran out, another encoder."""
    add_missing()
    profiles = Subject.objects.filter(stale_since=None, profile__updated_at__gt=F("matched_at"))
    challenges = Subject.objects.filter(stale_since=None, challenge__updated_at__gt=F("matched_at"))
    other_model = Subject.objects.filter(stale_since=None, pk__in=of_another_model(model).values("subject"))
    aged = outlived(timezone.now())
    for forgotten in (profiles, challenges, other_model, aged, reopened()):
        ids = list(forgotten.values_list("pk", flat=True))
        for start in range(0, len(ids), 500):
            mark(Subject.objects.filter(pk__in=ids[start : start + 500]), interactive=False)
    remove_outdated()


def of_another_model(model: str) -> QuerySet[Passage]:
    """Passages whose vector another model made, less those that this one could not read."""
    return Passage.objects.exclude(model__in=[model, ""]).filter(failures=0)


def reopened() -> SubjectQuerySet:
    """Challenges that people may answer again, since somebody moved their closing without a word."""
    asking = Passage.objects.filter(role__in=ASKS, subject=OuterRef("pk"))
    found = Subject.objects.filter(challenge__in=matchable_challenges().values("pk"), stale_since=None)
    return found.filter(~Exists(asking), matched_at__isnull=False)


def add_missing() -> None:
    profiles = Profile.objects.matchable().filter(subject=None).values_list("pk", flat=True)
    challenges = searchable_challenges().filter(subject=None).values_list("pk", flat=True)
    Subject.objects.bulk_create(
        [Subject(profile_id=pk) for pk in profiles] + [Subject(challenge_id=pk) for pk in challenges],
        batch_size=500,
        ignore_conflicts=True,
    )


def remove_outdated() -> None:
    """Hidden by a bulk write: passages, vectors and matches go. Closed by the clock: the matches go, and the
    needs become what the challenge was about."""
    outdated = Subject.objects.filter(
        Q(profile__isnull=False) & ~Q(profile__in=Profile.objects.matchable().values("pk"))
        | Q(challenge__isnull=False) & ~Q(challenge__in=searchable_challenges().values("pk"))
    )
    outdated.delete()
    over = Subject.objects.filter(challenge__isnull=False).exclude(
        challenge__in=matchable_challenges().values("pk")
    )
    Match.objects.filter(target__in=over).delete()
    asking = Passage.objects.filter(role__in=ASKS, subject__in=over).values("subject")
    ids = list(over.filter(stale_since=None, pk__in=asking).values_list("pk", flat=True))
    for start in range(0, len(ids), 500):
        mark(Subject.objects.filter(pk__in=ids[start : start + 500]), interactive=False)


def waiting_for_people(limit: int = 500) -> list[int]:
    return list(
        Subject.objects.stale()
        .filter(interactive=True)
        .order_by("stale_since")
        .values_list("pk", flat=True)[:limit]
    )


def profiles_waiting() -> bool:
    return Subject.objects.stale().filter(interactive=False, profile__isnull=False).exists()


def anything_waiting() -> bool:
    return Subject.objects.stale().filter(interactive=False).exists()
