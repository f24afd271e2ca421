"""What every test may ask for: an owner, a teammate and a stranger always stand ready."""

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.models import User
from tests import factories


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()


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
