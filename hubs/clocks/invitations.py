"""Invitations to consortia: one reminder after a week, and after a fortnight they lapse; both sides hear. And
consortia whose coordinator is gone."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from .. import consortium_news
from ..actions.consortia import FIXED
from ..models import Consortium, Member

REMINDED_BEFORE = timedelta(days=7)  # the end
AT_ONCE = 200


def keep_time() -> None:
    remind()
    lapse()
    hand_over()


def remind() -> None:
    now = timezone.now()
    waiting = Member.objects.filter(state=Member.State.PENDING, reminded_at=None, lapses_at__gt=now)
    waiting = waiting.exclude(consortium__state__in=FIXED)  # it has answered without them
    due = waiting.filter(lapses_at__lte=now + REMINDED_BEFORE, updated_at__lte=now - timedelta(days=3))
    for member in due.select_related("consortium__challenge", "profile")[:AT_ONCE]:
        with transaction.atomic():
            if Member.objects.filter(pk=member.pk, state="pending", reminded_at=None).update(reminded_at=now):
                consortium_news.tell_reminded(member)


def lapse() -> None:
    now = timezone.now()
    over = Member.objects.filter(state=Member.State.PENDING, lapses_at__lte=now)
    for member in over.select_related("consortium__challenge", "profile")[:AT_ONCE]:
        with transaction.atomic():
            still = Member.objects.filter(pk=member.pk, state=Member.State.PENDING, lapses_at__lte=now)
            if still.update(state=Member.State.LAPSED, answered_at=now, updated_at=now):
                consortium_news.tell_lapsed(member)


def hand_over() -> None:
    """Where the coordinator's profile was deleted, the member who accepted first coordinates; where nobody is
    in, the consortium is given up."""
    led = Member.objects.standing().filter(role=Member.Role.COORDINATOR)
    for consortium in Consortium.objects.alive().exclude(pk__in=led.values("consortium"))[:AT_ONCE]:
        with transaction.atomic():
            current = Consortium.objects.select_for_update().get(pk=consortium.pk)
            inside = (
                current.members.accepted().exclude(role=Member.Role.ADVISER).order_by("answered_at", "pk")
            )
            first = inside.first()
            if first is not None:
                Member.objects.filter(pk=first.pk).update(role=Member.Role.COORDINATOR)
            elif current.state in (Consortium.State.FORMING, Consortium.State.READY):
                current.state = Consortium.State.DISSOLVED
                current.save(update_fields=["state", "updated_at"])
