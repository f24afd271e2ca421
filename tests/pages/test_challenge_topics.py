"""What a challenge is about: chosen by its poster or its curators, with suggestions that may be left."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from hubs.completeness import meter
from hubs.models import Challenge
from matching import suggested
from tests import factories
from tests.conftest import signed_in

FOUND = {"fields": [["2.7", 0.8], ["1.5", 0.6]], "sdgs": [["6", 0.9]], "sectors": [["22", 0.7]]}


@pytest.fixture
def draft(owner: User) -> Challenge:
    factories.make_hub("nation")
    return factories.make_challenge(
        factories.make_organisation(owner=owner), status="draft", author=owner.person
    )


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """A worker that has read every text; what it was asked."""
    asked: list[dict[str, Any]] = []

    def ask(kind: str, question: dict[str, Any], wait: float) -> dict[str, Any]:
        asked.append({"kind": kind, **question})
        return FOUND

    monkeypatch.setattr(suggested, "ask", ask)
    return asked


def step(challenge: Challenge) -> str:
    return reverse("hubs:challenge_edit", args=[challenge.public_id, "topics"])


def html(client: Client, challenge: Challenge, **query: str) -> str:
    return client.get(step(challenge), query).content.decode()


def test_what_is_chosen_is_kept_and_checked_again(draft: Challenge, owner: User) -> None:
    client = signed_in(owner)
    data = {"sector": "22", "fields_of_science": ["2.7", "1.5"], "sdgs": ["6", "11"], "then": "next"}
    response = client.post(step(draft), data)
    assert response["Location"] == reverse("hubs:challenge_edit", args=[draft.public_id, "offer"])
    draft.refresh_from_db()
    assert (draft.sector, draft.fields, draft.sdgs) == ("22", ["2.7", "1.5"], ["6", "11"])
    page = html(client, draft)
    assert page.count(" checked") == 4
    assert page.count('<details class="disclosure area" open>') == 2


def test_a_code_that_nobody_knows_is_refused_and_the_rest_is_kept(draft: Challenge, owner: User) -> None:
    response = signed_in(owner).post(step(draft), {"sector": "999", "sdgs": ["6"], "then": "next"})
    assert list(response.context["form"].errors) == ["sector"]
    draft.refresh_from_db()
    assert (draft.sector, draft.sdgs) == ("", ["6"])


def test_suggestions_come_from_its_text_and_are_asked_for_only_when_wanted(
    draft: Challenge, owner: User, worker: list[dict[str, Any]]
) -> None:
    client = signed_in(owner)
    assert 'value="suggest"' in html(client, draft)
    assert not worker
    page = html(client, draft, suggest="1")
    assert worker[0]["kind"] == "suggest"
    assert "Medir arsénico en pozos" in worker[0]["text"]
    for taken in ("fields:2.7", "fields:1.5", "sdgs:6", "sector:22"):
        assert f'value="{taken}"' in page


def test_pressing_one_takes_it_over_with_all_that_was_typed(
    draft: Challenge, owner: User, worker: list[dict[str, Any]]
) -> None:
    client = signed_in(owner)
    response = client.post(step(draft), {"sector": "23", "sdgs": ["11"], "take": "fields:2.7"})
    assert response["Location"] == step(draft) + "?suggest=1#suggestions"
    draft.refresh_from_db()
    assert (draft.sector, draft.fields, draft.sdgs) == ("23", ["2.7"], ["11"])
    page = html(client, draft, suggest="1")
    assert 'value="fields:2.7"' not in page
    assert 'value="fields:1.5"' in page
    assert 'value="sector:' not in page  # it has one


def test_what_is_left_is_not_used(draft: Challenge, owner: User, worker: list[dict[str, Any]]) -> None:
    client = signed_in(owner)
    html(client, draft, suggest="1")
    client.post(step(draft), {"sector": "", "then": "next"})
    draft.refresh_from_db()
    assert (draft.sector, draft.fields, draft.sdgs) == ("", [], [])


@pytest.mark.parametrize("take", ["fields:999", "title:Robado", "status:published", ":", "sector"])
def test_a_suggestion_that_nobody_made_changes_nothing(take: str, draft: Challenge, owner: User) -> None:
    signed_in(owner).post(step(draft), {"take": take})
    draft.refresh_from_db()
    assert (draft.title[:4], draft.status, draft.sector, draft.fields) == ("Agua", "draft", "", [])


def test_without_a_worker_the_step_works_and_says_so(draft: Challenge, owner: User) -> None:
    client = signed_in(owner)
    response = client.get(step(draft), {"suggest": "1"})
    assert response.status_code == 200
    assert 'name="take"' not in response.content.decode()
    client.post(step(draft), {"sector": "22", "then": "next"})
    draft.refresh_from_db()
    assert draft.sector == "22"


def test_the_piece_that_the_page_fetches_is_for_those_who_may_use_it(
    draft: Challenge, owner: User, stranger: User, worker: list[dict[str, Any]]
) -> None:
    address = reverse("matching:challenge_suggestions", args=[draft.public_id])
    assert 'value="sdgs:6"' in signed_in(owner).get(address).content.decode()
    assert signed_in(stranger).get(address).status_code == 404
    assert Client().get(address).status_code == 302
    public = factories.make_challenge()
    assert (
        signed_in(stranger)
        .get(reverse("matching:challenge_suggestions", args=[public.public_id]))
        .status_code
        == 404
    )


def test_curators_classify_what_is_public_and_change_no_word(owner: User, stranger: User) -> None:
    hub = factories.make_hub("nation", curator=stranger)
    challenge = factories.make_challenge(factories.make_organisation(owner=owner), hub=hub)
    client = signed_in(stranger)
    assert step(challenge) in client.get(challenge.get_absolute_url()).content.decode()
    response = client.post(step(challenge), {"sector": "22", "title": "Otro", "then": "next"})
    assert response["Location"] == challenge.get_absolute_url()
    challenge.refresh_from_db()
    assert challenge.sector == "22"
    assert challenge.title != "Otro"
    other = reverse("hubs:challenge_edit", args=[challenge.public_id, "problem"])
    assert client.get(other).status_code == 404
    assert client.post(other, {"title": "Otro"}).status_code == 404


def test_its_poster_cannot_classify_it_once_it_is_public_nor_can_strangers(
    owner: User, stranger: User
) -> None:
    challenge = factories.make_challenge(factories.make_organisation(owner=owner))
    assert signed_in(owner).get(step(challenge)).status_code == 302
    signed_in(owner).post(step(challenge), {"sector": "22"})
    assert signed_in(stranger).get(step(challenge)).status_code == 404
    assert signed_in(stranger).post(step(challenge), {"sector": "22"}).status_code == 404
    challenge.refresh_from_db()
    assert challenge.sector == ""


def test_the_meter_grows_with_what_is_told_and_says_why(draft: Challenge, owner: User) -> None:
    before = meter(draft)
    assert 0 < before.percent < 100
    assert before.ideas[0].step == "needs"
    texts = (
        "Una prueba de campo de arsénico que dé el resultado en menos de una hora.",
        "Filtros para las casas que una familia pueda cambiar sin herramienta alguna.",
        "Un mapa de pozos que el personal del municipio pueda mantener al día.",
    )
    draft.needs.all().delete()
    for position, text in enumerate(texts):
        draft.needs.create(text=text, weight="nice" if position else "must", position=position)
    draft.description = "Los pozos tienen arsénico y la gente bebe de ellos. " * 10
    draft.sector, draft.fields, draft.trl_from, draft.offer_data = "22", ["2.7"], 4, "412 análisis"
    draft.save()
    draft.translations.create(field="title", language="en", text="Safe wells")
    whole = meter(draft)
    assert (whole.percent, whole.ideas) == (100, [])


def test_the_meter_leads_to_the_step_where_each_thing_is_told(draft: Challenge, owner: User) -> None:
    page = signed_in(owner).get(reverse("hubs:challenge_preview", args=[draft.public_id])).content.decode()
    first = meter(draft).ideas[0]
    assert first.why in page
    assert reverse("hubs:challenge_edit", args=[draft.public_id, first.step]) in page


def test_good_examples_stand_beside_the_fields_in_the_readers_language(draft: Challenge, owner: User) -> None:
    client = signed_in(owner)
    spanish = client.get(reverse("hubs:challenge_edit", args=[draft.public_id, "problem"])).content.decode()
    english = client.get(f"/en/challenges/{draft.public_id}/edit/problem/").content.decode()
    assert "Saber qué pozos tienen arsénico" in spanish
    assert "Know which wells hold arsenic" in english
    assert (
        client.get(reverse("hubs:challenge_new"), {"template": "blank"})
        .content.decode()
        .count("example__why")
        == 3
    )
