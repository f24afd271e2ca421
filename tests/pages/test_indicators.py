"""The pages of the country's figures, and who works with whom."""

import csv
import io
import re
from datetime import date
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from accounts.models import Organisation
from hubs.actions.releases import release_month
from hubs.indicators import figures, network, words
from hubs.indicators.facts import Fact
from hubs.models import CoPoster, Hub, Response
from tests import factories
from tests.hubs.test_indicators import consortium_of, submitted

pytestmark = pytest.mark.django_db
PAGE = reverse("hubs:indicators")
MOST_QUERIES = 12


def facts(figure: str = "responses", n: int = 60, **place: Any) -> list[Fact]:
    where = {"sector": "22", "state": "14", "hub": "agua"} | place
    return [Fact(figure, f"{figure}{k}", f"o{k}", date(2026, 5 + k % 6, 10), **where) for k in range(n)]


def make_hub(slug: str = "agua") -> Hub:
    hub = factories.make_hub(name="Agua")
    Hub.objects.filter(pk=hub.pk).update(slug=slug)
    hub.refresh_from_db()
    return hub


def body(client: Client, address: str = PAGE) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def file(client: Client, address: str) -> list[dict[str, str]]:
    response = client.get(address)
    assert response.status_code == 200
    raw = b"".join(response.streaming_content)  # type: ignore[attr-defined]
    assert raw.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))))


def test_before_the_first_release_each_page_says_when_it_comes(client: Client) -> None:
    hub = make_hub()
    for address in (
        PAGE,
        reverse("hubs:indicators_hub", args=[hub.slug]),
        reverse("hubs:indicators_state", args=["jal"]),
    ):
        page = body(client, address)
        assert "Todavía no hay cifras" in page
        assert re.search(r"\b1 de \w+ de 20\d\d", page)
        assert "indicators.csv" not in page
    assert client.get(reverse("hubs:indicators_file")).status_code == 404


def test_every_figure_stands_with_its_definition_and_its_file(client: Client) -> None:
    release_month(period="2026-10", facts=facts())
    page = body(client)
    with translation.override("es"):
        definitions = words.definitions()
    for figure in figures.FIGURES:
        assert definitions[figure.name] in page
        rows = file(client, f"{reverse('hubs:indicators_file')}?figure={figure.name}")
        assert {row["figure"] for row in rows} == {figure.name}


def test_the_document_defines_every_figure_as_the_page_does() -> None:
    text = (settings.BASE_DIR / "docs" / "indicators.md").read_text()
    flat = " ".join(text.split())
    with translation.override("en"):
        for name, definition in words.definitions().items():
            assert f"`{name}`" in flat
            assert definition in flat


def test_the_file_says_what_the_page_says_and_leaves_empty_what_is_hidden(client: Client) -> None:
    make_hub()
    release_month(period="2026-10", facts=[*facts(), *facts("agreements", 3)])
    rows = file(client, f"{reverse('hubs:indicators_file')}?period=2026-10")
    assert list(rows[0]) == ["period", "scope", "figure", "unit", "by", "code", "name", "value"]
    told = {(row["figure"], row["by"], row["code"]): row["value"] for row in rows}
    assert told["agreements", "total", ""] == "" == told["responses", "state", "20"]
    total = told["responses", "total", ""]
    assert abs(int(total) - 60) <= 20
    assert f'<strong class="stat__number">{total}</strong>' in body(client)
    assert told["responses", "state", "14"] == total == told["responses", "sector", "22"]
    assert sum(1 for row in rows if row["figure"] == "responses" and row["by"] == "month") == 12


def test_a_hidden_figure_is_in_no_page_and_no_file(client: Client) -> None:
    hub = make_hub()
    release_month(
        period="2026-10",
        facts=[Fact("responses", f"r{k}", "o1", date(2026, 9, 9), "22", "14", "agua") for k in range(777)],
    )
    for name, args in (("indicators", []), ("indicators_hub", [hub.slug]), ("indicators_state", ["jal"])):
        assert "775" not in (page := body(client, reverse(f"hubs:{name}", args=args)))
        assert "780" not in page
        rows = file(client, reverse(f"hubs:{name}_file", args=args))
        assert all(row["value"] == "" for row in rows)


def test_older_releases_stay_and_can_be_chosen_and_others_are_not_there(client: Client) -> None:
    release_month(period="2026-09", facts=facts(n=30))
    release_month(period="2026-10", facts=facts(n=90))
    latest, older = body(client), body(client, f"{PAGE}?period=2026-09")
    assert 'href="?period=2026-09"' in latest
    assert "octubre de 2026" in latest
    assert "septiembre de 2026" in older
    assert client.get(f"{PAGE}?period=2026-01").status_code == 404
    assert client.get(reverse("hubs:indicators_state", args=["zzz"])).status_code == 404
    assert client.get(reverse("hubs:indicators_hub", args=["zzz"])).status_code == 404


def test_a_closer_look_draws_a_figure_by_month_sector_and_state(client: Client) -> None:
    release_month(period="2026-10", facts=[*facts(n=120), *facts("introductions_asked", 200)])
    page = body(client, f"{PAGE}?figure=responses")
    assert page.count('<svg class="chart__drawing') == 3
    assert "style=" not in page.partition("<main")[2].partition("</main>")[0]
    state = body(client, reverse("hubs:indicators_state", args=["jal"]) + "?figure=responses")
    assert state.count('<svg class="chart__drawing') == 2


@pytest.mark.parametrize(("demo", "said"), [(True, True), (False, False)])
def test_figures_of_the_demo_are_marked_as_invented(client: Client, demo: bool, said: bool) -> None:
    with override_settings(HELICE_DEMO=demo):
        release_month(period="2026-10", facts=facts())
        assert ("Cifras inventadas" in body(client)) is said


@pytest.mark.parametrize("hubs", [1, 40])
def test_pages_ask_little_however_many_hubs_there_are(client: Client, hubs: int) -> None:
    for _ in range(hubs):
        factories.make_hub()
    release_month(period="2026-10", facts=facts())
    body(client)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        body(client)
    assert len(asked) <= MOST_QUERIES


def test_the_pages_of_a_hub_and_of_a_state_lead_to_their_figures(client: Client) -> None:
    hub = make_hub()
    assert reverse("hubs:indicators_hub", args=[hub.slug]) in body(client, hub.get_absolute_url())
    state = reverse("matching:country_state", args=["jal"])
    assert reverse("hubs:indicators_state", args=["jal"]) in body(client, state)
    assert PAGE in body(client, reverse("hubs:home"))


def awarded(*kinds: str, **fields: Any) -> Response:
    organisation = factories.make_organisation("government", name="Agencia del Agua")
    challenge = factories.make_challenge(organisation, **fields)
    response = submitted(challenge, consortium=consortium_of(challenge, *kinds))
    factories.put_at(challenge, "awarded")
    decided = {"outcome": "selected", "decision_reason": "best_fit", "decision_sentence": "La mejor."}
    Response.objects.filter(pk=response.pk).update(**decided)
    return response


def test_who_works_together_is_drawn_and_stands_in_the_table_and_the_file(client: Client) -> None:
    awarded("academia", "startup", "government")
    page = body(client, reverse("hubs:network"))
    names = set(Organisation.objects.values_list("name", flat=True))
    assert page.count('<g class="ring__node') == 4 == len(names)
    rows = file(client, reverse("hubs:network_file"))
    assert len(rows) == 6 == page.count('<path class="ring__edge"')
    assert re.findall(r"<td>([\d, ]+)</td></tr>", page) == ["2, 3, 4", "1, 3, 4", "1, 2, 4", "1, 2, 3"]
    assert {row["organisation_a"] for row in rows} | {row["organisation_b"] for row in rows} == names


def test_whoever_only_applies_or_is_hidden_or_posts_without_a_name_is_not_shown(client: Client) -> None:
    response = awarded("academia", "startup", "government", poster_shown="kind")
    assert response.consortium
    hidden = response.consortium.members.get(profile__kind="startup").profile
    hidden.visibility = "members"
    hidden.save()
    applying = factories.make_challenge()
    submitted(applying, consortium=consortium_of(applying, "academia", "company"))
    (line,) = network.lines()
    assert network.side(line.a) == "academia"
    assert network.side(line.b) == "government"
    assert "Agencia del Agua" not in body(client, reverse("hubs:network"))


def test_an_organisation_that_joined_the_challenge_works_with_the_rest() -> None:
    response = awarded("academia")
    CoPoster.objects.create(
        challenge=response.challenge, organisation=factories.make_organisation("company"), state="accepted"
    )
    assert len(network.lines()) == 3


def test_people_are_never_named_in_the_network(client: Client) -> None:
    response = awarded("academia", "startup")
    assert response.consortium
    researcher = response.consortium.members.get(profile__kind="researcher").profile
    page = body(client, reverse("hubs:network"))
    assert researcher.name not in page
    assert str(researcher.institution) in page


def test_the_drawing_is_the_same_every_time_and_holds_forty_two_at_most() -> None:
    for _ in range(15):
        awarded("academia", "startup", "company")
    first, second = (network.picture(network.lines()) for _ in range(2))
    assert first.ring == second.ring
    assert len(first.ring.nodes) == network.MOST
    assert first.left_out == 60 - network.MOST
    assert [row.number for row in first.rows] == list(range(1, 61))
    places = {(node.x, node.y) for node in first.ring.nodes}
    assert len(places) == network.MOST
    assert all(0 <= node.x <= 360 and 0 <= node.y <= 360 for node in first.ring.nodes)


def test_without_work_in_common_the_network_says_so(client: Client) -> None:
    assert '<svg class="ring"' not in body(client, reverse("hubs:network"))


@pytest.mark.parametrize("works", [1, 12])
def test_the_network_asks_little_however_many_work(client: Client, works: int) -> None:
    for _ in range(works):
        awarded("academia", "startup")
    with CaptureQueriesContext(connection) as asked:
        body(client, reverse("hubs:network"))
    assert len(asked) <= MOST_QUERIES
