"""The search: words and meaning, in both languages, and nothing that its reader may not see. The stand-in for
the model knows spelling alone: what it calls near shares parts of words."""

from time import monotonic
from typing import Any

import pytest
from celery import current_app
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Organisation, Profile, User
from hubs.models import Challenge
from matching import asking, search_views, tasks
from matching.searching import Hits, find, meaning, words
from tests import factories
from tests.conftest import signed_in
from tests.matching.test_pipeline import others, refresh_all, water_challenge, water_profile

pytestmark = pytest.mark.django_db
NOBODY = AnonymousUser()
WELLS = "sensores portátiles para medir arsénico en pozos de agua potable"


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that answers at once."""
    cache.set(asking.READY, "hash-384")

    def send(name: str, args: tuple[str, ...] = (), *_: Any, **__: Any) -> None:
        if name == "matching.tasks.answer":
            tasks.answer(*args)

    monkeypatch.setattr(current_app, "send_task", send)


def keys(hits: Hits, kind: str) -> list[int]:
    return [hit.pk for hit in hits.found[kind]]


def test_words_are_found_with_and_without_accents_and_plural() -> None:
    challenge = factories.make_challenge(title="Medición de arsénico en pozos")
    for asked in ("medicion", "MEDICIÓN arsenico", "pozo", "arsénicos"):
        assert keys(find(asked, "es", NOBODY), "challenges") == [challenge.pk], asked


def test_the_enye_is_a_letter_of_its_own() -> None:
    cane = factories.make_challenge(title="Bagazo de caña")
    white = factories.make_challenge(title="Tiñe cana", summary="", description="")
    assert keys(find("caña", "es", NOBODY), "challenges") == [cane.pk]
    assert keys(find("cana", "es", NOBODY), "challenges") == [white.pk]


def test_a_problem_in_ones_own_words_needs_most_of_its_words_not_all() -> None:
    challenge = factories.make_challenge(title="Agua con arsénico", summary="Pozos rurales contaminados.")
    factories.make_challenge(title="Becas", summary="Para jóvenes.", description="", needs=("Becas",))
    asked = "¿Quién nos puede ayudar con el arsénico de los pozos rurales de Durango?"
    assert keys(find(asked, "es", NOBODY), "challenges") == [challenge.pk]
    assert words.terms("de la que") == ["de", "la", "que"]  # nothing but grammar is looked for as it stands


def test_the_title_goes_before_the_text() -> None:
    in_text = factories.make_challenge(title="Otra cosa", summary="También trata de drones.")
    in_title = factories.make_challenge(title="Drones")
    assert keys(find("drones", "es", NOBODY), "challenges") == [in_title.pk, in_text.pk]


def test_organisations_are_found_by_name_and_people_by_institution() -> None:
    organisation = factories.make_organisation(name="Instituto Inventado de Pesca")
    hits = find("instituto inventado", "es", NOBODY)
    assert keys(hits, "organisations") == [organisation.pk]


@pytest.mark.usefixtures("worker")
def test_meaning_finds_what_words_do_not() -> None:
    others()
    profile, challenge = (
        water_profile(),
        water_challenge(),
    )  # the words stand in an item, which lists do not search
    refresh_all()
    assert profile.pk not in keys(find(WELLS, "es", NOBODY), "challenges")
    hits = find(WELLS, "es", NOBODY)
    assert hits.by_meaning
    assert keys(hits, "people")[0] == profile.pk
    assert keys(hits, "challenges") == [challenge.pk]


@pytest.mark.usefixtures("worker")
def test_a_closed_challenge_is_found_by_meaning_after_the_open_ones() -> None:
    others()
    water_profile()
    closed, challenge = water_challenge(), water_challenge()
    Challenge.objects.filter(pk=closed.pk).update(status="closed")
    refresh_all()
    assert closed.pk in dict(meaning.meant(WELLS, "es").challenges)
    assert keys(find(WELLS, "es", NOBODY), "challenges") == [challenge.pk, closed.pk]


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize("visibility", ["members", "nobody"])
def test_nothing_leaks_of_profiles_that_the_reader_may_not_see(
    visibility: str, owner: User, stranger: User
) -> None:
    others()
    profile = water_profile(state="14", user=owner, visibility=visibility)
    water_challenge()
    refresh_all()
    assert keys(find(WELLS, "es", NOBODY), "people") == []
    page = Client().get("/es/search/", {"q": WELLS, "kind": "people"})
    assert not page.context["facets"]
    assert ("people", 0) in [(name, count) for name, _, count, _ in page.context["counts"]]
    assert str(profile.public_id) not in page.content.decode()
    seen = keys(find(WELLS, "es", stranger), "people")
    assert (profile.pk in seen) == (visibility == "members")


@pytest.mark.usefixtures("worker")
def test_an_organisation_with_a_hidden_profile_is_found_neither_by_what_that_says_nor_by_name(
    stranger: User,
) -> None:
    others()
    water_profile()
    startup = factories.make_profile(
        factories.make_organisation(name="Empresa Inventada"), visibility="members", sector="31-33"
    )
    factories.add_item(startup, text=WELLS)
    water_challenge()
    refresh_all()
    assert keys(find(WELLS, "es", NOBODY), "organisations") == []
    assert keys(find(startup.name, "es", NOBODY), "organisations") == []
    [named] = find(startup.name, "es", stranger).found["organisations"]
    assert named.facets["sector"] == ("31-33",)


@pytest.mark.usefixtures("worker")
def test_who_opted_out_of_matching_is_found_by_words_alone() -> None:
    others()
    profile = water_profile()
    Profile.objects.filter(pk=profile.pk).update(match_automatically=False)
    refresh_all()
    assert keys(find(WELLS, "es", NOBODY), "people") == []
    assert keys(find(profile.name, "es", NOBODY), "people")[0] == profile.pk


def test_drafts_are_nobodys_results() -> None:
    factories.make_challenge(title="Borrador de drones", status="draft")
    assert keys(find("drones", "es", NOBODY), "challenges") == []


def test_words_answer_at_once_where_no_worker_is_there(settings: Any) -> None:
    challenge = factories.make_challenge(title="Drones")
    cache.delete(asking.READY)
    started = monotonic()
    hits = find("drones", "es", NOBODY)
    assert monotonic() - started < meaning.WAIT
    assert not hits.by_meaning
    assert keys(hits, "challenges") == [challenge.pk]


def test_words_answer_after_the_wait_where_a_worker_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    challenge = factories.make_challenge(title="Drones")
    cache.set(asking.READY, "hash-384")
    sent: list[Any] = []
    monkeypatch.setattr(current_app, "send_task", lambda *a, **k: sent.append((a, k)))
    monkeypatch.setattr(meaning, "WAIT", 0.05)
    hits = find("drones secretos", "es", NOBODY)
    assert not hits.by_meaning
    assert "secretos" not in repr(sent)  # the broker carries a key
    assert sent[0][1]["expires"] == 0.05
    assert keys(find("drones", "es", NOBODY), "challenges") == [challenge.pk]


@pytest.mark.usefixtures("worker")
def test_an_answer_is_kept_for_the_pages_that_follow(monkeypatch: pytest.MonkeyPatch) -> None:
    others()
    water_profile()
    water_challenge()
    refresh_all()
    first = meaning.meant(WELLS, "es")
    monkeypatch.setattr(asking, "ask", lambda *a, **k: None)
    assert meaning.meant(WELLS, "es") == first


def test_whoever_asks_without_end_is_answered_by_words_and_others_are_not_held_up(
    worker: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_views.Searches, "get_rate", lambda self: "2/min")
    challenge = factories.make_challenge(title="Medición de arsénico")
    water_challenge()
    refresh_all()
    asked = ["arsénico", "arsénico y", "arsénico ya"]
    told = [Client().get("/es/search/", {"q": words}) for words in asked]
    assert [answer.context["by_meaning"] for answer in told] == [True, True, False]
    assert challenge.title in told[-1].content.decode()
    assert Client().get("/es/search/", {"q": asked[0]}).context["by_meaning"], "it was asked before"
    elsewhere = Client(REMOTE_ADDR="192.0.2.7").get("/es/search/", {"q": asked[2]})
    assert elsewhere.context["by_meaning"]


def page_of(client: Client, **wanted: str) -> Any:
    response = client.get("/es/search/", wanted)
    assert response.status_code == 200
    return response


def test_filters_and_their_counts_stay_in_the_address() -> None:
    factories.make_challenge(title="Drones uno", state="14", sdgs=["6"])
    factories.make_challenge(title="Drones dos", state="14", sdgs=["2"], status="closed")
    factories.make_challenge(title="Drones tres", state="09", sdgs=["6"])
    response = page_of(Client(), q="drones", kind="challenges", sdg="6")
    assert {row.title for row in response.context["sections"][0][2]} == {"Drones tres", "Drones uno"}
    found = {facet.name: facet for facet in response.context["facets"]}
    assert {choice.code: choice.count for choice in found["state"].choices} == {"14": 1, "09": 1}
    assert {choice.code: choice.count for choice in found["sdg"].choices} == {"6": 2, "2": 1}
    [jalisco] = [choice for choice in found["state"].choices if choice.code == "14"]
    assert jalisco.href == "?q=drones&kind=challenges&sdg=6&state=14"
    narrowed = Client().get(f"/es/search/{jalisco.href}")
    assert [row.title for row in narrowed.context["sections"][0][2]] == ["Drones uno"]


@pytest.mark.parametrize(
    "wanted", [{"state": "99"}, {"kind": "x"}, {"sdg": "<b>"}, {"page": "-1"}, {"when": "never"}]
)
def test_a_filter_that_makes_no_sense_is_left_out(wanted: dict[str, str]) -> None:
    factories.make_challenge(title="Drones")
    assert page_of(Client(), q="drones", **{"kind": "challenges"} | wanted).context["total"] == 1


def test_without_a_question_the_page_says_what_can_be_asked() -> None:
    assert "sections" not in page_of(Client()).context


@pytest.mark.parametrize("kind", ["", "challenges", "people", "organisations"])
def test_fifty_results_cost_as_many_queries_as_one_and_no_more_than_twelve(kind: str, owner: User) -> None:
    def cost() -> int:
        cache.clear()
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page_of(client, q="drones", kind=kind)
        return len(queries)

    def make() -> None:
        organisation = factories.make_organisation(name=f"Drones {Organisation.objects.count()}")
        factories.make_challenge(title="Drones", organisation=organisation, sdgs=["6"], state="14")
        factories.make_researcher(summary="Drones", state="14")

    client = signed_in(owner)
    make()
    page_of(client, q="drones", kind=kind)
    one = cost()
    for _ in range(50):
        make()
    assert cost() == one <= 12
