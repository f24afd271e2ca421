"""The pages of the country: a map, charts, tables and files that say the same."""

import csv
import io
import re
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.spreadsheets import harmless
from matching.country import counts, tables
from tests import factories
from tests.matching.letters import make_match

pytestmark = pytest.mark.django_db
PAGE = reverse("matching:country")


def build(people: int = 7) -> None:
    challenge = factories.make_challenge(state="14", sector="22", fields=["2.7"])
    factories.make_challenge(state="20", sector="11", fields=["4.1"])
    for _ in range(people):
        make_match(factories.make_researcher(state="14", fields=["2.7"]), challenge)
    counts.renew()


def body(client: Client, address: str = PAGE) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def file(client: Client, table: str, state: str = "") -> list[dict[str, str]]:
    name, args = ("country_state_table", [state, table]) if state else ("country_table", [table])
    response = client.get(reverse(f"matching:{name}", args=args))
    assert response.status_code == 200
    raw = b"".join(response.streaming_content)  # type: ignore[attr-defined]
    assert raw.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))))


def test_before_anything_was_counted_the_page_says_so(client: Client) -> None:
    assert '<svg class="chart' not in body(client)
    assert client.get(reverse("matching:country_table", args=["states"])).status_code == 404
    assert body(client, reverse("matching:country_state", args=["jal"]))


def test_each_tile_of_the_map_is_a_link_that_says_what_the_table_and_the_file_say(client: Client) -> None:
    build()
    page = body(client)
    tiles = re.findall(r'<a class="tile [^"]*" href="([^"]+)" aria-label="([^"]+)"', page)
    assert len(tiles) == 32
    rows = {row["name"]: row for row in file(client, "states")}
    for address, words in tiles:
        name, said = unescape(words).split(": ", 1)
        assert re.match(rf"{rows[name]['challenges']} ", said)
        assert client.get(address).status_code == 200
    table = re.findall(r'<th scope="row"><a href="[^"]+">([^<]+)</a></th><td>(\d+)</td>', page)
    assert {unescape(name): n for name, n in table} == {
        name: row["challenges"] for name, row in rows.items() if row["code"]
    }


@pytest.mark.parametrize("show", ["asked", "people", "fitting"])
def test_the_map_shows_no_small_count_of_people_whatever_it_is_asked_for(client: Client, show: str) -> None:
    build(people=4)
    page = body(client, f"{PAGE}?show={show}")
    numbers = set(re.findall(r'class="tile__number"[^>]*>([^<]+)<', page))
    assert numbers <= ({"0", "1"} if show == "asked" else {"&lt;5"})
    assert all(row["profiles"] == tables.HIDDEN for row in file(client, "states"))


def test_every_chart_has_its_figures_as_a_table_and_as_a_file(client: Client) -> None:
    build()
    page = body(client)
    for name in ("states", "fields", "sectors", "meeting", "months"):
        assert reverse("matching:country_table", args=[name]) in page
        assert file(client, name)
    assert file(client, "fields")[0] == {
        "code": "2.7",
        "name": "Ingeniería ambiental",
        "challenges": "1",
        "with_somebody_who_fits": "1",
        "profiles": file(client, "fields")[0]["profiles"],
    }
    assert {row["code"] for row in file(client, "areas", "jal")} == {"2"}
    assert client.get(reverse("matching:country_table", args=["people"])).status_code == 404


def test_a_state_shows_its_own_open_challenges_and_what_is_next_door(client: Client) -> None:
    build()
    page = body(client, reverse("matching:country_state", args=["jal"]))
    assert page.count('class="card challenge-card') == 1
    assert reverse("matching:country_state", args=["col"]) in page
    assert client.get(reverse("matching:country_state", args=["atlantida"])).status_code == 404


def test_a_cell_that_a_spreadsheet_would_reckon_is_made_harmless() -> None:
    for cell in ("=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"):
        assert harmless(cell) == f"'{cell}"
    assert harmless("Jalisco") == "Jalisco"


@pytest.mark.parametrize("name", ["country", "country_state"])
def test_fifty_challenges_cost_as_many_queries_as_one(client: Client, name: str) -> None:
    address = reverse(f"matching:{name}", args=["jal"] if name == "country_state" else [])
    build(people=1)
    body(client, address)
    with CaptureQueriesContext(connection) as one:
        body(client, address)
    for _ in range(50):
        factories.make_challenge(state="14", sector="22")
    counts.renew()
    with CaptureQueriesContext(connection) as many:
        body(client, address)
    assert len(many) == len(one) <= 12
