"""What is refused before any page is asked says so on a page, and what it says is true."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts.models import Profile, User
from hubs.models import Challenge
from tests import factories
from tests.conftest import signed_in


@pytest.mark.parametrize(("language", "words"), [("es", "demasiado grande"), ("en", "too large")])
def test_a_form_larger_than_may_be_read_is_told_so_in_a_page_and_nothing_of_it_is_saved(
    owner: User, language: str, words: str
) -> None:
    challenge = factories.make_challenge(factories.make_organisation(owner=owner), status="draft")
    before = challenge.description
    address = reverse("hubs:challenge_edit", args=[challenge.public_id, "problem"])
    address = address.replace("/es/", f"/{language}/", 1)
    flood = "a" * settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    response = signed_in(owner).post(address, {"description": flood})
    assert response.status_code == 413
    assert words in response.content.decode()
    assert "css/helice" in response.content.decode()
    assert Challenge.objects.get().description == before


def test_a_request_for_another_host_gets_a_page_that_names_no_size(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "ALLOWED_HOSTS", ["testserver"])
    response = Client().get("/es/", headers={"host": "elsewhere.example"})
    assert response.status_code == 400
    assert "2.5" not in response.content.decode()
    assert "</main>" in response.content.decode()


def test_the_api_reads_no_more_than_a_form_may_hold(owner: User) -> None:
    profile = factories.make_researcher(owner)
    body = '{"summary": "%s"}' % ("a" * settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
    address = f"/api/v1/profiles/{profile.public_id}/"
    response = signed_in(owner).patch(address, body, content_type="application/json")
    assert response.status_code == 413
    assert Profile.objects.get().summary == profile.summary
