import json
from collections.abc import Iterable, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.metrics import ndcg_score  # type: ignore[import-untyped]

from matching.encoder import HashEncoder, Kind
from matching.evaluation import bilingual, rivals
from matching.evaluation.ablation import ablation, without_each
from matching.evaluation.cached import CachedEncoder
from matching.evaluation.engine import helice
from matching.evaluation.metrics import bootstrap, by_chance, measure
from matching.evaluation.report import Models, evaluate, tables
from matching.evaluation.sets import JudgedSet, bare_id, falls_in, read_set
from matching.evaluation.tables import Table
from matching.offline import Catalogue, load, rank_all
from matching.ranking import ALL

Floats = NDArray[np.float32]

TOPICS = {
    "agua": (
        "Fugas en la red de agua potable de la ciudad",
        "Leaks in the drinking water network of the city",
    ),
    "mente": (
        "Salud mental de jóvenes en escuelas públicas",
        "Mental health of young people in public schools",
    ),
    "milpa": ("Semillas de maíz nativo que resisten sequía", "Seeds of native maize that withstand drought"),
    "sol": ("Paneles solares baratos para hospitales rurales", "Cheap solar panels for rural hospitals"),
}


MODELS = Models(HashEncoder(), HashEncoder(), HashEncoder)


def quiet(steps: Iterable[int], total: int, what: str) -> Iterable[int]:
    return steps


def write(path: Path, lines: Sequence[Any]) -> None:
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    path.write_text("".join(text + "\n" for text in texts), encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Each topic is asked for in both languages, and offered in one of them alone."""
    names = list(TOPICS)
    write(
        tmp_path / "challenges.jsonl",
        [
            {"id": f"{name}.{code}", "title": text, "text": None, "language": code}
            for name, texts in TOPICS.items()
            for code, text in zip(("es", "en"), texts, strict=True)
        ],
    )
    write(
        tmp_path / "profiles.jsonl",
        [
            {"id": name, "documents": [{"title": TOPICS[name][at % 2], "text": "2020"}]}
            for at, name in enumerate(names)
        ],
    )
    write(tmp_path / "qrels.tsv", [f"{name}.{code}\t{name}\t1" for name in names for code in ("es", "en")])
    return tmp_path


@pytest.fixture
def judged(folder: Path) -> JudgedSet:
    return read_set(folder)


@pytest.fixture
def catalogue(judged: JudgedSet) -> Catalogue:
    return load(judged.profiles, judged.challenges, HashEncoder(), quiet)


def floats(*rows: Sequence[float]) -> Floats:
    return np.array(rows, np.float32)


# Measures


def test_measures_are_what_one_counts_by_hand() -> None:
    scores = floats([0.1, 0.9, 0.5, 0.7], [0.9, 0.1, 0.2, 0.3])
    gains = floats([1, 0, 2, 0], [1, 0, 0, 0])
    found = measure(scores, gains)
    # First list: 1, 3, 2, 0: grade 2 at rank 3 and grade 1 at rank 4; best possible: 2 then 1.
    ndcg = (2 / np.log2(4) + 1 / np.log2(5)) / (2 / np.log2(2) + 1 / np.log2(3))
    np.testing.assert_allclose(found.values[:, 0], [ndcg, 1, 1, 1 / 3, 0])
    np.testing.assert_allclose(found.values[:, 1], 1)
    assert found.first.tolist() == [[1, 3, 2, 0], [0, 3, 2, 1]]


def test_ndcg_agrees_with_scikit_learn_and_ranks_end_at_ten_and_a_hundred() -> None:
    random = np.random.default_rng(1)
    scores = random.random((50, 300)).astype(np.float32)
    gains = random.choice([0, 0, 0, 0, 1, 2, 3], (50, 300)).astype(np.float32)
    found = measure(scores, gains)
    assert found.values[0].mean() == pytest.approx(ndcg_score(gains, scores, k=10))
    order = np.argsort(-scores, axis=1)
    for at, row in enumerate(gains > 0):
        assert found.values[1, at] == pytest.approx(row[order[at, :10]].sum() / row.sum())
        assert found.values[2, at] == pytest.approx(row[order[at, :100]].sum() / row.sum())


def test_what_is_not_ranked_is_never_found() -> None:
    found = measure(floats([np.nan, 0.2, np.nan], [np.nan] * 3), floats([1, 0, 0], [1, 0, 0]))
    assert not found.values.any()
    assert found.first.tolist() == [[1, -1, -1], [-1, -1, -1]]


def test_equal_scores_stand_in_the_order_of_ids() -> None:
    assert measure(floats([0.5, 0.7, 0.5, 0.7]), floats([1, 0, 0, 0])).first.tolist() == [[1, 3, 0, 2]]


@pytest.mark.parametrize("count", [7, 150])
def test_chance_is_the_mean_of_many_random_orders(count: int) -> None:
    random = np.random.default_rng(2)
    gains = np.zeros((1, count), np.float32)
    gains[0, [1, 3, 5]] = [1, 2, 1]
    thrown = measure(random.random((20_000, count)).astype(np.float32), np.repeat(gains, 20_000, axis=0))
    np.testing.assert_allclose(by_chance(gains)[:, 0], thrown.values.mean(axis=1), atol=0.012)


# Intervals


def test_an_interval_holds_its_mean_and_narrows_with_more_queries() -> None:
    values = np.random.default_rng(3).random(2000)
    few, many = bootstrap(values[None, :40])[0], bootstrap(values[None, :])[0]
    for found in (few, many):
        assert found.low < found.mean < found.high
    assert many.high - many.low < (few.high - few.low) / 4
    # The mean of 2,000 uniform numbers has a standard error of 0.289 / sqrt(2,000).
    assert many.high - many.low == pytest.approx(2 * 1.96 * 0.2887 / np.sqrt(2000), rel=0.1)


def test_the_interval_of_a_difference_is_paired() -> None:
    values = np.random.default_rng(4).random(100)
    [same] = bootstrap((values + 0.1 - values)[None, :])
    assert same.low == pytest.approx(0.1)
    assert same.high == pytest.approx(0.1)


# Reading


def test_lines_of_judgements_that_are_of_no_use_are_named(folder: Path) -> None:
    bad = [
        "",
        "agua.es\tagua",
        "agua.es\tsol\tgood",
        "agua.es\tsol\tnan",
        "agua.es\tsol\t1e39",
        "agua.es\tnobody\t1",
        "nothing.es\tagua\t1",
        "agua.es\tagua\t2",
    ]
    write(folder / "qrels.tsv", ["agua.es\tagua\t1", *bad, "agua.es\tsol\t0", "sol.es\tsol\t3"])
    found = read_set(folder)
    assert [problem.split("qrels.tsv, ")[1].split(":")[0] for problem in found.problems] == [
        f"line {number}" for number in range(3, 10)
    ]
    for said in ("2 columns", "'good' is not a number", "'nobody' is not in profiles.jsonl", "on line 1"):
        assert any(said in problem for problem in found.problems)
    assert [line.id for line in found.measured] == ["agua.es", "sol.es"]
    assert found.gains.sum(axis=1).tolist() == [1, 3]


def test_a_challenge_without_a_right_profile_is_not_measured(folder: Path) -> None:
    write(folder / "qrels.tsv", ["agua.es\tagua\t0", "sol.es\tsol\t1", "mente.es\tmente\t-1"])
    assert [line.id for line in read_set(folder).measured] == ["sol.es"]


def test_parts_by_hash_share_out_all_challenges_and_keep_two_versions_together(folder: Path) -> None:
    parts = [{line.id for line in read_set(folder, (at, 3)).measured} for at in range(3)]
    assert sum(map(len, parts)) == 8
    assert set.union(*parts) == {line.id for line in read_set(folder).measured}
    assert all(falls_in("x.es", (at, 3)) == falls_in("x.en", (at, 3)) for at in range(3))


# Two languages


@pytest.mark.parametrize("ids", [("a.es", "a.en"), ("a-es", "a-en"), ("a_ES", "a_EN")])
def test_versions_of_one_challenge_share_an_id_but_for_the_language(ids: tuple[str, str]) -> None:
    assert bare_id(ids[0]).lower() == bare_id(ids[1]).lower() == "a"


@pytest.mark.parametrize("name", ["es", "redes", "a.fr", "a.es.1", "green"])
def test_other_ids_stay_whole(name: str) -> None:
    assert bare_id(name) == name


def test_a_set_in_two_languages_is_known_by_its_words(judged: JudgedSet, catalogue: Catalogue) -> None:
    found = bilingual.tongues(judged, catalogue)
    assert found.bilingual
    assert not found.only("en")
    names = [[judged.measured[at].id for at in pair] for pair in bilingual.versions(judged, found)]
    assert sorted(map(sorted, names)) == [[f"{name}.en", f"{name}.es"] for name in sorted(TOPICS)]


def test_halves_part_what_is_found_at_home_from_what_is_abroad(
    judged: JudgedSet, catalogue: Catalogue
) -> None:
    masks = bilingual.halves(judged, bilingual.tongues(judged, catalogue))
    ids = {
        key: {line.id for line, inside in zip(judged.measured, mask, strict=True) if inside}
        for key, mask in masks.items()
    }
    # In order, topics are offered in Spanish, English, Spanish, English.
    assert ids == {
        ("es", "same"): {"agua.es", "milpa.es"},
        ("es", "other"): {"mente.es", "sol.es"},
        ("en", "same"): {"mente.en", "sol.en"},
        ("en", "other"): {"agua.en", "milpa.en"},
    }


def test_a_few_strays_do_not_make_a_set_bilingual() -> None:
    side = np.array([1] * 97 + [0, 0, -1])
    found = bilingual.Tongues(side, side)
    assert found.only("en")
    assert not found.bilingual


def test_overlap_is_a_share_of_the_longer_list_and_empty_pairs_are_left_out() -> None:
    lists = [{1, 2, 3, 4}, {1, 2}, set(), set(), {5}, set()]
    assert bilingual.overlaps([(0, 1), (2, 3), (4, 5)], lists) == [0.5, 0.0]


# Rankers


def test_helice_ranks_a_set_as_the_rank_command_does(judged: JudgedSet, catalogue: Catalogue) -> None:
    found = helice(judged, catalogue, quiet)
    ids = [line.id for line in judged.profiles]
    order = measure(found.scores, judged.gains).first
    for row, listed in enumerate(rank_all(catalogue, ids, 10, quiet)):
        assert [ids[at] for at in order[row] if at >= 0] == [name for name, _ in listed]


def test_a_part_of_the_challenges_has_the_scores_it_has_in_the_whole(folder: Path, judged: JudgedSet) -> None:
    part = read_set(folder, (1, 3))
    assert 0 < len(part.asked) < len(judged.asked)
    whole = helice(judged, load(judged.profiles, judged.challenges, HashEncoder(), quiet), quiet)
    some = helice(part, load(part.profiles, part.challenges, HashEncoder(), quiet), quiet)
    np.testing.assert_array_equal(some.scores, whole.scores[np.isin(judged.asked, part.asked)])


def test_bm25_finds_the_words_without_their_accents(folder: Path) -> None:
    write(folder / "challenges.jsonl", [{"id": "sol.es", "title": "PÁNELES SOLARES"}])
    write(folder / "profiles.jsonl", [{"id": "sol", "documents": [{"text": "paneles sólares"}]}, {"id": "b"}])
    write(folder / "qrels.tsv", ["sol.es sol 1"])
    scores = rivals.bm25(read_set(folder))[0]
    assert scores.argmax() == 1
    assert scores[0] == 0


def test_the_best_passage_counts_and_needs_weigh(folder: Path) -> None:
    needs = [{"text": "agua", "weight": 1.0}, {"text": "escuelas", "weight": 3.0}]
    write(folder / "challenges.jsonl", [{"id": "c", "needs": needs}])
    documents = [{"text": "agua"}, {"text": "cosas muy distintas"}]
    write(folder / "profiles.jsonl", [{"id": "p", "documents": documents}, {"id": "nothing"}])
    write(folder / "qrels.tsv", ["c p 1"])
    judged = read_set(folder)
    loaded = load(judged.profiles, judged.challenges, HashEncoder(), quiet)
    school, *others = HashEncoder().encode(["escuelas", "agua", "cosas muy distintas"], "query")
    expected = (1.0 + 3.0 * max(float(school @ other) for other in others)) / 4
    [[nothing, found]] = rivals.best_passage(judged, loaded, HashEncoder(), quiet).tolist()
    assert found == pytest.approx(expected, abs=1e-5)
    assert np.isnan(nothing)


def test_fused_scores_are_z_scores_and_stay_unranked_where_one_is() -> None:
    one, other = floats([1, 2, 3], [5, 5, 5]), floats([10, 20, np.nan], [np.nan] * 3)
    found = rivals.fused(one, other)
    np.testing.assert_allclose(found[0, :2], [-np.sqrt(1.5) - 1, 0 + 1], atol=1e-5)
    assert np.isnan(found[0, 2])
    assert not found[1].any()


def test_popularity_gives_everyone_the_same_list(folder: Path) -> None:
    write(
        folder / "profiles.jsonl",
        [
            {"id": "agua", "documents": [{"text": "una"}]},
            {"id": "sol", "documents": [{"text": "una"}, {"text": "dos"}]},
            {"id": "mente", "documents": [{"text": "una dos tres"}]},
        ],
    )
    write(folder / "qrels.tsv", ["agua.es agua 1", "sol.es sol 1"])
    judged = read_set(folder)
    ids = [line.id for line in judged.profiles]
    for row in measure(rivals.popularity(judged), judged.gains).first:
        assert [ids[at] for at in row] == ["sol", "mente", "agua"]


@pytest.mark.slow
def test_one_vector_a_profile_is_what_semantic_search_gives(judged: JudgedSet) -> None:
    import torch
    from sentence_transformers.util import semantic_search

    encoder = HashEncoder()
    scores = rivals.one_vector(judged, encoder, quiet)
    texts = [f"{line.documents[0].title} {line.documents[0].text}" for line in judged.profiles]
    asked = encoder.encode([line.title for line in judged.measured], "query")
    given = encoder.encode(texts, "passage")
    hits = semantic_search(torch.from_numpy(asked), torch.from_numpy(given), top_k=len(texts))
    for row, found in enumerate(hits):
        for hit in found:
            assert scores[row, int(hit["corpus_id"])] == pytest.approx(hit["score"], abs=1e-5)


# The whole


def test_a_set_is_measured_from_end_to_end(judged: JudgedSet) -> None:
    found = evaluate(judged, MODELS, quiet)
    quality, strong, languages = tables(found)
    assert [row[0] for row in quality.rows] == [
        "Hélice",
        "BM25",
        "one vector a profile",
        "best passage",
        "best passage + BM25",
        "popularity",
        "random",
    ]
    assert quality.rows[0][-1] == ""
    assert all("(" in row[-1] for row in quality.rows[1:])
    assert [row[0] for row in strong.rows] == ["es", "en"]
    assert languages.columns[1:5] == ["es, same (2)", "es, other (2)", "en, same (2)", "en, other (2)"]
    ours = dict(zip(languages.columns, languages.rows[0], strict=True))
    assert ours["es, same (2)"].startswith("1.000")
    assert "4 challenges in two versions" in languages.notes[0]


def test_a_set_in_english_is_measured_by_the_second_model_too(folder: Path) -> None:
    english = [texts[1] for texts in TOPICS.values()]
    lines = [(str(at), text) for at, text in enumerate(english)]
    write(folder / "challenges.jsonl", [{"id": name, "title": text} for name, text in lines])
    write(folder / "profiles.jsonl", [{"id": name, "documents": [{"text": text}]} for name, text in lines])
    write(folder / "qrels.tsv", [f"{name} {name} 1" for name, _ in lines])
    found = evaluate(read_set(folder), MODELS, quiet)
    assert "best passage + all-MiniLM" in found.measured
    assert len(tables(found)) == 2


def test_what_each_part_adds_is_told_for_each_set(judged: JudgedSet) -> None:
    found = without_each(judged, Models(HashEncoder(), HashEncoder(), HashEncoder), quiet)
    names = [field.name for field in fields(ALL)]
    assert list(found) == ["everything", "second model", *names]
    np.testing.assert_array_equal(found["second model"], found["everything"])
    table = ablation({"one": found, "two": found})
    assert table.columns == ["part", "one", "two"]
    assert [len(row) for row in table.rows] == [3] * len(found)
    whole, same = f"{found['everything'].mean():.3f}", "+0.000 (+0.000 to +0.000)"
    assert table.rows[0][1:] == [whole, whole]
    assert table.rows[1][1:] == [f"{whole}, {same}"] * 2


def test_tables_are_written_as_text_and_as_markdown() -> None:
    table = Table("Título", ["ranker", "nDCG@10"], [["a|b", "0.5"], ["c", "0.25"]], ["A note."])
    assert table.markdown().splitlines() == [
        "### Título",
        "",
        "| ranker | nDCG@10 |",
        "| --- | ---: |",
        "| a\\|b | 0.5 |",
        "| c | 0.25 |",
        "",
        "A note.",
    ]
    assert table.text().splitlines()[2:6] == [
        "ranker  nDCG@10",
        "---------------",
        "a|b         0.5",
        "c          0.25",
    ]


# The cache of vectors


class Counting(HashEncoder):
    """Remembers what it was asked."""

    def __init__(self, fails_at: int = 1 << 30) -> None:
        self.asked: list[tuple[str, Kind]] = []
        self.fails_at = fails_at

    def encode(self, texts: Sequence[str], kind: Kind) -> Floats:
        if len(self.asked) + len(texts) > self.fails_at:
            raise KeyboardInterrupt
        self.asked += [(text, kind) for text in texts]
        return super().encode(texts, kind)


def test_the_cache_gives_the_same_vectors_and_asks_only_once(tmp_path: Path) -> None:
    texts = ["agua", "sol", "agua", "", "\ud800"]
    first, plain = Counting(), HashEncoder().encode(texts, "query")
    np.testing.assert_array_equal(CachedEncoder(first, tmp_path).encode(texts, "query"), plain)
    assert len(first.asked) == 4
    again = Counting()
    reopened = CachedEncoder(again, tmp_path)
    np.testing.assert_array_equal(reopened.encode(texts[::-1], "query"), plain[::-1])
    assert again.asked == []
    reopened.encode(["agua"], "passage")
    assert again.asked == [("agua", "passage")]
    assert reopened.encode([], "query").shape == (0, 384)


def test_an_interrupted_run_keeps_what_it_had(tmp_path: Path) -> None:
    texts = [f"texto número {number}" for number in range(200)]
    with pytest.raises(KeyboardInterrupt):
        CachedEncoder(Counting(fails_at=150), tmp_path).encode(texts, "passage")
    after = Counting()
    found = CachedEncoder(after, tmp_path).encode(texts, "passage")
    assert len(after.asked) == 200 - 128
    np.testing.assert_array_equal(found, HashEncoder().encode(texts, "passage"))


def test_a_torn_or_spoilt_record_is_computed_anew(tmp_path: Path) -> None:
    texts = ["agua", "mente", "milpa", "sol"]
    cache = CachedEncoder(HashEncoder(), tmp_path)
    expected = cache.encode(texts, "query")
    data = bytearray(cache.path.read_bytes())
    data[32:48] = bytes(16)  # what a power cut leaves: zeros where numbers were
    data[40:44] = np.float32(9).tobytes()
    cache.path.write_bytes(data[:-7])
    after = Counting()
    np.testing.assert_array_equal(CachedEncoder(after, tmp_path).encode(texts, "query"), expected)
    assert len(after.asked) == 2
    last = Counting()
    np.testing.assert_array_equal(CachedEncoder(last, tmp_path).encode(texts, "query"), expected)
    assert last.asked == []
