"""Requests for an introduction by the clock: reminded after seven days, over after fourteen, and back on the
day that "later" named. Each row is claimed by a conditional update, and both sides hear."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from .. import contact_news, signals
from ..actions.introductions import free_place
from ..models import Introduction
from ..models.introductions import LAPSES_AFTER, REMINDED_AFTER, IntroductionQuerySet

_log = logging.getLogger(__name__)
State = Introduction.State
AT_ONCE = 500  # rows of each kind in one go; what is left waits for the next
# Nobody loses a request that they were not reminded of: the clock may have stood still.
WARNED = REMINDED_AFTER - timedelta(days=1)


def keep_time() -> None:
    now = timezone.now()
    for claim, due in ((_remind, to_remind(now)), (_lapse, to_lapse(now)), (_bring_back, to_bring_back())):
        for introduction in due.order_by("pk")[:AT_ONCE]:
            _each(claim, introduction, now)


def _each(claim: Callable[[Introduction, datetime], None], introduction: Introduction, now: datetime) -> None:
    """One that cannot be told does not hold up the others."""
    try:
        with transaction.atomic():
            claim(introduction, now)
    except Exception:  # whatever it is, it is tried again
        _log.exception("The introduction %s was not moved on by the clock.", introduction.pk)


def to_remind(now: datetime) -> IntroductionQuerySet:
    ends = now + LAPSES_AFTER - REMINDED_AFTER
    return Introduction.objects.filter(state=State.PENDING, reminded_at=None, lapses_at__lte=ends)


def to_lapse(now: datetime) -> IntroductionQuerySet:
    warned = Introduction.objects.filter(state=State.PENDING, reminded_at__lte=now - WARNED)
    return warned.filter(lapses_at__lte=now)


def to_bring_back() -> IntroductionQuerySet:
    return Introduction.objects.filter(state=State.LATER, later_on__lte=timezone.localdate())


def _claimed(introduction: Introduction, **changes: Any) -> bool:
    """False where somebody answered it, or another clock had it, a moment before."""
    as_it_was = Introduction.objects.filter(
        pk=introduction.pk,
        state=introduction.state,
        lapses_at=introduction.lapses_at,
        reminded_at=introduction.reminded_at,
    )
    changed = as_it_was.update(**changes, updated_at=timezone.now())
    introduction.refresh_from_db()
    return bool(changed)


def _remind(introduction: Introduction, now: datetime) -> None:
    if _claimed(introduction, reminded_at=now):
        contact_news.reminded(introduction)


def _lapse(introduction: Introduction, now: datetime) -> None:
    if _claimed(introduction, state=State.LAPSED, slot=None):
        contact_news.over(introduction)
        _say(introduction)


def _bring_back(introduction: Introduction, now: datetime) -> None:
    """As soon as the asker has a place for it; without one it waits on, and nobody is told. A challenge that
    takes no more answers ends it."""
    challenge = introduction.challenge
    if not challenge.is_open() and not challenge.is_upcoming():
        if _claimed(introduction, state=State.LAPSED, later_on=None):
            contact_news.over(introduction)
            _say(introduction)
        return
    place = free_place(introduction.asked_by)
    if place is None:
        return
    fresh = {"decided_by": None, "decided_at": None, "reply": "", "reminded_at": None}
    again = {"state": State.PENDING, "later_on": None, "slot": place, "lapses_at": now + LAPSES_AFTER}
    try:
        with transaction.atomic():
            claimed = _claimed(introduction, **fresh, **again)
    except IntegrityError:  # the asker used the place a moment ago
        return
    if claimed:
        contact_news.back(introduction)
        _say(introduction)


def _say(introduction: Introduction) -> None:
    signals.introduction_changed.send(
        sender=Introduction, introduction_id=introduction.pk, state=introduction.state
    )
