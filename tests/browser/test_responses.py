"""A response is saved while one types, again and again, and the button follows."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from hubs.models import Response
from tests.browser.conftest import Visitors
from tests.browser.country import Country
from tests.browser.pages_responses import draft

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module", autouse=True)
def transactional_db(country: Country) -> None:
    """The country's database stays as it is; see test_pages."""


def test_typing_is_saved_and_the_button_does_not_take_it_for_somebody_else_s(visitors: Visitors) -> None:
    visitor = visitors["researcher"]
    address = draft(visitors.country)
    visitor.open(visitors.site + reverse("hubs:response_edit", args=address))
    tab = visitor.tab
    version = tab.locator("[data-version]")
    before = int(version.input_value())
    for number, text in enumerate(("Dos colonias,", "Dos colonias, tres meses."), start=1):
        tab.get_by_label("El equipo").fill(text)
        expect(version).to_have_value(str(before + number))
    expect(tab.locator("#saved")).to_contain_text("Guardada como borrador")
    tab.get_by_label("El equipo").fill("Cuatro personas.")
    tab.get_by_role("button", name="Guardar", exact=True).click()
    expect(tab.locator(".notice--success")).to_be_visible()
    assert not visitor.complaints
    assert Response.objects.get(public_id=address[0]).team == "Cuatro personas."
