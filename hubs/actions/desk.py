"""Taking a review from the desk, giving it to somebody, and laying it back."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Person

from ..models import HELD, Assignment, Challenge
from ..permissions import may_review, person_of, user_of

if TYPE_CHECKING:
    from accounts.models import User


@transaction.atomic
def assign_review(*, challenge: Challenge, by: "Person | User", to: Person | None = None) -> Assignment:
    """Into the hands of `to`, or of whoever asks, for two days. Two who take it at once: one gets it, the
    other is told who; what lapsed is free, and taking one's own again prolongs it."""
    curator = to or person_of(by)
    if not may_review(user_of(by), challenge):
        raise PermissionDenied
    if to is not None and not may_review(user_of(to), challenge):
        name = {"name": str(to)}
        raise ValidationError(_("%(name)s may not review this challenge.") % name, code="not_theirs")
    now = timezone.now()
    values = {"curator": curator, "given_by": person_of(by), "since": now, "until": now + HELD}
    mine = Q(until__lte=now) | Q(curator__in=[curator, person_of(by)])
    if not Assignment.objects.filter(mine, challenge=challenge).update(**values):
        try:
            with transaction.atomic():
                Assignment.objects.create(challenge=challenge, **values)
        except IntegrityError:
            raise _taken(challenge, now) from None
    return Assignment.objects.select_related("curator__user").get(challenge=challenge)


@transaction.atomic
def release_review(*, challenge: Challenge, by: "Person | User") -> bool:
    """Lay back what one holds, or gave away. False where there is nothing to lay back."""
    person = person_of(by)
    mine = Assignment.objects.filter(Q(curator=person) | Q(given_by=person), challenge=challenge)
    return bool(mine.delete()[0])


def check_free(challenge: Challenge, by: "Person | User") -> None:
    """Nobody decides on what somebody else is reading."""
    if Assignment.objects.of_others(user_of(by)).filter(challenge=challenge).exists():
        raise _taken(challenge, timezone.now())


def _taken(challenge: Challenge, now: datetime) -> ValidationError:
    held = Assignment.objects.in_force(now).filter(challenge=challenge).select_related("curator").first()
    name = str(held.curator) if held else _("Somebody else")
    return ValidationError(_("%(name)s is at this review.") % {"name": name}, code="taken")
