"""Writing imported challenges: all of them or none, the same ones again when run twice."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from ..imports import Row
from ..models import Challenge, ChallengeStep, Need, Status

SLICE = 500


@transaction.atomic
def write_imported(*, rows: Sequence[Row]) -> tuple[int, int]:
    """(new, renewed); rows that say what is stored count as neither. Bulk writes tell nobody: the sweeps
    find what changed."""
    stored = _stored(rows)
    pairs = [(stored.get(row.key) or Challenge(import_key=row.key), row) for row in rows]
    new = [(challenge, row) for challenge, row in pairs if not challenge.pk]
    renewed = {challenge.pk for challenge, row in pairs if challenge.pk and _renew(challenge, row)}
    now = timezone.now()
    for challenge, row in new:
        for name, value in row.values.items():
            setattr(challenge, name, value)
        challenge.published_at = now if challenge.status == Status.PUBLISHED else None
        challenge.index(need["text"] for need in row.needs)
    made = Challenge.objects.bulk_create([challenge for challenge, _row in new], batch_size=SLICE)
    ChallengeStep.objects.bulk_create(
        [ChallengeStep(challenge=challenge, to_status=challenge.status, note="import") for challenge in made],
        batch_size=SLICE,
    )
    renewed |= _write_needs(pairs) - {challenge.pk for challenge in made}
    return len(made), len(renewed)


def _stored(rows: Sequence[Row]) -> dict[str | None, Challenge]:
    found: dict[str | None, Challenge] = {}
    for start in range(0, len(rows), SLICE):
        keys = [row.key for row in rows[start : start + SLICE]]
        known = Challenge.objects.filter(import_key__in=keys)
        for challenge in known.select_related("organisation").prefetch_related("translations"):
            found[challenge.import_key] = challenge
    return found


def _renew(challenge: Challenge, row: Row) -> bool:
    """Write what the row says otherwise. It never empties a column that was filled in here, and never moves
    a challenge that was published, closed or withdrawn here."""
    changes = {
        name: value
        for name, value in row.values.items()
        if name != "status" and value not in (None, "", []) and getattr(challenge, name) != value
    }
    for name, value in changes.items():
        setattr(challenge, name, value)
    before = challenge.search_text
    translated = [translation.text for translation in challenge.translations.all()]
    challenge.index([need["text"] for need in row.needs] + translated)
    if not changes and challenge.search_text == before:
        return False
    index = {"search_text": challenge.search_text, "sort_key": challenge.sort_key}
    Challenge.objects.filter(pk=challenge.pk).update(**changes, **index, updated_at=timezone.now())
    return True


def _write_needs(pairs: Sequence[tuple[Challenge, Row]]) -> set[int]:
    """Needs that say the same stay, with whatever points at them. The challenges whose needs changed."""
    stored: dict[int, list[Need]] = {}
    ids = [challenge.pk for challenge, _row in pairs]
    for start in range(0, len(ids), SLICE):
        for need in Need.objects.filter(challenge__in=ids[start : start + SLICE]):
            stored.setdefault(need.challenge_id, []).append(need)
    changed: set[int] = set()
    made: list[Need] = []
    gone: list[int] = []
    for challenge, row in pairs:
        known = [
            {"text": n.text, "weight": n.weight, "sought": n.sought} for n in stored.get(challenge.pk, [])
        ]
        if known == row.needs:
            continue
        changed.add(challenge.pk)
        gone += [need.pk for need in stored.get(challenge.pk, [])]
        made += [Need(challenge=challenge, position=at, **need) for at, need in enumerate(row.needs)]
    for start in range(0, len(gone), SLICE):
        Need.objects.filter(pk__in=gone[start : start + SLICE]).delete()
    Need.objects.bulk_create(made, batch_size=SLICE)
    return changed
