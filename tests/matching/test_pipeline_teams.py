"""Teams that the site proposes for a challenge: found, stored, renewed, and who may be in them."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Profile
from hubs.models import Block, Challenge, Consortium, Evaluator, Member, PartnerRequest
from matching import partners, pipeline, teaming
from matching.models import Match, TeamProposal, TeamSearch
from matching.pipeline import subjects, team_table, teams, yardstick
from matching.ranking import strength
from matching.teams import Problem, Team, propose
from tests import factories

NEEDS = (
    "Medir arsénico en pozos rurales con sensores baratos",
    "Filtros de arcilla para potabilizar el agua",
    "Permisos municipales para perforar pozos nuevos",
)


def offering(kind: str, text: str) -> Profile:
    user = factories.make_user()
    if kind == "researcher":
        profile = factories.make_researcher(user)
    else:
        profile = factories.make_profile(factories.make_organisation(kind, owner=user))
    factories.add_item(profile, text=text)
    return profile


def taken_in(profile: Profile) -> None:
    subject = subjects.note_profile(profile.pk)
    assert subject is not None
    pipeline.refresh(subject)


@pytest.fixture
def people(db: None) -> list[Profile]:
    """Nine, three of each side, each of whom answers one need."""
    found = [
        offering(kind, f"{text} {number}")
        for number in ("uno", "dos", "tres")
        for kind, text in zip(("researcher", "startup", "government"), NEEDS, strict=True)
    ]
    for profile in found:
        taken_in(profile)
    return found


@pytest.fixture
def challenge(people: list[Profile]) -> Challenge:
    """Measured and matched, so that teams can be looked for."""
    made = factories.make_challenge(factories.make_organisation("government"), needs=NEEDS)
    subject = subjects.note_challenge(made.pk)
    assert subject is not None
    pipeline.refresh(subject)
    return made


def found(challenge: Challenge) -> list[TeamProposal]:
    while pipeline.team_slice(seconds=30):
        pass
    return list(challenge.team_proposals.all())


def in_team(team: TeamProposal) -> set[int]:
    return {one["profile"] for one in team.members}


def table(challenge: Challenge, *members: Profile) -> team_table.Table:
    facts = team_table.facts_of(challenge)
    statistics = yardstick.shown(pipeline.model_name())
    assert facts is not None
    assert statistics is not None
    return team_table.table_of(facts, pipeline.model_name(), statistics, [one.pk for one in members])


def among_candidates(challenge: Challenge, profile: Profile) -> bool:
    return profile.pk in {one.profile_id for one in table(challenge).people}


def test_three_teams_that_really_differ_join_all_sides_and_say_who_covers_what(challenge: Challenge) -> None:
    proposed = found(challenge)
    assert [team.rank for team in proposed] == [1, 2, 3]
    for team in proposed:
        kinds = set(Profile.objects.filter(pk__in=in_team(team)).values_list("kind", flat=True))
        assert kinds == {"researcher", "startup", "agency"}
        assert team.uncovered == []
        assert all(row["passage"] and row["value"] > 0 for one in team.members for row in one["needs"])
        assert all(one["adds"] > 0 and one["needs"] for one in team.members)
        assert team.optimal
    for one, other in ((0, 1), (0, 2), (1, 2)):
        assert len(in_team(proposed[one]) & in_team(proposed[other])) <= 1
    assert challenge.team_search.why == ""
    assert proposed[0].members[0]["instead"]


def test_a_page_of_teams_calls_an_answer_as_strong_as_its_match_does(challenge: Challenge) -> None:
    found(challenge)
    on_cards = {
        (match.subject.profile_id, need["need_id"]): strength(need["value"])
        for match in Match.objects.filter(target__challenge=challenge).select_related("subject")
        for need in match.parts["needs"]
    }
    poster = factories.make_user()
    factories.join(challenge.organisation, poster, "owner")
    shown = [
        (one.profile.pk, need.pk, need.strength)
        for team in teaming.teams_of(challenge, poster).teams
        for one in team.members
        for need in one.covers
    ]
    assert shown
    for profile, need, word in shown:
        assert word == on_cards[profile, need]


def test_a_challenge_for_one_side_alone_gets_teams_of_it(challenge: Challenge) -> None:
    Challenge.objects.filter(pk=challenge.pk).update(needs_helices=False, eligible_kinds=["startup"])
    proposed = found(challenge)
    members = set().union(*(in_team(team) for team in proposed))
    assert set(Profile.objects.filter(pk__in=members).values_list("kind", flat=True)) == {"startup"}


def test_without_agencies_that_fit_the_poster_is_the_member_from_government(challenge: Challenge) -> None:
    agency = factories.make_profile(challenge.organisation)
    Profile.objects.filter(kind="agency").exclude(pk=agency.pk).update(match_automatically=False)
    proposed = found(challenge)
    assert len(proposed) == 3
    for team in proposed:
        assert [one["poster"] for one in team.members if one["profile"] == agency.pk] == [True]


def test_a_poster_that_shows_only_its_kind_is_named_in_no_team(challenge: Challenge) -> None:
    agency = factories.make_profile(challenge.organisation)
    Profile.objects.filter(kind="agency").exclude(pk=agency.pk).update(match_automatically=False)
    proposed = found(challenge)
    reader = factories.make_researcher(factories.make_user()).person.user  # type: ignore[union-attr]
    assert reader is not None
    assert len(teaming.teams_of(challenge, reader).teams) == len(proposed) == 3
    challenge.poster_shown = "kind"
    challenge.save()
    assert teaming.teams_of(challenge, reader).teams == [], "those that were proposed before"
    TeamSearch.objects.update(stale_since=timezone.now(), not_before=timezone.now())
    assert not any(agency.pk in in_team(team) for team in found(challenge))


def test_where_a_side_is_missing_there_are_no_teams_and_it_is_said_which(challenge: Challenge) -> None:
    Profile.objects.filter(kind="startup").update(match_automatically=False)
    assert found(challenge) == []
    assert challenge.team_search.why == TeamSearch.Why.INDUSTRY


def test_too_few_for_three_teams_are_said_to_be_too_few(challenge: Challenge, people: list[Profile]) -> None:
    Profile.objects.filter(pk__in=[one.pk for one in people[3:]]).update(match_automatically=False)
    assert len(found(challenge)) == 1
    assert challenge.team_search.why == TeamSearch.Why.FEW


def test_who_has_no_room_judges_or_cannot_be_invited_is_in_no_team(
    challenge: Challenge, people: list[Profile]
) -> None:
    full, judge, unclaimed, free = people[0], people[3], people[6], people[1]
    assert {one.pk for one in people} == {one.profile_id for one in table(challenge).people}
    Profile.objects.filter(pk=full.pk).update(capacity=1)
    other = Consortium.objects.create(challenge=factories.make_challenge(), name="Otro")
    Member.objects.create(consortium=other, profile=full, state="accepted")
    Evaluator.objects.create(challenge=challenge, person=judge.person, state="invited")  # type: ignore[misc]
    Profile.objects.filter(pk=unclaimed.pk).update(claimed_at=None)
    assert not any(among_candidates(challenge, one) for one in (full, judge, unclaimed))
    assert among_candidates(challenge, free)
    Consortium.objects.filter(pk=other.pk).update(state="completed")
    assert among_candidates(challenge, full)


def test_a_person_and_their_company_are_one_body_and_blocked_people_stay_apart(
    challenge: Challenge, people: list[Profile]
) -> None:
    person, startup, other = people[0], people[1], people[3]
    assert startup.organisation is not None
    assert person.person is not None
    factories.join(startup.organisation, person.person.user)  # type: ignore[arg-type]
    Block.objects.create(by=other.person, person=person.person)  # type: ignore[misc]
    made = table(challenge)
    places = {one.profile_id: place for place, one in enumerate(made.people)}
    pairs = {frozenset(pair) for pair in made.conflicts}
    assert frozenset((places[person.pk], places[startup.pk])) in pairs
    assert frozenset((places[person.pk], places[other.pk])) in pairs
    assert not any({person.pk, startup.pk} <= in_team(team) for team in found(challenge))


def test_a_specialist_far_down_the_list_is_a_candidate_for_the_need_it_answers(
    challenge: Challenge, people: list[Profile]
) -> None:
    Match.objects.filter(subject__profile=people[4]).delete()
    assert among_candidates(challenge, people[4])


def test_teams_are_renewed_once_somebody_changed_and_after_a_while(
    challenge: Challenge, people: list[Profile]
) -> None:
    found(challenge)
    first = challenge.team_search.made_at
    taken_in(people[0])
    assert not teams.waiting().exists(), "the same words, the same teams"
    people[0].items.update(text=NEEDS[0])
    taken_in(people[0])
    search = TeamSearch.objects.get()
    assert search.stale_since is not None
    assert not teams.waiting().exists(), "edits come in crowds"
    TeamSearch.objects.update(not_before=timezone.now() - timedelta(seconds=1))
    found(challenge)
    renewed = TeamSearch.objects.get()
    assert renewed.made_at is not None
    assert first is not None
    assert renewed.made_at > first
    assert renewed.stale_since is None


def test_other_statistics_make_teams_look_again(challenge: Challenge) -> None:
    found(challenge)
    assert not teams.waiting().exists()
    TeamSearch.objects.update(statistics="older")
    assert list(teams.waiting()) == [challenge]


def test_two_workers_never_look_at_the_same_time(challenge: Challenge) -> None:
    assert teams.claim(challenge)
    assert not teams.claim(challenge)
    assert not teams.waiting().exists()


def test_closed_challenges_are_left_alone(challenge: Challenge) -> None:
    Challenge.objects.filter(pk=challenge.pk).update(closes_at=timezone.now())
    assert found(challenge) == []


def test_the_missing_partner_covers_what_the_members_leave_open(
    challenge: Challenge, people: list[Profile]
) -> None:
    consortium = Consortium.objects.create(challenge=challenge, name="Agua clara")
    for profile, state in ((people[0], "accepted"), (people[1], "pending")):
        Member.objects.create(
            consortium=consortium, profile=profile, state=state, lapses_at=timezone.now() + timedelta(days=1)
        )
    statistics = yardstick.shown(pipeline.model_name())
    assert statistics is not None
    told = teams.missing_partners(consortium, pipeline.model_name(), statistics)
    third = challenge.needs.all()[2].pk
    assert told["uncovered"] == [third]
    assert {one["profile"] for one in told["now"]} == {people[0].pk, people[1].pk}
    best = told["singles"][0]
    assert best["uncovered"] == []
    assert Profile.objects.get(pk=best["members"][0]["profile"]).kind == "agency"
    assert [row["need_id"] for row in best["members"][0]["needs"]] == [third]
    assert len({single["members"][0]["profile"] for single in told["singles"]}) == len(told["singles"])
    for team in told["teams"]:
        assert not {one["profile"] for one in team["members"]} & {people[0].pk, people[1].pk}


def test_a_member_who_opted_out_of_matching_stays_a_member(
    challenge: Challenge, people: list[Profile]
) -> None:
    Profile.objects.filter(pk=people[0].pk).update(match_automatically=False)
    made = table(challenge, people[0])
    assert made.people[0].profile_id == people[0].pk
    assert not made.values[:, 0].any()


def test_when_time_runs_out_the_best_team_so_far_is_stored_and_it_says_so(
    challenge: Challenge, monkeypatch: pytest.MonkeyPatch
) -> None:
    def out_of_time(problem: Problem, count: int = 3) -> list[Team]:
        return [replace(team, optimal=False, gap=0.1) for team in propose(problem, count)]

    monkeypatch.setattr(teams, "propose", out_of_time)
    assert [team.optimal for team in found(challenge)] == [False] * 3


def test_a_partner_request_reaches_whose_words_are_near_to_it(
    challenge: Challenge, people: list[Profile]
) -> None:
    near = people[1]
    request = PartnerRequest.objects.create(
        challenge=challenge,
        profile=people[0],
        title="Buscamos quien haga filtros",
        skills=NEEDS[1],
        work="Potabilizar el agua",
        sought="startup",
        closes_at=timezone.now() + timedelta(days=9),
    )
    Match.objects.all().delete()  # their words alone bring them
    assert near in partners.profiles_for(request)
