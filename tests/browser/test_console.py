"""Pages that others drew, and pages for when something is wrong: the console stays empty there too."""

import http.client

import pytest
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from tests import factories
from tests.browser.conftest import PHONE, Enter, Visitor
from tests.browser.test_pages import look_closely

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(
    "address", ["/es/admin/", "/es/admin/accounts/profile/", "/es/admin/hubs/challenge/add/", "/api/v1/docs/"]
)
def test_a_page_of_a_package_keeps_to_our_policy(enter: Enter, address: str) -> None:
    page = enter(factories.make_user(is_staff=True, is_superuser=True))
    complaints = listen(page)
    response = page.goto(address, wait_until="load")
    assert response is not None
    assert response.status == http.client.OK
    page.wait_for_timeout(300)  # Swagger draws after the page has come
    assert not complaints


@pytest.mark.parametrize("language", ["es", "en"])
def test_a_page_that_is_not_there_is_as_usable_as_any(
    browser: Browser, live_server: LiveServer, language: str
) -> None:
    visitor = Visitor(browser.new_context(viewport=PHONE, reduced_motion="reduce"))
    response = visitor.open(f"{live_server.url}/{language}/challenges/nowhere/")
    assert response.status == http.client.NOT_FOUND
    look_closely(visitor.tab)
    assert [text for text in visitor.complaints if "404" not in text] == []
    visitor.context.close()


def test_a_page_that_is_somebody_elses_says_so_as_usably_as_any(enter: Enter) -> None:
    owner, stranger = factories.make_user(), factories.make_user()
    organisation = factories.make_organisation("startup", owner=owner)
    page = enter(stranger)
    complaints = listen(page)
    response = page.goto(f"/es/organisations/{organisation.public_id}/people/")
    assert response is not None
    assert response.status in (http.client.FORBIDDEN, http.client.NOT_FOUND)
    look_closely(page)
    assert [text for text in complaints if str(response.status) not in text] == []


def listen(page: Page) -> list[str]:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return complaints
