"""A consortium answers together: drafts, hands in, is selected, hears the decision, works, completes."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.models import NewsItem, Profile, User
from hubs.actions import (
    decide_responses,
    move_challenge,
    save_response,
    start_response,
    submit_response,
    withdraw_response,
)
from hubs.actions import workspace as actions
from hubs.actions.consortia import dissolve_consortium, leave_consortium
from hubs.answering import consortia_for
from hubs.clocks import invitations
from hubs.models import Challenge, Consortium, Member, Project, Response
from matching.models import MatchEvent
from tests import factories
from tests.conftest import signed_in
from tests.hubs.working import WORDS, make_consortium, person_with_profile
from tests.matching.letters import make_match

Team = list[tuple[User, Profile]]


@pytest.fixture
def challenge(owner: User) -> Challenge:
    return factories.make_challenge(factories.make_organisation(owner=owner))


@pytest.fixture
def team(db: None) -> Team:
    """Who coordinates, who is a member, who advises."""
    return [person_with_profile(f"Persona {n}") for n in range(3)]


@pytest.fixture
def consortium(challenge: Challenge, team: Team) -> Consortium:
    return make_consortium(challenge, *(profile for _user, profile in team), state="ready")


@pytest.fixture
def draft(challenge: Challenge, consortium: Consortium, team: Team) -> Response:
    response, _new = start_response(challenge=challenge, consortium=consortium, by=team[0][0])
    return save_response(response=response, values=WORDS, version=0, by=team[0][0])


def hand_in(response: Response, by: User) -> bool:
    response.refresh_from_db()
    return submit_response(response=response, by=by, at=timezone.now(), version=response.version)


def state(consortium: Consortium) -> str:
    return Consortium.objects.get(pk=consortium.pk).state


def decide(response: Response, outcome: str, by: User) -> None:
    challenge = factories.put_at(
        response.challenge, "in_evaluation", closes_at=timezone.now() - timedelta(hours=1)
    )
    told = {"outcome": outcome, "reason": "best_fit", "sentence": "Lo hacen juntos."}
    decide_responses(challenge=challenge, decisions={response.pk: told}, by=by)


def events(kind: str) -> list[tuple[int, str]]:
    return list(MatchEvent.objects.filter(kind=kind).order_by("pk").values_list("profile", "answer"))


def test_together_they_draft_hand_in_are_selected_work_and_complete(
    challenge: Challenge, consortium: Consortium, team: Team, draft: Response, owner: User
) -> None:
    (first, one), (second, two), (adviser, _three) = team
    make_match(one, challenge)
    save_response(response=draft, values={"team": "Las dos."}, version=draft.version, by=second)
    assert state(consortium) == "ready"  # nothing is handed in yet
    assert hand_in(draft, second)
    assert state(consortium) == "responding"
    assert events("response") == [(one.pk, "submitted"), (two.pk, "submitted")]
    assert MatchEvent.objects.get(kind="response", profile=one).score is not None
    assert draft.submitted["team"] == "Las dos."
    for user in (first, second, adviser):
        assert NewsItem.objects.filter(person=user.person, kind="response_received").count() == 1
    decide(draft, "selected", owner)
    assert state(consortium) == "awarded"
    assert events("outcome") == [(one.pk, "selected"), (two.pk, "selected")]
    assert MatchEvent.objects.filter(kind="outcome", reason="best_fit").count() == 2
    for user in (first, second, adviser):
        assert NewsItem.objects.filter(person=user.person, kind="response_decided").count() == 1
    challenge.refresh_from_db()
    move_challenge(challenge=challenge, to="awarded", by=owner)
    project = Project.objects.get(response=draft)
    assert state(consortium) == "working"
    values = {"title": "Piloto", "due": timezone.localdate(), "owner": first.person}
    made = actions.add_milestone(project=project, values=values, by=second)
    actions.finish_milestone(milestone=made, done=True, by=first)
    told = {"report": "Todo.", "lessons": "", "lessons_public": False, "cost": 10, "trl_now": 8}
    actions.save_report(project=project, values=told, by=second)
    with pytest.raises(PermissionDenied):  # a member writes it, the coordinator says that it is over
        actions.complete_project(project=project, by=second)
    assert actions.complete_project(project=project, by=first)
    assert state(consortium) == "completed"


def test_withdrawn_in_time_it_may_change_its_members_again(
    consortium: Consortium, team: Team, draft: Response
) -> None:
    hand_in(draft, team[0][0])
    member = consortium.members.get(profile=team[1][1])
    with pytest.raises(ValidationError):
        leave_consortium(member=member, by=team[1][0])
    assert withdraw_response(response=draft, by=team[1][0], at=timezone.now())
    assert state(consortium) == "ready"
    assert events("response")[-2:] == [(team[0][1].pk, "withdrawn"), (team[1][1].pk, "withdrawn")]
    assert leave_consortium(member=member, by=team[1][0])


def test_a_draft_that_is_withdrawn_moves_nothing(consortium: Consortium, team: Team, draft: Response) -> None:
    withdraw_response(response=draft, by=team[0][0], at=timezone.now())
    assert state(consortium) == "ready"
    assert events("response") == []


@pytest.mark.parametrize("outcome", ["reserve", "not_selected"])
def test_one_that_is_not_selected_stays_one_that_answered(
    consortium: Consortium, team: Team, draft: Response, owner: User, outcome: str
) -> None:
    hand_in(draft, team[0][0])
    decide(draft, outcome, owner)
    assert state(consortium) == "responding"
    assert events("outcome") == [(team[0][1].pk, outcome), (team[1][1].pk, outcome)]


def test_work_that_the_poster_ends_ends_its_consortium(
    challenge: Challenge, consortium: Consortium, team: Team, draft: Response, owner: User
) -> None:
    hand_in(draft, team[0][0])
    decide(draft, "selected", owner)
    challenge.refresh_from_db()
    move_challenge(challenge=challenge, to="awarded", by=owner)
    move_challenge(challenge=challenge, to="archived", by=owner, note="Sin presupuesto.")
    assert state(consortium) == "dissolved"


def test_alone_or_given_up_no_consortium_hands_in(
    consortium: Consortium, team: Team, draft: Response
) -> None:
    Member.objects.filter(profile=team[1][1]).update(state="declined")
    with pytest.raises(ValidationError) as refused:  # an adviser is no second member
        hand_in(draft, team[0][0])
    assert refused.value.code == "few"
    Member.objects.filter(profile=team[1][1]).update(state="accepted")
    dissolve_consortium(consortium=consortium, by=team[0][0])
    with pytest.raises(ValidationError) as refused:
        hand_in(draft, team[0][0])
    assert refused.value.code == "gone"
    assert not consortia_for(team[0][0], consortium.challenge).exists()


def test_a_consortium_answers_only_what_its_coordinator_may_answer(
    challenge: Challenge, consortium: Consortium, team: Team, draft: Response
) -> None:
    Challenge.objects.filter(pk=challenge.pk).update(eligible_kinds=["startup"])
    with pytest.raises(ValidationError) as refused:
        hand_in(draft, team[0][0])
    assert refused.value.code == "ineligible"


def test_a_stranger_to_the_consortium_neither_begins_nor_changes_its_response(
    challenge: Challenge, consortium: Consortium, draft: Response, stranger: User
) -> None:
    factories.make_researcher(stranger)
    with pytest.raises(PermissionDenied):
        start_response(challenge=challenge, consortium=consortium, by=stranger)
    with pytest.raises(PermissionDenied):
        save_response(response=draft, values={"title": "Mío"}, version=draft.version, by=stranger)


def test_a_poster_who_is_a_member_is_not_offered_to_write_the_answer(
    challenge: Challenge, consortium: Consortium, team: Team, owner: User
) -> None:
    agency = factories.make_profile(challenge.organisation)
    Member.objects.create(consortium=consortium, profile=agency, state="accepted")
    page, offer = consortium.get_absolute_url(), f"/respond/?consortium={consortium.public_id}"
    assert offer in signed_in(team[1][0]).get(page).content.decode()
    assert offer not in signed_in(owner).get(page).content.decode()


def test_whoever_is_asked_still_when_it_has_answered_is_reminded_of_nothing(
    consortium: Consortium, team: Team, draft: Response
) -> None:
    late, profile = person_with_profile("Tarde")
    now = timezone.now()
    place = Member.objects.create(
        consortium=consortium, profile=profile, state="pending", lapses_at=now + timedelta(days=5)
    )
    Member.objects.filter(pk=place.pk).update(updated_at=now - timedelta(days=9))
    hand_in(draft, team[0][0])
    invitations.remind()
    assert not NewsItem.objects.filter(person=late.person).exists()
