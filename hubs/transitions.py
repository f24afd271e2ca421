"""The one table of a challenge's steps, and what must be there before it may be read by others."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from .models import Challenge, Project, Response, Status

POSTER = "poster"
CURATOR = "curator"


def _always(challenge: Challenge) -> bool:
    return True


def _closed_by_the_clock(challenge: Challenge) -> bool:
    return challenge.is_closed()


def _has_a_winner(challenge: Challenge) -> bool:
    return Response.objects.filter(challenge=challenge, outcome=Response.Outcome.SELECTED).exists()


def _has_no_winner(challenge: Challenge) -> bool:
    return not _has_a_winner(challenge)


def _has_a_closing_report(challenge: Challenge) -> bool:
    """Every piece of work on it has ended with its report, and there was one."""
    ended = list(Project.objects.filter(challenge=challenge).values_list("completed_at", flat=True))
    return bool(ended) and None not in ended


@dataclass(frozen=True)
class Transition:
    """One allowed step: who may take it, what its button says, and whether it needs a reason."""

    start: Status
    to: Status
    who: str
    label: str | Promise
    needs_note: bool = False
    when: Callable[[Challenge], bool] = _always
    whole: bool = False  # nothing may be missing


TABLE: tuple[Transition, ...] = (
    Transition(Status.DRAFT, Status.IN_REVIEW, POSTER, gettext_lazy("Submit for review"), whole=True),
    Transition(
        Status.CHANGES_REQUESTED,
        Status.IN_REVIEW,
        POSTER,
        gettext_lazy("Submit again for review"),
        whole=True,
    ),
    Transition(Status.IN_REVIEW, Status.DRAFT, POSTER, gettext_lazy("Take back to edit")),
    Transition(Status.IN_REVIEW, Status.PUBLISHED, CURATOR, pgettext_lazy("button", "Publish"), whole=True),
    Transition(
        Status.IN_REVIEW, Status.CHANGES_REQUESTED, CURATOR, gettext_lazy("Request changes"), needs_note=True
    ),
    Transition(
        Status.PUBLISHED,
        Status.CHANGES_REQUESTED,
        CURATOR,
        gettext_lazy("Take down and request changes"),
        needs_note=True,
    ),
    Transition(Status.PUBLISHED, Status.CLOSED, POSTER, gettext_lazy("Close now"), when=Challenge.is_open),
    Transition(Status.PUBLISHED, Status.WITHDRAWN, POSTER, gettext_lazy("Withdraw"), needs_note=True),
    Transition(Status.PUBLISHED, Status.ARCHIVED, POSTER, gettext_lazy("Archive"), when=_closed_by_the_clock),
    Transition(Status.CLOSED, Status.ARCHIVED, POSTER, gettext_lazy("Archive")),
    Transition(
        Status.PUBLISHED,
        Status.IN_EVALUATION,
        POSTER,
        gettext_lazy("Begin the evaluation"),
        when=_closed_by_the_clock,
    ),
    Transition(Status.CLOSED, Status.IN_EVALUATION, POSTER, gettext_lazy("Begin the evaluation")),
    Transition(Status.IN_EVALUATION, Status.AWARDED, POSTER, gettext_lazy("Award it"), when=_has_a_winner),
    Transition(
        Status.IN_EVALUATION,
        Status.CLOSED,
        POSTER,
        gettext_lazy("End without an award"),
        needs_note=True,
        when=_has_no_winner,
    ),
    Transition(Status.AWARDED, Status.IN_PROGRESS, POSTER, gettext_lazy("The work has begun")),
    Transition(Status.AWARDED, Status.ARCHIVED, POSTER, gettext_lazy("Nothing came of it"), needs_note=True),
    Transition(
        Status.IN_PROGRESS,
        Status.COMPLETED,
        POSTER,
        gettext_lazy("The work is completed"),
        when=_has_a_closing_report,
    ),
    Transition(Status.IN_PROGRESS, Status.ARCHIVED, POSTER, gettext_lazy("End the work"), needs_note=True),
    Transition(Status.COMPLETED, Status.ARCHIVED, POSTER, gettext_lazy("Archive")),
    Transition(Status.DRAFT, Status.WITHDRAWN, POSTER, gettext_lazy("Discard this draft")),
    Transition(Status.IN_REVIEW, Status.WITHDRAWN, POSTER, gettext_lazy("Withdraw")),
    Transition(Status.CHANGES_REQUESTED, Status.WITHDRAWN, POSTER, gettext_lazy("Withdraw")),
    Transition(Status.WITHDRAWN, Status.DRAFT, POSTER, gettext_lazy("Make it a draft again")),
)
EDITABLE = (Status.DRAFT, Status.CHANGES_REQUESTED)


def find(start: str, to: str) -> Transition | None:
    return next((step for step in TABLE if step.start == start and step.to == to), None)


def offered(challenge: Challenge, roles: set[str]) -> list[Transition]:
    """The steps that someone in these roles may take from where the challenge stands now."""
    return [
        step
        for step in TABLE
        if step.start == challenge.status and step.who in roles and step.when(challenge)
    ]


@dataclass(frozen=True)
class Missing:
    """What still has to be told, and the wizard's step where it is told."""

    sentence: str
    step: str


def missing(challenge: Challenge) -> list[Missing]:
    """What must be there before the challenge can be submitted or published; empty when it is whole."""
    told: list[tuple[object, str, str]] = [
        (challenge.title, _("Give the challenge a title."), "problem"),
        (challenge.summary, _("Say in one line what it is about."), "problem"),
        (challenge.description.strip(), _("Describe the problem."), "problem"),
        (challenge.needs.exists(), _("Name at least one thing that you need."), "needs"),
        (challenge.opens_at, _("Say when it opens."), "when"),
        (challenge.closes_at, _("Say when it closes."), "when"),
        (challenge.contact_name, _("Name a contact person."), "contact"),
        (challenge.contact_email, _("Give the contact's e-mail address."), "contact"),
    ]
    found = [Missing(sentence, step) for value, sentence, step in told if not value]
    if challenge.closes_at and challenge.closes_at <= timezone.now():
        found.append(Missing(_("The closing date has passed: choose a later one."), "when"))
    return found


def hints(challenge: Challenge) -> list[Missing]:
    """What may be left as it is, but seldom is meant."""
    found = []
    if "[" in challenge.description or "[" in challenge.summary or "[" in challenge.title:
        sentence = _("There are square brackets left from the template: write over them, or take them out.")
        found.append(Missing(sentence, "problem"))
    if challenge.opens_at and challenge.opens_at < timezone.now() and not challenge.published_at:
        found.append(
            Missing(_("The opening date has passed: it will open as soon as it is published."), "when")
        )
    return found
