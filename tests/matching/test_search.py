"""The first pass: exact, whatever the order of rows and the size of blocks, and the same by both ways."""

from typing import Any

import numpy as np
import pytest
from django.core.management import call_command
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import Profile
from matching import vectors
from matching.encoder import HashEncoder
from matching.models import Match, Passage, Subject
from matching.offline import anchor_samples
from matching.pipeline import candidates
from matching.ranking import LANGUAGES, Needs, Passages, Statistics, search
from matching.ranking.search import Near, Stock, nearest, nearest_asks
from matching.ranking.statistics import NEAR
from matching.ranking.strength import SINGLE_NEED
from matching.vectors import graph
from matching.vectors.pgvector import Pgvector
from tests import factories
from tests.matching.test_pipeline import match_of, refresh_all, water_challenge, water_profile

ENCODER = HashEncoder()
ANCHORS = anchor_samples(ENCODER)
USUAL = Statistics.fit(*ANCHORS, ENCODER.name, ANCHORS)
MODEL = ENCODER.name


def made_up(seed: int, rows: int, subjects: int) -> tuple[Stock, Needs]:
    random = np.random.default_rng(seed)
    offers = ANCHORS[1].vectors[random.integers(0, len(ANCHORS[1].vectors), rows)]
    moved = offers + 0.02 * random.standard_normal(offers.shape).astype(np.float32)
    given = np.asarray(moved / np.linalg.norm(moved, axis=1, keepdims=True), np.float16)
    stock = Stock(
        given,
        np.sort(random.integers(1, subjects + 1, rows) * 3),
        random.integers(0, 2, rows).astype(np.int8),
    )
    asked = random.integers(0, len(ANCHORS[0].vectors), 4)
    needs = Needs(
        ANCHORS[0].vectors[asked],
        np.array([1, 1, 0.7, 0.3], np.float32),
        random.integers(0, 2, 4),
        ["a"] * 4,
    )
    return stock, needs


def by_hand(needs: Needs, stock: Stock) -> Near:
    """One product after the other, as the scores themselves are made, without spelling."""
    rows = stock.vectors.astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    keys = np.unique(stock.subjects)
    values = np.full((len(keys), len(needs.texts)), -np.inf, np.float32)
    for place, language in enumerate(stock.languages.tolist()):
        own = USUAL.centred_passages(rows[place : place + 1], language)
        for need, asked in enumerate(needs.languages.tolist()):
            cosine = float((USUAL.centred_needs(needs.vectors[need : need + 1], asked) @ own.T)[0, 0])
            usual, deviation = USUAL.dense[asked, language]
            found = (cosine - usual) / deviation
            if asked != language:
                found += float(USUAL.weights[3]) * max(found - NEAR, 0)
            at = np.searchsorted(keys, stock.subjects[place])
            values[at, need] = max(values[at, need], found)
    return Near(keys, values, np.zeros((2, len(keys)), bool))


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 60), st.integers(1, 20))
def test_the_first_pass_finds_what_one_product_after_the_other_finds(
    seed: int, rows: int, subjects: int
) -> None:
    stock, needs = made_up(seed, rows, subjects)
    found, expected = nearest(needs, stock, USUAL), by_hand(needs, stock)
    np.testing.assert_array_equal(found.subjects, expected.subjects)
    np.testing.assert_allclose(found.values, expected.values, atol=0.05, rtol=0.01)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 80), st.integers(1, 30), st.integers(1, 50))
def test_order_of_rows_and_size_of_blocks_change_nothing(
    seed: int, rows: int, subjects: int, block: int
) -> None:
    stock, needs = made_up(seed, rows, subjects)
    plain = nearest(needs, stock, USUAL)
    order = np.random.default_rng(seed).permutation(rows)
    shuffled = Stock(stock.vectors[order], stock.subjects[order], stock.languages[order])
    usual, search.BLOCK = search.BLOCK, block
    try:
        found = nearest(needs, shuffled, USUAL)
    finally:
        search.BLOCK = usual
    np.testing.assert_array_equal(found.subjects, plain.subjects)
    np.testing.assert_array_equal(found.spoken, plain.spoken)
    np.testing.assert_allclose(found.values, plain.values, atol=1e-4)
    weights = needs.weights
    assert found.best(found.reach(weights), 5).tolist() == plain.best(plain.reach(weights), 5).tolist()


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10**6))
def test_rows_added_later_count_like_those_that_were_there(seed: int) -> None:
    stock, needs = made_up(seed, 40, 8)
    kept = Stock(stock.vectors[:25], stock.subjects[:25], stock.languages[:25])
    nearest(needs, kept, USUAL)
    grown = Stock(stock.vectors, stock.subjects, stock.languages, kept.lengths)
    np.testing.assert_allclose(
        nearest(needs, grown, USUAL).values, nearest(needs, stock, USUAL).values, atol=1e-4
    )


def test_both_directions_see_a_pair_alike() -> None:
    stock, needs = made_up(3, 30, 10)
    number = np.searchsorted(np.unique(stock.subjects), stock.subjects)
    passages = Passages(
        stock.vectors.astype(np.float32), number, np.arange(30), stock.languages.astype(np.int64),
        ["x"] * 30, int(number.max()) + 1,
    )  # fmt: skip
    asks = Stock(needs.vectors.astype(np.float16), np.full(4, 7), needs.languages.astype(np.int8))
    there = nearest(needs, stock, USUAL)
    back = nearest_asks(passages, asks, USUAL)
    each = np.maximum(there.values.mean(axis=1), SINGLE_NEED * there.values.max(axis=1))
    np.testing.assert_allclose(back.values[0], each, atol=0.05, rtol=0.01)


def test_neither_language_is_cut_by_the_other() -> None:
    near = Near(np.arange(100), np.zeros((100, 1), np.float32), np.zeros((2, 100), bool))
    near.spoken[0, :90] = near.spoken[1, 90:] = True
    reach = np.arange(100, 0, -1).astype(np.float32)
    chosen = near.best(reach, 20)
    assert chosen[:20].tolist() == list(range(20))
    assert sorted(chosen.tolist()) == [*range(20), *range(90, 95)]


# --- Over the database, by each way of searching ----------------------------------------------------------


@pytest.fixture(params=["mapped", "pgvector", "graph"])
def index(request: pytest.FixtureRequest, db: None, settings: Any) -> str:
    if request.param != "mapped" and connection.vendor != "postgresql":
        pytest.skip("only PostgreSQL searches vectors itself")
    settings.HELICE_INDEX = "mapped" if request.param == "mapped" else "pgvector"
    settings.HELICE_HNSW = request.param == "graph"
    return str(request.param)


def make_graph(index: str) -> None:
    if index == "graph":
        connection.check_constraints()  # what a commit would do before it
        call_command("index_vectors", verbosity=0)


def others(count: int) -> None:
    topics = ("abejas", "ropa de algodón", "videojuegos", "derecho laboral", "bees and honey", "law school")
    for number in range(count):
        water_profile(f"{topics[number % 6].capitalize()}: texto {number} sobre {topics[number % 5]}")


def test_who_fits_is_matched_and_who_does_not_is_not(index: str) -> None:
    others(12)
    profile, challenge = water_profile(), water_challenge()
    refresh_all()
    make_graph(index)
    assert match_of(profile, challenge) is not None
    assert Match.objects.count() == 1


def test_a_removed_passage_answers_nothing_though_a_copy_still_holds_it(index: str) -> None:
    others(12)
    profile, challenge = water_profile(), water_challenge()
    refresh_all()
    subject = Subject.objects.get(challenge=challenge)
    found = candidates.of_challenges([subject.pk], MODEL, USUAL)
    assert [pair.profile.profile_id for pair in found.pairs] == [profile.pk]
    Passage.objects.filter(subject__profile=profile).delete()
    assert candidates.of_challenges([subject.pk], MODEL, USUAL).pairs == []


@pytest.mark.parametrize("change", [{"match_automatically": False}, {"visibility": "nobody"}])
def test_who_has_just_withdrawn_is_no_candidate(index: str, change: dict[str, Any]) -> None:
    others(12)
    profile, challenge = water_profile(), water_challenge()
    refresh_all()
    subject = Subject.objects.get(challenge=challenge)
    Profile.objects.filter(pk=profile.pk).update(**change)
    assert candidates.of_challenges([subject.pk], MODEL, USUAL).pairs == []


def test_a_pair_has_one_score_from_either_side(index: str) -> None:
    others(12)
    profile, challenge = water_profile(), water_challenge()
    refresh_all()
    sides = Subject.objects.get(challenge=challenge).pk, Subject.objects.get(profile=profile).pk
    [there] = candidates.of_challenges([sides[0]], MODEL, USUAL).pairs
    [back] = candidates.of_profiles([sides[1]], MODEL, USUAL).pairs
    assert there.score == back.score
    assert [one.value for one in there.answered] == [one.value for one in back.answered]


def test_more_are_looked_at_where_facts_admit_few(index: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(candidates, "MOST_PROFILES", 4)
    challenge = water_challenge()
    for _ in range(12):
        water_profile()
    company = factories.make_profile(factories.make_organisation("company"), summary="")
    factories.add_item(company, text="Sensores portátiles para medir arsénico en pozos de agua.")
    challenge.needs.update(sought="company")
    others(12)
    refresh_all()
    found = candidates.of_challenges([Subject.objects.get(challenge=challenge).pk], MODEL, USUAL)
    assert [pair.profile.profile_id for pair in found.pairs] == [company.pk]


def test_what_is_matched_already_is_looked_at_again(index: str, monkeypatch: pytest.MonkeyPatch) -> None:
    others(6)
    profiles, challenge = [water_profile() for _ in range(6)], water_challenge()
    refresh_all()
    assert Match.objects.count() == len(profiles)
    monkeypatch.setattr(candidates, "MOST_PROFILES", 2)
    found = candidates.of_challenges([Subject.objects.get(challenge=challenge).pk], MODEL, USUAL)
    assert len(found.pairs) == len(profiles)


def test_every_way_finds_the_same_numbers(index: str) -> None:
    """The database's own answer, or the copy's, beside NumPy's over what is stored."""
    others(18)
    water_profile()
    challenge = water_challenge(needs=("Medir arsénico en pozos de agua", "Sell honey and queen bees online"))
    refresh_all()
    make_graph(index)
    rows = vectors.answers(MODEL).rows(
        Subject.objects.filter(profile__isnull=False).values_list("pk", flat=True)
    )
    asks = vectors.asks(MODEL).rows([Subject.objects.get(challenge=challenge).pk])
    needs = Needs(asks.vectors, np.ones(2, np.float32), asks.languages, asks.texts)
    [near] = vectors.answers(MODEL).nearest(needs, USUAL, 100)
    stock = Stock(rows.vectors.astype(np.float16), rows.subjects, rows.languages.astype(np.int8))
    expected = nearest(needs, stock, USUAL)
    assert near.subjects.tolist() == expected.subjects.tolist()
    np.testing.assert_allclose(near.values, expected.values, atol=0.02)
    np.testing.assert_array_equal(near.spoken, expected.spoken)


def test_the_graph_finds_nearly_all_that_an_exact_search_finds(db: None, settings: Any) -> None:
    """On clustered vectors, where graphs are at their worst, in two languages of unlike size."""
    if connection.vendor != "postgresql":
        pytest.skip("only PostgreSQL has graphs")
    random = np.random.default_rng(5)
    profiles = [water_profile(f"Texto {number}") for number in range(300)]
    Subject.objects.bulk_create([Subject(profile=profile) for profile in profiles])
    middles = random.standard_normal((25, 384)) + 2 * random.standard_normal(384)
    weights = np.ones(4, np.float32)
    rows = []
    for subject in Subject.objects.filter(profile__isnull=False):
        near = middles[random.integers(25, size=20)] + 0.5 * random.standard_normal((20, 384))
        near /= np.linalg.norm(near, axis=1, keepdims=True)
        language = LANGUAGES[int(random.random() < 0.2)]
        rows += [
            Passage(
                subject=subject, role="offer", position=at, language=language, text="x", text_hash="x",
                model=MODEL, vector=vector, version=1,
            )
            for at, vector in enumerate(near)
        ]  # fmt: skip
    Passage.objects.bulk_create(rows, batch_size=1000)
    asked = middles[:4] + 0.3 * random.standard_normal((4, 384))
    asked /= np.linalg.norm(asked, axis=1, keepdims=True)
    needs = Needs(asked.astype(np.float32), weights, np.array([0, 0, 1, 1]), ["x"] * 4)
    settings.HELICE_INDEX, settings.HELICE_HNSW = "pgvector", False
    index = Pgvector(vectors.ANSWERS, MODEL)
    [exact] = index.nearest(needs, USUAL, 50)
    make_graph("graph")
    settings.HELICE_HNSW = True
    [found] = index.nearest(needs, USUAL, 50)
    best = exact.best(exact.reach(needs.weights), 50)
    assert len(np.intersect1d(best, found.subjects)) >= 0.9 * len(best)


def test_the_graph_of_another_model_goes(db: None) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("only PostgreSQL has graphs")
    water_profile()
    refresh_all()
    Passage.objects.update(model="older")
    connection.check_constraints()
    first = graph.make("older")
    Passage.objects.update(model=MODEL)
    connection.check_constraints()
    second = graph.make(MODEL)
    assert first != second
    assert graph.drop() == 1
    assert graph.make("nobody's") == ""
