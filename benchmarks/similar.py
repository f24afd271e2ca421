"""The same problem elsewhere: written paraphrases and hard negatives against the demo's challenges.

python -m benchmarks.similar                  the encoder of the installation
python -m benchmarks.similar --encoder e5

benchmarks/data/problems.tsv holds drafts that ask for what a challenge of the demo asks for, in either
language ("same"), and drafts of the same subject that ask for something else ("near"). Each draft is compared
with every challenge of the catalogue: whatever is called the same and is not is a false one, however near.
Rivals in the same run: the plain cosine of whole texts, and the share of words in common, each at the
threshold that suits it best on these very drafts; ours at the one that it ships with. "By halves": the
threshold that is best on one half of the drafts, measured on the other, both ways.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml
from django.conf import settings
from numpy.typing import NDArray

from matching.encoder import Encoder, get_encoder
from matching.offline import anchor_samples
from matching.ranking import LANGUAGES
from matching.ranking.similar import BEHIND, SAME, Said, Usual

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "hubs" / "demo" / "mx" / "challenges.yaml"
DRAFTS = Path(__file__).parent / "data" / "problems.tsv"
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Text:
    key: str
    language: str
    own: str  # title and summary
    needs: tuple[str, ...]
    same: bool = False


def catalogue() -> list[Text]:
    rows = yaml.safe_load(CATALOGUE.read_text())
    return [
        Text(
            row["key"],
            row["language"],
            f"{row['title']}. {row['summary']}",
            tuple(need["text"] for need in row["needs"]),
        )
        for row in rows
    ]


def drafts() -> list[Text]:
    found = []
    for line in DRAFTS.read_text().splitlines():
        if line and not line.startswith("#"):
            kind, key, language, title, summary, needs = line.split("\t")
            found.append(
                Text(key, language, f"{title}. {summary}", tuple(needs.split(" / ")), kind == "same")
            )
    return found


def said(texts: Sequence[Text], encoder: Encoder) -> Said:
    rows = [(at, text, piece) for at, text in enumerate(texts) for piece in (text.own, *text.needs)]
    return Said(
        encoder.encode([piece for _, _, piece in rows], "query"),
        np.array([LANGUAGES.index(text.language) for _, text, _ in rows]),
        np.array([at for at, _, _ in rows]),
        np.array([piece == text.own for _, text, piece in rows]),
    )


def ours(known: Sequence[Text], asked: Sequence[Text], encoder: Encoder) -> Floats:
    """How alike each draft is to each challenge, (drafts, challenges)."""
    there = said(known, encoder)
    usual = Usual.of(there, anchor_samples(encoder)[0])
    gists = usual.gists(there)
    scores = np.stack([usual.alike_to(gists, usual.gists(said([one], encoder)), 0) for one in asked])
    return np.asarray(scores, np.float32)


def less_behind(scores: Floats) -> Floats:
    """Nothing for what lies far behind the most alike, as same_problem has it."""
    return np.where(scores >= BEHIND * scores.max(axis=1, keepdims=True), scores, 0).astype(np.float32)


def cosine(known: Sequence[Text], asked: Sequence[Text], encoder: Encoder) -> Floats:
    """Whole texts, each as one vector."""
    whole = [
        encoder.encode([" ".join((one.own, *one.needs)) for one in some], "query") for some in (known, asked)
    ]
    return np.asarray(whole[1] @ whole[0].T, np.float32)


def words(known: Sequence[Text], asked: Sequence[Text]) -> Floats:
    """The share of a draft's words of four letters and more that a challenge has too."""
    bags = [
        [{word for word in " ".join((one.own, *one.needs)).lower().split() if len(word) > 3} for one in some]
        for some in (known, asked)
    ]
    return np.array([[len(a & b) / max(len(a), 1) for b in bags[0]] for a in bags[1]], np.float32)


def measured(scores: Floats, truth: NDArray[np.bool_], least: float) -> tuple[float, float]:
    """(recall, precision) of what lies at the threshold or above."""
    called = scores >= least
    right = int((called & truth).sum())
    return right / max(int(truth.sum()), 1), right / max(int(called.sum()), 1)


def best(scores: Floats, truth: NDArray[np.bool_], precision: float = 0.95) -> float:
    """The threshold of the highest recall at that precision; the highest score where there is none."""
    found = [(measured(scores, truth, least), least) for least in np.unique(scores[truth])]
    good = [(recall, -least) for (recall, exact), least in found if exact >= precision]
    return -max(good)[1] if good else float(scores.max())


def by_halves(scores: Floats, truth: NDArray[np.bool_], groups: NDArray[np.int64]) -> tuple[float, float]:
    """Recall and precision where each half is measured at the other's threshold; drafts of one challenge lie
    in one half."""
    right = called = 0
    for half in range(2):
        mine = groups % 2 == half
        hits = scores[mine] >= best(scores[~mine], truth[~mine])
        right += int((hits & truth[mine]).sum())
        called += int(hits.sum())
    return right / int(truth.sum()), right / max(called, 1)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--encoder", default="default")
    options = parser.parse_args()
    encoder = get_encoder(options.encoder, settings.HELICE_MODELS)
    known, asked = catalogue(), drafts()
    truth = np.array([[one.same and one.key == other.key for other in known] for one in asked])
    keys = sorted({one.key for one in asked})
    groups = np.array([keys.index(one.key) for one in asked])
    across = np.array([[one.language != other.language for other in known] for one in asked])
    print(
        f"{int(truth.sum())} paraphrases ({int((truth & across).sum())} in the other language), "
        f"{sum(not one.same for one in asked)} hard negatives, {len(known)} challenges; {encoder.name}\n"
    )
    print("| way | threshold | recall | precision | recall, other language | by halves: recall | precision |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    near = ours(known, asked, encoder)
    ways = (
        ("words in common", words(known, asked), None),
        ("cosine of whole texts", cosine(known, asked, encoder), None),
        ("ours, whatever else is nearer", near, None),
        ("ours, best threshold", less_behind(near), None),
        ("**ours, as shipped**", less_behind(near), SAME),
    )
    for name, scores, shipped in ways:
        least = best(scores, truth) if shipped is None else shipped
        recall, precision = measured(scores, truth, least)
        other = measured(scores, truth & across, least)[0]
        halves = by_halves(scores, truth, groups)
        figures = (f"{value:.3f}" for value in (least, recall, precision, other, *halves))
        print(f"| {name} | {' | '.join(figures)} |")


if __name__ == "__main__":
    main()
