"""Evaluation: criteria, evaluators without a conflict, scores, and a decision that everybody hears."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import mailer
from accounts.models import NewsItem, User
from hubs import judging
from hubs.actions import (
    answer_evaluation,
    decide_responses,
    declare_conflict,
    invite_evaluator,
    save_criteria,
    save_scores,
    take_back_invitation,
)
from hubs.models import Challenge, Conflict, Criterion, Evaluator, Response, Score
from tests import factories

ROW = {"question": "¿Sirve?", "help": "", "scale": "five", "weight": 3, "comments_required": False}


@pytest.fixture
def challenge(owner: User) -> Challenge:
    now = timezone.now()
    return factories.make_challenge(
        factories.make_organisation(owner=owner),
        status="in_evaluation",
        opens_at=now - timedelta(days=9),
        closes_at=now - timedelta(days=1),
    )


@pytest.fixture
def response(challenge: Challenge, stranger: User) -> Response:
    return handed_in(challenge, stranger)


def handed_in(challenge: Challenge, user: User, title: str = "Sensores") -> Response:
    told = {"title": title, "approach": "Así.", "plan": "Un año."}
    return Response.objects.create(
        challenge=challenge,
        profile=factories.make_researcher(user),
        author=user.person,
        **told,
        state="submitted",
        submitted_at=timezone.now(),
        submitted=told | {"who": str(user.person), "language": "es"},
    )


@pytest.fixture
def evaluator(challenge: Challenge, response: Response, owner: User, teammate: User) -> Evaluator:
    evaluator = invite_evaluator(challenge=challenge, person=teammate.person, by=owner)
    answer_evaluation(evaluator=evaluator, accept=True, declared="", by=teammate)
    return evaluator


def all_at(challenge: Challenge, value: int) -> dict[int, tuple[int, str]]:
    return {one.pk: (value, "") for one in challenge.criteria.all()}


def test_criteria_are_written_while_the_challenge_is_a_draft_and_not_afterwards(
    owner: User, challenge: Challenge
) -> None:
    draft = factories.make_challenge(challenge.organisation, status="draft")
    save_criteria(challenge=draft, rows=[ROW, ROW | {"question": "¿Dura?"}], by=owner)
    kept = draft.criteria.get(question="¿Dura?")
    save_criteria(challenge=draft, rows=[ROW | {"id": kept.pk, "question": "¿Dura años?"}], by=owner)
    assert [(one.pk, one.question) for one in draft.criteria.all()] == [(kept.pk, "¿Dura años?")]
    with pytest.raises(ValidationError):
        save_criteria(challenge=challenge, rows=[ROW], by=owner)


def test_a_mark_is_the_weighted_mean_of_each_scale() -> None:
    criteria = [
        Criterion(pk=1, scale="five", weight=3),
        Criterion(pk=2, scale="hundred", weight=1),
        Criterion(pk=3, scale="yes_no", weight=1),
    ]
    assert judging.mark(criteria, {1: 5, 2: 50, 3: 0}) == pytest.approx((3 * 100 + 50 + 0) / 5)
    assert judging.mark(criteria, {1: 1, 2: 0, 3: 0}) == 0
    assert judging.mark(criteria, {1: 5, 2: 50}) is None


def test_only_the_poster_asks_evaluators_and_asking_twice_is_once(
    challenge: Challenge, owner: User, teammate: User, stranger: User
) -> None:
    with pytest.raises(PermissionDenied):
        invite_evaluator(challenge=challenge, person=teammate.person, by=stranger)
    first = invite_evaluator(challenge=challenge, person=teammate.person, by=owner)
    assert invite_evaluator(challenge=challenge, person=teammate.person, by=owner) == first
    assert NewsItem.objects.filter(person=teammate.person, kind="evaluator_invited").count() == 1
    assert challenge.criteria.count() == 4  # the usual ones, where the poster wrote none
    take_back_invitation(evaluator=first, by=owner)
    assert not challenge.evaluators.exists()


def test_nobody_evaluates_before_conflicts_are_declared(challenge: Challenge, teammate: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Evaluator.objects.create(challenge=challenge, person=teammate.person, state="accepted")


def test_an_evaluator_never_reads_a_response_that_the_site_found_a_conflict_with(
    challenge: Challenge, response: Response, owner: User, teammate: User
) -> None:
    other = handed_in(challenge, factories.make_user(), "Otra")
    for profile in (response.profile, factories.make_researcher(teammate)):
        assert profile
        profile.institution_name = "Tecnológico Inventado"
        profile.save()
    evaluator = invite_evaluator(challenge=challenge, person=teammate.person, by=owner)
    assert not Response.objects.visible_to(teammate).exists()  # invited is not agreed
    answer_evaluation(evaluator=evaluator, accept=True, declared="Ninguno.", by=teammate)
    assert list(Response.objects.visible_to(teammate)) == [other]
    with pytest.raises(PermissionDenied):
        save_scores(evaluator=evaluator, response=response, values=all_at(challenge, 5), by=teammate)


def test_a_conflict_that_arose_since_is_found_before_scores_are_taken(
    challenge: Challenge, response: Response, evaluator: Evaluator, teammate: User
) -> None:
    save_scores(evaluator=evaluator, response=response, values=all_at(challenge, 5), by=teammate)
    firm = factories.make_organisation("startup")
    factories.make_researcher(teammate, institution=firm)
    assert response.profile
    response.profile.institution = firm
    response.profile.save()
    with pytest.raises(PermissionDenied):
        save_scores(evaluator=evaluator, response=response, values=all_at(challenge, 1), by=teammate)


def test_what_one_declares_hides_the_response_and_takes_the_scores_out(
    challenge: Challenge, response: Response, evaluator: Evaluator, teammate: User, owner: User
) -> None:
    save_scores(evaluator=evaluator, response=response, values=all_at(challenge, 5), by=teammate)
    assert judging.standings(challenge, owner)[0].mean == 100
    declare_conflict(evaluator=evaluator, response=response, detail="Es mi cuñado.", by=teammate)
    judging.find_conflicts(evaluator)  # what the site finds does not take back what was declared
    assert Conflict.objects.get().kind == "declared"
    assert not Response.objects.visible_to(teammate).exists()
    row = judging.standings(challenge, owner)[0]
    assert (row.mean, row.conflicted) == (None, 1)


@pytest.mark.parametrize("value", [0, 6])
def test_a_score_outside_its_scale_is_refused(
    challenge: Challenge, response: Response, evaluator: Evaluator, teammate: User, value: int
) -> None:
    with pytest.raises(ValidationError):
        save_scores(evaluator=evaluator, response=response, values=all_at(challenge, value), by=teammate)
    assert not Score.objects.exists()


def test_all_criteria_are_scored_with_the_comments_that_are_asked_for(
    challenge: Challenge, response: Response, evaluator: Evaluator, teammate: User
) -> None:
    values = all_at(challenge, 3)
    first = challenge.criteria.all()[0]
    with pytest.raises(ValidationError):
        save_scores(evaluator=evaluator, response=response, values={first.pk: (3, "")}, by=teammate)
    Criterion.objects.filter(pk=first.pk).update(comments_required=True)
    with pytest.raises(ValidationError):
        save_scores(evaluator=evaluator, response=response, values=values, by=teammate)
    save_scores(evaluator=evaluator, response=response, values=values | {first.pk: (3, "Sí.")}, by=teammate)
    assert Score.objects.count() == 4


def test_the_poster_decides_on_all_with_reasons_and_every_respondent_hears_it_once(
    challenge: Challenge, response: Response, owner: User, stranger: User
) -> None:
    other_user = factories.make_user()
    other = handed_in(challenge, other_user, "Otra")
    yes = {"outcome": "selected", "reason": "best_fit", "sentence": "Mide cada pozo."}
    no = {"outcome": "not_selected", "reason": "plan_unclear", "sentence": "No dice quién mide."}
    with pytest.raises(PermissionDenied):
        decide_responses(challenge=challenge, decisions={response.pk: yes, other.pk: no}, by=stranger)
    with pytest.raises(ValidationError):  # nobody is left without an answer
        decide_responses(challenge=challenge, decisions={response.pk: yes}, by=owner)
    assert not Response.objects.exclude(outcome="").exists()
    decisions = {response.pk: yes, other.pk: no}
    assert decide_responses(challenge=challenge, decisions=decisions, by=owner) == 2
    assert decide_responses(challenge=challenge, decisions=decisions, by=owner) == 0
    heard = NewsItem.objects.filter(kind="response_decided")
    assert set(heard.values_list("person", flat=True)) == {stranger.person.pk, other_user.person.pk}
    mailer.send_due()
    letters = {message.to[0]: str(message.body) for message in mail.outbox}
    assert "Mide cada pozo." in letters[stranger.email]
    assert "No dice quién mide." in letters[other_user.email]


def test_a_decision_without_a_reason_is_refused_by_the_database(response: Response) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Response.objects.update(outcome="selected")


def test_nothing_is_decided_before_the_evaluation_has_begun(owner: User) -> None:
    challenge = factories.make_challenge(factories.make_organisation(owner=owner))
    with pytest.raises(ValidationError):
        decide_responses(challenge=challenge, decisions={}, by=owner)
