import dataclasses
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.encoder import HashEncoder
from matching.offline import anchor_samples
from matching.ranking import (
    Needs,
    Passages,
    Sample,
    Statistics,
    candidates,
    probability,
    rank_challenges,
    rank_profiles,
    score,
    standing,
    strength,
)
from matching.ranking.lexical import BUCKETS, Grams, fold, grams, similarities
from matching.ranking.scoring import pooled
from matching.ranking.strength import value_behind

ENCODER = HashEncoder()
ANCHORS = anchor_samples(ENCODER)
USUAL = Statistics.fit(*ANCHORS, ENCODER.name, ANCHORS)
WORDS = [
    "agua",
    "fuga",
    "sensor",
    "red",
    "salud",
    "hospital",
    "niños",
    "escuela",
    "batería",
    "forest",
    "water",
    "leak",
    "data",
    "model",
    "soil",
    "energy",
]
texts = st.lists(
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=8).map(" ".join), min_size=1, max_size=8
)
numbers = st.floats(-3, 3, width=32).map(lambda value: round(value, 3))


def passages(lines: list[str], owners: list[int], items: list[int] | None = None) -> Passages:
    return Passages(
        ENCODER.encode(lines, "passage"),
        np.array(owners, np.int64),
        np.array(items if items is not None else range(len(lines)), np.int64),
        np.array([len(line) % 2 for line in lines], np.int64),
        lines,
        max(owners, default=-1) + 1,
    )


def needs(lines: list[str], weights: list[float] | None = None, owners: list[int] | None = None) -> Needs:
    return Needs(
        ENCODER.encode(lines, "query"),
        np.array(weights or [1.0] * len(lines), np.float32),
        np.array([len(line) % 2 for line in lines], np.int64),
        lines,
        np.array(owners or [0] * len(lines), np.int64),
        max(owners, default=0) + 1 if owners else 1,
    )


def sample(lines: list[str]) -> Sample:
    languages = np.array([len(line) % 2 for line in lines], np.int64)
    return Sample(ENCODER.encode(lines, "passage"), languages, lines)


@pytest.fixture
def usual() -> Statistics:
    return USUAL


def value_of(similar: list[float], items: list[int] | None = None) -> float:
    """What one profile's passages of these similarities are worth for one need."""
    told = passages([f"texto {place}" for place in range(len(similar))], [0] * len(similar), items)
    return float(pooled(needs(["x"]), told, np.array([similar], np.float32)).values[0, 0])


@given(st.lists(numbers, min_size=1, max_size=6), st.floats(0, 2, width=32))
def test_a_passage_stronger_than_the_best_never_lowers_a_needs_score(
    similar: list[float], more: float
) -> None:
    assert value_of([*similar, max(similar) + more]) >= value_of(similar) - 1e-6


@given(st.lists(numbers, min_size=1, max_size=6), numbers)
def test_no_further_passage_ever_lowers_a_needs_score(similar: list[float], other: float) -> None:
    assert value_of([*similar, other]) >= value_of(similar) - 1e-6


@given(st.lists(numbers, min_size=1, max_size=6))
def test_windows_of_one_item_count_once(similar: list[float]) -> None:
    assert value_of(similar, [0] * len(similar)) == pytest.approx(value_of([max(similar)]), abs=1e-6)


@settings(max_examples=30, deadline=None)
@given(texts, texts, st.randoms(use_true_random=False))
def test_the_order_of_the_input_does_not_matter(asked: list[str], told: list[str], random: Random) -> None:
    stats = USUAL
    owners = [place // 2 for place in range(len(told))]
    keys = [f"p{number}" for number in range(max(owners) + 1)]
    before = rank_profiles(needs(asked), passages(told, owners, [0] * len(told)), stats, keys)
    order = list(range(len(told)))
    random.shuffle(order)
    shuffled = passages([told[at] for at in order], [owners[at] for at in order], [0] * len(told))
    mixed = list(asked)
    random.shuffle(mixed)
    after = rank_profiles(needs(mixed), dataclasses.replace(shuffled, profiles=len(keys)), stats, keys)
    assert [found.index for found in before] == [found.index for found in after]
    assert [found.score for found in before] == pytest.approx([found.score for found in after], abs=2e-4)


def test_a_pair_has_the_same_score_in_both_directions_and_in_any_company(usual: Statistics) -> None:
    asked = ["sensor de fugas de agua", "soil data model", "energy for a school"]
    told = ["fugas de agua en la red", "un hospital", "water leak sensors", "batería"]
    everybody = score(needs(asked, owners=[0, 1, 1]), passages(told, [0, 1, 1, 2]), usual).scores
    one_challenge = rank_profiles(needs(asked[1:]), passages(told, [0, 1, 1, 2]), usual, "abc")
    one_profile = rank_challenges(
        needs(asked, owners=[0, 1, 1]), passages(told[1:3], [0, 0], [1, 2]), usual, "xy"
    )
    assert one_challenge
    assert one_profile
    for found in one_challenge:
        assert found.score == pytest.approx(everybody[1, found.index], abs=2e-4)
    for found in one_profile:
        assert found.score == pytest.approx(everybody[found.index, 1], abs=2e-4)


def test_the_profile_that_speaks_of_the_need_comes_first_with_that_passage_as_its_reason(
    usual: Statistics,
) -> None:
    told = [
        "Escuelas rurales y maestros.",
        "Sensores para fugas en redes de agua potable.",
        "Vinos y quesos.",
    ]
    found = rank_profiles(needs(["Fugas en redes de agua potable."]), passages(told, [0, 1, 1]), usual, "ab")
    assert found[0].index == 1
    assert found[0].reasons[0].passage == 1
    assert found[0].reasons[0].covered
    assert found[0].score > found[1].score


def test_an_uncovered_need_is_said_to_be_open(usual: Statistics) -> None:
    asked = needs(["Fugas en redes de agua potable.", "Zxqw kjhg ptrb"])
    found = rank_profiles(asked, passages(["Fugas en redes de agua potable."], [0]), usual, "a")
    assert [reason.covered for reason in found[0].reasons] == [True, False]


def test_a_must_weighs_more_than_a_nice_to_have(usual: Statistics) -> None:
    told = passages(["fugas de agua", "energía solar"], [0, 1])
    asked = ["fugas de agua", "energía solar"]
    first = rank_profiles(needs(asked, [1.0, 0.3]), told, usual, "ab")[0].index
    assert (first, rank_profiles(needs(asked, [0.3, 1.0]), told, usual, "ab")[0].index) == (0, 1)


def test_ties_are_broken_by_key(usual: Statistics) -> None:
    told = passages(["agua", "agua", "agua"], [0, 1, 2])
    assert [found.index for found in rank_profiles(needs(["agua"]), told, usual, "cab")] == [1, 2, 0]


def test_profiles_without_passages_and_challenges_without_needs_are_left_out(usual: Statistics) -> None:
    told = dataclasses.replace(passages(["agua"], [1]), profiles=3)
    assert [found.index for found in rank_profiles(needs(["agua"]), told, usual, "abc")] == [1]
    assert rank_profiles(needs([]), told, usual, "abc") == []
    assert rank_profiles(needs(["agua"]), passages([], []), usual, "") == []
    assert rank_challenges(needs([]), told, usual, "") == []


def test_candidates_keep_the_best_and_nobody_twice(usual: Statistics) -> None:
    told = passages([f"texto sobre {word}" for word in WORDS], list(range(len(WORDS))))
    kept = candidates(needs(["texto sobre hospital"]), told, usual, 3)
    assert len(set(kept.tolist())) == 3
    assert WORDS.index("hospital") in kept


def test_candidates_score_the_same_as_the_whole(usual: Statistics) -> None:
    told = passages([f"{a} {b}" for a in WORDS for b in WORDS], [at // 4 for at in range(len(WORDS) ** 2)])
    asked = needs(["sensor de agua", "soil model"])
    whole = score(asked, told, usual).scores[0]
    chosen = candidates(asked, told, usual, 10)
    part, rows = told.of_profiles(chosen)
    assert [told.texts[row] for row in rows] == list(part.texts)
    assert score(asked, part, usual).scores[0] == pytest.approx(whole[chosen], abs=2e-4)


def test_statistics_survive_storage_to_the_last_bit(usual: Statistics) -> None:
    again = Statistics.from_bytes(usual.to_bytes())
    assert again.version == usual.version
    assert again.encoder == ENCODER.name
    assert len(usual.to_bytes()) < 1_000_000


def test_statistics_do_not_depend_on_the_order_of_the_texts() -> None:
    lines = [f"{a} {b} y {c}" for a, b, c in zip(WORDS, WORDS[1:], WORDS[2:], strict=False)]
    one = Statistics.fit(sample(lines), sample(lines), "x", ANCHORS)
    other = Statistics.fit(sample(lines[::-1]), sample(lines[::-1]), "x", ANCHORS)
    assert one.version == other.version


def test_other_texts_make_another_version(usual: Statistics) -> None:
    assert Statistics.fit(sample(WORDS), sample(WORDS), ENCODER.name, ANCHORS).version != usual.version


@pytest.mark.parametrize("count", [0, 1, 2])
def test_an_empty_or_tiny_catalogue_can_be_measured(count: int) -> None:
    tiny = Statistics.fit(sample(WORDS[:count]), sample(WORDS[:count]), "x", ANCHORS)
    scores = score(needs(["agua"]), passages(["agua", "fuga"], [0, 1]), tiny).scores
    assert np.isfinite(scores).all()
    assert scores[0, 0] > scores[0, 1]


def test_words_and_probabilities_rise_with_the_score() -> None:
    order = [strength(value) for value in (-9.0, 0.7, 1.0, 9.0)]
    assert order == [None, "possible", "good", "strong"]
    risen = [probability(value) for value in np.linspace(-100, 100, 50)]
    assert risen == sorted(risen)
    assert 0 <= risen[0] <= risen[-1] <= 1
    assert strength(float("nan")) is None
    assert probability(float("nan")) == 0
    assert [value_behind(probability(value)) for value in (0.7, 1.0, 1.3)] == pytest.approx([0.7, 1.0, 1.3])
    assert value_behind(1) > value_behind(0)


def test_spelling_ignores_case_accents_and_punctuation() -> None:
    assert fold("¡Niñas, NIÑOS y_Jóvenes!") == "ninas ninos y jovenes"
    ones = np.ones(BUCKETS, np.float32)
    alike = similarities(Grams.of(["DETECCIÓN"]), Grams.of(["deteccion", "zzz", ""]), ones)
    assert alike[0] == pytest.approx([1, 0, 0], abs=1e-6)


@pytest.mark.parametrize(
    "text", ["", "a", "🙂🙂", "\x00", "x" * 200_000, "misma frase. " * 1000, "\u202e\u200f"]
)
def test_odd_texts_have_grams_without_failing(text: str) -> None:
    buckets, weights = grams(text)
    assert len(buckets) == len(weights)


def test_repeating_a_sentence_gains_next_to_nothing(usual: Statistics) -> None:
    honest, stuffed = "Sensores de fugas de agua", "Sensores de fugas de agua. " * 200
    told = passages([honest, stuffed], [0, 1])
    told = dataclasses.replace(told, languages=np.zeros(2, np.int64))
    scores = score(needs(["fugas en la red de agua"]), told, usual).scores[0]
    assert scores[1] < scores[0] + 0.2


def test_who_answers_one_need_of_four_very_well_is_worth_meeting() -> None:
    needs = [1.8, 0.1, 0.0, 0.2]
    assert strength(sum(needs) / 4) is None
    assert strength(standing(sum(needs) / 4, needs)) == "strong"
    assert standing(2.0, [1.0]) == 2.0
