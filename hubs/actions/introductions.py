"""Asking the poster of a challenge for a conversation, and answering."""

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Person, Profile

from .. import emails
from ..models import Challenge, Introduction
from ..permissions import belongs_to_poster, may_answer, person_of, user_of

if TYPE_CHECKING:
    from accounts.models import User


@transaction.atomic
def create_introduction(
    *,
    challenge: Challenge,
    profile: Profile,
    asked_by: "Person | User",
    line: str = "",
    reason: dict[str, Any] | None = None,
) -> Introduction:
    """Ask for an introduction, with the match's reason as it stands now. Asked twice, it is the first one."""
    user = user_of(asked_by)
    if not Profile.objects.of(user).filter(pk=profile.pk).exists():
        raise PermissionDenied
    existing = Introduction.objects.filter(challenge=challenge, profile=profile).first()
    if existing:
        return existing
    if not challenge.is_open() and not challenge.is_upcoming():
        raise ValidationError(_("This challenge is closed."), code="closed")
    if belongs_to_poster(user, challenge) or profile.organisation_id == challenge.organisation_id:
        raise ValidationError(_("This is a challenge of your own organisation."), code="own")
    if len(line.strip()) > 500:
        raise ValidationError(_("At most 500 characters, please."), code="line")
    introduction, is_new = Introduction.objects.get_or_create(
        challenge=challenge,
        profile=profile,
        defaults={"asked_by": person_of(asked_by), "line": line.strip(), "reason": reason or {}},
    )
    if is_new:
        emails.queue_introduction_asked(introduction)
    return introduction


@transaction.atomic
def answer_introduction(
    *, introduction: Introduction, accept: bool, by: "Person | User", reason: str = "", reply: str = ""
) -> bool:
    """Accept or decline, once. False when it was answered that way already."""
    if not may_answer(user_of(by), introduction):
        raise PermissionDenied
    if not accept and reason not in Introduction.DeclineReason.values:
        raise ValidationError(_("Choose why you decline."), code="reason")
    if len(reply.strip()) > 500:
        raise ValidationError(_("At most 500 characters, please."), code="reply")
    state = Introduction.State.ACCEPTED if accept else Introduction.State.DECLINED
    now = timezone.now()
    pending = Introduction.objects.filter(pk=introduction.pk, state=Introduction.State.PENDING)
    changed = pending.update(
        state=state,
        decline_reason="" if accept else reason,
        reply=reply.strip(),
        decided_by=person_of(by),
        decided_at=now,
        updated_at=now,
    )
    introduction.refresh_from_db()
    if not changed:
        if introduction.state == state:
            return False
        raise ValidationError(_("Somebody of your organisation has answered already."), code="answered")
    emails.queue_introduction_answered(introduction)
    return True
