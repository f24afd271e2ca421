"""A text that somebody pastes before signing up is nowhere but in the cache, whatever happens to it."""

import json
import logging
from typing import Any

import pytest
from celery import current_app
from django.apps import apps
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils.encoding import force_str

from matching import asking, pipeline, tasks
from matching.looking import record
from tests import factories

SECRET = (
    "Xochipilli Quetzalbuena descubrió cómo potabilizar el agua con nopal verdiazul. Necesitamos un "
    "membranófono tlaxcalteca contra la salmuera fosforescente. Llame a Nezahualpilli Zurbarán."
)
SIZE = 12
PIECES = {SECRET[at : at + SIZE] for at in range(len(SECRET) - SIZE + 1)}


def said_in(text: str) -> set[str]:
    return {piece for piece in PIECES if piece in text}


def everything_stored() -> str:
    """All rows of all tables, as they would stand in a backup."""
    rows: list[str] = []
    for model in apps.get_models(include_auto_created=True):
        for values in model._base_manager.values_list():
            rows += [
                force_str(bytes(v) if isinstance(v, memoryview) else v, errors="replace") for v in values
            ]
    return "\n".join(rows)


@pytest.fixture
def country(db: None) -> None:
    factories.make_challenge(needs=["Filtros de cacto para pozos salados"])
    factories.add_item(factories.make_researcher(), text="Filtros de cacto")
    pipeline.sweep()
    while pipeline.refresh_slice(seconds=30):
        pass


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the broker was given."""
    messages: list[Any] = []
    monkeypatch.setattr(
        current_app, "send_task", lambda *args, **kwargs: messages.append((args, kwargs)), raising=False
    )
    cache.set(asking.READY, "hash", 60)
    return messages


def run(client: Client, sent: list[Any], kind: str) -> str:
    """Paste, answer in the task itself, look, keep; the address of the answer."""
    address: str = client.post(reverse("matching:try"), {"text": SECRET, "kind": kind})["Location"]
    client.get(address)
    tasks.answer(*sent[-1][1]["args"])
    client.get(address)
    client.get(f"{address}profile/")
    client.get(reverse("accounts:join_kind", args=["researcher"]))
    client.get(f"{address}challenge/")
    return address


@pytest.mark.parametrize("kind", ["problem", "offer"])
def test_it_is_in_no_row_no_message_no_address_no_cookie_and_no_log(
    client: Client, country: None, sent: list[Any], caplog: pytest.LogCaptureFixture, kind: str
) -> None:
    with caplog.at_level(logging.DEBUG):
        address = run(client, sent, kind)
    assert said_in(client.get(address).content.decode())  # it was read, and its reader sees it
    assert not said_in(everything_stored())
    assert not said_in(json.dumps(sent, default=str))
    assert not said_in(caplog.text)
    assert not said_in(address + str(client.cookies))
    assert not said_in(str(dict(client.session)))


def test_a_crash_in_the_worker_tells_nobody_what_it_crashed_on(
    client: Client,
    country: None,
    sent: list[Any],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def crash(texts: list[str], *_: Any) -> None:
        raise ValueError(f"cannot read {texts!r}")

    monkeypatch.setattr("matching.looking.fits.rows_of", crash)
    with caplog.at_level(logging.DEBUG):
        address = run(client, sent, "offer")
    assert "ValueError" in caplog.text
    assert not said_in(caplog.text)
    assert not said_in(everything_stored())
    assert client.get(address).status_code == 200


def test_a_form_refused_for_its_token_or_for_sign_in_leaves_it_out_of_the_database(
    country: None, sent: list[Any]
) -> None:
    strict = Client(enforce_csrf_checks=True)
    address = strict.post(reverse("matching:try"), {"text": SECRET})["Location"]
    assert strict.post(f"{address}again/", {"kind": "problem", "text": SECRET}).status_code == 403
    assert strict.post(f"{address}challenge/", {"text": SECRET}).status_code in (302, 403)
    assert not said_in(everything_stored())


def test_an_upload_never_touches_the_disk(client: Client, sent: list[Any], settings: Any, db: None) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    settings.FILE_UPLOAD_TEMP_DIR = "/nonexistent"  # a temporary file would fail here
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 10
    file = SimpleUploadedFile("cv.txt", SECRET.encode() * 50, "text/plain")
    assert client.post(reverse("matching:try"), {"text": "", "file": file}).status_code == 302


def test_whatever_lies_in_the_cache_expires(
    client: Client, country: None, sent: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    timeouts: list[Any] = []
    put = cache.set

    def watched(key: str, value: Any, timeout: Any = "none", **more: Any) -> None:
        if said_in(repr(value)):
            timeouts.append(timeout)
        put(key, value, timeout=timeout, **more)

    monkeypatch.setattr(cache, "set", watched)
    run(client, sent, "problem")
    assert len(timeouts) >= 3  # the text, its answer, the beginning of a profile
    assert all(isinstance(timeout, int) and 0 < timeout <= record.seconds() for timeout in timeouts)


def test_keys_cannot_be_guessed(country: None, sent: list[Any]) -> None:
    addresses = {Client().post(reverse("matching:try"), {"text": SECRET})["Location"] for _ in range(5)}
    keys = {address.rstrip("/").rsplit("/", 1)[1] for address in addresses}
    assert len(keys) == 5
    assert all(len(key) >= 32 for key in keys)
