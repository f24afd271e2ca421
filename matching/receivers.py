"""Something changed: its row says so, and a worker hears of it after commit. Sweeps find what is missed."""

import logging
import threading
from typing import Any

from celery.signals import worker_init, worker_ready
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.dispatch import receiver

from accounts.queue import after_commit
from accounts.signals import person_erased, profile_changed, profile_removed
from hubs.models import Introduction, Member, Response
from hubs.signals import (
    challenge_changed,
    challenge_published,
    introduction_changed,
    member_accepted,
    partner_request_opened,
    programme_changed,
    response_changed,
)
from hubs.working import profiles_at_work

from . import actions, pipeline, suggesting, tasks
from .asking import READY
from .models import Answer, CalendarLink, Candidacy, LetterItem, MatchEvent
from .pipeline import subjects

logger = logging.getLogger(__name__)


@receiver([profile_changed, profile_removed])
def refresh_profile(sender: object, profile_id: int, **_: Any) -> None:
    with transaction.atomic():
        _hand_over(subjects.note_profile(profile_id))


@receiver([challenge_published, challenge_changed])
def refresh_challenge(sender: object, challenge_id: int, **_: Any) -> None:
    with transaction.atomic():
        _hand_over(subjects.note_challenge(challenge_id))


@receiver(programme_changed)
def refresh_programmes(sender: object, programme_id: int, **_: Any) -> None:
    after_commit(tasks.match_programmes)


def _hand_over(subject_id: int | None) -> None:
    if subject_id is not None:
        after_commit(tasks.refresh_subject, subject_id)


@worker_init.connect
def forget_last_life(**_: Any) -> None:
    """What an earlier worker said of itself holds no longer."""
    if settings.HELICE_WARM:
        cache.delete_many([tasks.HEARTBEAT, READY])


@worker_ready.connect
def warm_up(**_: Any) -> None:
    """The engine's worker takes work at once, and loads its encoder meanwhile."""
    if settings.HELICE_WARM:
        threading.Thread(target=_load_encoder, name="warm-up", daemon=True).start()
        after_commit(tasks.sweep)


def _load_encoder() -> None:
    try:
        pipeline.encoder()
    except Exception:
        logger.exception("The encoder %s cannot be loaded", settings.HELICE_ENCODER)
        return
    tasks.heartbeat()
    suggesting.prepare()


@receiver(introduction_changed)
def record_introduction(introduction_id: int, state: str, **_: Any) -> None:
    """What came of it, with the match as it stood: what the engine learns from."""
    related = ("profile", "challenge", "asked_by", "decided_by")
    introduction = Introduction.objects.select_related(*related).get(pk=introduction_id)
    actions.record_event(
        MatchEvent.Kind.INTRODUCTION,
        introduction.profile,
        introduction.challenge,
        introduction.decided_by or introduction.asked_by,
        answer=state,
        reason=introduction.decline_reason,
        via=introduction.direction,
    )


@receiver(member_accepted)
def record_member(member_id: int, **_: Any) -> None:
    """Who joins others to answer a challenge is interested in it."""
    member = Member.objects.select_related("profile", "consortium__challenge", "answered_by").get(
        pk=member_id
    )
    if member.answered_by:
        actions.record_event(
            MatchEvent.Kind.ANSWER,
            member.profile,
            member.consortium.challenge,
            member.answered_by,
            answer=Answer.Choice.INTERESTED,
            via="team",
        )


@receiver(partner_request_opened)
def tell_partners(request_id: int, **_: Any) -> None:
    after_commit(tasks.tell_partners, request_id)


@receiver(response_changed)
def record_response(response_id: int, state: str, **_: Any) -> None:
    """For the profile that responds, or for each that a consortium's response speaks for."""
    related = ("profile", "challenge", "author", "decided_by")
    response = Response.objects.select_related(*related).get(pk=response_id)
    person = response.decided_by or response.author
    if person is None:
        return
    decided = state in Response.Outcome.values
    for profile in profiles_at_work(response):
        actions.record_event(
            MatchEvent.Kind.OUTCOME if decided else MatchEvent.Kind.RESPONSE,
            profile,
            response.challenge,
            person,
            answer=state,
            reason=response.decision_reason,
            via="page",
        )


@receiver(person_erased)
def forget_reasons(person_id: int, **_: object) -> None:
    """That a letter named a challenge stays; the sentences of the erased person in it do not."""
    LetterItem.objects.filter(person=person_id).update(reason={})
    CalendarLink.objects.filter(person=person_id).delete()


@receiver(person_erased)
def leave_boards(person_id: int, **_: object) -> None:
    """What was noted about the erased on boards goes with them."""
    Candidacy.objects.filter(profile__person=person_id).delete()
