"""What every test may ask for: an owner, a teammate and a stranger always stand ready."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.utils import translation
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from accounts.models import User
from matching import vectors
from matching.pipeline import suspects
from tests import factories
from tests.browser_fixtures import browser, page

JOURNEYS = "tests/journeys/"
__all__ = ["browser", "page"]  # fixtures for whoever asks for them


class ByFile(LoadFileScheduling):  # type: ignore[misc]
    """Side by side, but the tests of a file one after the other: they share what was built for them. All
    journeys share one demo."""

    def _split_scope(self, nodeid: str) -> str:
        file: str = super()._split_scope(nodeid)
        return JOURNEYS if file.startswith(JOURNEYS) else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByFile:
    return ByFile(config, log)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What touches no database need not run again on the other one."""
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if item.get_closest_marker("django_db") or fixtures & {"db", "transactional_db"}:
            item.add_marker("database")


@pytest.fixture(autouse=True)
def _empty_caches() -> None:
    """A test's rows are rolled back and their ids come again, which never happens to committed ones."""
    cache.clear()
    suspects.forget()
    vectors.forget()


@pytest.fixture(autouse=True)
def _default_language() -> Iterator[None]:
    """A request leaves its language behind in the thread; the next test starts afresh."""
    with translation.override(settings.LANGUAGE_CODE):
        yield


@pytest.fixture
def owner(db: None) -> User:
    return factories.make_user("duena@example.org", name="Dueña Inventada")


@pytest.fixture
def teammate(db: None) -> User:
    return factories.make_user("colega@example.org", name="Colega Inventada")


@pytest.fixture
def stranger(db: None) -> User:
    return factories.make_user("extrana@example.org", name="Extraña Inventada")


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client
