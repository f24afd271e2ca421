"""The same person, organisation or work told in two ways; and those that only look alike."""

import pytest

from accounts.reading.duplicates import Index, without_repeats
from accounts.reading.found import Item
from accounts.reading.people import likeness, same_organisation


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("García López, Víctor Manuel", "Victor Garcia Lopez", "same"),
        ("Víctor García", "Víctor García-López", "maybe"),
        ("Ma. Guadalupe Núñez", "María Guadalupe Nuñez Soto", "same"),
        ("Pérez Gómez Ana María", "Ana María Pérez Gómez", "same"),
        ("J. Víctor García López", "Víctor García López", "same"),
        ("Dra. Ana de la Cruz", "Ana Cruz", "same"),
        ("V. García-López", "Víctor García López", "maybe"),
        ("De la Cruz Pérez, M. J.", "María José de la Cruz Pérez", "maybe"),
        ("Cruz Pérez MJ", "María José de la Cruz Pérez", "maybe"),
        ("Garcia V", "Víctor García López", "maybe"),
        ("A. Pérez Gómez", "Ana Pérez Gómez", "maybe"),
        ("Ana Gómez Pérez", "Ana Pérez Gómez", "maybe"),
        ("Ana Pérez Gómez", "Andrés Pérez Gómez", "different"),
        ("José Luis Pérez Gómez", "José Manuel Pérez Gómez", "different"),
        ("María José Pérez", "José María Pérez", "different"),
        ("Ana Pérez Gómez", "Ana Pérez López", "different"),
        ("Juan Pérez", "Juan López", "different"),
        ("", "Juan López", "different"),
        ("Li", "Lidia Soto", "different"),
    ],
)
def test_names_of_people(one: str, other: str, expected: str) -> None:
    assert likeness(one, other) == expected
    assert likeness(other, one) == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Sensores del Norte, S.A.P.I. de C.V.", "SENSORES DEL NORTE SAPI DE CV", True),
        ("Energía Limpia S. de R.L. de C.V.", "Energia Limpia", True),
        ("Sensores del Norte", "Sensores del Sur", False),
        ("S.A. de C.V.", "S.C.", False),
    ],
)
def test_names_of_organisations(one: str, other: str, expected: bool) -> None:
    assert same_organisation(one, other) is expected


def work(title: str, year: int | None = None, link: str = "") -> Item:
    return Item("evidence", "publication", title=title, year=year, link=link)


HERE = work("Medición de arsénico en pozos del Altiplano", 2019, "https://doi.org/10.1000/ABC")


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (work("Otro título", 2003, "http://dx.doi.org/10.1000/abc"), True),
        (work("MEDICION DE ARSENICO EN POZOS DEL ALTIPLANO.", 2019), True),
        (work("Medición de arsénico en pozos del Altiplano: un estudio", 2020), True),
        (work("Medición de arsenico en pozos de Altiplano", 2019), True),
        (work("Medición de arsénico en pozos del Altiplano", 2012), False),
        (work("Medición de flúor en pozos del Altiplano", 2019), False),
        (work("Medición de arsénico en pozos del Bajío", 2019), False),
    ],
)
def test_works(other: Item, same: bool) -> None:
    assert (Index([HERE]).like(other) is HERE) is same


def test_parts_of_a_series_and_titles_of_one_word_stay_apart() -> None:
    told = [
        work("Informe de calidad del agua de los pozos, parte 1", 2019),
        work("Informe de calidad del agua de los pozos, parte 2", 2019),
        work("Editorial", 2019),
        work("Editorial: agua", 2019),
    ]
    assert without_repeats(told, most=10) == (told, 0)


def test_a_work_told_by_two_sources_is_kept_once_as_the_first_told_it() -> None:
    again = work("Medicion de arsenico en pozos del altiplano", None)
    assert without_repeats([HERE, again, work("Otra cosa muy distinta", 2019)], most=10) == (
        [HERE, work("Otra cosa muy distinta", 2019)],
        1,
    )
