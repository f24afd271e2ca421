"""A consortium of the demo country, and what it looks for."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from ..models import Consortium, Member, PartnerRequest

if TYPE_CHECKING:
    from .loader import Loaded

LASTS = timedelta(days=11)


def load_consortia(loaded: "Loaded", rows: Iterable[dict[str, Any]], now: datetime) -> None:
    for row in rows:
        challenge = loaded.challenges[row["challenge"]]
        needs = list(challenge.needs.order_by("position", "pk"))
        first = loaded.profiles[row["members"][0]["profile"]]
        consortium = Consortium.objects.create(
            challenge=challenge,
            name=row["name"],
            acronym=row["acronym"],
            about=row["about"],
            began_by=first.person,
        )
        for one in row["members"]:
            member = Member.objects.create(
                consortium=consortium,
                profile=loaded.profiles[one["profile"]],
                role=one["role"],
                state=one["state"],
                share=one["share"],
                invited_by=None if one["role"] == Member.Role.COORDINATOR else first.person,
                answered_at=now if one["state"] == Member.State.ACCEPTED else None,
                lapses_at=now + LASTS if one["state"] == Member.State.PENDING else None,
            )
            member.needs.set([needs[place] for place in one["needs"]])
        for each in row["requests"]:
            facts = {name: value for name, value in each.items() if name != "closes_in_days"}
            closes = now + timedelta(days=each["closes_in_days"])
            PartnerRequest.objects.create(
                challenge=challenge,
                consortium=consortium,
                profile=first,
                by=first.person,
                closes_at=closes.replace(minute=0, second=0, microsecond=0),
                **facts,
            )
