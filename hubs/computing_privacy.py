"""Requests for computing of whoever is erased, and what is held about a person."""

from typing import Any

from django.dispatch import receiver

from accounts.models import Person
from accounts.signals import person_erased

from .models import ComputingRequest, RequestReview, Usage

ERASED = "…"  # in place of the words that went with their author


@receiver(person_erased)
def forget_computing(person_id: int, **_: object) -> None:
    """Hours stay, words go; what an organisation's people asked for stays the organisation's."""
    own = ComputingRequest.objects.filter(profile__person=person_id)
    own.filter(state=ComputingRequest.State.DRAFT).delete()
    own.update(title=ERASED, purpose="")
    Usage.objects.filter(by=person_id).update(note="")
    RequestReview.objects.filter(person=person_id).update(text="")


def held_about(person: Person) -> dict[str, Any]:
    """For the download of all one's data."""
    asked = ComputingRequest.objects.filter(by=person) | ComputingRequest.objects.filter(
        profile__person=person
    )
    return {
        "requests": list(
            asked.distinct()
            .order_by("pk")
            .values(
                *("public_id", "programme__public_id", "title", "purpose", "gpu_hours", "cpu_hours"),
                *("data_class", "state", "submitted_at", "granted_gpu", "granted_cpu", "ends_on", "reason"),
            )
        ),
        "reviews": list(
            RequestReview.objects.filter(person=person).values(
                "request__public_id", "stage", "score", "text", "at"
            )
        ),
        "reported": list(
            Usage.objects.filter(by=person).values(
                "request__public_id", "reported_on", "gpu_hours", "cpu_hours", "note"
            )
        ),
    }
