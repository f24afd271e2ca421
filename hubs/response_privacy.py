"""Responses and evaluations of whoever is erased, and what is held about a person."""

from typing import Any

from django.db.models import Q
from django.dispatch import receiver

from accounts.models import Person
from accounts.signals import person_erased

from .models import Conflict, Evaluator, Response, ResponseEvidence, Score
from .models.responses import LIMITS


@receiver(person_erased)
def forget_responses(person_id: int, **_: object) -> None:
    """A person's own responses say nothing any more; those of organisations and consortia stay theirs. What
    the person judged stays as numbers."""
    own = Response.objects.filter(profile__person=person_id)
    ResponseEvidence.objects.filter(response__in=own.values("pk")).delete()
    empty: dict[str, Any] = dict.fromkeys(LIMITS, "")
    own.update(**empty, state=Response.State.WITHDRAWN, submitted={}, trl=None)
    judged = Evaluator.objects.filter(person=person_id)
    Score.objects.filter(evaluator__in=judged.values("pk")).update(comment="")
    Conflict.objects.filter(Q(evaluator__in=judged.values("pk")) | Q(response__in=own.values("pk"))).update(
        detail=""
    )
    judged.update(declared="")
    judged.filter(state=Evaluator.State.INVITED).delete()


def held_about(person: Person) -> dict[str, Any]:
    """For the download of all one's data."""
    written = Response.objects.filter(Q(author=person) | Q(profile__person=person))
    return {
        "responses": list(
            written.values(
                "public_id", "challenge__public_id", *LIMITS, "state", "submitted", "submitted_at", "outcome"
            )
        ),
        "evaluations": list(
            person.evaluations.values("challenge__public_id", "state", "declared", "declared_at")
        ),
        "scores": list(
            Score.objects.filter(evaluator__person=person).values(
                "response__public_id", "criterion__question", "value", "comment", "at"
            )
        ),
        "conflicts": list(
            Conflict.objects.filter(evaluator__person=person).values("response__public_id", "kind", "detail")
        ),
    }
