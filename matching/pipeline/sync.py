"""From words to stored vectors: only what changed is written, and the same words are embedded once."""

import logging
import time
from collections.abc import Iterable, Iterator, Sequence

from django.db import transaction
from django.db.models import Q, QuerySet

from ..encoder import Encoder, Kind, batches
from ..models import Passage, Subject
from ..texts import Text, of_challenge, of_profile
from ..vectors import ANSWERS, ASKS, next_version
from .subjects import mark
from .suspects import trust_of

logger = logging.getLogger(__name__)
# After so many failures a passage is left aside until its text or the model changes.
MOST_FAILURES = 8
CHUNK = 500


def with_texts(ids: Iterable[int]) -> QuerySet[Subject]:
    """Subjects with all the words that they are embedded by."""
    found = Subject.objects.filter(pk__in=list(ids)).select_related("profile", "challenge")
    return found.prefetch_related("profile__items", "challenge__needs")


def sync(subject: Subject) -> None:
    """Make the subject's passages what its texts are now. Needs a subject from `with_texts`."""
    texts = of_profile(subject.profile) if subject.profile else []
    texts = of_challenge(subject.challenge) if subject.challenge else texts
    rows = list(Passage.objects.filter(subject=subject).defer("vector"))
    wanted = {text.key for text in texts}
    known = {_key(row) for row in rows}
    outdated = [row.pk for row in rows if _key(row) not in wanted]
    missing = [text for text in texts if text.key not in known]
    trust = trust_of(subject, texts, missing)
    for row in rows:
        if row.role in ANSWERS and row.trust != trust.get(row.text_hash, row.trust):
            Passage.objects.filter(pk=row.pk).update(trust=trust[row.text_hash])
    if not outdated and not missing:
        return
    taken = {row.position for row in rows if row.pk not in set(outdated)}
    free = (position for position in range(len(taken) + len(missing)) if position not in taken)
    with transaction.atomic():
        Passage.objects.filter(pk__in=outdated).delete()
        Passage.objects.bulk_create(
            [_row(subject, text, next(free), trust.get(text.hash, 1.0)) for text in missing]
        )


def embed(subjects: Sequence[Subject], encoder: Encoder, deadline: float | None = None) -> set[int]:
    """Give vectors to all passages that lack one of this model. Returns the ids of subjects that could not be
    finished before `deadline` (of time.monotonic); at least one batch is always done."""
    waiting = _copied(list(_without_vector(subjects, encoder.name)), encoder.name)
    left = {row.pk: row.subject_id for row in waiting}
    for batch in _batches(waiting):
        _embed_batch(batch, encoder)
        for row in batch:
            del left[row.pk]
        if deadline is not None and time.monotonic() > deadline:
            break
    return set(left.values())


def try_again(passages: QuerySet[Passage]) -> None:
    """What failed on these passages is forgotten, and their subjects are matched again."""
    failed = passages.filter(failures__gt=0)
    subjects = list(failed.values_list("subject", flat=True))
    failed.update(failures=0, error="")
    for start in range(0, len(subjects), CHUNK):
        mark(Subject.objects.filter(pk__in=subjects[start : start + CHUNK]), interactive=False)


def failed_with_another(model: str) -> QuerySet[Passage]:
    """Passages on which another model failed; this one may read them."""
    return Passage.objects.filter(failures__gt=0).exclude(error__startswith=f"{model}: ")


def kind_of(role: str) -> Kind:
    """The side of the search that a passage stands on; the model was trained to tell them apart."""
    return "query" if role in (*ASKS, Passage.Role.ABOUT, Passage.Role.SEEK) else "passage"


def set_aside(subject: Subject) -> int:
    """How many passages could not be embedded and will be tried again."""
    return Passage.objects.filter(subject=subject, failures__range=(1, MOST_FAILURES - 1)).count()


def _key(row: Passage) -> tuple[object, ...]:
    return (row.role, row.item_id, row.need_id, row.language, row.text_hash)


def _row(subject: Subject, text: Text, position: int, trust: float) -> Passage:
    return Passage(
        subject=subject,
        role=text.role,
        item_id=text.item_id,
        need_id=text.need_id,
        position=position,
        language=text.language,
        text=text.text,
        text_hash=text.hash,
        trust=trust if text.role in ANSWERS else 1.0,
    )


def _without_vector(subjects: Sequence[Subject], model: str) -> QuerySet[Passage]:
    """Those to embed now; what failed waits until its subject's turn comes again."""
    tried = {subject.pk: subject.failures for subject in subjects}
    due = Q(failures=0)
    again = [pk for pk, failures in tried.items() if failures]
    due |= Q(failures__lt=MOST_FAILURES, subject__in=again)
    return Passage.objects.filter(due, ~Q(model=model), subject__in=list(tried)).defer("vector")


def _copied(waiting: list[Passage], model: str) -> list[Passage]:
    """Passages whose words were embedded before get that vector; returns the others."""
    known: dict[tuple[str, Kind], object] = {}
    hashes = list({row.text_hash for row in waiting})
    for start in range(0, len(hashes), CHUNK):
        twins = Passage.objects.filter(text_hash__in=hashes[start : start + CHUNK], model=model)
        for text_hash, role, vector in twins.values_list("text_hash", "role", "vector"):
            known[text_hash, kind_of(role)] = vector
    found = [(row, known.get((row.text_hash, kind_of(row.role)))) for row in waiting]
    _store([(row, vector) for row, vector in found if vector is not None], model)
    return [row for row, vector in found if vector is None]


def _batches(waiting: list[Passage]) -> Iterator[list[Passage]]:
    """Rows in batches of one kind and of like length; rows with the same words stay together."""
    for kind in ("query", "passage"):
        by_text: dict[str, list[Passage]] = {}
        for row in waiting:
            if kind_of(row.role) == kind:
                by_text.setdefault(row.text, []).append(row)
        for texts in batches(sorted(by_text, key=lambda text: (-len(text), text))):
            yield [row for text in texts for row in by_text[text]]


def _embed_batch(batch: list[Passage], encoder: Encoder) -> None:
    """One batch; where it fails, each passage by itself, so that one of them stops nobody else."""
    kind = kind_of(batch[0].role)
    try:
        vectors = encoder.encode([row.text for row in batch], kind)
    except Exception as error:
        if len(batch) > 1:
            for row in batch:
                _embed_batch([row], encoder)
            return
        logger.exception("Passage %s cannot be embedded", batch[0].pk)
        Passage.objects.filter(pk=batch[0].pk).update(
            failures=batch[0].failures + 1, error=f"{encoder.name}: {error!r}"[:2000]
        )
        batch[0].failures += 1
        return
    _store(list(zip(batch, vectors, strict=True)), encoder.name)


def _store(found: Sequence[tuple[Passage, object]], model: str) -> None:
    """In short transactions: on SQLite nobody else writes meanwhile."""
    for start in range(0, len(found), CHUNK):
        with transaction.atomic():
            version = next_version()
            for row, vector in found[start : start + CHUNK]:
                Passage.objects.filter(pk=row.pk).update(
                    vector=vector, model=model, version=version, failures=0, error=""
                )
