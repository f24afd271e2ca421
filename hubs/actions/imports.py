"""Writing imported challenges: all of them or none, the same ones again when run twice."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from ..imports import Row
from ..models import Challenge, ChallengeStep, Need, Status

SLICE = 500


@transaction.atomic
def write_imported(*, rows: Sequence[Row]) -> tuple[int, int]:
    """(new, renewed). Bulk writes tell nobody: the sweeps find what changed."""
    stored = {
        challenge.import_key: challenge
        for start in range(0, len(rows), SLICE)
        for challenge in Challenge.objects.filter(
            import_key__in=[row.key for row in rows[start : start + SLICE]]
        )
    }
    now = timezone.now()
    new: list[Challenge] = []
    renewed: list[Challenge] = []
    pairs: list[tuple[Challenge, Row]] = []
    for row in rows:
        challenge = stored.get(row.key) or Challenge(import_key=row.key)
        (renewed if challenge.pk else new).append(challenge)
        # An import never moves a challenge back that was published, closed or withdrawn here.
        fixed = {"status"} if challenge.pk else set()
        for name, value in row.values.items():
            if name not in fixed:
                setattr(challenge, name, value)
        if challenge.status == Status.PUBLISHED and not challenge.published_at:
            challenge.published_at = now
        challenge.updated_at = now
        challenge.index(need["text"] for need in row.needs)
        pairs.append((challenge, row))
    Challenge.objects.bulk_create(new, batch_size=SLICE)
    columns = [f.name for f in Challenge._meta.concrete_fields if not f.primary_key]
    Challenge.objects.bulk_update(renewed, columns, batch_size=100)
    ChallengeStep.objects.bulk_create(
        [ChallengeStep(challenge=challenge, to_status=challenge.status, note="import") for challenge in new],
        batch_size=SLICE,
    )
    _write_needs(pairs)
    return len(new), len(renewed)


def _write_needs(pairs: Sequence[tuple[Challenge, Row]]) -> None:
    """Needs that say the same stay as they are, with whatever points at them."""
    stored: dict[int, list[Need]] = {}
    ids = [challenge.pk for challenge, _row in pairs]
    for start in range(0, len(ids), SLICE):
        for need in Need.objects.filter(challenge__in=ids[start : start + SLICE]):
            stored.setdefault(need.challenge_id, []).append(need)
    made: list[Need] = []
    gone: list[int] = []
    for challenge, row in pairs:
        known = [
            {"text": n.text, "weight": n.weight, "sought": n.sought} for n in stored.get(challenge.pk, [])
        ]
        if known == row.needs:
            continue
        gone += [need.pk for need in stored.get(challenge.pk, [])]
        made += [Need(challenge=challenge, position=at, **need) for at, need in enumerate(row.needs)]
    for start in range(0, len(gone), SLICE):
        Need.objects.filter(pk__in=gone[start : start + SLICE]).delete()
    Need.objects.bulk_create(made, batch_size=SLICE)
