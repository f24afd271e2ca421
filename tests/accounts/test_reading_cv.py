"""CVs and one-pagers as people write them: what is read, and what is left alone."""

import pytest

from accounts.reading import anything, citations, cv, words

CV = """CURRICULUM VITAE

Dra. María José DE LA CRUZ PÉREZ
Profesora investigadora titular, Instituto Potosino de Investigación Científica y Tecnológica
Correo: mj.cruz@ejemplo.mx  Tel: 444 123 4567
CURP: CUPM800101MSPRRR09
Domicilio: Calle Falsa 123, Col. Centro, C.P. 78000
https://orcid.org/0000-0002-1825-0097

RESUMEN
Investigo la presencia de arsénico y flúor en el agua subterránea del Altiplano y cómo medirla con
sensores de bajo costo. RFC CUPM800101AB1, celular +52 444 765 4321.

FORMACIÓN ACADÉMICA
Doctorado en Ciencias Ambientales, UASLP, 2009

LÍNEAS DE INVESTIGACIÓN
• Sensores electroquímicos para arsénico en campo
• Modelado de acuíferos con pocos datos

PUBLICACIONES EN REVISTAS INDIZADAS (2015-2024)
1. De la Cruz-Pérez, M. J., García-López, V. (2019). Medición de arsénico en pozos del Altiplano
potosino con sensores de bajo costo. Revista Mexicana de Ingeniería, 12(3), 45-60. https://doi.org/10.1000/abc.123
2. García López V, De la Cruz MJ. "Mapas de flúor en agua de consumo". Agua y Salud. 2021.

PROYECTOS
- Red de monitoreo comunitario de pozos, CONACYT, 2018-2020

IDIOMAS
Inglés
"""
PAGE = """SENSORES DEL NORTE S.A.P.I. DE C.V.
www.sensores.example · https://sensores.example/es
ventas@sensores.example  +52 81 1234 5678

Fabricamos sensores de humedad que avisan al agricultor cuándo regar y cuánta agua
ahorra, sin internet en la parcela.

Nuestra solución
- Sensor de humedad a tres profundidades con batería de tres años
- Tablero con consejos de riego por SMS

Clientes:
Distrito de Riego 026, Tamaulipas: 120 parcelas, 2023
Grupo Agro Inventado, piloto de 40 hectáreas en 2024

Buscamos
• Un laboratorio que calibre sensores de suelo
"""
SECRETS = ("@", "4567", "CUPM800101", "Calle Falsa", "78000", "4321", "1234 5678")


def test_a_cv_becomes_facts_offers_and_evidence() -> None:
    found = anything.read(CV.encode())
    assert (found.name, found.orcid) == ("María José de la Cruz Pérez", "0000-0002-1825-0097")
    assert found.institution == "Instituto Potosino de Investigación Científica y Tecnológica"
    assert found.summary.startswith("Investigo la presencia de arsénico y flúor en el agua")
    assert [item.text for item in found.items if item.role == "offer"] == [
        "Sensores electroquímicos para arsénico en campo",
        "Modelado de acuíferos con pocos datos",
    ]
    assert [(item.kind, item.title, item.year) for item in found.items if item.role == "evidence"] == [
        ("publication", "Mapas de flúor en agua de consumo", 2021),
        ("project", "Red de monitoreo comunitario de pozos, CONACYT", 2020),
        (
            "publication",
            "Medición de arsénico en pozos del Altiplano potosino con sensores de bajo costo",
            2019,
        ),
    ]


def test_a_one_pager_becomes_what_a_company_offers_shows_and_looks_for() -> None:
    found = anything.read(PAGE.encode(), organisation=True)
    assert found.name == "Sensores del Norte S.A.P.I. de C.V."
    assert found.website == "https://sensores.example/es"
    assert found.summary.startswith("Fabricamos sensores de humedad")
    assert [(item.role, item.kind) for item in found.items] == [
        ("offer", ""),
        ("offer", ""),
        ("seek", ""),
        ("evidence", "contract"),
        ("evidence", "contract"),
    ]
    assert [item.year for item in found.items[-2:]] == [2024, 2023]


@pytest.mark.parametrize(("text", "organisation"), [(CV, False), (PAGE, True)])
def test_nothing_of_a_cv_that_is_private_is_taken_over(text: str, organisation: bool) -> None:
    found = anything.read(text.encode(), organisation=organisation)
    kept = str(found.as_json())
    assert not [secret for secret in SECRETS if secret in kept]
    assert found.left_out["private"]


@pytest.mark.parametrize(
    "text",
    [
        "El ISBN 978-607-02-1234-5 y el DOI 10.1000/552.123.4567",
        "Páginas 1234-1240 de 2019",
        "ISSN 1405-7743",
    ],
)
def test_numbers_of_works_are_no_telephones(text: str) -> None:
    assert words.without_private(text) == (text, 0)


@pytest.mark.parametrize(
    ("entry", "title", "year"),
    [
        ("Cruz Pérez MJ, Smith J. Low-cost sensing of fluoride in wells. Water Research 2022;45:1-9",
         "Low-cost sensing of fluoride in wells", 2022),
        ("García, V., & Núñez, A. (2018a). Remoción de E. coli con luz ultravioleta. Agua, 3.",
         "Remoción de E. coli con luz ultravioleta", 2018),
        ("Juan Pérez. Remoción de arsénico con biocarbón. Maestría, 2020",
         "Remoción de arsénico con biocarbón", 2020),
        ("Plataforma de calidad del agua (2021 - actual)", "Plataforma de calidad del agua", 2021),
        ("«El agua de todos: una historia», Editorial Inventada, México, 2015",
         "El agua de todos: una historia", 2015),
    ],
)  # fmt: skip
def test_the_title_is_found_however_a_work_is_cited(entry: str, title: str, year: int) -> None:
    item = citations.evidence(entry, "publication", "es")
    assert (item.title, item.year) == (title, year)


def test_entries_without_marks_are_parted_where_one_ends() -> None:
    lines = [
        "García V. Estudio de los suelos del norte. Suelos, 2019.",
        "Pérez A, García V. Estudio de los suelos del sur y de",
        "su agua. Suelos, 2020.",
    ]
    assert len(citations.entries(lines)) == 2


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "text", ["A. " * 60_000, "Aa, " * 50_000, "(" * 190_000, "“a" * 90_000, "a@" * 90_000]
)
def test_no_text_takes_long(text: str) -> None:
    cv.read(f"Nombre Inventado\nPUBLICACIONES\n{text}\n- {text}")
