"""The letters of hubs: a review's outcome, an event that changed."""

from typing import Any

from django.db.models import Q

from accounts.mailer import Kind, register
from accounts.models import Family, Letter, Person
from accounts.news import notify
from accounts.rendering import absolute

from .models import ChallengeStep, HubEvent, Status

REVIEWED = "challenge_reviewed"
EVENT = "event_changed"


def queue_challenge_reviewed(step: ChallengeStep) -> None:
    """To the author and to whoever reads the organisation's letters: published, or what to change."""
    if step.to_status not in (Status.PUBLISHED, Status.CHANGES_REQUESTED):
        return
    readers = step.challenge.letter_readers().values("pk")
    for person in Person.objects.filter(Q(pk__in=readers) | Q(pk=step.challenge.author_id)):
        notify(
            person=person,
            family=Family.CHALLENGES,
            kind=REVIEWED,
            params={
                "step": step.pk,
                "published": step.to_status == Status.PUBLISHED,
                "title": step.challenge.title,
                "language": step.challenge.language,
            },
            url=step.challenge.get_absolute_url(),
            about=f"challenge:{step.challenge_id}",
            key=f"{REVIEWED}:{step.pk}",
        )


def fill_challenge_reviewed(letter: Letter) -> dict[str, Any] | None:
    step = ChallengeStep.objects.select_related("challenge__hub").filter(pk=letter.params.get("step")).first()
    if step is None:
        return None
    return {
        "challenge": step.challenge,
        "published": step.to_status == Status.PUBLISHED,
        "note": step.note,
        "url": absolute(step.challenge.get_absolute_url()),
    }


def queue_event_changed(event: HubEvent) -> None:
    """To everybody who is registered: it is at another time or place, or it is called off."""
    for guest in event.guests.select_related("person__user"):
        notify(
            person=guest.person,
            family=Family.ACCOUNT,  # whoever registered must hear of it
            kind=EVENT,
            params={
                "event": event.pk,
                "sequence": event.sequence,
                "title": event.title,
                "language": event.language,
            },
            url=event.get_absolute_url(),
            about=f"event:{event.pk}",
            key=f"{EVENT}:{event.pk}:{event.sequence}",
        )


def fill_event_changed(letter: Letter) -> dict[str, Any] | None:
    """Nothing once a later change was told, or for whoever no longer comes."""
    found = HubEvent.objects.filter(pk=letter.params.get("event"), sequence=letter.params.get("sequence"))
    event = found.filter(guests__person=letter.person).select_related("hub").first()
    return {"event": event, "url": absolute(event.get_absolute_url())} if event else None


def register_all() -> None:
    for name, family, fill in (
        (REVIEWED, Family.CHALLENGES, fill_challenge_reviewed),
        (EVENT, Family.ACCOUNT, fill_event_changed),
    ):
        register(Kind(name=name, family=family, fill=fill, again_if_unknown=True))
