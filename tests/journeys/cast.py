"""Who travels the journey of a collaboration, each with an account made by the site's own form."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from playwright.sync_api import Browser, expect

from tests.journeys.visitor import Visitor

CODE = re.compile(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b")
CURATOR = "sagrario.brujula@demo.example"  # nobody signs up as a curator: the demo's own

TITLE = "Medusas que tapan la toma de agua de mar"
CONSORTIUM = "Toma libre"
RESPONSE = "Ver, avisar y desviar"
COMPUTING = "Horas de GPU del puerto"
MILESTONE = "Sonar y cortina instalados"
LESSON = "La cortina debe encenderse antes de que lleguen, no cuando ya están."
NEEDS = (
    "Pronosticar con tres días cuándo llegará un florecimiento de medusas a la toma de agua de mar, con "
    "corrientes y oleaje.",
    "Sonar de imagen que cuente medusas frente a la toma de agua, en agua turbia y de noche.",
    "Cortina de burbujas que desvíe las medusas de la toma de agua sin frenar el bombeo.",
)


@dataclass(frozen=True)
class Part:
    """Somebody who joins: what they type and what they choose in the form of their kind."""

    name: str
    email: str
    kind: str
    typed: Mapping[str, str]
    chosen: Mapping[str, str] = field(default_factory=dict)
    language: str = "es"


AGENCY = Part(
    name="Leandro Bitácora Prueba",
    email="leandro@puerto.example",
    kind="agency",
    typed={
        "organisation": "Puerto de la Bahía de Prueba",
        "municipality": "Guaymas",
        "summary": "Cuidamos la toma de agua de mar que enfría la central y abastece a la desaladora.",
        "offers-0-text": "Diez años de registros de la toma de agua de mar y permiso para instalar equipos.",
    },
    chosen={"government_level": "state", "state": "26"},
)
STARTUP = Part(
    name="Odette Sonar Prueba",
    email="odette@medusario.example",
    kind="startup",
    typed={
        "organisation": "Medusario",
        "summary": "Hacemos sonares que cuentan medusas en agua turbia, de noche y sin detener las bombas.",
        "offers-0-text": "Sonar de imagen que cuenta medusas frente a una toma de agua de mar, en agua "
        "turbia y de noche.",
    },
    chosen={"state": "26", "sector": "54", "stage": "pilot"},
)
RESEARCHER = Part(
    name="Fidel Burbuja Prueba",
    email="fidel@laboratorio.example",
    kind="researcher",
    typed={
        "institution_name": "Laboratorio de Hidráulica de Prueba",
        "summary": "Estudio cortinas de burbujas que desvían medusas de las tomas de agua sin dañarlas.",
        "offers-0-text": "Diseño y prueba en canal de cortinas de burbujas que desvían medusas de una toma "
        "de agua sin frenar el bombeo.",
        "evidence-0-title": "Cortina de burbujas que desvía medusas de una toma de agua de mar",
        "evidence-0-year": "2024",
    },
    chosen={"state": "26", "field_1": "2.1"},
)
ABROAD = Part(
    name="Marisol Deriva Prueba",
    email="marisol@fjord.example",
    kind="researcher",
    typed={
        "institution_name": "Fjord Institute of Testing",
        "abroad_place": "Aarhus",
        "summary": "I forecast where jellyfish blooms drift, three days ahead, from currents and waves.",
        "offers-0-text": "Drift models that forecast three days ahead when jellyfish blooms reach a seawater "
        "intake, from currents and waves in the bay.",
        "evidence-0-title": "Three-day forecasts of jellyfish blooms reaching seawater intakes",
        "evidence-0-year": "2025",
    },
    chosen={"lives_abroad": "DK", "field_1": "1.5"},
    language="en",
)
EVALUATOR = Part(
    name="Tomasa Balanza Prueba",
    email="tomasa@evaluacion.example",
    kind="researcher",
    typed={
        "institution_name": "Academia de Prueba",
        "summary": "Evalúo proyectos de ingeniería costera desde hace veinte años.",
        "offers-0-text": "Evaluación de proyectos de ingeniería costera.",
        "evidence-0-title": "Manual para evaluar obras en la costa",
        "evidence-0-year": "2019",
    },
    chosen={"state": "09", "field_1": "2.1"},
)


def join(browser: Browser, url: str, part: Part) -> Visitor:
    """Sign up with the code that comes by e-mail."""
    visitor = Visitor(browser, url)
    visitor.email = part.email
    page = visitor.page
    visitor.open(f"/{part.language}/join/{part.kind}/")
    for name, text in {"name": part.name, "email": part.email, **part.typed}.items():
        page.fill(f"[name={name}]", text)
    for name, value in part.chosen.items():
        page.select_option(f"[name={name}]", value)
    for name in ("consent_account", "consent_matching", "consent_letters"):
        page.check(f"[name={name}]")
    visitor.click(page.locator("main form [type=submit]").last)
    expect(page.locator("[name=code]")).to_be_visible()
    page.fill("[name=code]", code_sent_to(browser, visitor))
    visitor.submit()
    expect(page).to_have_url(re.compile("/my/"))
    return visitor


def code_sent_to(browser: Browser, visitor: Visitor) -> str:
    mailbox = Visitor(browser, visitor.url)
    mailbox.letter(visitor.email, ".", seconds=60)
    code = CODE.search(mailbox.page.locator("main").inner_text())
    mailbox.page.context.close()
    assert code, "no code in the letter"
    return code.group()
