"""Whether gaps are found: every provider of a field is taken out of a country, and those of others stay.

python -m benchmarks.gaps FOLDER              the folder of bilingual_pool, the encoder of the installation
python -m benchmarks.gaps FOLDER --worlds 20

The set holds questions in Spanish and English over a pool of texts, each of which exists in one language
only; five texts in a row are of one article. Three tasks, each in several worlds drawn by chance:

fields     a field is an article with five providers. Half of the fields lose all of theirs, the others are
           the controls. A field is called a gap where at least half of its questions are uncovered; in each
           language by its questions in that language.
questions  the same worlds, each question judged by itself: a field of which a single need is known.
texts      harder: 50 texts lose the only provider there is, 50 are controls, and the other texts of their
           articles, which answer nearly the same, stay in the country.

Each way decides question by question, by the best answer left in the country, at the threshold that leaves
the larger of both errors smallest on one half of the fields, and is reported on the other half, both ways
round; ours also at the one that it ships with.
"""

import argparse
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from matching import gaps
from matching.encoder import get_encoder
from matching.encoding import Encoder
from matching.evaluation import rivals
from matching.evaluation.cached import remembering
from matching.evaluation.sets import JudgedSet, read_set
from matching.offline import Catalogue, load
from matching.ranking import LANGUAGES, score
from matching.ranking.strength import POSSIBLE

ROOT = Path(__file__).resolve().parent.parent
OF_ONE_ARTICLE = 5
REMOVED = 50  # texts, and as many controls
ENOUGH = 0.5  # of a field's questions
OURS = "ours, threshold by halves"
SEED = 20_261
Floats = NDArray[np.float32]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]


@dataclass(frozen=True)
class Rates:
    found: float
    false: float

    def __str__(self) -> str:
        return f"{self.found:.1%} | {self.false:.1%}"


@dataclass(frozen=True)
class Task:
    """of_question (q,), of_profile (p,): the field of each; removed, controls (w, fields): in each world;
    alone: whether each question is judged by itself."""

    of_question: Integers
    of_profile: Integers
    removed: Booleans
    controls: Booleans
    alone: bool

    def best(self, scores: Floats) -> Floats:
        """The best answer left for each question in each world (w, q), by scores (q, p)."""
        found = [
            np.where(row[self.of_profile], -np.inf, scores).max(axis=1)
            for row in self.removed  # a world at a time
        ]
        return np.asarray(np.stack(found), np.float32)

    def rates(self, uncovered: Booleans, questions: Booleans) -> Rates:
        """Of what is uncovered (w, q), by some of the questions (q,) and their fields."""
        if self.alone:
            lost, kept = self.removed[:, self.of_question], self.controls[:, self.of_question]
            return Rates(float(uncovered[lost & questions].mean()), float(uncovered[kept & questions].mean()))
        shares = np.zeros((len(self.of_question), self.removed.shape[1]))
        shares[np.arange(len(self.of_question)), self.of_question] = questions
        asked = shares.sum(axis=0)
        called = (uncovered @ shares) / np.maximum(asked, 1) >= ENOUGH
        return Rates(
            float(called[self.removed & (asked > 0)].mean()),
            float(called[self.controls & (asked > 0)].mean()),
        )


def drawn(
    of_profile: Integers, of_question: Integers, worlds: int, least: int, *, alone: bool = False
) -> Task:
    """The same worlds in every run; `least` fields are removed in each, and as many are controls."""
    chance = np.random.default_rng(SEED)
    count = int(of_profile.max()) + 1
    removed, controls = np.zeros((worlds, count), bool), np.zeros((worlds, count), bool)
    for world in range(worlds):
        order = chance.permutation(count)
        removed[world, order[:least]] = True
        controls[world, order[least : 2 * least]] = True
    return Task(of_question, of_profile, removed, controls, alone)


def threshold(best: Floats, task: Task, questions: Booleans) -> float:
    """Where the larger of the two errors is smallest by some questions; the middle of equals."""
    tried = np.quantile(best, np.linspace(0.02, 0.98, 97))
    errors = []
    for least in tried:
        here = task.rates(best < least, questions)
        errors.append(round(max(1 - here.found, here.false), 4))
    lowest = np.flatnonzero(np.array(errors) == min(errors))
    return float(tried[lowest[len(lowest) // 2]])


def by_halves(best: Floats, task: Task) -> Booleans:
    """What is uncovered (w, q), each half of the fields at the threshold of the other half."""
    found = np.zeros(best.shape, bool)
    for half in range(2):
        mine = task.of_question % 2 == half
        found[:, mine] = best[:, mine] < threshold(best, task, ~mine)
    return found


def asked_of(catalogue: Catalogue) -> gaps.Asked:
    needs = catalogue.needs
    vectors = gaps.centred(needs.vectors, needs.languages, catalogue.statistics)
    return gaps.Asked(np.arange(len(needs.texts)), vectors, needs.languages)


def report(name: str, task: Task, ways: dict[str, Floats], catalogue: Catalogue) -> None:
    worlds, fields = task.removed.shape
    print(
        f"### {name}: {fields} fields, in each of {worlds} worlds {int(task.removed[0].sum())} without their "
        f"providers and {int(task.controls[0].sum())} controls\n"
    )
    print("| way | found | false | es found | es false | en found | en false | es and en apart |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for way, scores in ways.items():
        line(way, by_halves(task.best(scores), task), task, catalogue)
    shipped = gaps.uncovered(task.best(ways[OURS]))
    line(f"**ours, as shipped ({POSSIBLE})**", shipped, task, catalogue)
    print()


def line(name: str, uncovered: Booleans, task: Task, catalogue: Catalogue) -> None:
    spoken = catalogue.needs.languages
    whole = task.rates(uncovered, np.ones(len(spoken), bool))
    each = [task.rates(uncovered, spoken == at) for at in range(len(LANGUAGES))]
    apart = max(abs(each[0].found - each[1].found), abs(each[0].false - each[1].false))
    print(f"| {name} | {whole} | {each[0]} | {each[1]} | {100 * apart:.1f} points |")


def of_groups(catalogue: Catalogue, articles: Integers, questions: list[str]) -> None:
    """Whether questions of one article, and the two versions of one question, come together."""
    asked = asked_of(catalogue)
    near, languages = gaps.usual(asked), catalogue.needs.languages
    print("### groups, cut at different likenesses\n")
    print(
        "| cut | groups | pairs of one article | both versions of a question together | in both languages |"
    )
    print("| ---: | ---: | ---: | ---: | ---: |")
    for least in (2.0, 2.5, gaps.TOGETHER, 3.5, 4.0):
        found = [np.array(keys) for keys in gaps.groups(asked, near, least)]
        label = np.zeros(len(questions), np.int64)
        for number, keys in enumerate(found):
            label[keys] = number
        one, other = np.nonzero(np.triu(label[:, None] == label[None], 1))
        pure = float((articles[one] == articles[other]).mean())
        versions = {name: set() for name in questions}  # type: dict[str, set[int]]
        for name, group in zip(questions, label.tolist(), strict=True):
            versions[name].add(group)
        met = float(np.mean([len(there) == 1 for there in versions.values()]))
        both = float(np.mean([len(set(languages[keys].tolist())) == 2 for keys in found if len(keys) > 1]))
        name = f"**{least}**" if least == gaps.TOGETHER else str(least)
        print(f"| {name} | {len(found)} | {pure:.1%} | {met:.1%} | {both:.1%} |")


def measure(judged: JudgedSet, catalogue: Catalogue, encoder: Encoder, worlds: int) -> None:
    order = catalogue.needs.of_challenge
    names = [judged.challenges[place].id for place in order.tolist()]
    text_of = np.array([int(name[1:].split(".")[0]) for name in names])
    texts = np.array([int(line.id[1:]) for line in judged.profiles])
    ways = {
        "words: BM25": rivals.bm25(judged)[order],
        "raw cosine, one vector each": rivals.one_vector(judged, encoder, lambda steps, *_: steps)[order],
        OURS: score(catalogue.needs, catalogue.passages, catalogue.statistics).values,
    }
    fields, asked = texts // OF_ONE_ARTICLE, text_of // OF_ONE_ARTICLE
    half = (int(fields.max()) + 1) // 2
    report("fields", drawn(fields, asked, worlds, half), ways, catalogue)
    report("questions", drawn(fields, asked, worlds, half, alone=True), ways, catalogue)
    report("texts", drawn(texts, text_of, worlds, REMOVED), ways, catalogue)
    of_groups(catalogue, text_of // OF_ONE_ARTICLE, [name.rsplit(".", 1)[0] for name in names])


def main() -> None:
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("set", type=Path, help="the folder of bilingual_pool")
    parser.add_argument("--encoder", default="default")
    parser.add_argument("--worlds", type=int, default=10)
    parser.add_argument("--vectors", type=Path, default=ROOT / "var" / "cache" / "vectors")
    options = parser.parse_args()
    encoder = remembering(get_encoder(options.encoder, ROOT / "var" / "models"), options.vectors)
    judged = read_set(options.set)
    catalogue = load(judged.profiles, judged.challenges, encoder, lambda steps, *_: steps)
    print(f"{len(catalogue.needs.texts)} questions, {len(judged.profiles)} texts; {encoder.name}\n")
    measure(judged, catalogue, encoder, options.worlds)


if __name__ == "__main__":
    main()
