"""The frame of every page: an installation's own name, colours and logo, and the page's one address."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts import brand

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 240 60"><path d="M0 0h240v60z"/></svg>'


@pytest.fixture(autouse=True)
def _afresh() -> Iterator[None]:
    """A process reads its face once; these tests change it."""
    forget()
    yield
    forget()


def forget() -> None:
    for kept in (brand.face, brand.logo, brand.stylesheet):
        kept.cache_clear()


def page(client: Client, address: str = "/es/privacy/") -> str:
    return client.get(address).content.decode()


def test_as_delivered_the_site_draws_its_own_name_and_needs_no_second_stylesheet(
    client: Client, db: None
) -> None:
    text = page(client)
    assert '<svg class="wordmark' in text
    assert "brand.css" not in text
    assert client.get("/brand/logo").status_code == 404


def test_an_installation_with_a_name_of_its_own_shows_it_in_letters(
    client: Client, db: None, settings: Any
) -> None:
    settings.HELICE_NAME = "Retos Sonora"
    text = page(client)
    assert '<span class="wordmark wordmark--letters ">Retos Sonora</span>' in text
    assert '<svg class="wordmark' not in text


def test_its_colours_come_in_a_stylesheet_whose_address_changes_with_them(
    client: Client, db: None, settings: Any
) -> None:
    settings.HELICE_COLOURS = {"primary": "#1f4b73"}
    text = page(client)
    [link] = [part for part in text.split('"') if part.startswith("/brand.css?v=")]
    response = client.get(link)
    assert response["Content-Type"].startswith("text/css")
    assert "immutable" in response["Cache-Control"]
    assert "--band: #1f4b73;" in response.content.decode()
    assert '<meta name="theme-color" content="#1f4b73">' in text
    forget()
    settings.HELICE_COLOURS = {"primary": "#5b3d8a"}
    assert link not in page(client)


def test_its_logo_comes_with_its_size_so_that_nothing_jumps(
    client: Client, db: None, settings: Any, tmp_path: Path
) -> None:
    logo = tmp_path / "logo.svg"
    logo.write_bytes(SVG)
    settings.HELICE_NAME, settings.HELICE_LOGO = "Retos Sonora", str(logo)
    assert brand.possible_logo() == []
    text = page(client)
    assert 'width="240" height="60" alt="Retos Sonora"' in text
    response = client.get("/brand/logo")
    assert (response["Content-Type"], response.content) == ("image/svg+xml", SVG)


@pytest.mark.parametrize(("name", "content"), [("logo.gif", b"GIF89a"), ("logo.svg", b"<svg></svg>")])
def test_a_logo_that_cannot_be_shown_is_refused_at_start(
    settings: Any, tmp_path: Path, name: str, content: bytes
) -> None:
    (tmp_path / name).write_bytes(content)
    settings.HELICE_LOGO = str(tmp_path / name)
    assert [error.id for error in brand.possible_logo()] in (["accounts.E003"], ["accounts.E004"])


def test_a_logo_that_is_not_there_is_refused_at_start(settings: Any) -> None:
    settings.HELICE_LOGO = "/nowhere/logo.svg"
    assert [error.id for error in brand.possible_logo()] == ["accounts.E003"]


def test_search_engines_learn_one_address_for_a_page_and_that_of_each_language(
    client: Client, db: None, settings: Any
) -> None:
    settings.HELICE_URL = "https://helice.example"
    text = page(client, "/en/challenges/?q=agua&page=2")
    assert '<link rel="canonical" href="https://helice.example/en/challenges/?page=2">' in text
    for code, language in (("es-MX", "es"), ("en", "en"), ("x-default", "es")):
        address = f"https://helice.example/{language}/challenges/?page=2"
        assert f'<link rel="alternate" hreflang="{code}" href="{address}">' in text
    assert '<link rel="canonical" href="https://helice.example/es/privacy/">' in page(client)


def test_a_page_that_is_not_there_claims_no_address(client: Client, db: None) -> None:
    response = client.get("/es/nowhere/")
    assert response.status_code == 404
    assert "canonical" not in response.content.decode()


def test_pages_travel_compressed(client: Client, db: None) -> None:
    response = client.get(reverse("hubs:home"), headers={"accept-encoding": "gzip"})
    assert response["Content-Encoding"] == "gzip"
