"""The demo's mailbox: each letter as its reader sees it."""

from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import mailbox

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.HELICE_MAILBOX = tmp_path / "mailbox"
    return tmp_path / "mailbox"


def write(subject: str = "Un reto para ti", to: str = "ana@example.org") -> str:
    html = '<html><head></head><body><p style="color: red">Hola <a href="/a/x/">ver</a></p></body></html>'
    message = EmailMultiAlternatives(subject, "Hola: https://example.org/a/x/\n<b>", to=[to])
    message.attach_alternative(html, "text/html")
    assert get_connection("accounts.mailbox.MailboxBackend").send_messages([message]) == 1
    return mailbox.names()[0]


def test_letters_are_listed_newest_first_and_found_by_address(client: Client) -> None:
    write("Primera", "ana@example.org")
    write("Segunda", "luis@example.org")
    page = client.get(reverse("mailbox")).content.decode()
    assert page.index("Segunda") < page.index("Primera")
    page = client.get(reverse("mailbox"), {"to": "Ana@"}).content.decode()
    assert "Primera" in page
    assert "Segunda" not in page


def test_an_empty_mailbox_says_so(client: Client) -> None:
    assert client.get(reverse("mailbox")).status_code == 200


def test_a_letter_is_shown_as_text_with_its_html_in_a_frame_of_its_own(client: Client) -> None:
    name = write()
    page = client.get(reverse("mailbox_letter", args=[name])).content.decode()
    assert "sandbox=" in page
    assert reverse("mailbox_letter_html", args=[name]) in page
    assert "&lt;b&gt;" in page
    assert "Message-ID" in page


def test_the_frame_allows_inline_style_and_nothing_else(client: Client) -> None:
    name = write()
    response = client.get(reverse("mailbox_letter_html", args=[name]))
    assert '<p style="color: red">' in response.content.decode()
    assert '<base target="_top">' in response.content.decode()
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "style-src 'unsafe-inline'" in policy
    assert "script-src" not in policy
    assert "unsafe-inline" not in client.get(reverse("mailbox"))["Content-Security-Policy"]


@pytest.mark.parametrize("name", ["nothing", "..%2f..%2fsecret", "%2e%2e", ".hidden"])
def test_nothing_but_letters_can_be_read(client: Client, folder: Path, name: str) -> None:
    folder.mkdir()
    (folder.parent / "secret.eml").write_text("Subject: hidden\n\nsecret")
    for end in ("", "html/"):
        assert client.get(f"/demo/mailbox/{name}/{end}").status_code == 404
    assert mailbox.read("../secret") is None


def test_the_mailbox_does_not_exist_outside_the_demo(client: Client, settings: Any) -> None:
    name = write()
    settings.HELICE_DEMO = False
    assert client.get(reverse("mailbox")).status_code == 404
    assert client.get(reverse("mailbox_letter", args=[name])).status_code == 404
    assert client.get(reverse("mailbox_letter_html", args=[name])).status_code == 404


def test_a_letter_that_could_not_be_written_whole_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(fd: int) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr("accounts.mailbox.os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        write()
    assert mailbox.names() == []


def test_a_name_longer_than_a_file_may_have_is_not_there(client: Client) -> None:
    assert client.get(reverse("mailbox_letter", args=["a" * 300])).status_code == 404


def test_the_hour_of_a_letter_is_its_hour_and_not_another_zones() -> None:
    before = timezone.now().replace(microsecond=0)
    write()
    (letter,) = mailbox.envelopes()
    assert letter.at is not None
    assert before <= letter.at <= timezone.now()
