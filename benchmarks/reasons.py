"""How well reasons find the sentence that answers, and the words that matter; and how long they take.

    python -m benchmarks.reasons ../shared/data/match_quality/bilingual_pool
    python -m benchmarks.reasons SET --encoder e5

Sentences: 64 questions of that set, in Spanish and in English, each with the sentence of its paragraph that
answers it (read and labelled by hand; 0 is the first). Rivals in the same run: the sentence spelled most
like the question; the one whose tokens have the largest mean share in the cosine; each sentence embedded by
itself. Words: by how much the cosine of question and sentence falls when the marked words are taken away,
beside as many words spelled like the question's, and as many others. Time: the best 20 profiles of demo
challenges, as a worker explains them after matching.
"""

import argparse
import os
import statistics
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import yaml
from numpy.typing import NDArray

from matching.encoder import Encoder, get_encoder
from matching.files import read_challenges, read_profiles
from matching.offline import anchor_samples
from matching.passages import clean, document, sentence_spans
from matching.ranking import LANGUAGES, Statistics, lexical
from matching.ranking.anchors import NEEDS, OFFERS
from matching.ranking.contributions import Carried, Centres, Side, Span, carried, content

ROOT = Path(__file__).resolve().parent.parent
DEMO = ROOT / "hubs" / "demo" / "mx"
FIRST = 20
# Questions of the set by the start of their name, and the sentences that answer.
LABELS = """
Q83.2:0 Q146.2:3 Q118.2:2 Q43.0:2 Q183.0:0 Q238.2:0 Q218.0:0 Q108.1:1 Q54.1:1 Q169.2:2 Q58.1:1 Q203.1:2
Q24.0:0 Q5.0:0 Q134.2:2 Q87.0:0 Q106.0:0 Q166.2:1 Q74.0:0 Q94.2:2 Q197.0:0 Q51.1:0 Q129.1:1 Q45.2:3
Q5.2:0 Q42.1:2 Q88.2:2 Q97.2:2 Q99.2:1 Q190.0:0 Q167.2:1 Q102.1:1 Q211.0:0 Q176.2:1 Q72.0:1 Q235.2:1
Q108.0:0 Q154.0:0 Q181.1:0 Q35.1:0 Q67.1:0 Q17.2:1 Q177.0:1 Q151.1:6 Q176.1:1 Q114.0:0 Q156.1:1 Q192.0:1
Q213.2:2 Q161.0:0 Q139.0:1/2 Q51.2:1 Q177.1:1 Q119.0:0 Q24.2:3 Q98.1:2 Q40.2:1 Q149.0:0 Q208.0:0
Q224.0:0 Q36.1:1 Q235.1:0 Q214.2:2 Q209.2:1
"""
Floats = NDArray[np.float32]


class Judge:
    """One encoder with its yardstick and the mean tokens of each language."""

    def __init__(self, encoder: Encoder) -> None:
        self.encoder = encoder
        anchors = anchor_samples(encoder)
        self.statistics = Statistics.fit(*anchors, encoder.name, anchors)
        self.centres = Centres.of(
            [encoder.parts(NEEDS[language], "query") for language in LANGUAGES],
            [encoder.parts(OFFERS[language], "passage") for language in LANGUAGES],
        )
        self.vectors: dict[str, Floats] = {}

    def question(self, text: str, language: int) -> Floats:
        found: Floats = self.statistics.centred_needs(self.encoder.encode([text], "query"), language)[0]
        return found

    def fit(self, asked: Floats, texts: list[str], language: int) -> Floats:
        """The centred cosine of a question with each text."""
        new = [text for text in dict.fromkeys(texts) if text not in self.vectors]
        if new:
            self.vectors |= zip(new, self.encoder.encode(new, "passage"), strict=True)
        rows = np.stack([self.vectors[text] for text in texts])
        return np.asarray(self.statistics.centred_passages(rows, language) @ asked, np.float32)

    def carried(self, need: Side, passage: Side, spans: list[Span]) -> Carried:
        return carried(need, passage, spans, self.centres)

    def spelled(self, asked: str, texts: list[str], language: int) -> Floats:
        grams = lexical.Grams.of([asked]), lexical.Grams.of(texts)
        return np.asarray(lexical.similarities(*grams, self.statistics.idf[language])[0], np.float32)

    def shares(self, need: Side, passage: Side, spans: list[Span]) -> Floats:
        """The mean share of each sentence's tokens in the cosine of the two texts' mean tokens."""
        asked = need.parts.vectors.mean(axis=0) - self.centres.needs[need.language]
        given = passage.parts.vectors - self.centres.passages[passage.language]
        inside = [passage.parts.within(*span) for span in spans]
        return np.array([(given[row] @ asked).mean() if row.any() else -np.inf for row in inside], np.float32)


def labelled(folder: Path) -> Iterator[tuple[str, str, str, str, set[int]]]:
    """(question, its language, paragraph, its language, the sentences that answer), twice for each label."""
    questions = {line.id: line for line in read_challenges(folder / "challenges.jsonl").lines}
    paragraphs = {line.id: line for line in read_profiles(folder / "profiles.jsonl").lines}
    judged = [line.split() for line in (folder / "qrels.tsv").read_text().splitlines()]
    right = {question: paragraph for question, paragraph, _ in judged}
    for label in LABELS.split():
        name, answers = label.split(":")
        for language in LANGUAGES:
            question, paragraph = questions[f"{name}.{language}"], paragraphs[right[f"{name}.{language}"]]
            text = clean(paragraph.documents[0].text)
            told = {int(answer) for answer in answers.split("/")}
            yield clean(question.title), language, text, paragraph.language or "es", told


def sentences(judge: Judge, folder: Path) -> None:
    right: dict[str, dict[bool, list[bool]]] = defaultdict(lambda: defaultdict(list))
    falls: dict[str, dict[bool, list[float]]] = defaultdict(lambda: defaultdict(list))
    pairs = list(labelled(folder))
    texts = list({text for _, _, text, _, _ in pairs})
    read = dict(zip(texts, judge.encoder.parts(texts, "passage"), strict=True))
    for question, ours, text, theirs, answers in pairs:
        a, b = LANGUAGES.index(ours), LANGUAGES.index(theirs)
        need = Side(question, a, judge.encoder.parts([question], "query")[0])
        passage = Side(text, b, read[text])
        spans = sentence_spans(text)
        pieces = [text[slice(*span)] for span in spans]
        asked = judge.question(question, a)
        chosen = {
            "spelled most alike": int(np.argmax(judge.spelled(question, pieces, b))),
            "largest mean share of its tokens": int(np.argmax(judge.shares(need, passage, spans))),
            "each embedded by itself": int(np.argmax(judge.fit(asked, pieces, b))),
        }
        found = judge.carried(need, passage, spans)
        whole = [start <= found.sentence[0] and found.sentence[1] <= end for start, end in spans]
        chosen["Hélice: nearest tokens"] = whole.index(True)
        for name, place in chosen.items():
            right[name][a == b].append(place in answers)
        for name, fall in words(judge, need, passage, spans[min(answers)], asked).items():
            falls[name][a == b].append(fall)
    table("sentence found by", right, ".1%")
    table("words taken away from the sentence", falls, ".3f")


def words(judge: Judge, need: Side, passage: Side, span: Span, asked: Floats) -> dict[str, float]:
    """By how much the cosine falls without the marked words of the sentence that answers, and without as
    many others."""
    marks = judge.carried(need, passage, [span]).evidence
    all_words = list(content(passage.text, [span]))
    marked = [word for word in all_words if any(a <= word[0] and word[1] <= b for a, b in marks)]
    others = [word for word in all_words if word not in marked]
    if not marked or len(others) < len(marked):
        return {}
    alike = judge.spelled(need.text, [passage.text[a:b] for a, b in all_words], passage.language)
    spelled = [all_words[place] for place in np.argsort(-alike, kind="stable")[: len(marked)].tolist()]
    even = others[:: len(others) // len(marked)][: len(marked)]
    texts = [without(passage.text, span, gone) for gone in ([], marked, spelled, even)]
    fits = judge.fit(asked, texts, passage.language)
    names = ("Hélice: the marked ones", "as many, spelled most alike", "as many others")
    return {name: float(fits[0] - fit) for name, fit in zip(names, fits[1:], strict=True)}


def without(text: str, span: Span, gone: list[Span]) -> str:
    """A sentence of a text less some of its words."""
    start, end = span
    for a, b in sorted(gone, reverse=True):
        text, end = text[:a] + text[b:], end - (b - a)
    return text[start:end]


def table(
    head: str, found: dict[str, dict[bool, list[float]]] | dict[str, dict[bool, list[bool]]], form: str
) -> None:
    print(f"| {head} | same language | other language | pairs |")
    print("|---|---|---|---|")
    for name, halves in found.items():
        same, other = (float(np.mean(halves[half])) for half in (True, False))
        print(f"| {name} | {same:{form}} | {other:{form}} | {len(halves[True]) + len(halves[False])} |")
    print()


def timing(judge: Judge, rounds: int) -> None:
    """The best passages of 20 profiles for each need of a demo challenge."""
    profiles = yaml.safe_load((DEMO / "profiles_researchers.yaml").read_text())
    items = [each for profile in profiles for each in profile["evidence"]]
    passages = [clean(text) for each in items for text in document(each["title"], each["text"])]
    challenges = yaml.safe_load((DEMO / "challenges.yaml").read_text())
    spent, pairs = [], 0
    for number in range(rounds):
        needs = [clean(need["text"]) for need in challenges[number]["needs"]]
        given = passages[number * 60 : number * 60 + FIRST * 3]
        started = time.perf_counter()
        asked = [
            Side(text, 0, parts)
            for text, parts in zip(needs, judge.encoder.parts(needs, "query"), strict=True)
        ]
        told = [
            Side(text, 0, parts)
            for text, parts in zip(given, judge.encoder.parts(given, "passage"), strict=True)
        ]
        for place, passage in enumerate(told):
            judge.carried(asked[place % len(asked)], passage, sentence_spans(passage.text))
        spent.append(time.perf_counter() - started)
        pairs += len(told)
    print("| work | seconds, median | a pair, ms |")
    print("|---|---|---|")
    each = 1000 * sum(spent) / pairs
    print(f"| {FIRST} matches with 3 needs each covered | {statistics.median(spent):.2f} | {each:.0f} |")


def main() -> None:
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("set", type=Path, help="the folder of bilingual_pool")
    parser.add_argument("--encoder", default="default")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    judge = Judge(get_encoder(options.encoder, ROOT / "var" / "models"))
    sentences(judge, options.set)
    timing(judge, options.rounds)


if __name__ == "__main__":
    main()
