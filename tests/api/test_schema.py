"""The schema that the API promises, its page, and how the API refuses."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client
from rest_framework.throttling import AnonRateThrottle

from accounts.models import User
from tests.api.helpers import ROOT, send
from tests.conftest import signed_in

COMMITTED = Path(__file__).resolve().parents[2] / "docs" / "openapi.yaml"


def generated() -> str:
    out = StringIO()
    call_command("spectacular", "--validate", "--fail-on-warn", "--lang", "en", stdout=out)
    return out.getvalue()


def test_the_committed_schema_is_valid_and_current() -> None:
    """If it is not: manage.py spectacular --validate --fail-on-warn --lang en --file docs/openapi.yaml"""
    assert generated().strip() == COMMITTED.read_text().strip()


@pytest.mark.django_db
def test_the_schema_is_served_to_everybody() -> None:
    response = Client().get(f"{ROOT}schema/")
    assert response.status_code == 200
    assert b"openapi: 3.0.3" in response.content


@pytest.mark.django_db
def test_the_page_of_the_schema_needs_nothing_inline_and_nothing_from_elsewhere() -> None:
    response = Client().get(f"{ROOT}docs/")
    html = response.content.decode()
    assert response.status_code == 200
    assert "default-src 'self'" in response["Content-Security-Policy"]
    assert "<style" not in html
    assert "<script>" not in html
    assert 'src="/' in html
    assert "://" not in html
    script = Client().get(f"{ROOT}docs/?script=")
    assert "javascript" in script["Content-Type"]


@pytest.mark.django_db
def test_an_address_that_is_none_is_answered_in_json() -> None:
    for where in ("nothing/", "challenges/not-a-uuid/", "matches/1/2/"):
        response = Client().get(ROOT + where)
        assert (response.status_code, response["Content-Type"]) == (404, "application/json")


@pytest.mark.django_db
def test_the_root_lists_where_to_go() -> None:
    assert {"challenges", "hubs", "introductions", "organisations", "profiles"} <= set(
        Client().get(ROOT).json()
    )


@pytest.mark.django_db
def test_broken_json_and_other_forms_are_refusals_not_faults(owner: User) -> None:
    client = signed_in(owner)
    broken = client.post(f"{ROOT}challenges/", data="{", content_type="application/json")
    assert broken.status_code == 400
    assert client.post(f"{ROOT}challenges/", data={"title": "x"}).status_code == 415
    assert send(client, "post", "challenges/", ["list"]).status_code == 400


@pytest.mark.django_db
def test_who_asks_too_often_is_told_when_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(AnonRateThrottle, "THROTTLE_RATES", {"anon": "2/min"})
    cache.clear()
    answers = [Client().get(f"{ROOT}hubs/", headers={"x-forwarded-for": f"10.0.0.{n}"}) for n in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 0 < int(answers[-1]["Retry-After"]) <= 60
