"""The demo's boards: candidates whom the posters of its challenges took from the suggestions; and gaps that
were covered before anybody looked. Open ones the engine finds by itself."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Person, Profile
from hubs.demo import loader
from hubs.models import Challenge

from .models import Candidacy, CandidacyStep, Gap, GapNeed


@transaction.atomic
def fill_boards(folder: Path) -> None:
    """From the folder's board.yaml, unless somebody has used a board already."""
    if Candidacy.objects.exists():
        return
    for row in loader.read(folder, "board.yaml"):
        challenge = Challenge.objects.get(public_id=loader.public_id("challenge", row["challenge"]))
        if challenge.author:
            for step in row["steps"]:
                _take(challenge, challenge.author, step)


def _take(challenge: Challenge, by: Person, step: dict[str, Any]) -> None:
    at = timezone.now() - timedelta(days=step["days_ago"])
    profile = Profile.objects.get(public_id=loader.public_id("profile", step["profile"]))
    row, _is_new = Candidacy.objects.get_or_create(
        challenge=challenge, profile=profile, defaults={"by": by, "at": at}
    )
    CandidacyStep.objects.create(
        candidacy=row, actor=by, from_column=row.column, to_column=step["to"], note=step["note"], at=at
    )
    row.column, row.note, row.by, row.at = step["to"], step["note"], by, at
    row.save()


@transaction.atomic
def fill_gaps(folder: Path) -> None:
    """From the folder's gaps.yaml, unless there are gaps already."""
    if Gap.objects.exists():
        return
    now = timezone.now()
    for row in loader.read(folder, "gaps.yaml"):
        challenge = Challenge.objects.get(public_id=loader.public_id("challenge", row["challenge"]))
        need = challenge.needs.order_by("position", "pk")[row["need"]]
        gap = Gap.objects.create(
            label=need.text[:200],
            language=need.language,
            size=1,
            found_at=now - timedelta(days=row["found_days_ago"]),
            covered_at=now - timedelta(days=row["covered_days_ago"]),
            is_demo=True,
        )
        GapNeed.objects.create(gap=gap, need=need)
