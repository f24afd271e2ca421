"""Which sentence carries a match, and which words are marked in it and in the need."""

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.encoder import Encoder, HashEncoder, get_encoder
from matching.ranking import LANGUAGES
from matching.ranking.anchors import NEEDS, OFFERS
from matching.ranking.contributions import (
    LONGEST,
    SHARE,
    Carried,
    Centres,
    Side,
    carried,
    content,
    joined,
    trimmed,
)
from matching.ranking.stopwords import STOPWORDS

MODELS = Path(__file__).resolve().parents[2] / "var" / "models"


def centres(encoder: Encoder) -> Centres:
    return Centres.of(
        [encoder.parts(NEEDS[language], "query") for language in LANGUAGES],
        [encoder.parts(OFFERS[language], "passage") for language in LANGUAGES],
    )


def explain(
    encoder: Encoder, need: str, sentences: list[str], languages: tuple[str, str] = ("es", "es")
) -> tuple[str, Carried, str]:
    text = " ".join(sentences)
    spans, at = [], 0
    for sentence in sentences:
        spans.append((at, at + len(sentence)))
        at += len(sentence) + 1
    one = Side(need, LANGUAGES.index(languages[0]), encoder.parts([need], "query")[0])
    other = Side(text, LANGUAGES.index(languages[1]), encoder.parts([text], "passage")[0])
    found = carried(one, other, spans, centres(encoder))
    return text[slice(*found.sentence)], found, text


def words(text: str, spans: tuple[tuple[int, int], ...]) -> list[str]:
    return [text[start:end] for start, end in spans]


def test_the_sentence_that_answers_is_chosen_and_its_words_are_marked_in_both() -> None:
    sentences = [
        "Trabajamos desde 2011 con municipios de la costa.",
        "Medimos arsénico en pozos con sensores de bajo costo.",
        "Publicamos los resultados cada año.",
    ]
    need = "Detectar arsénico en el agua de pozos rurales"
    sentence, found, text = explain(HashEncoder(), need, sentences)
    assert sentence == sentences[1]
    assert words(text, found.evidence) == ["arsénico", "pozos"]
    assert words(need, found.need) == ["arsénico", "pozos"]


def test_nothing_is_marked_where_no_word_answers_another() -> None:
    _, found, _ = explain(HashEncoder(), "Vacunas contra el dengue", ["Quesos de cabra.", "Vinos jóvenes."])
    assert (found.evidence, found.need) == ((), ())


@pytest.mark.parametrize("need", ["", "🙂🙂", "de la y el", "x" * 7000])
@pytest.mark.parametrize("passage", ["🙂", "…", "de la", "2014 2015", "a" * 9000, "\x00 hola"])
def test_odd_texts_get_the_first_sentence_and_no_marks(need: str, passage: str) -> None:
    sentence, found, _ = explain(HashEncoder(), need, [passage])
    assert sentence == passage
    assert found.evidence == found.need == ()


TEXT = st.lists(
    st.sampled_from(
        ["arsénico", "pozo", "pozos", "el", "de", "leaks", "the", "Agua-Limpia", "2014", "dren's", "x"]
    ),
    min_size=1,
    max_size=30,
).map(" ".join)


@settings(max_examples=60, deadline=None)
@given(need=TEXT, sentences=st.lists(TEXT, min_size=1, max_size=4))
def test_marks_are_words_of_the_chosen_sentence_and_few(need: str, sentences: list[str]) -> None:
    _, found, text = explain(HashEncoder(), need, sentences)
    start, end = found.sentence
    for whole, part, spans in ((text, (start, end), found.evidence), (need, (0, len(need)), found.need)):
        told = list(content(whole, [part]))
        inside = [word for a, b in spans for word in told if a <= word[0] and word[1] <= b]
        assert len(inside) <= -(-len(told) // SHARE)
        for a, b in spans:
            assert part[0] <= a < b <= part[1]
            assert not STOPWORDS & set(whole[a:b].lower().split())
        ends = [place for span in spans for place in span]
        assert ends == sorted(ends)
    assert bool(found.evidence) == bool(found.need)


def test_words_of_the_title_that_is_shown_too_are_marked_and_need_not_be_said_again() -> None:
    encoder = HashEncoder()
    text = (
        "Arsénico en pozos. Publicamos los datos de pozos. Sensores ópticos en un laboratorio móvil de campo."
    )
    need = "Sensores para medir arsénico en pozos"
    one = Side(need, 0, encoder.parts([need], "query")[0])
    other = Side(text, 0, encoder.parts([text], "passage")[0])
    sentences = [(19, 49), (50, len(text))]
    found = carried(one, other, sentences, centres(encoder), title=(0, 18))
    assert text[slice(*found.sentence)] == "Sensores ópticos en un laboratorio móvil de campo."
    assert words(text, found.evidence) == ["Arsénico", "pozos", "Sensores"]


def test_neighbours_are_one_mark_and_others_stay_apart() -> None:
    text = "agua potable de pozos, ríos"
    spans = [(0, 4), (5, 12), (16, 21), (23, 27)]
    assert [text[a:b] for a, b in joined(text, spans)] == ["agua potable", "pozos", "ríos"]


def test_a_sentence_too_long_to_read_is_trimmed_to_the_part_that_answers() -> None:
    filler = [f"palabra{number}" for number in range(200)]
    filler[150] = "arsénico"
    long = " ".join(filler)
    assert " ".join(long[a:b] for a, b in trimmed(long, (0, len(long)))) == long
    sentence, found, text = explain(HashEncoder(), "arsénico en pozos", [long])
    assert len(sentence.split()) <= LONGEST
    assert words(text, found.evidence) == ["arsénico"]


@pytest.fixture(scope="module")
def real() -> Encoder:
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    return get_encoder("default", MODELS)


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
class TestTheRealModel:
    def test_tokens_stand_where_their_words_do_and_add_up_to_the_vector(self, real: Encoder) -> None:
        texts = ["Niñas de Oaxaca\x00 miden ½ litro.", "a" * 9000, "corto", "más largo " * 400, ""]
        for text, parts, vector in zip(
            texts, real.parts(texts, "passage"), real.encode(texts, "passage"), strict=True
        ):
            assert len(parts.vectors) == len(parts.spans)
            assert (parts.spans[:, 1] <= len(text)).all()
            if len(parts.vectors) > 30:  # prompt and marks count little
                whole = parts.vectors.mean(axis=0)
                same = vector[: len(whole)]  # where a second model's vector follows
                assert whole @ same / np.linalg.norm(whole) / np.linalg.norm(same) > 0.99
        first = real.parts(texts[:1], "passage")[0]
        assert "".join(texts[0][a:b] for a, b in first.spans) == texts[0].replace("\x00", "")
        assert first.spans[0][0] == 0

    def test_a_text_has_the_same_tokens_whatever_stands_beside_it(self, real: Encoder) -> None:
        alone = real.parts(["Sensores de agua"], "passage")[0]
        beside = real.parts(["algo más largo " * 30, "Sensores de agua"], "passage")[1]
        assert np.array_equal(alone.spans, beside.spans)
        assert np.linalg.norm(alone.vectors - beside.vectors) < 0.05 * np.linalg.norm(alone.vectors)

    def test_words_are_marked_across_languages(self, real: Encoder) -> None:
        sentences = [
            "We have worked with coastal towns since 2011.",
            "Low-cost acoustic sensors find leaks in water pipes before the street floods.",
            "Results appear every year in an open journal.",
        ]
        need = "Localizar fugas en tuberías de agua potable con sensores"
        sentence, found, text = explain(real, need, sentences, ("es", "en"))
        assert sentence == sentences[1]
        shown = " ".join(words(text, found.evidence))
        assert sum(word in shown for word in ("leaks", "sensors", "pipes", "water")) >= 2
        told = " ".join(words(need, found.need))
        assert sum(word in told for word in ("fugas", "sensores", "tuberías", "agua")) >= 2
