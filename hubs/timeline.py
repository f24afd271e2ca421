"""What everybody may know of a challenge's course: when it was published, opens and closes. No names."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from .models import Challenge, ChallengeStep, Status


@dataclass(frozen=True)
class Milestone:
    """`state`: done, next (the first that is still to come) or later."""

    label: str
    at: datetime
    state: str


def milestones(challenge: Challenge, steps: Iterable[ChallengeStep] = ()) -> list[Milestone]:
    """In their order. `steps` tell when it was closed by hand or archived; a draft has only its dates."""
    found: list[tuple[datetime, str]] = []
    published = challenge.published_at if challenge.is_public else None
    if published:
        found.append((published, _("Published")))
    if challenge.opens_at:
        opens = max(challenge.opens_at, published) if published else challenge.opens_at
        found.append((opens, _("Opens") if opens > timezone.now() else _("Opened")))
    found += _ends(challenge, list(steps))
    now, told, waiting = timezone.now(), [], False
    for at, label in sorted(found, key=lambda pair: pair[0]):
        state = "done" if at <= now else "later" if waiting else "next"
        waiting = waiting or state == "next"
        told.append(Milestone(label, at, state))
    return told


def _ends(challenge: Challenge, steps: list[ChallengeStep]) -> list[tuple[datetime, str]]:
    """By the clock, by hand before that, and put away."""
    reached = {step.to_status: step.at for step in steps}
    by_hand = reached.get(Status.CLOSED) if challenge.status in (Status.CLOSED, Status.ARCHIVED) else None
    found = []
    if by_hand and challenge.closes_at and by_hand < challenge.closes_at:
        found.append((by_hand, _("Closed before its date")))
    elif challenge.closes_at:
        past = challenge.closes_at <= timezone.now()
        found.append((challenge.closes_at, pgettext("moment", "Closed") if past else _("Closes")))
    if challenge.status == Status.ARCHIVED and Status.ARCHIVED in reached:
        found.append((reached[Status.ARCHIVED], _("Archived")))
    return found
