import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.passages import (
    MOST_NEEDS,
    MOST_PASSAGES,
    WINDOW_WORDS,
    clean,
    document,
    needs_from_text,
    sentences,
    split,
    text_hash,
)

LONG = " ".join(f"La frase número {number} habla de agua y de ciudades." for number in range(100))


def test_html_is_stripped_and_entities_are_read() -> None:
    assert clean("<p>Agua &amp; <b>salud</b></p><script>alert(1)</script><!-- no -->") == "Agua & salud"


def test_a_comparison_is_not_taken_for_html() -> None:
    assert clean("si a < b y c > d") == "si a < b y c > d"


def test_controls_direction_marks_and_spreadsheet_escapes_are_removed() -> None:
    assert clean("a\x00b\u202ec\u200f d\ufeff\te_x000D_ f\u00adg \ud800h") == "a bc d e fg h"


def test_letters_are_composed_and_emoji_stay() -> None:
    assert clean("nin\u0303o 🙂") == "niño 🙂"


@given(st.text())
def test_cleaning_twice_changes_nothing_more_than_entities(text: str) -> None:
    once = clean(text)
    assert "\x00" not in once
    assert once == " ".join(once.split())


def test_the_hash_sees_words_and_not_markup() -> None:
    assert text_hash("<b>Hola</b>  mundo") == text_hash("Hola mundo") != text_hash("Hola")
    assert len(text_hash(None)) == 64


def test_sentences_end_where_people_end_them() -> None:
    text = "El Dr. Pérez llegó. ¿Y tú? Sí: 3.5 kg, aprox. Fin"
    assert sentences(text) == ["El Dr. Pérez llegó.", "¿Y tú?", "Sí: 3.5 kg, aprox. Fin"]


def test_a_short_text_is_one_passage_as_written() -> None:
    assert split("  Una sola frase. Y otra. ") == ["Una sola frase. Y otra."]


def test_a_long_text_becomes_windows_of_whole_sentences_without_loss() -> None:
    found = split(LONG)
    assert len(found) > 1
    assert " ".join(found) == LONG
    assert all(window.endswith(".") for window in found)
    assert all(len(window.split()) <= WINDOW_WORDS * 1.5 for window in found)


def test_the_title_goes_before_each_window() -> None:
    found = document("Red de agua", LONG)
    assert all(window.startswith("Red de agua. ") for window in found)
    assert document("Red de agua", None) == ["Red de agua"]
    assert document(None, "Texto") == ["Texto"]
    assert document("Hola", "Hola mundo") == ["Hola mundo"]


@pytest.mark.parametrize("text", ["", None, "   ", "\x00", "<p></p>", "\u200f\u202e"])
def test_nothing_gives_no_passages(text: str | None) -> None:
    assert split(text) == []
    assert document(text, text) == []
    assert needs_from_text(text, text) == []


def test_the_same_sentence_a_thousand_times_says_little() -> None:
    assert len(split("Vendemos soluciones innovadoras. " * 1000)) <= 3


def test_two_hundred_thousand_characters_are_read_in_bounds() -> None:
    assert len(split(LONG * 40)) <= MOST_PASSAGES
    assert len(split("x" * 200_000)) == 1
    assert len(split("x" * 200_000)[0]) < 100
    assert len(split("<" * 200_000)) == 1


def test_a_long_call_asks_for_a_handful_of_things_from_all_of_it() -> None:
    found = needs_from_text("Reto", " ".join(LONG.replace("agua", f"agua{part}") for part in range(5)))
    assert len(found) == MOST_NEEDS
    assert "agua0" in found[0]
    assert "agua4" in found[-1]


def test_emoji_alone_are_a_passage_that_fails_nowhere() -> None:
    assert split("🙂🙂🙂") == ["🙂🙂🙂"]


def test_a_reference_to_no_character_is_a_mark_and_no_failure() -> None:
    assert clean(f"agua &#{'9' * 5000}; limpia &#65;") == "agua \ufffd limpia A"


def test_comments_that_are_never_closed_are_text_and_are_read_once() -> None:
    assert clean("<!-- a --> b <!-- c") == "b <!-- c"
    opened = "<!--" * 50_000  # read to its end for each of them, this would take minutes
    assert clean(opened) == opened


def test_a_title_as_long_as_a_text_is_a_text() -> None:
    found = document(LONG, LONG)
    assert len(found) <= MOST_PASSAGES
    assert all(len(window.split()) <= WINDOW_WORDS * 1.5 for window in found)
