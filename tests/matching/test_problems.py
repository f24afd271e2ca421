"""What a draft's author sees before submitting it."""

from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from hubs.models import Challenge, Project, Response, Result
from matching import asking, pipeline, problems, reach
from matching.encoder import get_encoder
from matching.models import Subject
from matching.pipeline import subjects
from matching.pipeline.facts import ProfileFacts
from matching.pipeline.problems import counted, look
from tests import factories
from tests.matching.test_similar import BUSES, OTHERS, WATER, embedded


@pytest.fixture
def others(db: None) -> None:
    for needs in OTHERS:
        embedded(*needs)


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers at once, in this process."""

    def put(kind: str, question: dict[str, Any], **_: object) -> str:
        key = f"{kind}{len(question)}"
        cache.set(f"answered:{key}", problems.answer(question))
        return key

    monkeypatch.setattr(reach, "put", put)


def draft_of(owner: User, needs: tuple[str, ...], **fields: Any) -> Challenge:
    told = {"title": needs[0], "summary": needs[-1]} | fields
    organisation = factories.make_organisation(owner=owner)
    return factories.make_challenge(organisation, status="draft", needs=needs, author=owner.person, **told)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def same(challenge: Challenge) -> list[int]:
    found = look(challenge, get_encoder("hash", settings.HELICE_MODELS))
    assert found is not None
    return [pk for pk, _score in found.same]


def test_a_draft_finds_who_has_its_problem_and_nobody_else_and_leaves_no_row(
    others: None, owner: User
) -> None:
    public, _buses = embedded(*WATER), embedded(*BUSES)
    draft = draft_of(owner, WATER)
    before = Subject.objects.count()
    assert same(draft) == [public.pk]
    assert Subject.objects.count() == before


def test_what_is_not_public_is_told_to_nobody(others: None, owner: User) -> None:
    hidden = embedded(*WATER)
    factories.put_at(hidden, "withdrawn")
    assert same(draft_of(owner, WATER)) == []


def test_a_draft_that_was_public_once_is_not_like_itself(others: None, owner: User) -> None:
    draft = embedded(*WATER, organisation=factories.make_organisation(owner=owner))
    factories.put_at(draft, "withdrawn")
    assert same(draft) == []


def facts_of(kind: str, count: int) -> list[ProfileFacts]:
    return [ProfileFacts(number, number, helix="", kind=kind) for number in range(count)]


def test_fewer_than_five_are_told_as_few_and_others_by_fives() -> None:
    found = counted(1, [*facts_of("researcher", 13), *facts_of("startup", 3), *facts_of("company", 3)])
    assert (found.helices, found.few) == ({"academia": 10, "firms": 5}, False)
    assert counted(1, facts_of("agency", 4)).few
    nobody = counted(1, [])
    assert (nobody.helices, nobody.few) == ({}, False)


def test_each_need_says_whom_it_would_reach_and_which_nobody_covers(
    others: None, owner: User, worker: None
) -> None:
    for _ in range(6):
        profile = factories.make_researcher(factories.make_user())
        factories.add_item(profile, text=WATER[0])
        subject = subjects.note_profile(profile.pk)
        assert subject is not None
        pipeline.refresh(subject)
    draft = draft_of(owner, (WATER[0], "Xilófonos cuánticos plegables"))
    found = reach.before_submitting(draft)
    assert [(row.academia, row.firms, row.nobody) for row in found.reached] == [(5, 0, False), (0, 0, True)]
    assert found.uncovered == 1


def test_the_preview_shows_a_solution_with_its_figures_and_takes_it_over(
    others: None, owner: User, worker: None
) -> None:
    solver = factories.make_user()
    solved = embedded(*WATER)
    factories.put_at(solved, "completed")
    response = Response.objects.create(
        challenge=solved,
        profile=factories.make_researcher(solver),
        author=solver.person,
        title="Filtro de barro",
        trl=6,
        outcome="selected",
        decision_reason="best_fit",
        decision_sentence="Funciona.",
    )
    over = {"completed_at": timezone.now(), "report": "Cien filtros."}
    project = Project.objects.create(response=response, challenge=solved, trl_now=8, cost=420000, **over)
    Result.objects.create(project=project, kind="adopter", number=3, on="2026-10-01")
    draft = draft_of(owner, WATER)
    preview = reverse("hubs:challenge_preview", args=[draft.public_id])
    page = signed_in(owner).get(preview).content.decode()
    assert "Filtro de barro" in page
    assert "<dd>8</dd>" in page
    assert "420" in page
    assert "<dd>3</dd>" in page
    take = reverse("hubs:challenge_take_over", args=[draft.public_id])
    assert signed_in(owner).post(take, {"response": str(response.public_id)}).status_code == 302
    draft.refresh_from_db()
    assert draft.taken_over_from == response
    assert signed_in(factories.make_user()).post(take, {"response": ""}).status_code == 404


def test_an_open_one_can_be_joined_from_the_preview(others: None, owner: User, worker: None) -> None:
    public = embedded(*WATER)
    draft = draft_of(owner, WATER)
    page = signed_in(owner).get(reverse("hubs:challenge_preview", args=[draft.public_id])).content.decode()
    assert reverse("hubs:challenge_join", args=[public.public_id]) in page


def test_without_a_worker_the_preview_opens_and_says_so(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reach, "WAIT", 0)
    draft = draft_of(owner, WATER)
    preview = reverse("hubs:challenge_preview", args=[draft.public_id])
    page = signed_in(owner).get(preview)
    assert page.status_code == 200
    assert f'href="{preview}"' in page.content.decode()


def test_the_question_holds_no_word_of_the_draft(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, Any]] = []

    def put(kind: str, question: dict[str, Any], **_: Any) -> str:
        asked.append(question)
        return ""

    monkeypatch.setattr(reach, "put", put)
    draft = draft_of(owner, WATER)
    reach.before_submitting(draft)
    assert asked == [{"challenge": draft.pk}]
    assert "problem" in asking._answerers
