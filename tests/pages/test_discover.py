"""How challenges and people are found from outside, and that nothing is found that should not be."""

import json
import re
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from accounts import urls as account_urls
from accounts.models import Profile, User
from hubs import urls as hub_urls
from matching import urls as match_urls
from matching.models import Answer, CalendarLink
from tests import factories
from tests.conftest import signed_in

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
FEED = reverse("hubs:challenge_feed")
DATES = reverse("hubs:challenge_deadlines")
CALLS = reverse("hubs:challenge_open")


def entries(client: Client, query: str = "") -> list[ElementTree.Element]:
    response = client.get(FEED + query)
    assert response.status_code == 200
    return ElementTree.fromstring(response.content).findall(f"{ATOM}entry")  # noqa: S314 - our own


def titles(client: Client, query: str = "") -> set[str | None]:
    return {one.findtext(f"{ATOM}title") for one in entries(client, query)}


def dates(client: Client, address: str = DATES) -> set[str]:
    response = client.get(address)
    assert response["Content-Type"].startswith("text/calendar")
    return {str(one["SUMMARY"]) for one in Calendar.from_ical(response.content).walk("VEVENT")}


def calls(client: Client, query: str = "") -> list[dict[str, Any]]:
    return list(json.loads(client.get(CALLS + query).content)["challenges"])


def data_of(page: str) -> dict[str, Any]:
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    return dict(json.loads(found[0])) if found else {}


def test_feed_calendar_and_list_tell_of_the_same_open_challenges(client: Client) -> None:
    now = timezone.now()
    factories.make_challenge(title="Abierto")
    factories.make_challenge(title="Pronto", opens_at=now + timedelta(days=2))
    factories.make_challenge(title="Cerrado", closes_at=now - timedelta(hours=1))
    factories.make_challenge(title="Borrador", status="draft")
    factories.make_challenge(title="En revisión", status="in_review")
    assert titles(client) == {"Abierto", "Pronto"}
    assert {one["title"] for one in calls(client)} == {"Abierto", "Pronto"}
    assert {words.partition(": ")[2] for words in dates(client)} == {"Abierto", "Pronto"}


@pytest.mark.parametrize(
    "query", ["?sector=22", "?field=2", "?field=2.7", "?state=14", "?language=en", "?q=agua&sector=22"]
)
def test_each_of_them_can_be_narrowed_down(client: Client, query: str) -> None:
    factories.make_challenge(title="Agua", sector="22", fields=["2.7"], state="14", language="en")
    factories.make_challenge(title="Otro", sector="11", fields=["5.2"], state="20", language="es")
    assert titles(client, query) == {"Agua"}
    assert [one["title"] for one in calls(client, query)] == ["Agua"]
    assert len(dates(client, DATES + query)) == 1


def test_the_demos_challenges_are_told_of_in_the_demo_alone(client: Client) -> None:
    factories.make_challenge(title="Inventado", is_demo=True)
    assert titles(client) == {"Inventado"}
    with override_settings(HELICE_DEMO=False):
        assert titles(client) == set()
        assert calls(client) == []
        assert dates(client) == set()


def test_a_poster_who_hides_its_name_is_named_nowhere(client: Client) -> None:
    poster = factories.make_organisation(name="Secretísima S. A.", state="14")
    challenge = factories.make_challenge(poster, poster_shown="kind")
    for address in (FEED, DATES, CALLS, challenge.get_absolute_url()):
        assert "Secretísima" not in client.get(address).content.decode()


def test_an_entry_keeps_its_name_and_the_feed_is_sent_once(client: Client) -> None:
    challenge = factories.make_challenge()
    first = entries(client)[0].findtext(f"{ATOM}id")
    assert str(challenge.public_id) in str(first)
    challenge.title = "Otro título"
    challenge.save()
    assert entries(client)[0].findtext(f"{ATOM}id") == first
    seen = client.get(FEED)["ETag"]
    assert client.get(FEED, HTTP_IF_NONE_MATCH=seen).status_code == 304


def test_fifty_challenges_cost_feeds_no_more_queries_than_one(client: Client) -> None:
    for address in (FEED, DATES, CALLS):
        factories.make_challenge()
        with CaptureQueriesContext(connection) as one:
            client.get(address)
        for _ in range(20):
            factories.make_challenge()
        with CaptureQueriesContext(connection) as many:
            client.get(address)
        assert len(one) == len(many) <= 4


# --- One's own calendar -----------------------------------------------------------------------
def own_address(user: User) -> str:
    page = signed_in(user).post(reverse("matching:calendar"), {"do": "make"}).content.decode()
    return str(re.findall(r"/c/[\w-]+/deadlines\.ics", page)[0])


def interested(user: User, title: str) -> Profile:
    profile = Profile.objects.filter(person=user.person).first() or factories.make_researcher(user)
    Answer.objects.create(
        profile=profile,
        challenge=factories.make_challenge(title=title),
        person=user.person,
        answer="interested",
    )
    return profile


def test_ones_own_calendar_holds_what_interests_one_and_needs_no_sign_in(
    client: Client, stranger: User, teammate: User
) -> None:
    interested(stranger, "Me interesa")
    interested(teammate, "Le interesa")
    factories.make_challenge(title="De nadie")
    address = own_address(stranger)
    assert {words.partition(": ")[2] for words in dates(client, address)} == {"Me interesa"}
    answer = client.get(address)
    assert answer["X-Robots-Tag"] == "noindex"
    assert "private" in answer["Cache-Control"]
    assert stranger.person.name not in answer.content.decode()


def test_the_address_is_kept_as_a_hash_and_another_one_ends_it(client: Client, stranger: User) -> None:
    first = own_address(stranger)
    assert first.split("/")[2] not in str(CalendarLink.objects.values().get())
    second = own_address(stranger)
    assert client.get(first).status_code == 404
    assert client.get(second).status_code == 200
    signed_in(stranger).post(reverse("matching:calendar"), {"do": "stop"})
    assert client.get(second).status_code == 404


def test_a_draft_of_ones_own_is_in_no_calendar(client: Client, owner: User) -> None:
    organisation = factories.make_organisation(owner=owner)
    factories.make_challenge(organisation, title="Público")
    factories.make_challenge(organisation, title="Secreto", status="draft")
    assert {words.partition(": ")[2] for words in dates(client, own_address(owner))} == {"Público"}


# --- Search engines ------------------------------------------------------------------------------
def places(client: Client, section: str) -> list[str]:
    response = client.get(reverse("sitemap_part", args=[section]))
    assert response.status_code == 200
    found = ElementTree.fromstring(response.content).iter(f"{SITEMAP}loc")  # noqa: S314 - our own
    return [str(one.text).removeprefix("http://localhost:8000") for one in found]


def test_the_sitemap_leads_everybody_to_pages_that_answer(
    client: Client, owner: User, stranger: User
) -> None:
    factories.make_challenge()
    factories.make_researcher(stranger)
    factories.make_profile(factories.make_organisation(owner=owner))
    factories.make_programme()
    index = client.get(reverse("sitemap")).content.decode()
    for section in ("challenges", "hubs", "organisations", "pages", "profiles", "programmes"):
        assert reverse("sitemap_part", args=[section]) in index
        found = places(client, section)
        assert len(found) >= 2
        for place in found[:6]:
            assert client.get(place).status_code == 200


def test_the_sitemap_knows_nobody_who_does_not_want_to_be_found(
    client: Client, owner: User, stranger: User, teammate: User
) -> None:
    factories.make_researcher(owner, visibility="members")
    factories.make_researcher(teammate, visibility="nobody")
    factories.make_researcher(stranger, confirmed_at=None)
    factories.make_researcher()  # imported, and not claimed
    factories.make_profile(factories.make_organisation(), claimed_at=None)
    factories.make_organisation()
    assert places(client, "profiles") == places(client, "organisations") == []
    factories.make_challenge(status="in_review")
    assert places(client, "challenges") == []


@pytest.mark.parametrize("demo", [True, False])
def test_demo_records_stand_in_the_sitemap_of_the_demo_alone(client: Client, demo: bool) -> None:
    factories.make_challenge(is_demo=True)
    with override_settings(HELICE_DEMO=demo):
        assert bool(places(client, "challenges")) == demo


def test_robots_are_let_in_by_environment(client: Client) -> None:
    with override_settings(HELICE_INDEXED=True):
        answer = client.get("/robots.txt")
        assert "Disallow: /\n" not in answer.content.decode()
        assert "Sitemap: http://localhost:8000/sitemap.xml" in answer.content.decode()
        assert "X-Robots-Tag" not in client.get(reverse("hubs:home"))
    with override_settings(HELICE_INDEXED=False):
        assert client.get("/robots.txt").content.decode() == "User-agent: *\nDisallow: /\n"
        assert client.get(reverse("hubs:home"))["X-Robots-Tag"] == "noindex"


def test_robots_are_kept_from_every_page_that_asks_its_reader_to_sign_in(client: Client) -> None:
    with override_settings(HELICE_INDEXED=True):
        lines = client.get("/robots.txt").content.decode().splitlines()
    barred = [line.removeprefix("Disallow: /*/") for line in lines if line.startswith("Disallow: /*/")]
    asking = []
    for app, urls in (("accounts", account_urls), ("hubs", hub_urls), ("matching", match_urls)):
        for name in {one.name for one in urls.urlpatterns if one.name and "<" not in str(one.pattern)}:
            address = reverse(f"{app}:{name}")
            if reverse("account_login") in client.get(address).headers.get("Location", ""):
                asking.append(address.removeprefix("/es/"))
    assert len(asking) > 10
    assert [address for address in asking if not address.startswith(tuple(barred))] == []


def test_a_search_from_outside_leads_to_the_search_of_everything(client: Client) -> None:
    data = data_of(client.get(reverse("hubs:home")).content.decode())
    assert str(data["potentialAction"]["target"]).endswith(reverse("matching:search") + "?q={words}")
    for name in ("hubs:challenge_list", "hubs:hub_list", "hubs:programme_list", "accounts:profile_list"):
        assert 'property="og:title"' in client.get(reverse(name)).content.decode()


def test_a_public_researcher_is_told_of_with_orcid_and_others_not_at_all(
    client: Client, stranger: User, teammate: User
) -> None:
    public = factories.make_researcher(stranger, orcid="0000-0002-1825-0097", fields=["2.7"])
    data = data_of(client.get(public.get_absolute_url()).content.decode())
    assert (data["@type"], data["@id"]) == ("Person", "https://orcid.org/0000-0002-1825-0097")
    hidden = factories.make_researcher(teammate, orcid="0000-0001-5109-3700", visibility="members")
    page = signed_in(stranger).get(hidden.get_absolute_url()).content.decode()
    assert data_of(page) == {}
    assert "og:title" not in page
    imported = factories.make_researcher()
    assert data_of(client.get(imported.get_absolute_url()).content.decode()) == {}


def test_an_organisation_is_told_of_with_ror_once_its_people_made_it_public(
    client: Client, owner: User
) -> None:
    organisation = factories.make_organisation("academia", owner=owner, ror="01tmp8f25")
    assert data_of(client.get(organisation.get_absolute_url()).content.decode()) == {}
    factories.make_profile(organisation)
    data = data_of(client.get(organisation.get_absolute_url()).content.decode())
    assert (data["@type"], data["@id"]) == ("ResearchOrganization", "https://ror.org/01tmp8f25")


def test_a_challenge_is_told_of_with_its_closing_date_and_cannot_break_out_of_its_element(
    client: Client,
) -> None:
    challenge = factories.make_challenge(title="</script><script>alert(1)</script>", summary="a & b")
    page = client.get(challenge.get_absolute_url()).content.decode()
    assert "<script>alert(1)" not in page
    data = data_of(page)
    assert data["name"] == challenge.title
    closes_at = challenge.closes_at
    assert closes_at is not None
    assert data["mainEntity"]["validThrough"] == closes_at.isoformat()
    assert data["author"]["name"] == challenge.organisation.name
    assert f'property="og:url" content="http://localhost:8000{challenge.get_absolute_url()}"' in page
