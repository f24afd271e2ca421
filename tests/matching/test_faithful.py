"""What a reason shows is what the score rests on: without it the need's value falls furthest."""

import os
from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from hubs.demo import loader
from matching.encoder import Encoder, get_encoder
from matching.offline import anchor_samples
from matching.passages import document
from matching.ranking import LANGUAGES, Needs, Passages, Statistics, rank_profiles
from matching.ranking.anchors import NEEDS, OFFERS
from matching.ranking.contributions import Centres, Side, carried, content

MODELS = Path(__file__).resolve().parents[2] / "var" / "models"
DEMO = Path(loader.__file__).parent / "mx"
HASH = get_encoder("hash", MODELS)
ANCHORS = anchor_samples(HASH)
USUAL = Statistics.fit(*ANCHORS, HASH.name, ANCHORS)
WORDS = [
    "agua",
    "pozos",
    "arsénico",
    "sensores",
    "maíz",
    "suelo",
    "riego",
    "leche",
    "abejas",
    "redes",
    "salud",
    "escuelas",
    "drones",
    "bosque",
]
SENTENCE = st.lists(st.sampled_from(WORDS), min_size=1, max_size=8).map(" ".join)


def passages_of(items: list[list[str]], vectors: dict[str, NDArray[np.float32]]) -> Passages:
    """One profile that writes Spanish; each item is a list of its windows."""
    rows = [(window, number) for number, windows in enumerate(items) for window in windows]
    texts = [text for text, _ in rows]
    zeros = np.zeros(len(rows), np.int64)
    numbers = np.array([number for _, number in rows], np.int64)
    return Passages(np.stack([vectors[text] for text in texts]), zeros, numbers, zeros, texts, 1)


def check(items: list[list[str]], asked: list[str], encoder: Encoder, statistics: Statistics) -> None:
    """Take away the item that each reason shows, and each of the others in turn."""
    ones, zeros = np.ones(len(asked), np.float32), np.zeros(len(asked), np.int64)
    needs = Needs(encoder.encode(asked, "query"), ones, zeros, asked)
    texts = [text for windows in items for text in windows]
    vectors = dict(zip(texts, encoder.encode(texts, "passage"), strict=True))
    whole = passages_of(items, vectors)
    (ranked,) = rank_profiles(needs, whole, statistics, ["p"])
    left = [
        rank_profiles(needs, passages_of(items[:out] + items[out + 1 :], vectors), statistics, ["p"])[0]
        for out in range(len(items))
    ]
    for reason in ranked.reasons:
        shown = int(whole.items[reason.passage])
        values = [other.reasons[reason.need].value for other in left]
        assert values[shown] <= min(values) + 1e-4
        assert values[shown] <= reason.value + 1e-4


@settings(max_examples=80, deadline=None)
@given(
    items=st.lists(st.lists(SENTENCE, min_size=1, max_size=3), min_size=2, max_size=6),
    asked=st.lists(SENTENCE, min_size=1, max_size=3),
)
def test_without_the_shown_item_a_needs_value_falls_at_least_as_far_as_without_any_other(
    items: list[list[str]], asked: list[str]
) -> None:
    first = {text: number for number, item in reversed(list(enumerate(items))) for text in item}
    once = [
        [text for text in dict.fromkeys(item) if first[text] == number] for number, item in enumerate(items)
    ]
    items = [item for item in once if item]  # the same words twice in a profile count once
    if len(items) > 1:
        check(items, asked, HASH, USUAL)


@pytest.fixture(scope="module")
def real() -> Encoder:
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    return get_encoder("default", MODELS)


@pytest.fixture(scope="module")
def yardstick(real: Encoder) -> Statistics:
    anchors = anchor_samples(real)
    return Statistics.fit(*anchors, real.name, anchors)


def demo_profiles(count: int) -> list[list[list[str]]]:
    """Profiles of several items out of the demo country, each item in its windows."""
    found = []
    for row in yaml.safe_load((DEMO / "profiles_researchers.yaml").read_text()):
        texts = [(each.get("title", ""), each.get("text", "")) for each in row.get("evidence", [])]
        texts += [("", each["text"]) for each in row.get("offers", [])]
        items = [document(title, text) for title, text in texts]
        if len(items) > 2:
            found.append(items)
    return found[:: len(found) // count][:count]


def demo_needs(count: int) -> list[str]:
    rows = yaml.safe_load((DEMO / "challenges.yaml").read_text())
    found = [need["text"] for row in rows for need in row["needs"]]
    return found[:: len(found) // count][:count]


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
class TestTheRealModel:
    def test_the_shown_item_matters_most_on_the_demo_texts(
        self, real: Encoder, yardstick: Statistics
    ) -> None:
        asked = demo_needs(8)
        for items in demo_profiles(4):
            check(items, asked, real, yardstick)

    @pytest.mark.parametrize("theirs", LANGUAGES)
    @pytest.mark.parametrize("ours", LANGUAGES)
    def test_without_the_marked_words_a_text_fits_less_than_without_as_many_others(
        self, real: Encoder, yardstick: Statistics, ours: str, theirs: str
    ) -> None:
        """On the anchors, of which each need has an offer on the same subject in both languages."""
        centres = Centres.of(
            [real.parts(NEEDS[language], "query") for language in LANGUAGES],
            [real.parts(OFFERS[language], "passage") for language in LANGUAGES],
        )
        a, b = LANGUAGES.index(ours), LANGUAGES.index(theirs)
        asked, told = list(NEEDS[ours]), list(OFFERS[theirs])
        vectors = yardstick.centred_needs(real.encode(asked, "query"), a)
        without, other, whose = [], [], []
        for place, (need, offer) in enumerate(zip(asked, told, strict=True)):
            one = Side(need, a, real.parts([need], "query")[0])
            two = Side(offer, b, real.parts([offer], "passage")[0])
            marks = carried(one, two, [(0, len(offer))], centres).evidence
            words = list(content(offer, [(0, len(offer))]))
            marked = [word for word in words if any(x <= word[0] and word[1] <= y for x, y in marks)]
            unmarked = [word for word in words if word not in marked]
            if not marked or len(unmarked) < len(marked):
                continue
            without.append(less(offer, marked))
            other.append(less(offer, unmarked[:: len(unmarked) // len(marked)][: len(marked)]))
            whose.append(place)
        assert len(whose) >= 6
        fits = [
            np.sum(vectors[whose] * yardstick.centred_passages(real.encode(texts, "passage"), b), axis=1)
            for texts in ([told[place] for place in whose], without, other)
        ]
        lost, lost_otherwise = float(np.mean(fits[0] - fits[1])), float(np.mean(fits[0] - fits[2]))
        assert lost > 0.05  # of a cosine
        assert lost > 2 * lost_otherwise


def less(text: str, words: list[tuple[int, int]]) -> str:
    for start, end in sorted(words, reverse=True):
        text = text[:start] + text[end:]
    return text
