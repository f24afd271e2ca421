"""Who hears of an introduction, its conversation and its meetings: both sides always learn the outcome."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.utils import translation

from accounts.models import Family, Person, Profile
from accounts.news import notify

from .models import Block, Challenge, HubMembership, Introduction, Meeting, Report

ASKING, ASKED = "asking", "asked"


def people_of(introduction: Introduction) -> dict[str, list[Person]]:
    """Who hears of it on either side: whoever reads the letters there, and whoever asked and answered, as
    long as they still act for it."""
    poster = introduction.challenge.letter_readers().select_related("user")
    profile = introduction.profile.letter_readers().select_related("user")
    from_poster = introduction.direction == Introduction.Direction.FROM_POSTER
    asking, asked = (poster, profile) if from_poster else (profile, poster)
    found = {
        ASKING: [*_still(introduction, introduction.asked_by, poster=from_poster), *asking],
        ASKED: [*_still(introduction, introduction.decided_by, poster=not from_poster), *asked],
    }
    return {side: list({person.pk: person for person in people}.values()) for side, people in found.items()}


def _still(introduction: Introduction, person: Person | None, *, poster: bool) -> list[Person]:
    """Whoever left the organisation meanwhile hears no more of it."""
    if person is None or person.user is None:
        return []
    if poster:
        theirs = Challenge.objects.of(person.user).filter(pk=introduction.challenge_id)
        return [person] if theirs.exists() else []
    return [person] if Profile.objects.of(person.user).filter(pk=introduction.profile_id).exists() else []


def asked(introduction: Introduction) -> None:
    _tell(introduction, "introduction_asked", reached(introduction), ASKED, again=introduction.rounds)


def reached(introduction: Introduction) -> list[Person]:
    """On the side that is asked, without those of whom one blocked the other."""
    asker = introduction.asked_by_id
    apart = Block.objects.filter(Q(by=asker) | Q(person=asker)).values_list("by", "person")
    away = {key for pair in apart for key in pair}
    return [person for person in people_of(introduction)[ASKED] if person.pk not in away]


def answered(introduction: Introduction) -> None:
    """Both hear: whoever asked, and whoever was asked, who gets the contact too."""
    later = introduction.state == Introduction.State.LATER
    kind = "introduction_later" if later else "introduction_answered"
    on = introduction.later_on.isoformat() if introduction.later_on else ""
    for side, people in people_of(introduction).items():
        _tell(introduction, kind, people, side, again=f"{introduction.rounds}:{on}", on=on)


def reminded(introduction: Introduction) -> None:
    _tell(introduction, "introduction_reminder", reached(introduction), ASKED, again=introduction.lapses_at)


def back(introduction: Introduction) -> None:
    """The day has come that somebody asked for: it waits for an answer again."""
    on = introduction.lapses_at
    asking = people_of(introduction)[ASKING]
    for side, people in ((ASKING, asking), (ASKED, reached(introduction))):
        _tell(introduction, "introduction_again", people, side, again=on)


def over(introduction: Introduction) -> None:
    """It lapsed, or was taken back."""
    kind = f"introduction_{introduction.state}"
    asking = people_of(introduction)[ASKING]
    for side, people in ((ASKING, asking), (ASKED, reached(introduction))):
        _tell(introduction, kind, people, side, again=introduction.rounds)


def message_waits(introduction: Introduction, person: Person, last: int) -> None:
    _tell(introduction, "message_waiting", [person], "", again=last)


def meeting_changed(meeting: Meeting, kind: str) -> None:
    """To everybody on both sides, for their calendars; `kind` is meeting_proposed, _moved or _cancelled."""
    introduction = meeting.introduction
    told = {"meeting": meeting.pk, "sequence": meeting.sequence, "name": meeting.title}
    for side, people in people_of(introduction).items():
        _tell(introduction, kind, people, side, again=f"{meeting.pk}:{meeting.sequence}", **told)


def meeting_answered(meeting: Meeting) -> None:
    for side, people in people_of(meeting.introduction).items():
        _tell(
            meeting.introduction,
            "meeting_answered",
            people,
            side,
            again=f"{meeting.pk}:{meeting.sequence}:{meeting.state}",
            accepted=meeting.state == Meeting.State.ACCEPTED,
            name=meeting.title,
        )


def reported(report: Report, url: str) -> None:
    """To the curators who decide on it; the words that were reported are read on its page only."""
    hub = report.message.introduction.challenge.hub
    curators = HubMembership.objects.filter(hub=hub, role=HubMembership.Role.CURATOR)
    for person in Person.objects.filter(pk__in=curators.values("person")):
        if person.user and Report.objects.visible_to(person.user).filter(pk=report.pk).exists():
            notify(
                person=person,
                family=Family.CONTACTS,
                kind="message_reported",
                url=url,
                about="reports",
                key=f"message_reported:{report.pk}",
            )


def report_decided(report: Report) -> None:
    """Whoever reported hears what came of it; whoever wrote it, only where it was taken away."""
    introduction = report.message.introduction
    upheld = report.state == Report.State.UPHELD
    _tell(introduction, "report_decided", [report.by], "", again=f"{report.pk}:{report.state}", upheld=upheld)
    if upheld and report.message.author:
        _tell(introduction, "message_removed", [report.message.author], "", again=report.message_id)


def _tell(
    introduction: Introduction, kind: str, people: Iterable[Person], side: str, *, again: Any, **more: Any
) -> None:
    """`again` tells apart what may happen more than once."""
    challenge = introduction.challenge
    params = {"introduction": introduction.pk, "side": side, "again": str(again), **more}
    params |= {"title": challenge.title, "language": challenge.language}
    for person in people:
        with translation.override(person.language):
            url = introduction.get_absolute_url()
        notify(
            person=person,
            family=Family.CONTACTS,
            kind=kind,
            params=params,
            url=url,
            about=f"introduction:{introduction.pk}",
            key=f"{kind}:{introduction.pk}:{again}",
        )
