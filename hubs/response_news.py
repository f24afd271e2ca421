"""What people hear about responses and their evaluation: in their list, and by letter as they want it."""

from typing import Any

from django.urls import reverse
from django.utils import timezone

from accounts.mailer import Kind, register
from accounts.models import Family, Letter, Person
from accounts.news import notify
from accounts.rendering import absolute

from .answering import moment, people_of
from .models import Challenge, Evaluator, Response

DECIDED = "response_decided"


def _tell(people: Any, kind: str, challenge: Challenge, url: str, key: str, **more: Any) -> None:
    params = {"title": challenge.title, "language": challenge.language, **more}
    for person in people:
        notify(
            person=person,
            family=Family.CHALLENGES,
            kind=kind,
            params=params,
            url=url,
            about=f"challenge:{challenge.pk}",
            key=f"{kind}:{key}",
        )


def tell_handed_in(response: Response, *, again: bool) -> None:
    """A receipt, with the second at which it arrived."""
    at = response.submitted_at or timezone.now()
    _tell(
        people_of(response),
        "response_received",
        response.challenge,
        response.get_absolute_url(),
        f"{response.pk}:{at.isoformat()}",
        again=again,
        at=moment(at),
    )


def tell_decided(response: Response) -> None:
    _tell(
        people_of(response),
        DECIDED,
        response.challenge,
        response.get_absolute_url(),
        str(response.pk),
        response=response.pk,
        outcome=response.outcome,
    )


def tell_invited(evaluator: Evaluator) -> None:
    _tell(
        [evaluator.person],
        "evaluator_invited",
        evaluator.challenge,
        reverse("hubs:evaluator", args=[evaluator.public_id]),
        str(evaluator.pk),
    )


def tell_evaluator_answered(evaluator: Evaluator) -> None:
    people = Person.objects.filter(pk=evaluator.invited_by_id or 0, user__isnull=False)
    _tell(
        people,
        "evaluator_answered",
        evaluator.challenge,
        reverse("hubs:evaluation", args=[evaluator.challenge.public_id]),
        str(evaluator.pk),
        name=str(evaluator.person),
        accepted=evaluator.state == Evaluator.State.ACCEPTED,
    )


def tell_deadline(response: Response, kind: str) -> None:
    """To whoever has a draft: three days are left, or it closed without them."""
    challenge = response.challenge
    closes = challenge.closes_at or timezone.now()
    key = f"{response.pk}:{closes:%Y%m%d%H%M}"
    _tell(people_of(response), kind, challenge, response.get_absolute_url(), key, at=moment(closes))


def tell_closed(challenge: Challenge, count: int) -> None:
    """To the poster: what came in can be read from now on."""
    url = reverse("hubs:evaluation", args=[challenge.public_id])
    closes = challenge.closes_at or timezone.now()
    key = f"{challenge.pk}:{closes:%Y%m%d%H%M}"
    _tell(challenge.letter_readers(), "responses_in", challenge, url, key, count=count)


def fill_decided(letter: Letter) -> dict[str, Any] | None:
    related = ("challenge", "profile__person", "profile__organisation", "consortium")
    found = Response.objects.select_related(*related).filter(pk=letter.params.get("response")).first()
    if found is None or not found.outcome:
        return None
    return {
        "challenge": found.challenge,
        "response": found,
        "url": absolute(found.get_absolute_url()),
    }


def register_all() -> None:
    register(Kind(name=DECIDED, family=Family.CHALLENGES, fill=fill_decided, again_if_unknown=True))
