"""Match some subjects with everything that they may be matched with, and write down what was found."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from .. import ranking
from ..encoder import Encoder
from ..models import Match, Subject
from ..ranking import WEIGHTS
from . import candidates, explaining, teams, yardstick
from .pairs import Pair
from .reasons import tell
from .subjects import alone, finish, revised_since, set_back, stamp
from .sync import set_aside
from .yardstick import Version

CHANGING = ["score", "probability", "strength", "reason", "parts", "engine", "model", "made_at", "explain_at"]
TOLD = 20  # of a list: the others are told why when somebody looks
UNIQUE = ["statistics", "subject", "target"]
Found = dict[int, dict[int, Match]]  # by subject, then by the other side's


def match(subjects: Sequence[Subject], encoder: Encoder, started: datetime) -> set[int]:
    """Match profiles with all challenges, or challenges with all profiles (never both at once).

    First under the version that people see, then under the one that a rebuild is making, if any. Writes the
    matches and finishes the subjects; returns those edited meanwhile, to be done again.
    """
    ids = [subject.pk for subject in subjects]
    of_profiles = subjects[0].profile_id is not None
    stamped = stamp(ids)
    for version in yardstick.in_use(encoder):  # asked after the stamp: a rebuild begun later will read us
        found = find(ids, encoder, version, of_profiles=of_profiles)
        for subject in subjects:
            _tell(found[subject.pk], version)
            _write(subject, found[subject.pk], version, stamped)
    return {subject.pk for subject in subjects if _close(subject, started)}


def find(ids: Sequence[int], encoder: Encoder, version: Version, *, of_profiles: bool) -> Found:
    """The matches of some subjects of one kind with everybody, not yet told why, nor written."""
    search = candidates.of_profiles if of_profiles else candidates.of_challenges
    fit = search(ids, encoder.name, version.statistics)
    found: Found = defaultdict(dict)
    for pair in fit.pairs:
        mine, other = pair.profile.subject_id, pair.challenge.subject_id
        mine, other = (mine, other) if of_profiles else (other, mine)
        found[mine][other] = _match(pair, fit, version)
    return found


def _tell(found: dict[int, Match], version: Version) -> None:
    """Why, for the best of a list that people see: what they will look at first."""
    if version.shown:
        best = sorted(found.values(), key=lambda match: -match.score)[:TOLD]
        explaining.recall(tell(best), version.statistics.encoder)


def _match(pair: Pair, fit: candidates.Found, version: Version) -> Match:
    return Match(
        subject_id=pair.profile.subject_id,
        target_id=pair.challenge.subject_id,
        score=pair.score,
        probability=pair.probability,
        strength=pair.strength,
        parts=_parts(pair, fit),
        engine=ranking.ENGINE,
        model=version.statistics.encoder,
        statistics_id=version.name,
    )


def _parts(pair: Pair, fit: candidates.Found) -> dict[str, object]:
    """The numbers that the score is made of, for whoever learns from them later; and which passages they come
    from, for whoever asks why."""
    return {
        "needs": [
            {
                "need_id": answer.need.need_id if answer.need else None,
                "weight": WEIGHTS[answer.need.weight if answer.need else "must"],
                "value": round(answer.value, 4),
                "ask": int(fit.asks.ids[answer.ask]),
                "passage": int(fit.gives.ids[answer.passage]) if answer.strength else None,
            }
            for answer in pair.answered
        ],
        "words": round(pair.words, 4),
        "facts": pair.weighed,
    }


@transaction.atomic
def _write(subject: Subject, found: dict[int, Match], version: Version, stamped: datetime) -> None:
    """Replace the subject's matches of one version, in one short transaction.

    Pairs whose other side was stamped after us are that side's to write; a subject that was taken away
    meanwhile stays away.
    """
    alone()
    if not Subject.objects.filter(pk=subject.pk).exists():
        return
    near, far = ("subject_id", "target_id") if subject.profile_id else ("target_id", "subject_id")
    mine = Match.objects.filter(**{near: subject.pk})
    rows = list(mine.filter(statistics_id=version.name).values_list(far, "pk", "score"))
    old = {other: pk for other, pk, _ in rows}
    there, later = revised_since(found.keys() | old.keys(), stamped)
    delete([pk for other, pk in old.items() if other not in found and other not in later])
    new = {other: made for other, made in found.items() if other in there - later}
    if not version.shown:
        _keep_first_times(new, dict(mine.current().values_list(far, "first_made_at")))
    elif subject.interactive:
        explaining.choose(list(new.values()))
    store(new.values())
    if version.shown:
        _note_teams(subject, {other: score for other, _, score in rows}, found)


def _note_teams(subject: Subject, before: dict[int, float], after: dict[int, Match]) -> None:
    """Teams are looked for anew where a challenge was matched, or somebody comes, goes or fits otherwise."""
    if subject.challenge_id:
        teams.note([subject.pk], at_once=True)
        return
    moved = {pk for pk, made in after.items() if before.get(pk) != made.score} | (
        before.keys() - after.keys()
    )
    if moved:
        teams.note(moved)


def store(made: Iterable[Match]) -> None:
    Match.objects.bulk_create(
        made, batch_size=200, update_conflicts=True, unique_fields=UNIQUE, update_fields=CHANGING
    )


def delete(ids: Iterable[int]) -> None:
    ids = list(ids)
    for start in range(0, len(ids), 500):
        Match.objects.filter(pk__in=ids[start : start + 500]).delete()


def _keep_first_times(made: dict[int, Match], known: dict[int, datetime]) -> None:
    """A pair that is shown already is not new to anybody when another version shows it."""
    for other, row in made.items():
        row.first_made_at = known.get(other, row.first_made_at)


def _close(subject: Subject, started: datetime) -> bool:
    """Done, or done as far as its passages could be embedded; True when it must be done again at once."""
    aside = set_aside(subject)
    if aside:
        set_back(subject, f"{aside} passages could not be embedded", matched_at=started)
        return False
    return finish(subject, started)
