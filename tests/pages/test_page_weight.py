"""What a first visit sends in all, compressed: the page and every file that it links or loads."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse

from tests import factories

FIRST, LIST = 150 * 1024, 120 * 1024  # bytes
FULL = 30  # rows: more than a page of any list holds
WORDS = "Sensores acústicos que oyen de noche las fugas de la tubería principal de la ciudad. "


def sent(address: str) -> int:
    response = Client().get(address)
    assert response.status_code == 200
    html = response.content.decode()
    linked = set(re.findall(r'<(?:link|script|img|source)\b[^>]*?(?:href|src)="/static/([^"?]+)', html))
    assert "css/helice.css" in linked
    files = [finders.find(name) for name in linked]
    assert all(files), f"a page links what is not there: {linked}"
    bodies = [html.encode(), *(Path(str(file)).read_bytes() for file in files)]
    return sum(len(gzip.compress(body, 6)) for body in bodies)


@pytest.fixture
def full(db: None) -> None:
    """More of everything than a page shows, each with words of its own, which compress worse."""
    agency, hub = factories.make_organisation("government"), factories.make_hub()
    for number in range(FULL):
        words = f"{WORDS * 2}{number} {number**7:x} {number**11:x}"
        factories.make_challenge(agency, hub=hub, title=f"Reto {number**9:x}", summary=words, needs=(words,))
        factories.make_researcher(factories.make_user(), summary=words, visibility="public")


def test_a_first_visit_to_the_home_page_sends_little(full: None) -> None:
    assert sent(reverse("hubs:home")) <= FIRST


@pytest.mark.parametrize(
    "name", ["hubs:challenge_list", "accounts:profile_list", "hubs:hub_list", "matching:search"]
)
def test_a_full_list_sends_less(full: None, name: str) -> None:
    assert sent(reverse(name)) <= LIST
