"""A web server that lives as long as a module, and a browser for each of its visitors."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.management import call_command
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response, ViewportSize
from pytest_django import DjangoDbBlocker
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from tests.browser.country import PEOPLE, Country, build
from tests.conftest import signed_in

PHONE: ViewportSize = {"width": 360, "height": 780}


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
    session["account_authentication_methods"] = [
        {"method": "password", "at": time.time(), "reauthenticated": True}
    ]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return str(session.session_key)


class Visitor:
    """One browser context and one tab, and what its console complained of since it was last asked."""

    def __init__(self, context: BrowserContext) -> None:
        self.context, self.tab = context, context.new_page()
        self.complaints: list[str] = []
        self.tab.on("console", self._listen)
        self.tab.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(message.text)

    def open(self, address: str) -> Response:
        self.tab.set_viewport_size(PHONE)
        self.complaints.clear()
        response = self.tab.goto(address)
        assert response is not None
        return response


class Visitors:
    """One for each role, who comes when first asked for."""

    def __init__(self, browser: Browser, site: str, country: Country) -> None:
        self.browser, self.site, self.country = browser, site, country
        self.come: dict[str, Visitor] = {}

    def __getitem__(self, role: str) -> Visitor:
        if role not in self.come:
            context = self.browser.new_context(viewport=PHONE, locale="es-MX", reduced_motion="reduce")
            if role in PEOPLE:
                key = session_of(self.country.user(role))
                context.add_cookies([{"name": "sessionid", "value": key, "url": self.site}])
            self.come[role] = Visitor(context)
        return self.come[role]

    def close(self) -> None:
        for visitor in self.come.values():
            visitor.context.close()


@pytest.fixture(scope="module")
def visitors(browser: Browser, site: str, country: Country) -> Iterator[Visitors]:
    found = Visitors(browser, site, country)
    yield found
    found.close()


Enter = Callable[..., Page]


@pytest.fixture
def enter(browser: Browser, live_server: LiveServer) -> Iterator[Enter]:
    """Open a browser of somebody's own: enter(user, java_script_enabled=False) gives its tab."""
    contexts: list[BrowserContext] = []

    def come_in(user: User | None = None, **options: Any) -> Page:
        context = browser.new_context(
            viewport=PHONE, base_url=live_server.url, reduced_motion="reduce", **options
        )
        context.set_default_timeout(30_000)
        contexts.append(context)
        if user:
            context.add_cookies([{"name": "sessionid", "value": session_of(user), "url": live_server.url}])
        return context.new_page()

    yield come_in
    for context in contexts:
        context.close()
