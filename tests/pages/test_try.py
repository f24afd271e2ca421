"""Answer before account, by its pages, with the worker's part done in place."""

import re
from typing import Any

import pytest
from celery import current_app
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import KeptPost, User
from hubs.models import Challenge
from matching import asking, pipeline
from tests import factories
from tests.accounts.test_reading_pdf import make_pdf
from tests.conftest import signed_in

LEAKS = "Detección acústica de fugas en tuberías de agua enterradas con hidrófonos de bajo costo"
PROBLEM = "Perdemos mucha agua. Necesitamos detección acústica de fugas en tuberías de agua enterradas."


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, tuple[Any, ...]]]:
    """Whatever is sent is answered at once, and what the broker was given is kept."""
    sent: list[tuple[str, tuple[Any, ...]]] = []

    def send(name: str, args: tuple[Any, ...], **_: Any) -> None:
        sent.append((name, args))
        asking.answer(args[0])

    monkeypatch.setattr(current_app, "send_task", send, raising=False)
    cache.set(asking.READY, "hash", 60)
    return sent


@pytest.fixture
def country(db: None) -> Challenge:
    """A challenge about leaks, one about bread, and enough researchers of leaks to be counted."""
    agency = factories.make_organisation()
    leaks = factories.make_challenge(agency, title="Oír las fugas", needs=[LEAKS])
    factories.make_challenge(agency, title="Pan", needs=["Horneado de pan integral con masa madre"])
    for _ in range(7):
        found = factories.make_researcher(state="19", summary=LEAKS)
        factories.add_item(found, role="offer", text=f"{LEAKS} en ciudades")
        factories.add_item(found, role="offer", text=f"{LEAKS} bajo pavimento")
    for state in ("14", "14", "09"):
        found = factories.make_researcher(state=state, summary=LEAKS)
        factories.add_item(found, role="offer", text=f"{LEAKS} en ciudades")
        factories.add_item(found, role="offer", text=f"{LEAKS} bajo pavimento")
    pipeline.sweep()
    while pipeline.refresh_slice(seconds=30):
        pass
    return leaks


def paste(client: Client, text: str, **more: Any) -> Any:
    return client.post(reverse("matching:try"), {"text": text, **more})


def answered(client: Client, text: str, **more: Any) -> str:
    response = paste(client, text, **more)
    assert response.status_code == 302, response.content.decode()
    return client.get(response.url).content.decode()


def test_a_text_finds_the_challenge_that_it_answers_and_shows_both_sides(
    client: Client, country: Challenge, worker: list[Any]
) -> None:
    page = answered(client, f"{LEAKS}. Trabajo en hidrófonos desde 2010 en la universidad.", kind="offer")
    assert "Oír las fugas" in page
    assert "<h3" in page
    assert page.count("hidrófonos") >= 2  # the need, and the text beside it
    assert ">Pan<" not in page


def test_what_fits_nothing_is_told_so(client: Client, country: Challenge, worker: list[Any]) -> None:
    page = answered(client, "zzz qqq wwww yyyy kkkk xxxx vvvv jjjj", kind="offer")
    assert "Nada abierto coincide todavía" in page
    assert "match-card" not in page


def test_a_problem_shows_its_needs_and_how_many_could_answer_hiding_small_counts(
    client: Client, country: Challenge, worker: list[Any]
) -> None:
    page = answered(client, f"Perdemos agua y dinero cada día. Necesitamos {LEAKS.lower()}.", kind="problem")
    counts = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    assert "Nuevo León 5+" in counts
    assert "academia 10+" in counts
    assert "Jalisco" not in counts  # two of them
    assert "Ciudad de México" not in counts


def test_a_pdf_and_a_text_file_are_read(client: Client, country: Challenge, worker: list[Any]) -> None:
    file = SimpleUploadedFile("cv.pdf", make_pdf(f"{LEAKS}.", LEAKS), "application/pdf")
    assert "Oír las fugas" in answered(client, "", file=file, kind="offer")
    old = SimpleUploadedFile("cv.txt", f"{LEAKS}.".encode("cp1252"), "text/plain")
    assert "Oír las fugas" in answered(client, "", file=old, kind="offer")


def test_a_picture_is_refused_and_a_scan_says_what_to_do(client: Client, worker: list[Any], db: None) -> None:
    picture = SimpleUploadedFile("cv.png", b"\x89PNG\r\n\x1a\n\x00\x00" + bytes(200), "image/png")
    assert paste(client, "", file=picture).status_code == 422
    scan = SimpleUploadedFile("cv.pdf", make_pdf("1"), "application/pdf")
    assert "imágenes de páginas" in answered(client, "", file=scan)


def test_a_file_that_is_too_large_is_refused_with_the_text_still_in_the_box(
    client: Client, worker: list[Any], db: None
) -> None:
    large = SimpleUploadedFile("cv.txt", b"a " * 1_400_000, "text/plain")
    response = paste(client, LEAKS, file=large)
    assert response.status_code == 422
    assert LEAKS in response.content.decode()


def test_without_a_worker_the_text_stays_in_the_box_and_nobody_is_told_that_nothing_fits(
    client: Client, country: Challenge, worker: list[Any]
) -> None:
    cache.delete(asking.READY)
    response = paste(client, LEAKS)
    assert response.status_code == 503
    assert LEAKS in response.content.decode()
    assert worker == []


def test_until_the_answer_is_there_the_page_asks_again_with_and_without_javascript(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(current_app, "send_task", lambda *_, **__: None, raising=False)
    cache.set(asking.READY, "hash", 60)
    address = paste(client, LEAKS).url
    page = client.get(address).content.decode()
    assert f'hx-get="{address}?n=1"' in page
    assert f'content="2;url={address}?n=1"' in page
    late = client.get(f"{address}?n=60").content.decode()
    assert "refresh" not in late


def test_another_browser_does_not_see_the_answer(
    client: Client, country: Challenge, worker: list[Any]
) -> None:
    address = paste(client, LEAKS).url
    stranger = Client()
    assert stranger.get(address).status_code == 404
    stranger.cookies["helice_try"] = "something-else"
    assert stranger.get(address).status_code == 404
    assert client.get(address).status_code == 200


def test_a_text_thrown_away_is_gone(client: Client, country: Challenge, worker: list[Any]) -> None:
    address = paste(client, LEAKS).url
    client.post(f"{address}forget/")
    assert client.get(address).status_code == 404


def test_a_wrong_guess_is_turned_round_without_pasting_again(
    client: Client, country: Challenge, worker: list[Any]
) -> None:
    address = paste(client, f"{LEAKS}. {LEAKS} en ciudades.").url
    assert "try-needs" not in client.get(address).content.decode()
    client.post(f"{address}again/", {"kind": "problem"})
    assert "try-needs" in client.get(address).content.decode()


def test_too_many_texts_from_one_address_are_asked_to_wait(
    client: Client, db: None, worker: list[Any], settings: Any
) -> None:
    settings.TRY_RATE = "2/hour"
    assert [paste(client, LEAKS).status_code for _ in range(3)] == [302, 302, 429]
    response = paste(client, LEAKS)
    assert int(response["Retry-After"]) > 0
    assert LEAKS in response.content.decode()


def test_all_together_have_a_limit_too(db: None, worker: list[Any], settings: Any) -> None:
    settings.TRY_RATE_ALL = "2/min"
    sent = [
        Client().post(reverse("matching:try"), {"text": LEAKS}, REMOTE_ADDR=f"10.0.0.{at}") for at in range(3)
    ]
    assert [response.status_code for response in sent] == [302, 302, 429]


def test_kept_as_a_profile_the_form_is_filled_in_before_anybody_signs_up(
    client: Client, country: Challenge, worker: list[Any]
) -> None:
    address = paste(client, f"{LEAKS}. Dirijo un laboratorio de acústica.", kind="offer").url
    assert client.get(f"{address}profile/").status_code == 200
    form = client.get(reverse("accounts:join_kind", args=["researcher"])).content.decode()
    assert form.count(LEAKS) >= 2  # the summary, and an offer
    assert LEAKS not in str(dict(client.session))


def test_kept_as_a_challenge_it_becomes_a_draft_with_its_needs_once(
    owner: User, country: Challenge, worker: list[Any]
) -> None:
    factories.make_hub("nation")
    mine = factories.make_organisation(owner=owner)
    client = signed_in(owner)
    address = paste(client, f"Perdemos un tercio del agua. Necesitamos {LEAKS.lower()}.", kind="problem")[
        "Location"
    ]
    page = client.get(f"{address}challenge/")
    assert page.status_code == 200
    for _ in range(2):
        response = client.post(f"{address}challenge/", {"organisation": str(mine.public_id)})
        assert response.status_code == 302
    draft = Challenge.objects.get(organisation=mine)
    assert draft.title == "Perdemos un tercio del agua"
    assert [need.text for need in draft.needs.all()] == [f"Necesitamos {LEAKS.lower()}."]


def test_whoever_is_not_signed_in_comes_back_to_the_draft_after_signing_in(
    client: Client, country: Challenge, worker: list[Any]
) -> None:
    address = paste(client, PROBLEM, kind="problem")["Location"]
    response = client.get(f"{address}challenge/")
    assert response.status_code == 302
    assert response["Location"].endswith(f"?next={address}challenge/")


def test_a_form_of_another_site_is_not_taken(client: Client, db: None, worker: list[Any]) -> None:
    response = client.post(
        reverse("matching:try"), {"text": LEAKS}, headers={"Origin": "https://evil.example"}
    )
    assert response.status_code == 403
    assert worker == []
    assert not KeptPost.objects.exists()


def test_a_challenge_that_closed_meanwhile_is_not_shown(
    client: Client, country: Challenge, worker: list[Any]
) -> None:
    address = paste(client, f"{LEAKS}. {LEAKS} en ciudades.", kind="offer").url
    Challenge.objects.filter(pk=country.pk).update(status="closed")
    assert "Oír las fugas" not in client.get(address).content.decode()
