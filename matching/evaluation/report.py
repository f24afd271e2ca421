"""Everything that is measured on one set, as tables."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.encoding import Encoder
from matching.evaluation import bilingual, rivals
from matching.evaluation.engine import Scored, helice
from matching.evaluation.metrics import DRAWS, MEASURES, Measured, bootstrap, by_chance, measure
from matching.evaluation.sets import JudgedSet
from matching.evaluation.tables import Table, between, lead
from matching.offline import Catalogue, Watch, load
from matching.ranking import LANGUAGES

Floats = NDArray[np.float32]

HELICE, CHANCE = "Hélice", "random"
CALLED_AT_MOST = 10
UNSURE = "n/a"


@dataclass(frozen=True)
class Models:
    """`site`: what Hélice uses; `plain`: its multilingual model alone, which rivals are made of; `english`
    loads an English one, for the rival on sets in English."""

    site: Encoder
    plain: Encoder
    english: Callable[[], Encoder]


@dataclass(frozen=True)
class Findings:
    """What came of one set: the engine's scores, and every ranker's measures, Hélice's first."""

    judged: JudgedSet
    models: Models
    tongues: bilingual.Tongues
    helice: Scored
    measured: dict[str, Measured]


def evaluate(judged: JudgedSet, models: Models, watch: Watch) -> Findings:
    """Rank one set by every ranker."""
    catalogue = load(judged.profiles, judged.challenges, models.site, watch)
    found, tongues = helice(judged, catalogue, watch), bilingual.tongues(judged, catalogue)
    scores = rivals_of(judged, catalogue, models, tongues, watch)
    measured = {HELICE: found.scores} | scores
    every = {name: measure(each, judged.gains) for name, each in measured.items()}
    nobody = np.full((len(judged.asked), 0), -1, np.int64)
    every[CHANCE] = Measured(by_chance(judged.gains), nobody)
    return Findings(judged, models, tongues, found, every)


def rivals_of(
    judged: JudgedSet, catalogue: Catalogue, models: Models, tongues: bilingual.Tongues, watch: Watch
) -> dict[str, Floats]:
    """Scores of each rival, by name."""
    words, plain = rivals.bm25(judged), models.plain
    passage = rivals.best_passage(judged, catalogue, plain, watch)
    scores = {
        "BM25": words,
        "one vector a profile": rivals.one_vector(judged, plain, watch),
        "best passage": passage,
        "best passage + BM25": rivals.fused(passage, words),
    }
    if tongues.only("en"):
        english = rivals.best_passage(judged, catalogue, models.english(), watch)
        scores["best passage + all-MiniLM"] = rivals.fused(passage, english)
    return scores | {"popularity": rivals.popularity(judged)}


def tables(findings: Findings) -> list[Table]:
    """Every table that one set gives."""
    found = [quality(findings), calibration(findings)]
    return [*found, languages(findings)] if findings.tongues.bilingual else found


def quality(findings: Findings) -> Table:
    """One row per ranker, with intervals, and by how much Hélice is ahead."""
    judged, ours = findings.judged, findings.measured[HELICE].values[0]
    rows = []
    for name, measured in findings.measured.items():
        row = [name, *map(between, bootstrap(measured.values))]
        [ahead] = bootstrap((ours - measured.values[0])[None, :])
        rows.append([*row, "" if name == HELICE else lead(ahead, float(measured.values[0].mean()))])
    models = findings.models
    notes = [
        f"In brackets 95 % intervals: {DRAWS:,} draws of challenges, paired for what {HELICE} is ahead by.",
        f"The model of {HELICE} is {models.site.name}; that of the rivals is {models.plain.name}.",
    ]
    title = (
        f"{judged.name}: {len(judged.asked):,} challenges, {len(judged.profiles):,} profiles, "
        f"{int((judged.gains > 0).sum()):,} right pairs"
    )
    return Table(title, ["ranker", *MEASURES, f"{HELICE} ahead in {MEASURES[0]}"], rows, notes)


def calibration(findings: Findings) -> Table:
    """Of the first ten that are called strong, how many were judged right, by the challenge's language."""
    judged, first = findings.judged, findings.measured[HELICE].first
    rows = []
    for at, code in enumerate(LANGUAGES):
        mine = np.flatnonzero(findings.tongues.challenges == at).tolist()
        strong = [
            (row, column)
            for row in mine
            for column, word in zip(first[row].tolist(), findings.helice.called[row], strict=True)
            if word == "strong"
        ]
        if mine:
            right = sum(bool(judged.gains[pair] > 0) for pair in strong)
            share = f"{right / len(strong):.1%}" if strong else UNSURE
            lists = len({row for row, _ in strong})
            rows.append([code, f"{len(mine):,}", f"{lists:,}", f"{len(strong):,}", f"{right:,}", share])
    columns = ["language", "challenges", "with a strong one", "called strong", "judged right", "share"]
    note = f"Among the first {CALLED_AT_MOST} of each challenge; what nobody judged counts as wrong."
    return Table(f"{judged.name}: what is called strong", columns, rows, [note])


def languages(findings: Findings) -> Table:
    """Accuracy@1 where the right profile is in the challenge's language and where it is in the other; and
    what the two versions of one challenge have in common."""
    judged, called = findings.judged, findings.helice.called
    halves = bilingual.halves(judged, findings.tongues)
    pairs = bilingual.versions(judged, findings.tongues)
    columns = [f"{code}, {half} ({int(mask.sum()):,})" for (code, half), mask in halves.items()]
    rows = []
    for name, measured in findings.measured.items():
        row = [name]
        for mask in halves.values():
            row += [between(bootstrap(measured.values[4:, mask])[0]) if mask.any() else UNSURE]
        both = bilingual.overlaps(pairs, bilingual.first_ten(measured))
        rows.append([*row, mean_of(both)])
    seen = bilingual.overlaps(pairs, bilingual.shown(findings.measured[HELICE], called))
    note = (
        f"Of {len(pairs):,} challenges in two versions, {HELICE} would show something for {len(seen):,}; "
        f"there, what it would show of the first 10 overlaps by {mean_of(seen)} on average."
    )
    title = f"{judged.name}: accuracy@1 by language of the challenge, right profile in the same or the other"
    return Table(title, ["ranker", *columns, "overlap of the first 10"], rows, [note])


def mean_of(values: list[float]) -> str:
    """A mean, where there is one."""
    return f"{sum(values) / len(values):.3f}" if values else UNSURE
