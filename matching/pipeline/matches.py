"""Match some subjects with everything that they may be matched with, and write down what was found."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from .. import ranking
from ..encoder import Encoder
from ..models import Match, Subject
from ..ranking import WEIGHTS
from ..vectors import load_needs, load_profile_passages
from . import facts, yardstick
from .pairs import Pair, fitting
from .reasons import Reasons
from .subjects import finish, set_back
from .sync import set_aside

CHANGING = ["score", "probability", "strength", "reason", "parts", "engine", "model", "statistics", "made_at"]


def match(subjects: Sequence[Subject], encoder: Encoder, started: datetime) -> set[int]:
    """Match profiles with all challenges, or challenges with all profiles (never both at once).

    Writes the matches and finishes the subjects; returns those edited meanwhile, to be done again.
    """
    statistics, version = yardstick.current(encoder)
    loaded_at = timezone.now()
    ids = [subject.pk for subject in subjects]
    of_profiles = subjects[0].profile_id is not None
    people = facts.profiles(ids if of_profiles else None)
    challenges = facts.challenges(None if of_profiles else ids)
    gives, asks = load_profile_passages(encoder.name), load_needs(encoder.name)
    if of_profiles:
        gives = gives.of_subjects(ids)
    else:
        asks = asks.of_subjects(ids)
    pairs = fitting(list(people.values()), list(challenges.values()), gives, asks, statistics)
    reasons = Reasons(pairs, gives, asks, statistics, version)
    found: dict[int, dict[int, Match]] = defaultdict(dict)
    for pair in pairs:
        mine, other = pair.profile.subject_id, pair.challenge.subject_id
        mine, other = (mine, other) if of_profiles else (other, mine)
        found[mine][other] = _match(pair, reasons)
    considered = set(challenges if of_profiles else people)
    return {s.pk for s in subjects if _write(s, found[s.pk], considered, loaded_at, started)}


def _match(pair: Pair, reasons: Reasons) -> Match:
    return Match(
        subject_id=pair.profile.subject_id,
        target_id=pair.challenge.subject_id,
        score=pair.score,
        probability=pair.probability,
        strength=pair.strength,
        reason=reasons.reason_of(pair),
        parts=_parts(pair),
        engine=ranking.ENGINE,
        model=reasons.statistics.encoder,
        statistics=reasons.version,
    )


def _parts(pair: Pair) -> dict[str, object]:
    """The numbers that the score is made of, for whoever learns from them later."""
    return {
        "needs": [
            {
                "need_id": answer.need.need_id if answer.need else None,
                "weight": WEIGHTS[answer.need.weight if answer.need else "must"],
                "value": round(answer.value, 4),
            }
            for answer in pair.answered
        ],
        "words": round(pair.words, 4),
        "facts": pair.weighed,
    }


@transaction.atomic
def _write(
    subject: Subject,
    found: dict[int, Match],
    considered: Collection[int],
    loaded_at: datetime,
    started: datetime,
) -> bool:
    """Replace the subject's matches with what was considered, in one short transaction.

    Pairs that the other side matched after our reading are left as that side wrote them; pairs that we never
    looked at are left alone; a subject that was taken away meanwhile stays away.
    """
    near, far = ("subject_id", "target_id") if subject.profile_id else ("target_id", "subject_id")
    others = Subject.objects.filter(**{f"{'challenge' if subject.profile_id else 'profile'}__isnull": False})
    there = dict(others.values_list("pk", "matched_at"))
    if not Subject.objects.filter(pk=subject.pk).exists():
        return False
    ours = {pk for pk in considered if pk in there and not _after(there[pk], loaded_at)}
    old = dict(Match.objects.filter(**{near: subject.pk}).values_list(far, "pk"))
    gone = [pk for other, pk in old.items() if other in ours and other not in found]
    _delete(gone)
    Match.objects.bulk_create(
        [made for other, made in found.items() if other in ours],
        batch_size=200,
        update_conflicts=True,
        unique_fields=["subject", "target"],
        update_fields=CHANGING,
    )
    return _close(subject, started)


def _close(subject: Subject, started: datetime) -> bool:
    """Done, or done as far as its passages could be embedded; True when it must be done again at once."""
    aside = set_aside(subject)
    if aside:
        set_back(subject, f"{aside} passages could not be embedded", matched_at=started)
        return False
    return finish(subject, started)


def _after(matched_at: datetime | None, loaded_at: datetime) -> bool:
    return matched_at is not None and matched_at > loaded_at


def _delete(ids: Iterable[int]) -> None:
    ids = list(ids)
    for start in range(0, len(ids), 500):
        Match.objects.filter(pk__in=ids[start : start + 500]).delete()
