"""Answer before account on what `make demo` starts: from landing to the first evidence, on a phone."""

import time
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.accounts.test_reading_pdf import make_pdf

pytestmark = [
    pytest.mark.slow,
    pytest.mark.services,
    pytest.mark.browser,
    pytest.mark.timeout(600),
]
LANDING, ANSWER = 30.0, 5.0  # seconds

TEXTS = {
    "abstract": {
        "es": "Presentamos un método acústico de bajo costo para localizar fugas en tuberías enterradas "
        "con ruido de tránsito. Se combinan hidrófonos con una pequeña red neuronal que reconoce el sonido "
        "de una fuga en PVC y asbesto-cemento. El error de localización fue menor a 1.5 metros.",
        "en": "We present a low-cost acoustic method to locate leaks in buried water pipes under traffic "
        "noise. Time delay estimation between hydrophones is combined with a small neural network that "
        "recognises the sound of leaks in PVC and asbestos cement. The error was below 1.5 m.",
    },
    "problem": {
        "es": "Los pozos del municipio tienen arsénico por encima de la norma. Necesitamos quitar "
        "el arsénico del agua de pozo con un método barato que opere el comité de agua.",
        "en": "The wells of our town have arsenic above the limit. We need to remove arsenic from well "
        "water with a cheap method that the water committee can operate by itself.",
    },
    "cv": {
        "es": "Experiencia\n2015-2024 Profesora investigadora en adsorción de metales y arsénico\n"
        "2010-2015 Ingeniera de proceso en plantas de tratamiento de agua\nPublicaciones\n"
        "Remoción de arsénico en agua de pozo con hidróxidos de hierro soportados en carbón de agave (2021)\n"
        "Potabilización solar para comunidades rurales dispersas (2018)\n",
        "en": "Experience\n2015-2024 Professor, adsorption of metals and arsenic on low-cost materials\n"
        "2010-2015 Process engineer in water treatment plants\nPublications\n"
        "Removal of arsenic from well water with iron hydroxides supported on agave carbon (2021)\n"
        "Solar drinking water for dispersed rural communities (2018)\n",
    },
    "one-pager": {
        "es": "Somos una empresa que fabrica sensores acústicos para localizar fugas en redes de agua. "
        "Nuestra plataforma distingue el sonido de una fuga del de una bomba o un camión. Se instala en "
        "cajas de válvulas sin cerrar calles. Tenemos pilotos en dos organismos operadores.",
        "en": "We make battery-powered acoustic sensors that locate leaks in water networks. Our platform "
        "tells the sound of a leak from that of a pump or a truck. It is installed in valve boxes without "
        "closing streets. We have pilots with two water utilities.",
    },
}


def phone(browser: Browser, **options: object) -> Page:
    context = browser.new_context(viewport={"width": 360, "height": 780}, locale="es-MX", **options)  # type: ignore[arg-type]
    context.set_default_timeout(20_000)
    return context.new_page()


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("kind", list(TEXTS))
def test_from_landing_to_the_first_evidence(demo: str, browser: Browser, kind: str, language: str) -> None:
    tab = phone(browser)
    complaints: list[str] = []
    tab.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    landed = time.monotonic()
    tab.goto(f"{demo}/{language}/try/")
    tab.fill("textarea[name=text]", TEXTS[kind][language])
    pasted = time.monotonic()
    tab.locator(".try-box button").click()
    evidence = tab.locator(".evidence").first
    expect(evidence).to_be_visible()
    shown = time.monotonic()
    assert shown - pasted <= ANSWER
    assert shown - landed <= LANDING
    assert evidence.locator(".evidence__need").inner_text()
    assert evidence.locator("blockquote").inner_text().strip("… ") in " ".join(TEXTS[kind][language].split())
    assert (tab.locator(".try-need").count() > 0) is (kind == "problem")
    assert not complaints
    report = Axe().run(tab)
    assert not report.violations_count, report.generate_report()
    tab.context.close()


def test_a_pdf_is_answered_without_javascript(demo: str, browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "cv.pdf"
    file.write_bytes(make_pdf(TEXTS["cv"]["es"]))
    tab = phone(browser, java_script_enabled=False)
    tab.goto(f"{demo}/es/try/")
    tab.set_input_files("input[type=file]", file)
    tab.locator(".try-box button").click()
    expect(tab.locator(".evidence").first).to_be_visible()  # the page asks again by itself
    tab.get_by_role("link", name="Conservarlo como perfil").click()
    tab.locator("main .card__link").first.click()
    assert "arsénico" in tab.locator("textarea").first.input_value()
    tab.context.close()
