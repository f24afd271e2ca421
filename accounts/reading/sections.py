"""A CV or one-pager in its parts, by the headings that people write."""

import re
from dataclasses import dataclass, field

from ..folding import fold

# kind of section: as ProfileItem.EvidenceKind, or offer, seek, summary, work; "" is left out
HEADINGS = {
    "summary": "resumen|perfil|perfil profesional|perfil academico|semblanza|semblanza curricular|"
    "acerca de mi|sobre mi|"
    "objetivo|objetivo profesional|quienes somos|sobre nosotros|acerca de|nosotros|la empresa|mision|"
    "descripcion|"
    "summary|profile|professional profile|about|about me|about us|biography|bio|who we are|overview|"
    "mandato|el problema",
    "publication": "publicaciones|publicaciones recientes|publicaciones seleccionadas|"
    "publicaciones arbitradas|"
    "articulos|articulos publicados|articulos en revistas|articulos en revistas indizadas|"
    "articulos indizados|"
    "articulos arbitrados|articulos cientificos|produccion cientifica|produccion academica|libros|"
    "libros publicados|capitulos de libro|capitulos de libros|capitulos|memorias en extenso|"
    "memorias de congreso|"
    "publications|selected publications|recent publications|journal articles|peer reviewed articles|"
    "peer reviewed publications|articles|papers|books|book chapters|conference papers|conference proceedings",
    "project": "proyectos|proyectos de investigacion|proyectos con financiamiento|proyectos financiados|"
    "proyectos recientes|proyectos destacados|casos de exito|casos|pilotos|projects|research projects|"
    "selected projects|grants|funding|funded projects|case studies|success stories|pilots",
    "thesis": "tesis|tesis dirigidas|tesis de doctorado|tesis de maestria|direccion de tesis|thesis|theses|"
    "dissertation|"
    "theses supervised|supervised theses",
    "product": "desarrollos tecnologicos|desarrollo tecnologico|patentes|propiedad intelectual|"
    "propiedad industrial|"
    "patentes y modelos de utilidad|prototipos|invenciones|patents|products|intellectual property|"
    "inventions|prototypes",
    "code": "software|codigo|datos|bases de datos|datos abiertos|programas|code|data|datasets|open source|"
    "software y datos",
    "contract": "clientes|nuestros clientes|contratos|consultoria|consultorias|servicios prestados|"
    "vinculacion|"
    "clients|customers|our customers|our clients|contracts|consulting",
    "offer": "lineas de investigacion|areas de interes|areas de especialidad|intereses de investigacion|"
    "especialidades|"
    "areas de experiencia|habilidades|habilidades tecnicas|competencias|competencias tecnicas|aptitudes|"
    "tecnicas|"
    "metodos|equipo|equipamiento|infraestructura|servicios|nuestros servicios|productos|nuestros productos|"
    "productos y servicios|capacidades|nuestras capacidades|soluciones|nuestra solucion|la solucion|solucion|"
    "que hacemos|que ofrecemos|ofrecemos|lo que ofrecemos|tecnologia|nuestra tecnologia|"
    "research interests|research lines|areas of expertise|expertise|skills|technical skills|methods|"
    "techniques|"
    "equipment|services|our services|our products|products and services|capabilities|solutions|"
    "our solution|solution|"
    "the solution|what we do|what we offer|technology|our technology|facilities",
    "seek": "buscamos|que buscamos|lo que buscamos|necesidades|necesitamos|que necesitamos|retos|"
    "nuestros retos|"
    "looking for|what we look for|we are looking for|what we need|we need|needs|the ask|our ask",
    "work": "experiencia|experiencia profesional|experiencia laboral|experiencia academica|trayectoria|"
    "puesto actual|"
    "empleo actual|adscripcion|cargo actual|posicion actual|experience|work experience|"
    "professional experience|"
    "employment|current position|appointments|academic positions",
    "": "educacion|formacion|formacion academica|estudios|grados academicos|datos personales|"
    "datos generales|informacion personal|"
    "contacto|datos de contacto|informacion de contacto|idiomas|docencia|experiencia docente|cursos|"
    "cursos impartidos|"
    "congresos|ponencias|conferencias|participacion en congresos|distinciones|premios|premios y distinciones|"
    "reconocimientos|becas|estancias|estancias de investigacion|referencias|pasatiempos|intereses|membresias|"
    "sociedades cientificas|arbitrajes|evaluacion|difusion|divulgacion|equipo directivo|nuestro equipo|"
    "el equipo|"
    "education|personal information|contact|contact information|languages|teaching|teaching experience|"
    "courses|"
    "conferences|talks|presentations|invited talks|awards|honors|honours|honors and awards|fellowships|"
    "references|"
    "hobbies|interests|memberships|service|reviewing|our team|the team|team|alumnos|estudiantes|students",
}
NAMED = {name: kind for kind, names in HEADINGS.items() for name in names.split("|")}
NUMBER = re.compile(r"^\s*(?:[IVX]{1,5}|\d{1,2}(?:\.\d{1,2}){0,2}|[A-Z])[.)]\s+")
LONGEST = 60


@dataclass
class Section:
    kind: str  # "head" is what stands before the first heading
    lines: list[str] = field(default_factory=list)


def split(text: str) -> list[Section]:
    """The parts in the order of the text; blank lines stay, for they part entries."""
    parts = [Section("head")]
    for line in text.split("\n"):
        kind, rest = heading(line)
        if kind is not None:
            parts.append(Section(kind, [rest] if rest else []))
        elif line.strip() or (parts[-1].lines and parts[-1].lines[-1]):
            parts[-1].lines.append(line.strip())
    for part in parts:
        while part.lines and not part.lines[-1]:
            part.lines.pop()
    return [part for part in parts if part.lines]


def heading(line: str) -> tuple[str | None, str]:
    """The kind of section that a line opens, with what it says after a colon; None where it is no heading."""
    bare = NUMBER.sub("", line).strip(" \t#*_=-–—•·")
    head, colon, rest = bare.partition(":")
    name = fold(head)
    if name in NAMED and len(head) <= LONGEST:
        # "Software: QGIS" within a list of skills is no heading; a heading's colon ends it, or prose follows.
        if not rest.strip() or len(rest.strip()) > 30:
            return NAMED[name], rest.strip()
        return None, ""
    if colon or not bare or len(bare) > LONGEST:
        return None, ""
    shouted = bare.isupper() or line.lstrip().startswith("#")
    if shouted:  # "PUBLICACIONES EN REVISTAS (2015-2024)"
        words = re.sub(r"\d+", "", name).split()
        for most in range(min(len(words), 5), 0, -1):
            if " ".join(words[:most]) in NAMED:
                return NAMED[" ".join(words[:most])], ""
        if len(words) >= 2 and not re.search(r"\d", bare) and line.lstrip().startswith("#"):
            return "", ""
    return None, ""
