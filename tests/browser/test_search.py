"""What the search finds, as a browser shows it: on a phone, by day and by night, by axe's eyes."""

from collections.abc import Iterator
from typing import Any

import pytest
from celery import current_app
from django.core.cache import cache

from matching import asking, tasks
from tests.browser.conftest import Visitors
from tests.browser.country import Country
from tests.browser.test_pages import look_closely, photograph

pytestmark = pytest.mark.browser
FUGAS = "Encontrar fugas de agua en las tuberías de la ciudad"


@pytest.fixture(scope="module", autouse=True)
def transactional_db(country: Country) -> None:
    """See tests/browser/test_pages.py."""


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """One that answers at once."""
    cache.set(asking.READY, "hash-384")

    def send(name: str, args: tuple[str, ...] = (), *_: Any, **__: Any) -> None:
        if name == "matching.tasks.answer":
            tasks.answer(*args)

    monkeypatch.setattr(current_app, "send_task", send)
    yield
    cache.delete(asking.READY)


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize(
    "query", ["", "&kind=challenges", "&kind=people", "&kind=organisations", "&kind=challenges&sdg=17"]
)
def test_what_is_found_is_usable_by_everybody(visitors: Visitors, language: str, query: str) -> None:
    visitor = visitors["anonymous"]
    response = visitor.open(f"{visitors.site}/{language}/search/?q={FUGAS}{query}")
    assert response.status == 200
    assert not visitor.complaints
    look_closely(visitor.tab)
    photograph(visitor.tab, f"matching:search-{language}{query.replace('&', '-')}")


def test_a_visitor_searches_narrows_and_comes_back_by_the_address(visitors: Visitors) -> None:
    tab = visitors["anonymous"].tab
    visitors["anonymous"].open(f"{visitors.site}/es/search/")
    tab.get_by_role("searchbox").fill("agua")
    tab.keyboard.press("Enter")
    tab.get_by_role("navigation", name="Lo que se encontró").get_by_role("link", name="Retos").click()
    tab.locator(".search-facets summary").first.click()
    first = tab.locator(".search-facets__choices a").first
    first.click()
    assert "kind=challenges" in tab.url
    assert tab.locator(".search-facets__choices a[aria-current]").count() == 1
    assert tab.get_by_role("searchbox").input_value() == "agua"
