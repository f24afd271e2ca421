"""Ranking of files by the site's own engine, without its database. Knows no Django."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.encoder import Encoder, Kind
from matching.files import ChallengeLine, ProfileLine
from matching.language import detect
from matching.passages import clean, document, needs_from_text
from matching.ranking import (
    ALL,
    LANGUAGES,
    Needs,
    Passages,
    Sample,
    Statistics,
    Switches,
    anchors,
    candidates,
    score,
)
from matching.ranking.results import best_first
from matching.ranking.stuffing import trusts

Floats = NDArray[np.float32]
Watch = Callable[[Iterable[int], int, str], Iterable[int]]  # (steps, how many, what they are): a progress bar

logger = logging.getLogger(__name__)
SURE_WORDS = 8  # from here on the words tell the language better than what the file says, as on the site
ENCODED_AT_ONCE = 256  # texts between two steps of the progress bar
SCORED_AT_ONCE = 16  # challenges
MOST_SPELLED = 60_000  # passages that are compared in full; beyond that, only each challenge's candidates are
MOST_CANDIDATES = 2000


@dataclass(frozen=True)
class Text:
    """A passage or a need before it is encoded. `owner`: place in the file; `item`: of which document."""

    text: str
    owner: int
    item: int
    weight: float
    given: str | None


@dataclass(frozen=True)
class Catalogue:
    """Two files, encoded and measured."""

    passages: Passages
    needs: Needs
    statistics: Statistics
    aside: tuple[str, ...] = ()  # texts on which the encoder failed


def passages_of(profiles: Sequence[ProfileLine]) -> list[Text]:
    """Windows of each document of each profile; the same words twice in one profile count once."""
    found: dict[tuple[int, str], Text] = {}
    item = 0
    for owner, line in enumerate(profiles):
        for piece in line.documents:
            for text in document(piece.title, piece.text):
                found.setdefault((owner, text), Text(text, owner, item, 1.0, line.language))
            item += 1
    return list(found.values())


def needs_of(challenges: Sequence[ChallengeLine]) -> list[Text]:
    """The needs of each challenge or, where it has none, what its text says."""
    found: dict[tuple[int, str], Text] = {}
    for owner, line in enumerate(challenges):
        written = [(clean(text), weight) for text, weight in line.needs]
        written = [(text, weight) for text, weight in written if text]
        drawn = written or [(text, 1.0) for text in needs_from_text(line.title, line.text)]
        for place, (text, weight) in enumerate(drawn):
            found.setdefault((owner, text), Text(text, owner, place, weight, line.language))
    return list(found.values())


def languages_of(texts: Sequence[Text]) -> NDArray[np.int64]:
    """A language for each text: its own words', else the file's for it, else that of most texts of the
    file."""
    sure = [len(text.text.split()) >= SURE_WORDS for text in texts]
    codes = [
        detect(text.text, text.given) if known or text.given else None
        for text, known in zip(texts, sure, strict=True)
    ]
    usual = Counter(code for code in codes if code).most_common(1)
    default = usual[0][0] if usual else None
    return np.array(
        [
            LANGUAGES.index(code or detect(text.text, default))
            for text, code in zip(texts, codes, strict=True)
        ],
        np.int64,
    )


def encode(encoder: Encoder, texts: Sequence[str], kind: Kind, watch: Watch) -> Floats:
    """Vectors (n, d) of texts, each different text once, longest first so that batches hold texts of like
    length; NaN for those on which the encoder fails."""
    unique = sorted(set(texts), key=lambda text: (-len(text), text))
    vectors = np.full((len(unique), encoder.dimension), np.nan, np.float32)
    steps = range(0, len(unique), ENCODED_AT_ONCE)
    for start in watch(steps, len(steps), "Reading needs" if kind == "query" else "Reading profiles"):
        part = slice(start, start + ENCODED_AT_ONCE)
        vectors[part] = one_by_one_at_worst(encoder, unique[part], kind)
    place = {text: at for at, text in enumerate(unique)}
    return vectors[[place[text] for text in texts]] if texts else vectors


def one_by_one_at_worst(encoder: Encoder, texts: Sequence[str], kind: Kind) -> Floats:
    """Vectors (n, d); where a batch fails each text by itself, NaN for those that fail alone too. Raises what
    the encoder raises when it fails on all of several."""
    try:
        return encoder.encode(texts, kind)
    except Exception:
        if len(texts) == 1:
            logger.exception("A text of %d characters cannot be encoded", len(texts[0]))
            return np.full((1, encoder.dimension), np.nan, np.float32)
        found = np.concatenate([one_by_one_at_worst(encoder, [text], kind) for text in texts])
        if np.isnan(found).all():
            raise
        return found


def encoded(
    encoder: Encoder, texts: Sequence[Text], kind: Kind, watch: Watch
) -> tuple[list[Text], Floats, list[str]]:
    """Those texts that the encoder can read, their vectors, and the others, which are set aside."""
    vectors = encode(encoder, [text.text for text in texts], kind, watch)
    readable = np.asarray(~np.isnan(vectors).any(axis=1), np.bool_)
    kept = [text for text, good in zip(texts, readable, strict=True) if good]
    aside = sorted({text.text for text, good in zip(texts, readable, strict=True) if not good})
    return kept, vectors[readable], aside


def anchor_samples(encoder: Encoder) -> tuple[Sample, Sample]:
    """The engine's own sentences by this encoder: what is usual where files say little."""
    found = []
    pairs: tuple[tuple[dict[str, tuple[str, ...]], Kind], ...] = (
        (anchors.NEEDS, "query"),
        (anchors.OFFERS, "passage"),
    )
    for sentences, kind in pairs:
        texts = [text for code in LANGUAGES for text in sentences[code]]
        languages = np.repeat(np.arange(len(LANGUAGES)), [len(sentences[code]) for code in LANGUAGES])
        found.append(Sample(encoder.encode(texts, kind), languages, texts))
    return found[0], found[1]


def load(
    profiles: Sequence[ProfileLine],
    challenges: Sequence[ChallengeLine],
    encoder: Encoder,
    watch: Watch,
    switches: Switches = ALL,
) -> Catalogue:
    """Encode two files and measure their statistics."""
    given, answers, unread = encoded(encoder, passages_of(profiles), "passage", watch)
    asked, questions, unasked = encoded(encoder, needs_of(challenges), "query", watch)
    texts, words = [text.text for text in given], [text.text for text in asked]
    passages = Passages(
        answers,
        np.array([text.owner for text in given], np.int64),
        np.array([text.item for text in given], np.int64),
        languages_of(given),
        texts,
        len(profiles),
        trusts(texts),
    )
    needs = Needs(
        questions,
        np.array([text.weight for text in asked], np.float32),
        languages_of(asked),
        words,
        np.array([text.owner for text in asked], np.int64),
        len(challenges),
    )
    statistics = Statistics.fit(
        Sample(needs.vectors, needs.languages, words),
        Sample(passages.vectors, passages.languages, texts),
        encoder.name,
        anchor_samples(encoder),
        switches,
    )
    return Catalogue(passages, needs, statistics, (*unread, *unasked))


def rank_all(
    catalogue: Catalogue, ids: Sequence[str], top: int, watch: Watch
) -> Iterator[list[tuple[str, float]]]:
    """For each challenge in order, the ids and scores of its best profiles; empty for one without words."""
    passages, statistics = catalogue.passages, catalogue.statistics
    small = len(passages.texts) <= MOST_SPELLED
    size = SCORED_AT_ONCE if small else 1
    total = catalogue.needs.challenges
    steps = range(0, total, size)
    for start in watch(steps, len(steps), "Ranking"):
        count = min(size, total - start)
        needs = catalogue.needs.of_challenges(start, start + count)
        if not len(needs.texts) or not len(passages.texts):
            yield from ([] for _ in range(count))
            continue
        chosen, part = np.arange(passages.profiles), passages
        if not small:
            chosen = candidates(needs, passages, statistics, max(MOST_CANDIDATES, top))
            part, _ = passages.of_profiles(chosen)
        names = [ids[number] for number in chosen.tolist()]
        for row in score(needs, part, statistics).scores.tolist():
            yield [(names[at], row[at]) for at in best_first(row, names)[:top]]
