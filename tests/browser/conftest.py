"""A web server that lives as long as a module, and a browser for each of its visitors."""

import time
from collections.abc import Iterator

import pytest
from django.core.management import call_command
from playwright.sync_api import Browser, BrowserContext
from pytest_django import DjangoDbBlocker
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from tests.browser.country import PEOPLE, Country, build
from tests.conftest import signed_in

PHONE = {"width": 360, "height": 780}


@pytest.fixture(scope="module")
def country(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Country]:
    """Built once for a module that only looks at it; taken away behind it."""
    with django_db_blocker.unblock():
        yield build()
        call_command("flush", interactive=False, verbosity=0)


@pytest.fixture(scope="module")
def site(country: Country) -> Iterator[str]:
    server = LiveServer("127.0.0.1")
    yield server.url
    server.stop()


def session_of(user: User) -> str:
    """The key of a session whose user typed the password a moment ago, as pages about security ask for."""
    session = signed_in(user).session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
    session.save()
    return str(session.session_key)


class Visitors:
    """One browser context for each role, opened when it is first asked for."""

    def __init__(self, browser: Browser, site: str, country: Country) -> None:
        self.browser, self.site, self.country = browser, site, country
        self.contexts: dict[str, BrowserContext] = {}

    def context(self, role: str) -> BrowserContext:
        if role not in self.contexts:
            context = self.browser.new_context(viewport=PHONE, locale="es-MX", reduced_motion="reduce")
            if role in PEOPLE:
                context.add_cookies([{"name": "sessionid", "value": session_of(self.country.user(role)), "url": self.site}])
            self.contexts[role] = context
        return self.contexts[role]

    def close(self) -> None:
        for context in self.contexts.values():
            context.close()


@pytest.fixture(scope="module")
def visitors(browser: Browser, site: str, country: Country) -> Iterator[Visitors]:
    found = Visitors(browser, site, country)
    yield found
    found.close()
