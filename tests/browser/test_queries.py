"""What a page asks of the database: twelve questions at most, and as many for fifty rows as for one."""

import http.client
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import DjangoDbBlocker

from tests.browser.conftest import session_of
from tests.browser.country import PEOPLE, Country
from tests.browser.growth import grow
from tests.browser.walked import PAGES

MOST = 12
AROUND = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")  # they ask nothing
Asked = dict[tuple[str, str], list[str] | None]
CASES = [(role, name) for role, pages in PAGES.items() for name in pages]


@pytest.fixture(scope="module", autouse=True)
def transactional_db(country: Country) -> None:
    """As in test_pages.py: by this name pytest-django knows that a database is wanted."""


@pytest.fixture(scope="module")
def asked(country: Country, django_db_blocker: DjangoDbBlocker) -> Iterator[tuple[Asked, Asked]]:
    """The questions of each page as the country is, and after it has grown; None for a page that fails."""
    with django_db_blocker.unblock():
        few = ask_everything(country)
        grow(country)
        for path in sorted(Path(__file__).parent.glob("pages_*.py")):
            if more := getattr(import_module(f"tests.browser.{path.stem}"), "grow", None):
                more(country)
        yield few, ask_everything(country)


def ask_everything(country: Country) -> Asked:
    clients = {role: visitor(country, role) for role in PAGES}
    addresses = {
        (role, name): reverse(name.split()[0], args=PAGES[role][name](country)) for role, name in CASES
    }
    return {key: questions(clients[key[0]], address) for key, address in addresses.items()}


def visitor(country: Country, role: str) -> Client:
    client = Client(raise_request_exception=False)  # one page that fails is its own test's failure
    if role in PEOPLE:
        client.cookies["sessionid"] = session_of(country.user(role))
    return client


def questions(client: Client, address: str) -> list[str] | None:
    cache.clear()  # nothing that an earlier page kept may run out just now
    client.get(address)  # what a process looks up once, and keeps, is no page's
    with CaptureQueriesContext(connection) as captured:
        response = client.get(address)
    if response.status_code != http.client.OK:
        return None
    return [query["sql"] for query in captured.captured_queries if not query["sql"].startswith(AROUND)]


@pytest.mark.parametrize(("role", "name"), CASES)
def test_a_page_asks_little_and_no_more_for_many_rows(
    asked: tuple[Asked, Asked], role: str, name: str
) -> None:
    few, many = (each[role, name] for each in asked)
    assert few is not None, "the page fails"
    assert many is not None, "the page fails when it has grown"
    assert len(many) <= MOST, listed(many)
    assert len(many) == len(few), f"{listed(few)}\n\nand after it grew\n{listed(many)}"


def listed(queries: list[str]) -> str:
    return "\n".join(f"{number}. {sql[:300]}" for number, sql in enumerate(queries, start=1))
