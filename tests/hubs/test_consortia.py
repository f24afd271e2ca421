"""Consortia: begun, filled by invitations with clocks, changed, given up; and who sees them."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import NewsItem, Profile, User
from hubs.actions import consortia, partners
from hubs.actions.consortia import Asked
from hubs.clocks import invitations
from hubs.models import (
    Block,
    Challenge,
    Consortium,
    CoPoster,
    Evaluator,
    Member,
    PartnerOffer,
    PartnerRequest,
    Response,
)
from tests import factories


@pytest.fixture
def challenge(db: None) -> Challenge:
    return factories.make_challenge()


@pytest.fixture
def mine(owner: User) -> Profile:
    return factories.make_researcher(owner)


@pytest.fixture
def theirs(teammate: User) -> Profile:
    return factories.make_profile(factories.make_organisation("startup", owner=teammate))


@pytest.fixture
def consortium(challenge: Challenge, mine: Profile, owner: User) -> Consortium:
    return consortia.begin_consortium(challenge=challenge, profile=mine, by=owner, name="Agua clara")


def invited(consortium: Consortium, profile: Profile, by: User, **fields: Any) -> Member:
    return consortia.invite_member(consortium=consortium, asked=Asked(profile, **fields), by=by)


def told(user: User) -> list[str]:
    return list(NewsItem.objects.filter(person=user.person).order_by("pk").values_list("kind", flat=True))


def refused(code: str, action: Any, **values: Any) -> None:
    with pytest.raises(ValidationError) as error:
        action(**values)
    found = error.value
    assert code in (found.error_dict if hasattr(found, "error_dict") else [found.code])


def test_a_double_click_begins_one_consortium(challenge: Challenge, mine: Profile, owner: User) -> None:
    key = uuid.uuid4()
    for _ in range(2):
        consortia.begin_consortium(challenge=challenge, profile=mine, by=owner, name="Agua", form_key=key)
    assert Consortium.objects.count() == Member.objects.count() == 1


def test_only_for_one_s_own_profile_and_never_for_one_s_own_challenge(
    challenge: Challenge, mine: Profile, owner: User, stranger: User
) -> None:
    with pytest.raises(PermissionDenied):
        consortia.begin_consortium(challenge=challenge, profile=mine, by=stranger, name="Agua")
    factories.join(challenge.organisation, owner)
    refused("own", consortia.begin_consortium, challenge=challenge, profile=mine, by=owner, name="Agua")


def test_whoever_is_invited_hears_of_it_accepts_and_the_coordinator_hears_that(
    consortium: Consortium, theirs: Profile, owner: User, teammate: User
) -> None:
    member = invited(consortium, theirs, owner, share="Los sensores")
    assert (member.state, told(teammate)) == ("pending", ["consortium_invited"])
    assert consortia.answer_invitation(member=member, accept=True, by=teammate)
    assert not consortia.answer_invitation(member=member, accept=True, by=teammate)
    assert told(owner) == ["consortium_accepted"]
    refused("over", consortia.answer_invitation, member=member, accept=False, by=teammate)


def test_an_invitation_alone_gives_no_voice_in_the_consortium(
    consortium: Consortium, theirs: Profile, owner: User, teammate: User
) -> None:
    member = invited(consortium, theirs, owner)
    assert [each.exists() for each in map(Consortium.objects.joined_by, (owner, teammate))] == [True, False]
    consortia.answer_invitation(member=member, accept=True, by=teammate)
    assert Consortium.objects.joined_by(teammate).get() == consortium


def test_a_second_invitation_changes_nothing_and_one_who_declined_may_be_asked_again(
    consortium: Consortium, theirs: Profile, owner: User, teammate: User
) -> None:
    member = invited(consortium, theirs, owner)
    assert invited(consortium, theirs, owner) == member
    assert told(teammate) == ["consortium_invited"]
    consortia.answer_invitation(member=member, accept=False, by=teammate)
    again = invited(consortium, theirs, owner)
    assert (again.pk, again.state, again.answered_at) == (member.pk, "pending", None)
    assert told(teammate) == ["consortium_invited"] * 2


def test_only_the_coordinator_invites_and_nobody_answers_for_others(
    consortium: Consortium, theirs: Profile, owner: User, teammate: User, stranger: User
) -> None:
    with pytest.raises(PermissionDenied):
        invited(consortium, theirs, stranger)
    member = invited(consortium, theirs, owner)
    for by in (owner, stranger):
        with pytest.raises(PermissionDenied):
            consortia.answer_invitation(member=member, accept=True, by=by)
    with pytest.raises(PermissionDenied):
        consortia.remove_member(member=member, by=teammate)


def test_hidden_unclaimed_and_judging_profiles_are_not_invited(
    consortium: Consortium, owner: User, stranger: User
) -> None:
    hidden = factories.make_researcher(stranger, visibility="nobody")
    with pytest.raises(PermissionDenied):
        invited(consortium, hidden, owner)
    refused(
        "unclaimed",
        consortia.invite_member,
        consortium=consortium,
        asked=Asked(factories.make_researcher()),
        by=owner,
    )
    Profile.objects.filter(pk=hidden.pk).update(visibility="public")
    Evaluator.objects.create(challenge=consortium.challenge, person=stranger.person)
    refused("evaluator", consortia.invite_member, consortium=consortium, asked=Asked(hidden), by=owner)


def test_an_invitation_is_reminded_of_once_lapses_once_and_both_sides_hear(
    consortium: Consortium, theirs: Profile, owner: User, teammate: User
) -> None:
    member = invited(consortium, theirs, owner)
    invitations.keep_time()
    assert told(teammate) == ["consortium_invited"]
    now = timezone.now()
    row = Member.objects.filter(pk=member.pk)
    row.update(lapses_at=now + timedelta(days=6), updated_at=now - timedelta(days=8))
    for _ in range(2):
        invitations.keep_time()
    assert told(teammate) == ["consortium_invited", "consortium_reminder"]
    row.update(lapses_at=now)
    refused("over", consortia.answer_invitation, member=member, accept=True, by=teammate)
    for _ in range(2):
        invitations.keep_time()
    member.refresh_from_db()
    assert member.state == "lapsed"
    assert told(teammate)[-1:] == told(owner) == ["consortium_lapsed"]


def test_an_invitation_ends_no_later_than_its_challenge(
    consortium: Consortium, theirs: Profile, owner: User
) -> None:
    soon = timezone.now() + timedelta(days=2)
    Challenge.objects.filter(pk=consortium.challenge_id).update(closes_at=soon)
    assert invited(consortium, theirs, owner).lapses_at == soon


def test_whoever_blocked_the_coordinator_is_told_nothing(
    consortium: Consortium, theirs: Profile, owner: User, teammate: User
) -> None:
    Block.objects.create(by=teammate.person, person=owner.person)
    assert invited(consortium, theirs, owner).state == "pending"
    assert told(teammate) == []


def test_the_coordination_is_handed_over_and_never_held_by_two(
    consortium: Consortium, mine: Profile, theirs: Profile, owner: User, teammate: User
) -> None:
    member = invited(consortium, theirs, owner)
    refused("role", consortia.change_role, member=member, role="coordinator", by=owner)
    consortia.answer_invitation(member=member, accept=True, by=teammate)
    first = consortium.members.get(profile=mine)
    refused("coordinator", consortia.leave_consortium, member=first, by=owner)
    consortia.change_role(member=member, role="coordinator", by=owner)
    assert list(consortium.members.values_list("role", flat=True)) == ["member", "coordinator"]
    with pytest.raises(IntegrityError), transaction.atomic():
        Member.objects.filter(pk=first.pk).update(role="coordinator")
    first.refresh_from_db()
    assert consortia.leave_consortium(member=first, by=owner)
    assert told(teammate)[-1] == "consortium_left"


def test_a_coordinator_whose_profile_is_gone_is_followed_by_who_came_first(
    consortium: Consortium, mine: Profile, theirs: Profile, owner: User, teammate: User
) -> None:
    consortia.answer_invitation(member=invited(consortium, theirs, owner), accept=True, by=teammate)
    mine.delete()
    invitations.keep_time()
    assert consortium.members.get().role == "coordinator"
    theirs.delete()
    invitations.keep_time()
    assert Consortium.objects.get().state == "dissolved"


def test_complete_takes_two_who_accepted_and_what_answered_is_changed_no_more(
    consortium: Consortium, theirs: Profile, owner: User, teammate: User
) -> None:
    refused("few", consortia.say_complete, consortium=consortium, complete=True, by=owner)
    member = invited(consortium, theirs, owner)
    consortia.answer_invitation(member=member, accept=True, by=teammate)
    assert consortia.say_complete(consortium=consortium, complete=True, by=owner)
    Consortium.objects.update(state="responding")
    refused("fixed", consortia.remove_member, member=member, by=owner)
    refused("fixed", consortia.leave_consortium, member=member, by=teammate)
    refused("fixed", consortia.dissolve_consortium, consortium=consortium, by=owner)


def test_giving_up_ends_what_waits_and_everybody_hears(
    consortium: Consortium, theirs: Profile, owner: User, teammate: User
) -> None:
    member = invited(consortium, theirs, owner)
    assert consortia.dissolve_consortium(consortium=consortium, by=owner)
    assert not consortia.dissolve_consortium(consortium=consortium, by=owner)
    member.refresh_from_db()
    assert member.state == "lapsed"
    assert told(teammate) == ["consortium_invited", "consortium_dissolved"]


def test_a_consortium_has_at_most_twelve_places(consortium: Consortium, owner: User) -> None:
    people = [factories.make_researcher(factories.make_user()) for _ in range(12)]
    for profile in people[:11]:
        invited(consortium, profile, owner)
    refused("full", consortia.invite_member, consortium=consortium, asked=Asked(people[11]), by=owner)


def test_only_its_people_see_it_and_the_poster_once_it_has_answered_and_the_call_is_closed(
    consortium: Consortium, theirs: Profile, owner: User, teammate: User, stranger: User
) -> None:
    def sees(user: User) -> bool:
        return Consortium.objects.visible_to(user).exists()

    factories.join(consortium.challenge.organisation, stranger)
    assert (sees(owner), sees(teammate), sees(stranger)) == (True, False, False)
    member = invited(consortium, theirs, owner)
    assert sees(teammate)
    consortia.answer_invitation(member=member, accept=False, by=teammate)
    assert not sees(teammate)
    Response.objects.create(
        challenge=consortium.challenge,
        consortium=consortium,
        state="submitted",
        submitted_at=timezone.now(),
        **dict.fromkeys(("title", "approach", "why_us", "plan"), "Agua"),
    )
    assert not sees(stranger), "nobody at the poster's reads anything before the call closes"
    Challenge.objects.update(closes_at=timezone.now())
    assert sees(stranger)


# Partner requests


def words(**more: Any) -> dict[str, Any]:
    return {
        "title": "Buscamos quien fabrique sensores",
        "outline": "Una red de sensores en pozos rurales.",
        "work": "Fabricar cien sensores.",
        "skills": "Electrónica de bajo consumo.",
        "sought": "startup",
        "closes_at": timezone.now() + timedelta(days=20),
    } | more


@pytest.fixture
def request_(challenge: Challenge, mine: Profile, owner: User) -> PartnerRequest:
    return partners.save_request(challenge=challenge, profile=mine, values=words(), by=owner)


def test_a_request_closes_before_its_challenge_and_in_the_future(
    challenge: Challenge, mine: Profile, owner: User
) -> None:
    for days in (31, -1):
        late = words(closes_at=timezone.now() + timedelta(days=days))
        refused("closes_at", partners.save_request, challenge=challenge, profile=mine, values=late, by=owner)


def test_a_request_is_seen_by_all_while_it_is_open_and_then_by_its_people_and_those_who_answered(
    request_: PartnerRequest, theirs: Profile, owner: User, teammate: User, stranger: User
) -> None:
    def sees(user: User) -> bool:
        return PartnerRequest.objects.visible_to(user).exists()

    assert all(sees(user) for user in (owner, teammate, stranger))
    partners.offer_partner(request=request_, profile=theirs, line="Los fabricamos.", by=teammate)
    PartnerRequest.objects.update(closes_at=timezone.now())
    assert [sees(user) for user in (owner, teammate, stranger)] == [True, True, False]


def test_a_hidden_profile_cannot_ask_for_what_nobody_would_read(
    challenge: Challenge, mine: Profile, owner: User
) -> None:
    mine.visibility = "nobody"
    mine.save()
    refused("profile", partners.save_request, challenge=challenge, profile=mine, values=words(), by=owner)


def test_a_co_poster_does_not_coordinate_the_answer(
    challenge: Challenge, theirs: Profile, mine: Profile, owner: User, teammate: User
) -> None:
    assert theirs.organisation is not None
    CoPoster.objects.create(challenge=challenge, organisation=theirs.organisation, state="accepted")
    factories.join(theirs.organisation, owner)
    for profile, user in ((theirs, teammate), (mine, owner)):
        refused("own", consortia.begin_consortium, challenge=challenge, profile=profile, by=user, name="Agua")


def test_a_hidden_profile_s_request_is_hidden(
    request_: PartnerRequest, mine: Profile, stranger: User
) -> None:
    Profile.objects.filter(pk=mine.pk).update(visibility="nobody")
    assert not PartnerRequest.objects.visible_to(stranger).exists()


def test_an_answer_is_told_once_and_taking_it_begins_the_consortium_with_an_invitation(
    request_: PartnerRequest, theirs: Profile, owner: User, teammate: User
) -> None:
    for _ in range(2):
        offer = partners.offer_partner(request=request_, profile=theirs, line="Los fabricamos.", by=teammate)
    assert told(owner) == ["partner_offer"]
    with pytest.raises(PermissionDenied):
        partners.answer_offer(offer=offer, take=True, by=teammate)
    assert partners.answer_offer(offer=offer, take=True, by=owner)
    assert not partners.answer_offer(offer=offer, take=True, by=owner)
    request_.refresh_from_db()
    assert request_.consortium is not None
    assert list(request_.consortium.members.values_list("role", "state")) == [
        ("coordinator", "accepted"),
        ("member", "pending"),
    ]
    assert told(teammate) == ["consortium_invited"]


def test_declining_an_answer_is_told_and_others_never_see_it(
    request_: PartnerRequest, theirs: Profile, owner: User, teammate: User, stranger: User
) -> None:
    offer = partners.offer_partner(request=request_, profile=theirs, line="Los fabricamos.", by=teammate)
    assert not PartnerOffer.objects.visible_to(stranger).exists()
    assert partners.answer_offer(offer=offer, take=False, by=owner)
    assert told(teammate) == ["partner_offer_declined"]


def test_nobody_answers_their_own_request_or_one_that_is_over(
    request_: PartnerRequest, mine: Profile, theirs: Profile, owner: User, teammate: User
) -> None:
    refused("own", partners.offer_partner, request=request_, profile=mine, line="Yo", by=owner)
    assert partners.close_request(request=request_, state="filled", by=owner)
    assert not partners.close_request(request=request_, state="filled", by=owner)
    with pytest.raises(PermissionDenied):
        partners.offer_partner(request=request_, profile=theirs, line="Yo", by=teammate)
