"""What stands in the demo's workspaces: milestones, updates of both sides, what others should know."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from accounts.models import Person

from ..models import Challenge, Project
from ..working import workers

# By challenge: cost in pesos, and what others should know (empty: only the members know)
ENDED: dict[str, tuple[int, str]] = {
    "descortezador-temprano": (
        780_000,
        "Volar cada diez días bastó; cada cinco no adelantó nada. Sin un pago al ejido por árbol cortado a "
        "tiempo, la brigada deja de ir en junio.",
    ),
    "aviso-ladera-radio": (
        1_250_000,
        "El umbral se calibra con la gente de cada ladera, no con el promedio de la cuenca. El simulacro es "
        "la mitad del proyecto.",
    ),
    "sargazo-dos-dias": (1_900_000, ""),
}
# Days from now, and whether it is reached
MILESTONES: tuple[tuple[str, int, bool], ...] = (
    ("Equipos instalados en los primeros sitios", -90, True),
    ("Un mes de datos sin huecos", -30, True),
    ("Revisión con quien lo va a operar", 6, False),
    ("Todos los sitios en servicio", 75, False),
)
UPDATES: tuple[tuple[bool, int, str, str, str], ...] = (  # by the poster?, days ago, text, link, its label
    (
        False,
        34,
        "Terminamos la instalación y dejamos el acta en el expediente. Dos equipos se cambiaron de lugar por "
        "falta de sombra.",
        "https://example.org/acta-instalacion.pdf",
        "Acta de instalación",
    ),
    (True, 12, "Gracias. ¿Podemos ver los datos de octubre antes de la revisión?", "", ""),
    (
        False,
        9,
        "Sí: están en el tablero, y el lunes los explicamos.",
        "https://example.org/tablero",
        "Tablero",
    ),
)


def load_workspaces(challenges: Mapping[str, Challenge], now: datetime) -> None:
    """On top of the work that works.yaml tells of; nothing where there is none."""
    for key, challenge in challenges.items():
        for project in challenge.projects.select_related("response", "challenge"):
            if project.is_running:
                keep(project, now)
            elif key in ENDED:
                report(project, *ENDED[key])


def report(project: Project, cost: int, lessons: str) -> None:
    project.cost, project.lessons, project.lessons_public = cost, lessons, bool(lessons)
    project.save(update_fields=["cost", "lessons", "lessons_public"])


def keep(project: Project, now: datetime) -> None:
    people = list(workers(project)[:3])
    for place, (title, days, reached) in enumerate(MILESTONES):
        due = now + timedelta(days=days)
        project.milestones.create(
            title=title,
            due=due.date(),
            owner=people[place % len(people)] if people else None,
            done_at=due - timedelta(days=2) if reached else None,
        )
    for by_poster, days, text, link, label in UPDATES:
        author = project.challenge.author if by_poster else next(iter(people), None)
        write(project, author, now - timedelta(days=days), text, link, label)


def write(project: Project, author: Person | None, at: datetime, text: str, link: str, label: str) -> None:
    update = project.updates.create(author=author, text=text, link=link, link_label=label)
    project.updates.filter(pk=update.pk).update(created_at=at)
