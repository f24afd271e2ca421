"""What is made of an anonymous text: its pieces, its needs, and counts that give nobody away."""

from collections import Counter
from itertools import product

import pytest

from matching.looking import coverage, text
from matching.pipeline.facts import ProfileFacts

CV = """Dra. María Fernanda López
mf.lopez@example.org   55 1234 5678   LOCM800101MDFPSR05
Experiencia
2015-2024 Profesora investigadora en adsorción de metales con materiales de bajo costo
2010-2015 Ingeniera de proceso en planta de tratamiento de aguas residuales
Publicaciones
• Remoción de arsénico en agua de pozo con hidróxidos de hierro (2021)
• Potabilización solar para comunidades rurales dispersas (2018)
"""


def test_a_cv_is_read_line_by_line_without_its_personal_numbers() -> None:
    found = text.pieces(CV)
    assert "Remoción de arsénico en agua de pozo con hidróxidos de hierro (2021)" in " ".join(found)
    assert any(piece.startswith("2010-2015 Ingeniera de proceso") for piece in found)
    for number in ("LOCM800101MDFPSR05", "1234", "@"):
        assert number not in " ".join(found)


def test_lines_that_a_pdf_broke_are_one_paragraph_again() -> None:
    broken = (
        "We present a low-cost acoustic method to locate leaks in buried\n"
        "water pipes under heavy traffic noise, with errors below two\n"
        "metres in most of the cases that were dug up afterwards.\n"
    )
    assert len(text.paragraphs(broken)) == 1


def test_however_long_a_text_is_what_is_read_of_it_is_bounded_and_spread_over_all_of_it() -> None:
    long = "\n\n".join(f"Párrafo número {n} sobre sensores ópticos de humedad del suelo." for n in range(900))
    found = text.pieces(long)
    assert len(found) <= text.MOST_PIECES
    assert sum(len(piece.split()) for piece in found) <= text.MOST_WORDS
    assert any("número 8" in piece for piece in found[-8:])


@pytest.mark.parametrize(
    ("pasted", "problem"),
    [
        ("Perdemos fruta golpeada. Necesitamos ver los golpes en la línea.", True),
        ("Our plant loses fruit. We need a way to find bruises. How can we do it?", True),
        ("Ofrecemos sensores para invernaderos; nuestra plataforma tiene 40 clientes.", False),
        ("In this paper we present a method to locate leaks. Results show small errors.", False),
        ("Doctorado en ciencias. Experiencia en adsorción. Publicaciones en revistas.", False),
        ("agua", False),
    ],
)
def test_problems_are_told_from_offers_by_how_people_ask(pasted: str, problem: bool) -> None:
    assert text.is_problem(pasted) is problem


def test_a_problem_asks_for_the_items_of_its_list_or_for_what_its_sentences_ask() -> None:
    listed = (
        "Queremos agua limpia:\n- Medir el arsénico de cada pozo\n- Quitar el arsénico sin electricidad\n"
    )
    assert text.needs(listed) == ["Medir el arsénico de cada pozo", "Quitar el arsénico sin electricidad"]
    said = "El pueblo es chico. Necesitamos medir el arsénico de cada pozo. Hace calor en verano."
    assert text.needs(said) == ["Necesitamos medir el arsénico de cada pozo."]


@pytest.mark.parametrize("odd", ["", " \n\n ", "🙂🙂🙂", "a" * 50_000, "\x00\x01", "1 2 3 4 5", ". . . ."])
def test_odd_texts_break_nothing(odd: str) -> None:
    assert isinstance(text.pieces(odd), list)
    assert isinstance(text.needs(odd), list)
    assert isinstance(text.is_problem(odd), bool)
    assert len(text.title_of(odd or "x", 90)) <= 90


def people(kinds: tuple[int, ...]) -> list[ProfileFacts]:
    names = ("researcher", "startup")
    states = ("09", "19")
    cells = list(product(names, states))
    return [
        ProfileFacts(at, at, "academia", kind=kind, state=state)
        for (kind, state), count in zip(cells, kinds, strict=True)
        for at in range(count)
    ]


def test_nothing_below_five_is_shown_and_the_rest_is_rounded_down() -> None:
    found = coverage.counted(people((13, 4, 0, 2)))
    assert found.kinds == {"researcher": 15}
    assert found.states == {"09": 10, "19": 5}
    assert found.total == 15
    assert coverage.counted(people((2, 0, 0, 2))) == coverage.Counts()


def test_a_hidden_count_cannot_be_worked_out_from_what_is_shown() -> None:
    """Whatever small number is hidden, another would have been shown as the very same page: for every table
    of two kinds and two states that such a page may come from."""
    pages: dict[tuple[int, ...], list[tuple[int, ...]]] = {}
    for a, b, c, d in product(range(15), repeat=4):
        sums = (a + b, c + d, a + c, b + d)
        found = tuple(coverage.shown(Counter({"": n})).get("", 0) for n in sums)
        if max(found) <= 10:  # every table behind such a page is among these
            pages.setdefault(found, []).append(sums)
    assert len(pages) > 20
    for found, tables in pages.items():
        for group, shown in enumerate(found):
            assert shown or len({sums[group] for sums in tables}) >= 2, found


def test_each_group_is_rounded_by_itself() -> None:
    alone = coverage.shown(Counter({"09": 7}))
    assert coverage.shown(Counter({"09": 7, "19": 3, "14": 4})) == alone
