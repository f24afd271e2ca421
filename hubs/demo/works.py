"""What came of challenges of the demo: who was selected, what they did together, and their results."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from accounts.models import Profile

from ..answering import as_written
from ..models import Challenge, Consortium, Member, Project, Response, Result, Status

if TYPE_CHECKING:
    from .loader import Loaded

OPEN_FOR = 45  # days
MONTH = 30
SOLO = (Status.CLOSED, Status.IN_EVALUATION, Status.AWARDED, Status.IN_PROGRESS, Status.COMPLETED)


def load_works(loaded: "Loaded", rows: Iterable[dict[str, Any]], now: datetime) -> None:
    from .loader import load_challenges

    rows = list(rows)
    load_challenges(loaded, (_challenge(row) for row in rows), now)
    for row in rows:
        challenge = loaded.challenges[row["key"]]
        _settle(challenge)
        response = _response(loaded, challenge, row)
        _project(response, row, now)


def _challenge(row: dict[str, Any]) -> dict[str, Any]:
    """As challenges.yaml has them."""
    opens = -MONTH * row["months_ago"]
    spoken = {name: row[name] for name in ("title", "summary", "description")}
    return {
        **{name: row[name] for name in ("key", "organisation", "hub", "state", "sector", "fields", "sdgs")},
        **{name: words["es"] for name, words in spoken.items()},
        "language": "es",
        "state_of_row": row["status"],
        "offer_money_mxn": row["money"],
        "offer": "",
        "trl_from": row["trl"][0],
        "trl_to": row["trl"][1],
        "opens_in_days": opens,
        "closes_in_days": opens + OPEN_FOR,
        "contact": {"name": "", "email": ""},
        "poster_shown": "name",
        "terms_ip": "",
        "terms_confidentiality": "",
        "needs": [{"text": row["need"]["es"], "weight": "must", "sought": "anyone"}],
        "translation": {name: words["en"] for name, words in spoken.items()} | {"needs": [row["need"]["en"]]},
    }


def _settle(challenge: Challenge) -> None:
    """What came after it closed came after it closed."""
    assert challenge.closes_at  # noqa: S101 - all of them have their dates
    for weeks, status in enumerate(SOLO):
        challenge.steps.filter(to_status=status).update(at=challenge.closes_at + timedelta(weeks=weeks))


def _response(loaded: "Loaded", challenge: Challenge, row: dict[str, Any]) -> Response:
    assert challenge.closes_at  # noqa: S101
    over = row["status"] == Status.COMPLETED
    people = [loaded.profiles[key] for key in row["members"]]
    consortium = Consortium.objects.create(
        challenge=challenge,
        name=row["consortium"],
        about=row["approach"],
        state=Consortium.State.COMPLETED if over else Consortium.State.WORKING,
        began_by=people[0].person,
    )
    for place, profile in enumerate(people):
        _join(consortium, profile, challenge.closes_at - timedelta(days=20 - place), first=place == 0)
    response = Response(
        challenge=challenge,
        consortium=consortium,
        author=people[0].person,
        title=row["response"],
        approach=row["approach"],
        plan=row["plan"],
        trl=row["trl"][0],
        state=Response.State.SUBMITTED,
        submitted_at=challenge.closes_at - timedelta(days=2),
        outcome=Response.Outcome.SELECTED,
        decision_reason=Response.DecisionReason.BEST_FIT,
        decision_sentence="Es la que llega a más gente con lo que ya existe.",
        decided_by=challenge.author,
        decided_at=challenge.closes_at + timedelta(weeks=2),
    )
    response.save()
    response.needs.set(challenge.needs.all())
    response.submitted = as_written(response)
    response.save()
    return response


def _join(consortium: Consortium, profile: Profile, at: datetime, *, first: bool) -> None:
    Member.objects.create(
        consortium=consortium,
        profile=profile,
        role=Member.Role.COORDINATOR if first else Member.Role.MEMBER,
        state=Member.State.ACCEPTED,
        answered_at=at,
    )


def _project(response: Response, row: dict[str, Any], now: datetime) -> None:
    assert response.decided_at  # noqa: S101
    over = row["status"] == Status.COMPLETED
    done = min(response.decided_at + timedelta(days=6 * MONTH), now - timedelta(days=10))
    project = Project.objects.create(
        response=response,
        challenge=response.challenge,
        trl_start=row["trl"][0],
        trl_now=row["trl"][1],
        completed_at=done if over else None,
        report=row["report"],
    )
    Project.objects.filter(pk=project.pk).update(started_at=response.decided_at)
    for place, (kind, number) in enumerate(row["results"]):
        on = (done - timedelta(days=12 * place)).date()
        Result.objects.create(project=project, kind=kind, number=number, on=on)
