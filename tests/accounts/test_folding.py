"""Folding for search and keys for Spanish order."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.folding import fold, sort_key


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Investigación", "investigacion"),
        ("AÑO", "año"),
        ("pingüino", "pinguino"),
        ("São Paulo, Curaçao", "sao paulo curacao"),
        ("  Agua\u00a0potable:\n¿dónde?  ", "agua potable donde"),
        ("COVID-19 y CO₂", "covid 19 y co2"),
        ("inves\u00adtigación", "investigacion"),
        ("Straße", "strasse"),
        ("…", ""),
        ("", ""),
    ],
)
def test_text_is_folded_as_a_search_column_needs_it(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_enye_stays_a_letter_of_its_own() -> None:
    assert fold("año") != fold("ano")
    assert fold("mañana") == "mañana"


@given(st.text())
def test_composed_and_decomposed_text_fold_and_sort_alike(text: str) -> None:
    composed, decomposed = unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text)
    assert fold(composed) == fold(decomposed) == fold(text)
    assert sort_key(composed) == sort_key(decomposed)


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text("abnñzáéíóúüÑÁ -.,0123456789"))
def test_folded_spanish_has_only_lower_case_letters_digits_and_single_spaces(text: str) -> None:
    assert set(fold(text)) <= set("abnñzeiou 0123456789")
    assert "  " not in fold(text)
    assert fold(text) == fold(text).strip()


def test_enye_sorts_after_every_n_and_before_o() -> None:
    words = ["caoba", "cañada", "canzón", "cantera", "Cañón", "canal", "ñu", "nube", "oso", "nzz"]
    ordered = ["canal", "cantera", "canzón", "cañada", "Cañón", "caoba", "nube", "nzz", "ñu", "oso"]
    assert sorted(words, key=sort_key) == ordered


def test_accents_do_not_move_a_word() -> None:
    assert sorted(["zona", "Ángel", "andar", "Álamo"], key=sort_key) == ["Álamo", "andar", "Ángel", "zona"]


def test_a_sort_key_of_spanish_is_plain_ascii() -> None:
    assert sort_key("Ñandú 2026, Nuevo León").isascii()
