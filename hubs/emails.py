"""The letters of hubs: a review's outcome, an introduction asked for and its answer, an event that changed."""

from typing import Any

from django.db.models import Q

from accounts.mailer import Kind, queue_letter, register
from accounts.models import Family, Letter, Person
from accounts.rendering import absolute

from .models import ChallengeStep, HubEvent, Introduction, Status
from .queries import contacts_of, profile_shown, reasons_of

REVIEWED = "challenge_reviewed"
ASKED = "introduction_asked"
ANSWERED = "introduction_answered"
EVENT = "event_changed"


def queue_challenge_reviewed(step: ChallengeStep) -> None:
    """To the author and to whoever reads the organisation's letters: published, or what to change."""
    if step.to_status not in (Status.PUBLISHED, Status.CHANGES_REQUESTED):
        return
    readers = step.challenge.organisation.letter_readers().values("pk")
    for person in Person.objects.filter(Q(pk__in=readers) | Q(pk=step.challenge.author_id)):
        queue_letter(
            kind=REVIEWED, person=person, params={"step": step.pk}, key=f"{REVIEWED}:{step.pk}:{person.pk}"
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


def queue_introduction_asked(introduction: Introduction) -> None:
    for person in introduction.challenge.organisation.letter_readers():
        queue_letter(
            kind=ASKED,
            person=person,
            params={"introduction": introduction.pk},
            key=f"{ASKED}:{introduction.pk}:{person.pk}",
        )


def fill_introduction_asked(letter: Letter) -> dict[str, Any] | None:
    """Nothing once it was answered: the letter would only send somebody to a closed door."""
    introduction = _introduction(letter)
    if introduction is None or introduction.state != Introduction.State.PENDING:
        return None
    return _context(introduction, letter)


def queue_introduction_answered(introduction: Introduction) -> None:
    """Both always hear: whoever asked, and the poster, who gets the contact too."""
    asking = Q(pk=introduction.asked_by_id) | Q(pk__in=introduction.profile.letter_readers().values("pk"))
    posting = introduction.challenge.organisation.letter_readers()
    sides = [("asker", Person.objects.filter(asking)), ("poster", posting)]
    for side, people in sides:
        for person in people:
            queue_letter(
                kind=ANSWERED,
                person=person,
                params={"introduction": introduction.pk, "side": side},
                key=f"{ANSWERED}:{introduction.pk}:{person.pk}",
            )


def fill_introduction_answered(letter: Letter) -> dict[str, Any] | None:
    introduction = _introduction(letter)
    if introduction is None:
        return None
    return _context(introduction, letter) | {
        "accepted": introduction.state == Introduction.State.ACCEPTED,
        "to_asker": letter.params.get("side") == "asker",
        "contacts": contacts_of(introduction),
    }


def _introduction(letter: Letter) -> Introduction | None:
    related = (
        "challenge__organisation",
        "profile__person",
        "profile__organisation",
        "asked_by",
        "decided_by",
    )
    return Introduction.objects.select_related(*related).filter(pk=letter.params.get("introduction")).first()


def _context(introduction: Introduction, letter: Letter) -> dict[str, Any]:
    user = letter.person.user if letter.person else None
    return {
        "introduction": introduction,
        "challenge": introduction.challenge,
        "profile": profile_shown(introduction, user),
        "reasons": reasons_of(introduction),
        "url": absolute(introduction.get_absolute_url()),
    }


def queue_event_changed(event: HubEvent) -> None:
    """To everybody who is registered: it is at another time or place, or it is called off."""
    for guest in event.guests.select_related("person__user"):
        queue_letter(
            kind=EVENT,
            person=guest.person,
            params={"event": event.pk, "sequence": event.sequence},
            key=f"{EVENT}:{event.pk}:{event.sequence}:{guest.person_id}",
        )


def fill_event_changed(letter: Letter) -> dict[str, Any] | None:
    """Nothing once a later change was told, or for whoever no longer comes."""
    found = HubEvent.objects.filter(pk=letter.params.get("event"), sequence=letter.params.get("sequence"))
    event = found.filter(guests__person=letter.person).select_related("hub").first()
    return {"event": event, "url": absolute(event.get_absolute_url())} if event else None


def register_all() -> None:
    for name, fill in (
        (REVIEWED, fill_challenge_reviewed),
        (ASKED, fill_introduction_asked),
        (ANSWERED, fill_introduction_answered),
        (EVENT, fill_event_changed),
    ):
        register(Kind(name=name, family=Family.ACCOUNT, fill=fill, again_if_unknown=True))
