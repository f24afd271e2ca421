"""The list of challenges."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Translation
from hubs.models import Challenge
from tests import factories

LIST = reverse("hubs:challenge_list")


def shown(client: Client, **query: str) -> list[str]:
    return [challenge.title for challenge in client.get(LIST, query).context["page"]]


def test_only_published_challenges_are_listed(db: None, client: Client) -> None:
    for status in ("draft", "in_review", "changes_requested", "withdrawn", "published"):
        factories.make_challenge(status=status, title=status)
    assert shown(client) == ["published"]


def test_open_upcoming_and_closed_are_told_apart_by_the_clock(db: None, client: Client) -> None:
    now = timezone.now()
    factories.make_challenge(title="abierto")
    factories.make_challenge(title="pronto", opens_at=now + timedelta(days=1))
    factories.make_challenge(title="pasado", closes_at=now - timedelta(seconds=1))
    factories.make_challenge(title="cerrado", status="closed")
    assert shown(client) == ["abierto"]
    assert shown(client, when="upcoming") == ["pronto"]
    assert set(shown(client, when="closed")) == {"pasado", "cerrado"}


def test_what_closes_first_stands_first(db: None, client: Client) -> None:
    now = timezone.now()
    for days in (9, 3, 6):
        factories.make_challenge(title=f"en {days}", closes_at=now + timedelta(days=days))
    assert shown(client) == ["en 3", "en 6", "en 9"]


def test_words_are_found_without_their_accents_but_n_is_not_enie(db: None, client: Client) -> None:
    factories.make_challenge(title="Cañada y tecnología")
    assert shown(client, q="TECNOLOGIA cañada")
    assert not shown(client, q="canada")


@pytest.mark.parametrize(
    ("fields", "query"),
    [
        ({"state": "14"}, {"state": "14"}),
        ({"sdgs": ["6", "11"]}, {"sdg": "6"}),
        ({"language": "en"}, {"language": "en"}),
    ],
)
def test_filters_narrow_the_list(
    fields: dict[str, Any], query: dict[str, str], db: None, client: Client
) -> None:
    factories.make_challenge(title="sí", **fields)
    factories.make_challenge(title="no", state="09", sdgs=["16"], language="es")
    assert shown(client, **query) == ["sí"]


def test_a_challenge_is_found_by_its_hub_and_by_whom_it_seeks(db: None, client: Client) -> None:
    challenge = factories.make_challenge(title="sí")
    other = factories.make_challenge(title="no")
    challenge.needs.update(sought="startup")
    other.needs.update(sought="academia")
    assert shown(client, hub=challenge.hub.slug) == ["sí"]
    assert shown(client, sought="startup") == ["sí"]


def test_national_challenges_belong_to_every_state(db: None, client: Client) -> None:
    factories.make_challenge(title="nacional", state="")
    assert shown(client, state="14") == ["nacional"]


def test_a_filter_that_makes_no_sense_is_left_out(db: None, client: Client) -> None:
    factories.make_challenge(title="sí")
    assert shown(client, state="99", hub="nope", sdg="x", page="nope", when="nope") == ["sí"]


def test_the_counts_follow_the_filters(db: None, client: Client) -> None:
    factories.make_challenge(title="agua", state="14")
    factories.make_challenge(title="aire", state="09")
    counts = {slug: n for slug, _, n in client.get(LIST, {"state": "14"}).context["counts"]}
    assert counts == {"open": 1, "upcoming": 0, "closed": 0}


def test_a_posters_name_that_is_not_shown_is_neither_listed_nor_found(db: None, client: Client) -> None:
    poster = factories.make_organisation(name="Secretaría Reservada", state="14")
    factories.make_challenge(poster, poster_shown="kind")
    page = client.get(LIST).content.decode()
    assert "Reservada" not in page
    assert "Jalisco" in page
    assert not shown(client, q="reservada")


def test_a_reader_sees_the_authors_translation(db: None) -> None:
    challenge = factories.make_challenge(title="Agua segura", language="es")
    Translation.objects.create(
        content_type=ContentType.objects.get_for_model(Challenge),
        object_id=challenge.pk,
        field="title",
        language="en",
        text="Safe water",
    )
    page = Client().get("/en/challenges/").content.decode()
    assert "Safe water" in page
    assert "Agua segura" in Client().get("/es/challenges/").content.decode()


def test_long_lists_have_pages_that_keep_the_filters(db: None, client: Client) -> None:
    hub = factories.make_hub()
    poster = factories.make_organisation()
    for _ in range(19):
        factories.make_challenge(poster, hub=hub, language="en")
    page = client.get(LIST, {"language": "en"}).content.decode()
    assert "page=2" in page
    assert "language=en" in page
    assert len(shown(client, language="en", page="2")) == 1


def test_htmx_gets_the_results_alone(db: None, client: Client) -> None:
    factories.make_challenge()
    response = client.get(LIST, headers={"HX-Request": "true"})
    assert b"<html" not in response.content
    assert b'id="results"' in response.content
    assert "HX-Request" in response["Vary"]


def test_three_rows_cost_as_many_queries_as_one(db: None, client: Client) -> None:
    factories.make_challenge()
    with CaptureQueriesContext(connection) as one:
        client.get(LIST)
    factories.make_challenge()
    factories.make_challenge(poster_shown="kind")
    with CaptureQueriesContext(connection) as three:
        client.get(LIST)
    assert len(three) == len(one)


def test_markup_in_a_title_stays_text(db: None, client: Client) -> None:
    factories.make_challenge(title="<script>alert(1)</script> & más")
    page = client.get(LIST).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; más" in page
