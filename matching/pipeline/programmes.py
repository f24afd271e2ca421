"""Which programmes fit a profile or a challenge, by the engine that matches these two.

A programme says two things: whom it looks for, which people's offers answer; and what it gives, which
answers what people seek and what a challenge needs. Words alone are stored: whether it is open, and for
whom, is asked when it is shown. Each subject carries the name of the programmes and statistics that it was
last compared with, so that whatever changes makes all others wait: rows are the queue here too.
"""

import hashlib
import time
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from django.db import transaction
from numpy.typing import NDArray

from hubs.eligible import judge
from hubs.models import Programme
from hubs.programme_news import tell_fitting

from .. import vectors
from ..encoder import Encoder
from ..models import Passage, ProgrammeMatch, ProgrammePassage, Statistics, Subject, SubjectQuerySet
from ..passages import document, split, text_hash
from ..ranking import LANGUAGES, Needs, Passages, score, standing, strength
from ..ranking import Statistics as Yardstick
from ..texts import language_of
from ..vectors import ASKS, Rows
from ..vectors.stored import rows_of
from .pairs import Given

BATCH = 100  # subjects
KEPT = 12  # of each subject: some will not be open, or not for it, when somebody looks
TOLD = 3  # news at a time
WORTH_NEWS = ("strong", "good")
Side = ProgrammePassage.Side
Floats = NDArray[np.float32]


def catch_up(encoder: Encoder, deadline: float) -> bool:
    """Compare what waits until `deadline` (of time.monotonic). True while there is more."""
    shown = _in_force(encoder.name)
    if shown is None:
        return False
    version, statistics = shown
    embed(encoder)
    name = _name(version, encoder.name)
    catalogue = Catalogue(encoder.name)
    while ids := list(_waiting(name).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        _compare(ids, catalogue, encoder.name, statistics, version, name)
        if time.monotonic() > deadline:
            break
    return _waiting(name).exists()


def waiting(model: str) -> bool:
    """Whether any subject was not compared with the programmes as they are, or a programme not embedded."""
    shown = _in_force(model)
    return shown is not None and (bool(_unembedded(model)) or _waiting(_name(shown[0], model)).exists())


def _in_force(model: str) -> tuple[str, Yardstick] | None:
    from . import yardstick

    row = Statistics.objects.filter(current=True).values_list("version", flat=True).first()
    found = yardstick.shown(model)
    return (row, found) if row and found else None


def _waiting(name: str) -> SubjectQuerySet:
    ready = Subject.objects.filter(stale_since=None, matched_at__isnull=False)
    return ready.exclude(programmes_under=name)


def _name(version: str, model: str) -> str:
    """Of the statistics with all programmes' words, in 64 characters."""
    rows = ProgrammePassage.objects.filter(model=model).order_by("programme", "side", "text_hash", "language")
    said = ";".join(
        f"{pk}:{side}:{words}" for pk, side, words in rows.values_list("programme", "side", "text_hash")
    )
    return hashlib.sha256(f"{version};{said}".encode()).hexdigest()


def embed(encoder: Encoder) -> None:
    """Give every programme that people may see its passages, and take the others' away."""
    gone = ProgrammePassage.objects.exclude(programme__in=_told().values("pk"))
    gone.delete()
    for programme, texts in _unembedded(encoder.name):
        words = [text for text, _language in texts]
        rows = [
            ProgrammePassage(
                programme=programme,
                side=side,
                language=language,
                text=text,
                text_hash=text_hash(text),
                model=encoder.name,
                vector=vector,
            )
            for side in (Side.QUERY, Side.PASSAGE)
            for (text, language), vector in zip(texts, _encoded(encoder, words, side), strict=True)
        ]
        with transaction.atomic():
            ProgrammePassage.objects.filter(programme=programme).delete()
            ProgrammePassage.objects.bulk_create(rows, ignore_conflicts=True)


def _encoded(encoder: Encoder, words: list[str], side: str) -> Floats:
    return encoder.encode(words, "query" if side == Side.QUERY else "passage")


def _told() -> Any:
    return Programme.objects.published().exclude(status=Programme.Status.ENDED)


def _unembedded(model: str) -> list[tuple[Programme, list[tuple[str, str]]]]:
    known: dict[int, set[str]] = {}
    rows = ProgrammePassage.objects.filter(model=model).values_list("programme", "text_hash")
    for pk, words in rows:
        known.setdefault(pk, set()).add(words)
    found = []
    for programme in _told():
        texts = _texts(programme)
        if {text_hash(text) for text, _language in texts} != known.get(programme.pk, set()):
            found.append((programme, texts))
    return found


def _texts(programme: Programme) -> list[tuple[str, str]]:
    """Title and line together, then the description in windows; each with its language."""
    texts = dict.fromkeys([*document(programme.title, programme.summary), *split(programme.description)])
    return [(text, language_of(text, programme.language)) for text in texts]


class Catalogue:
    """All programmes' passages, read once for many subjects; `programmes`: their ids, by number."""

    def __init__(self, model: str) -> None:
        rows = list(ProgrammePassage.objects.filter(model=model).order_by("programme", "pk"))
        self.programmes = sorted({row.programme_id for row in rows})
        number = {pk: place for place, pk in enumerate(self.programmes)}
        self.sides: dict[str, tuple[Floats, Any, Any, list[str]]] = {}
        for side in Side.values:
            mine = [row for row in rows if row.side == side]
            self.sides[side] = (
                np.array([row.vector for row in mine], np.float32),
                np.array([number[row.programme_id] for row in mine], np.int64),
                np.array([LANGUAGES.index(row.language) for row in mine], np.int64),
                [row.text for row in mine],
            )

    @property
    def looks_for(self) -> Needs:
        found, owners, languages, texts = self.sides[Side.QUERY]
        return Needs(found, np.ones(len(texts), np.float32), languages, texts, owners, len(self.programmes))

    @property
    def gives(self) -> Passages:
        found, owners, languages, texts = self.sides[Side.PASSAGE]
        items = np.arange(len(texts), dtype=np.int64)
        return Passages(found, owners, items, languages, texts, len(self.programmes))


class Found:
    """The best value of each programme for some subjects, and what of theirs it rests on."""

    def __init__(self) -> None:
        self.best: dict[int, dict[int, tuple[float, dict[str, Any]]]] = {}

    def add(self, subject: int, programme: int, value: float, reason: dict[str, Any]) -> None:
        """Of two ways to fit the better one counts."""
        mine = self.best.setdefault(subject, {})
        if strength(value) and (programme not in mine or value > mine[programme][0]):
            mine[programme] = (value, reason)

    def of(self, subject: int) -> list[tuple[int, float, dict[str, Any]]]:
        mine = self.best.get(subject, {})
        rows = [(programme, value, reason) for programme, (value, reason) in mine.items()]
        return sorted(rows, key=lambda row: (-row[1], row[0]))[:KEPT]


def _compare(
    ids: Sequence[int], catalogue: Catalogue, model: str, statistics: Yardstick, version: str, name: str
) -> None:
    found = Found()
    if catalogue.programmes:
        _by_offers(ids, catalogue, model, statistics, found)
        _by_asking(rows_of(ids, (Passage.Role.SEEK, *ASKS), model), catalogue, statistics, found)
    subjects = Subject.objects.filter(pk__in=ids).select_related("profile__person", "profile__organisation")
    for subject in subjects:
        _write(subject, found.of(subject.pk), version, name)


def _by_offers(
    ids: Sequence[int], catalogue: Catalogue, model: str, statistics: Yardstick, found: Found
) -> None:
    """Profiles as answers to what programmes look for."""
    given = Given(vectors.answers(model).rows(ids))
    if not len(given.subjects):
        return
    needs, passages = catalogue.looks_for, given.passages
    scores = score(needs, passages, statistics)
    for place, subject in enumerate(given.subjects.tolist()):
        for number, programme in enumerate(catalogue.programmes):
            rows = np.flatnonzero(needs.of_challenge == number)
            values = scores.values[rows, place]
            value = standing(float(scores.scores[number, place]), values.tolist())
            best = int(scores.best[rows[int(np.argmax(values))], place])
            if best >= 0:
                found.add(
                    subject, programme, value, _said("offer", passages.texts[best], passages.languages[best])
                )


def _by_asking(asks: Rows, catalogue: Catalogue, statistics: Yardstick, found: Found) -> None:
    """Programmes as answers to what profiles seek and challenges need, each asked by itself."""
    if not len(asks):
        return
    weights = np.ones(len(asks), np.float32)
    needs = Needs(asks.vectors, weights, asks.languages, asks.texts, np.arange(len(asks)), len(asks))
    values = score(needs, catalogue.gives, statistics).values
    for row, (subject, item) in enumerate(zip(asks.subjects.tolist(), asks.items.tolist(), strict=True)):
        for number, programme in enumerate(catalogue.programmes):
            said = _said("asked", asks.texts[row], asks.languages[row]) | {"item": item}
            found.add(subject, programme, float(values[row, number]), said)
    _add_needs(asks, values, catalogue, found)


def _add_needs(asks: Rows, values: Floats, catalogue: Catalogue, found: Found) -> None:
    """Beside the best one, every need that a programme answers: what a consortium lacks is among them."""
    for number, programme in enumerate(catalogue.programmes):
        for row in np.flatnonzero(
            [strength(float(value)) is not None for value in values[:, number]]
        ).tolist():
            mine = found.best.get(int(asks.subjects[row]), {}).get(programme)
            if mine is not None:
                mine[1].setdefault("items", []).append(int(asks.items[row]))


def _said(way: str, text: str, language: Any) -> dict[str, Any]:
    return {"way": way, "text": text, "language": LANGUAGES[int(language)]}


@transaction.atomic
def _write(
    subject: Subject, found: Sequence[tuple[int, float, dict[str, Any]]], version: str, name: str
) -> None:
    """Replace what was found before, unless the subject was edited meanwhile: it waits again then."""
    mine = Subject.objects.filter(pk=subject.pk, stale_since=None)
    if not mine.update(programmes_under=name):
        return
    before = set(subject.programme_matches.values_list("programme", flat=True))
    subject.programme_matches.all().delete()
    there = set(Programme.objects.filter(pk__in=[row[0] for row in found]).values_list("pk", flat=True))
    rows = [
        ProgrammeMatch(
            programme_id=programme,
            subject=subject,
            score=round(value, 4),
            strength=strength(value) or "possible",
            reason=reason,
            statistics_id=version,
        )
        for programme, value, reason in found
        if programme in there
    ]
    ProgrammeMatch.objects.bulk_create(rows, ignore_conflicts=True)
    if subject.profile:
        _tell(subject, [row for row in rows if row.programme_id not in before])


def _tell(subject: Subject, rows: Iterable[ProgrammeMatch]) -> None:
    """News of what is new, good, open, and surely for them."""
    profile = subject.profile
    assert profile is not None  # noqa: S101 - asked by whoever calls
    worth = [row.programme_id for row in rows if row.strength in WORTH_NEWS]
    open_now = Programme.objects.open().filter(pk__in=worth).in_bulk()
    fitting = [open_now[pk] for pk in worth if pk in open_now]
    eligible = [one for one in fitting if judge(one, profile).word == "eligible"]
    for programme in eligible[:TOLD]:
        for person in profile.letter_readers().filter(user__isnull=False):
            tell_fitting(programme, person)
