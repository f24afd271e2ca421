"""A table of what somebody has done, as the CVU and institutions' own systems export it: one row each.

Column names and kinds are read in Spanish and English, in any order, with or without accents.
"""

import csv
import re

from ..folding import fold
from .found import NAME, SUMMARY, Found, Item
from .words import clean, language_of, link_of, orcid_of, year_of

COLUMNS = {
    "kind": "tipo|tipo de producto|tipo de produccion|producto|categoria|rubro|seccion|apartado|type|kind|"
    "category",
    "title": "titulo|titulo del producto|titulo de la publicacion|titulo del articulo|titulo del proyecto|"
    "nombre del "
    "producto|nombre del proyecto|titulo de la tesis|title|product",
    "year": "ano|anio|ano de publicacion|fecha|fecha de publicacion|fecha de inicio|ano de inicio|year|date",
    "authors": "autores|autor|autor es|coautores|participantes|authors|author",
    "doi": "doi",
    "link": "url|liga|enlace|link|vinculo|pagina web|sitio",
    "place": "revista|editorial|nombre de la revista|libro|fuente|journal|publisher|source|medio",
    "text": "resumen|descripcion|objetivo|abstract|description|summary",
    "institution": "institucion|institucion de adscripcion|adscripcion|organizacion|institution|affiliation",
    "name": "nombre|nombre completo|investigador|investigadora|nombre del investigador|name|full name",
    "orcid": "orcid|orcid id|identificador orcid",
}
NAMED = {name: column for column, names in COLUMNS.items() for name in names.split("|")}
# The first that a kind begins with, or holds, says what it is; "" is no evidence of what somebody can do.
KINDS = (
    ("datos generales|datos personales|persona|identificacion|perfil", "person"),
    (
        "linea de investigacion|lineas de investigacion|area de experiencia|habilidad|capacidad|servicio",
        "offer",
    ),
    (
        "curso|docencia|diplomado|idioma|lengua|estancia|evaluacion|distincion|premio|teaching|course|award",
        "",
    ),
    ("grado|formacion|escolaridad|estudios|empleo|experiencia laboral|education|employment", ""),
    ("tesis|thesis|dissertation", "thesis"),
    ("software|programa de computo|datos|base de datos|codigo|code|dataset", "code"),
    (
        "patente|desarrollo tecnologico|modelo de utilidad|prototipo|innovacion|producto|patent|prototype",
        "product",
    ),
    ("contrato|consultoria|convenio|contract|consulting", "contract"),
    ("proyecto|financiamiento|project|grant", "project"),
    (
        "articulo|libro|capitulo|publicacion|memoria|ponencia|congreso|reporte|article|book|chapter|paper",
        "publication",
    ),
)


def is_table(text: str) -> bool:
    """Whether the first line names at least a title (or a name) and one more column that is known here."""
    known = set(_header(text)[1].values())
    return len(known) > 1 and bool({"title", "name"} & known)


def read(text: str) -> Found:
    found = Found("cvu")
    delimiter, columns = _header(text)
    lines = csv.reader(text.split("\n"), delimiter=delimiter)
    next(lines, None)
    try:
        for cells in lines:
            row: dict[str, str] = {}
            for place, column in columns.items():
                if place < len(cells) and clean(cells[place]):
                    row.setdefault(column, clean(cells[place]))
            if row:
                _row(found, row)
    except csv.Error:  # a cell that never ends
        found.left_out["broken"] += 1
    return found


def _header(text: str) -> tuple[str, dict[int, str]]:
    """What parts the cells, and the place of each column that is known."""
    first = text.lstrip("\n").partition("\n")[0][:5000]
    delimiter = max(",;\t|", key=first.count)
    cells = next(csv.reader([first], delimiter=delimiter), [])
    places: dict[int, str] = {}
    for place, cell in enumerate(cells):
        column = NAMED.get(re.sub(r"ñ", "n", fold(cell)))
        if column and column not in places.values():
            places[place] = column
    return delimiter, places


def kind_of(said: str) -> str:
    """What a row is, by what it calls itself; unknown names are publications, as most rows are."""
    words = fold(said)
    for names, kind in KINDS:
        if any(words.startswith(name) for name in names.split("|")):
            return kind
    for names, kind in KINDS:
        if any(f" {name}" in f" {words}" for name in names.split("|")):
            return kind
    return "publication"


def _row(found: Found, row: dict[str, str]) -> None:
    kind = kind_of(row.get("kind", "articulo"))
    found.orcid = found.orcid or orcid_of(row.get("orcid"))
    if kind == "person" or not row.get("title"):
        _person(found, row, untitled=kind != "person")
        return
    if not kind:
        found.left_out["other"] += 1
        return
    if kind == "offer":
        words = ". ".join(row[name] for name in ("title", "text") if name in row)
        found.items.append(Item("offer", text=words))
        return
    text = row.get("text", "")
    found.items.append(
        Item(
            role="evidence",
            kind=kind,
            title=row["title"],
            text=text or row.get("place", "") or row.get("institution", ""),
            year=year_of(row.get("year")),
            link=link_of(row.get("doi"), row.get("link")),
            authors=[
                each.strip() for each in re.split(r";|\|| y | and ", row.get("authors", "")) if each.strip()
            ],
        )
    )


def _person(found: Found, row: dict[str, str], *, untitled: bool) -> None:
    if untitled and not row.get("name"):
        found.left_out["untitled"] += 1
        return
    found.name = found.name or row.get("name", "")[:NAME]
    found.institution = found.institution or row.get("institution", "")[:160]
    if not found.summary:
        found.summary = row.get("text", "")[:SUMMARY]
        found.language = language_of(found.summary)
