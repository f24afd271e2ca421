import pytest

from matching.language import detect


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Water leak detection in large cities", "en"),
        ("Detección de fugas de agua en ciudades grandes", "es"),
        ("Queremos un sistema que avise a tiempo de las inundaciones", "es"),
        ("We build low-cost sensors for public hospitals", "en"),
    ],
)
def test_a_sentence_tells_its_language_whatever_the_hint(text: str, language: str) -> None:
    assert detect(text, "es") == detect(text, "en") == detect(text) == language


def test_a_few_words_are_too_short_to_tell_so_the_hint_is_trusted() -> None:
    assert detect("Robotics", "en-US") == "en"
    assert detect("Robotics", "es-mx") == "es"


def test_without_a_hint_a_few_words_are_spanish() -> None:
    assert detect("Robótica") == "es"


def test_a_spanish_letter_outweighs_the_hint() -> None:
    assert detect("Niñez", "en") == "es"


@pytest.mark.parametrize(
    "text", ["", "🙂" * 50, "\x00", "12345 678 90 12", "x" * 200_000, "\u202e\u200f", "\ud800 a b c d"]
)
def test_odd_texts_get_the_hint(text: str) -> None:
    assert detect(text, "en") in ("es", "en")
