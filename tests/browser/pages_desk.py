"""The curators' desk, long work, the board of candidates, and a hub's people and events."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Job
from hubs.models import Challenge, HubEvent
from matching.board import board_of, move_candidate
from tests.browser.addresses import Address, fixed, nothing
from tests.browser.country import Country


def hub_event(country: Country) -> list[Any]:
    """One that many may come to."""
    hub = country.loaded.hubs["mexico"]
    starts = timezone.now() + timedelta(days=9)
    event, _made = HubEvent.objects.get_or_create(
        hub=hub,
        title="Encuentro nacional: agua que no se pierde",
        defaults={
            "text": "Municipios, universidades y startups comparan cómo encuentran fugas.",
            "starts_at": starts,
            "ends_at": starts + timedelta(hours=3),
            "place": "Centro de las Artes, Saltillo",
            "link": "https://example.org/sala",
            "capacity": 40,
        },
    )
    return [hub.slug, event.public_id]


def job(country: Country) -> list[Any]:
    """An export at work."""
    found, _made = Job.objects.get_or_create(
        kind="export_profiles",
        by=country.user("curator").person,
        state=Job.State.RUNNING,
        defaults={"total": 400, "done": 130, "not_before": timezone.now() + timedelta(days=1)},
    )
    return [found.public_id]


def ended_job(country: Country) -> list[Any]:
    """Changes requested of two, with what became of each."""
    rows = [
        {"title": "Agua segura", "url": "", "ok": True, "said": "Se solicitaron cambios.", "language": "es"},
        {"title": "Clean air", "url": "", "ok": False, "said": "Ya lo tiene alguien.", "language": "en"},
    ]
    found, _made = Job.objects.get_or_create(
        kind="request_changes",
        by=country.user("curator").person,
        state=Job.State.DONE,
        finished_at=timezone.now(),
        defaults={"total": 2, "done": 2, "rows": rows, "outcome": "Cambios solicitados: 1 de 2."},
    )
    return [found.public_id]


def board(country: Country) -> list[Any]:
    """Of a challenge with candidates, some of them moved."""
    official = country.user("official")
    for challenge in Challenge.objects.of(official).open().order_by("pk"):
        everybody = list(board_of(challenge, official).candidates)
        if len(everybody) < 3:
            continue
        for one, column in zip(everybody, ("shortlist", "talking"), strict=False):
            if one.candidacy is None:
                move_candidate(
                    challenge=challenge, profile=one.profile, to=column, note="Llamar el lunes.", by=official
                )
        return [challenge.public_id]
    raise AssertionError("no challenge of the official has three candidates")


PAGES: dict[str, dict[str, Address]] = {
    "anonymous": {
        "hubs:hub_people": fixed("mexico"),
        "hubs:event_list": fixed("mexico"),
        "hubs:event": hub_event,
    },
    "official": {
        "matching:candidates": board,
        "matching:challenge_fits": board,
        "hubs:challenge posted": board,
    },
    "curator": {
        "accounts:job_list": nothing,
        "accounts:job_new": fixed("export_profiles"),
        "accounts:job": job,
        "accounts:job ended": ended_job,
        "hubs:event": hub_event,
        "hubs:event_new": fixed("mexico"),
        "hubs:event_edit": hub_event,
    },
}
# They act and lead on, or hand out a file.
NOT_WALKED = {
    "accounts:job_file",
    "accounts:job_stop",
    "hubs:event_calendar",
    "hubs:event_cancel",
    "hubs:event_guests",
    "hubs:event_visit",
    "hubs:hub_calendar",
    "hubs:review_hold",
    "matching:candidates_csv",
}
