"""Files of other systems, written for this project in the odd shapes that they come in."""

import json
from typing import Any

import pytest

from accounts.reading import anything
from accounts.reading.found import MOST_ITEMS, Found, Item, UnreadError

BIBTEX = r"""
Exportado de un gestor; este renglón no es de nadie.
@string{rev = "Revista de Ingenier{\'i}a"}
@article{cruz2019,
  title = {{Medici{\'o}n} de ars{\'e}nico en pozos del r\'{\i}o {\~N}and\'u: \emph{un} m\'etodo
    de 5\% de error},
  author = {De la Cruz P{\'e}rez, Mar{\'\i}a Jos{\'e} and Garc{\'i}a-L{\'o}pez, V.},
  journal = rev, year = 2019, doi = {https://doi.org/10.1000/ABC\_123},
}
@phdthesis{cruz2019, title = "Tesis con la misma clave", author = {Cruz, Mar\'ia Jos\'e de la}, year = {2009}}
@misc{datos, title={Datos abiertos de pozos},
  howpublished={\url{https://example.org/datos}}, date={2021-03-04}}
@article{rota, title={Sin cerrar {x, year=2001
@dataset{otra, title={Lecturas de flúor}, year={s. f.}}
"""
RIS = """TY  - JOUR
TI  - Mapas de flúor en agua de consumo
AU  - García López, Víctor
AU  - de la Cruz, M.
PY  - 2021/05//
JO  - Agua y Salud
DO  - 10.1000/flu.21
UR  - https://example.org/flu
ER  -
TY - THES
T1 - Remoción de arsénico con biocarbón
Y1 - 2020
ER -

TY  - JOUR
AU  - Sin Título
ER  -
"""
ORCID: dict[str, Any] = {
    "orcid-identifier": {"path": "0000-0002-1825-0097"},
    "person": {
        "name": {"given-names": {"value": "María José"}, "family-name": {"value": "de la Cruz Pérez"}},
        "other-names": {"other-name": [{"content": "M. J. Cruz-Pérez"}]},
        "biography": {"content": "Mido arsénico en el agua subterránea del Altiplano con sensores baratos."},
        "addresses": {"address": [{"country": {"value": "ES"}}]},
    },
    "activities-summary": {
        "employments": {
            "affiliation-group": [
                {"summaries": [{"employment-summary": {"organization": {"name": "Universidad de antes"},
                                                       "end-date": {"year": {"value": "2015"}}}}]},
                {"summaries": [{"employment-summary": {"organization": {"name": "Instituto de Ahora"},
                                                       "end-date": None}}]},
            ]
        },
        "works": {
            "group": [
                {"work-summary": [
                    {"title": {"title": {"value": "Preprint <i>of something</i>"}}, "display-index": "0"},
                    {"title": {"title": {"value": "Sensores &amp; pozos"}}, "type": "journal-article",
                     "publication-date": {"year": {"value": "2018"}}, "display-index": "1",
                     "external-ids": {"external-id": [{"external-id-value": "10.1000/SP"}]}},
                ]},
                {"work-summary": [{"title": {"title": {"value": "Programa"}}, "type": "software"}]},
                {"work-summary": [{"title": None}]},
            ]
        },
        "fundings": {"group": [{"funding-summary": [
            {"title": {"title": {"value": "Red de pozos"}}, "organization": {"name": "CONACYT"},
             "start-date": {"year": {"value": "2018"}}}]}]},
    },
}  # fmt: skip
ORCID_XML = """<?xml version="1.0" encoding="UTF-8"?>
<record:record path="/0000-0002-1825-0097" xmlns:record="r" xmlns:common="c" xmlns:person="p" xmlns:pd="d"
  xmlns:activities="a" xmlns:work="w">
 <common:orcid-identifier><common:path>0000-0002-1825-0097</common:path></common:orcid-identifier>
 <person:person><person:name visibility="public"><pd:given-names>Ma. José</pd:given-names>
  <pd:family-name>Núñez</pd:family-name></person:name></person:person>
 <activities:activities-summary><activities:works>
  <activities:group><work:work-summary display-index="1"><work:title><common:title>
   Pozos y ñandúes</common:title></work:title><common:external-ids>
   <common:external-id><common:external-id-value>10.1000/x1
   </common:external-id-value></common:external-id></common:external-ids>
   <work:type>dissertation-thesis</work:type>
   <common:publication-date><common:year>2017</common:year></common:publication-date></work:work-summary>
  </activities:group></activities:works></activities:activities-summary>
</record:record>"""
OPENALEX: dict[str, Any] = {
    "id": "https://openalex.org/A1",
    "display_name": "María José de la Cruz",
    "display_name_alternatives": ["M. J. Cruz Pérez"],
    "orcid": "https://orcid.org/0000-0002-1825-0097",
    "last_known_institutions": [{"display_name": "Instituto Inventado", "country_code": "MX"}],
    "topics": [
        {
            "display_name": "Arsenic contamination",
            "count": 9,
            "field": {"id": "https://openalex.org/fields/23"},
        },
        {
            "display_name": "Electrochemical sensors",
            "count": 4,
            "field": {"id": "https://openalex.org/fields/16"},
        },
    ],
}
CVU = """\ufeffTipo;Título;Año;Autores;DOI;Revista
Datos generales;;;;;
Artículo;Sensores para pozos del Altiplano;2020;Cruz, M. J.; 10.1000/spa;Agua
Curso impartido;Química I;2019;;;
Tesis dirigida;Biocarbón y arsénico;2021;;;
Desarrollo tecnológico;Medidor de campo;2022;;;
"""


def titles(found: Found) -> list[str]:
    return [item.title for item in found.items]


def by_title(found: Found, start: str) -> Item:
    return next(item for item in found.items if item.title.startswith(start))


def test_bibtex_is_read_with_its_latex_its_repeated_keys_and_in_spite_of_a_broken_entry() -> None:
    found = anything.read(BIBTEX.encode())
    first = by_title(found, "Medición")
    assert first.title == "Medición de arsénico en pozos del río Ñandú: un método de 5% de error"
    assert first.authors == ["De la Cruz Pérez, María José", "García-López, V."]
    assert (first.year, first.link, first.kind, first.language) == (
        2019, "https://doi.org/10.1000/abc_123", "publication", "es",
    )  # fmt: skip
    assert by_title(found, "Tesis").kind == "thesis"
    assert (by_title(found, "Datos").link, by_title(found, "Datos").year) == (
        "https://example.org/datos",
        2021,
    )
    assert by_title(found, "Lecturas").year is None
    assert found.left_out["broken"] == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_ris_is_read_in_every_encoding_that_programs_write(encoding: str) -> None:
    found = anything.read(RIS.replace("\n", "\r\n").encode(encoding))
    assert titles(found) == ["Mapas de flúor en agua de consumo", "Remoción de arsénico con biocarbón"]
    first, second = found.items
    assert (first.year, first.link, first.text) == (2021, "https://doi.org/10.1000/flu.21", "Agua y Salud")
    assert second.kind == "thesis"
    assert found.left_out == {"untitled": 1}


def test_an_orcid_record_gives_the_person_the_employer_of_now_and_each_work_once() -> None:
    found = anything.read(json.dumps(ORCID).encode())
    assert (found.name, found.orcid) == ("María José de la Cruz Pérez", "0000-0002-1825-0097")
    assert (found.institution, found.country) == ("Instituto de Ahora", "ES")
    assert found.summary.startswith("Mido arsénico")
    work = by_title(found, "Sensores")
    assert (work.title, work.link, work.year) == ("Sensores & pozos", "https://doi.org/10.1000/sp", 2018)
    assert by_title(found, "Programa").kind == "code"
    assert (by_title(found, "Red").kind, by_title(found, "Red").text) == ("project", "CONACYT")
    assert found.left_out == {"untitled": 1}


def test_the_xml_record_says_the_same_as_the_json_one() -> None:
    found = anything.read(ORCID_XML.encode())
    assert (found.name, found.orcid) == ("Ma. José Núñez", "0000-0002-1825-0097")
    work = found.items[0]
    assert (work.title, work.kind, work.year) == ("Pozos y ñandúes", "thesis", 2017)
    assert work.link == "https://doi.org/10.1000/x1"


@pytest.mark.parametrize(
    "bomb",
    [
        '<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><record><person>&b;</person></record>',
        '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><record><person>&x;</person></record>',
        "<record><person></record>",
        "<html><body>No es un registro</body></html>",
    ],
)
def test_xml_with_entities_or_without_a_record_is_refused(bomb: str) -> None:
    with pytest.raises(UnreadError, match="xml"):
        anything.read(bomb.encode())


def test_an_openalex_author_brings_fields_of_science_and_works_their_abstract() -> None:
    found = anything.read(json.dumps(OPENALEX).encode())
    assert (found.name, found.institution) == ("María José de la Cruz", "Instituto Inventado")
    assert found.fields == ["2.7", "1.4"]
    assert found.summary == "Arsenic contamination; Electrochemical sensors"
    work = {
        "id": "https://openalex.org/W1",
        "title": "Sensing arsenic",
        "publication_year": 2022,
        "doi": "https://doi.org/10.1000/sa",
        "abstract_inverted_index": {"We": [0], "measure": [1], "arsenic": [2]},
        "authorships": [{"author": {"display_name": "M. Cruz"}}],
    }
    page = anything.read(json.dumps({"meta": {}, "results": [work]}).encode())
    assert (page.items[0].text, page.items[0].year) == ("We measure arsenic", 2022)


def test_a_table_is_read_by_its_column_names_and_only_what_shows_something_is_taken() -> None:
    found = anything.read(CVU.encode())
    assert {item.title: item.kind for item in found.items} == {
        "Sensores para pozos del Altiplano": "publication",
        "Biocarbón y arsénico": "thesis",
        "Medidor de campo": "product",
    }
    assert by_title(found, "Sensores").link == "https://doi.org/10.1000/spa"
    assert found.left_out["other"] == 1


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "format"),
        (b"hola", "format"),
        (b"{", "json"),
        (b"[" * 100_000, "json"),
        (b'{"a": 1}', "json"),
        (b"PK\x03\x04word/document.xml", "office"),
        (b"%PDF-1.7 roto", "broken"),
        (b"a" * (anything.MOST_BYTES + 1), "large"),
        (b"@article{x, year=2000}", "empty"),
    ],
)
def test_what_cannot_be_read_says_why(data: bytes, why: str) -> None:
    with pytest.raises(UnreadError) as refused:
        anything.read(data)
    assert refused.value.why == why


def test_of_five_thousand_references_ones_own_newest_are_taken() -> None:
    one = "@article{{k{0}, title={{Estudio {0} de suelos}}, author={{{1}}}, year={{{2}}}}}"
    entries = [one.format(n, "Otra, Persona and Más, Gente", 2000 + n % 20) for n in range(4990)]
    entries += [one.format(n, "Garc{\\'i}a-L{\\'o}pez, V{\\'i}ctor", 1990) for n in range(5000, 5010)]
    found = anything.read("\n".join(entries).encode(), name="Víctor García López")
    assert len(found.items) == MOST_ITEMS
    assert {item.authors[0] for item in found.items[:10]} == {"García-López, Víctor"}
    assert found.left_out["more"] == 5000 - MOST_ITEMS


def test_what_was_found_survives_the_way_through_the_cache() -> None:
    found = anything.read(json.dumps(ORCID).encode())
    assert Found.of_json(json.loads(json.dumps(found.as_json()))) == found


@pytest.mark.parametrize(
    "data", [{"person": 3, "orcid-identifier": []}, {"group": [{"work-summary": [None]}]}]
)
def test_a_record_of_another_shape_is_empty_and_breaks_nothing(data: Any) -> None:
    with pytest.raises(UnreadError):
        anything.read(json.dumps(data).encode())
