"""Pages of teams, consortia and partner requests, as their people walk through them."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import NewsItem, Profile, User
from hubs.actions.consortia import Asked, begin_consortium, invite_member
from hubs.models import Challenge, Consortium, Member, PartnerRequest
from matching import asking, partners, teaming
from matching.models import Answer, TeamProposal, TeamSearch
from tests import factories
from tests.conftest import signed_in
from tests.matching.letters import make_match

NEEDS = ("Medir arsénico en pozos", "Avisar a las familias")


@pytest.fixture
def challenge(db: None) -> Challenge:
    return factories.make_challenge(needs=NEEDS)


@pytest.fixture
def mine(owner: User) -> Profile:
    return factories.make_researcher(owner)


@pytest.fixture
def theirs(teammate: User) -> Profile:
    return factories.make_profile(
        factories.make_organisation("startup", owner=teammate, name="Sensores Bajío")
    )


@pytest.fixture
def team(challenge: Challenge, mine: Profile, theirs: Profile) -> TeamProposal:
    """Of two, the second of whom could be replaced."""
    other = factories.make_profile(
        factories.make_organisation("startup", owner=factories.make_user(), name="Otra Startup")
    )
    for profile in (mine, theirs, other):
        make_match(profile, challenge)
    first, second = challenge.needs.all()
    TeamSearch.objects.create(challenge=challenge, made_at=timezone.now(), stale_since=None, why="few")
    rows = [
        {"profile": profile.pk, "poster": False, "adds": 0.5, "instead": instead, "needs": [need]}
        for profile, instead, need in (
            (mine, [], {"need_id": first.pk, "value": 0.8, "ask": 0, "passage": None, "leads": True}),
            (
                theirs,
                [other.pk],
                {"need_id": first.pk, "value": 0.4, "ask": 0, "passage": None, "leads": False},
            ),
        )
    ]
    return TeamProposal.objects.create(
        challenge=challenge, rank=1, value=0.5, members=rows, uncovered=[second.pk], optimal=False
    )


def text(client: Client, name: str, *args: object) -> str:
    response = client.get(reverse(name, args=args))
    assert response.status_code == 200, name
    return response.content.decode()


def test_the_teams_page_says_who_adds_what_who_replaces_whom_what_is_open_and_that_time_ran_out(
    team: TeamProposal, challenge: Challenge, owner: User
) -> None:
    shown = text(signed_in(owner), "matching:teams", challenge.public_id)
    assert "Sensores Bajío" in shown
    assert "Otra Startup" in shown
    assert "50 %" in shown
    assert NEEDS[1] in shown
    assert "Se acabó el tiempo" in shown
    assert str(TeamSearch.Why.FEW.label) in shown


def test_the_challenge_says_how_many_teams_there_are_and_leads_to_them(
    team: TeamProposal, challenge: Challenge, owner: User
) -> None:
    shown = text(signed_in(owner), "hubs:challenge_around", challenge.public_id)
    assert reverse("matching:teams", args=[challenge.public_id]) in shown
    assert "Sensores Bajío" not in text(Client(), "hubs:challenge_around", challenge.public_id)


def test_without_a_profile_of_one_s_own_no_name_is_shown(
    team: TeamProposal, challenge: Challenge, stranger: User
) -> None:
    assert "Sensores Bajío" not in text(signed_in(stranger), "matching:teams", challenge.public_id)
    assert Client().get(reverse("matching:teams", args=[challenge.public_id])).status_code == 302


def test_a_team_goes_at_once_when_a_member_hides_opts_out_or_says_never(
    team: TeamProposal, challenge: Challenge, theirs: Profile, owner: User, teammate: User
) -> None:
    def shown() -> int:
        return len(teaming.teams_of(challenge, owner).teams)

    assert shown() == 1
    for fields in ({"visibility": "nobody"}, {"match_automatically": False}):
        before = {name: getattr(theirs, name) for name in fields}
        Profile.objects.filter(pk=theirs.pk).update(**fields)
        assert shown() == 0
        Profile.objects.filter(pk=theirs.pk).update(**before)
    Answer.objects.create(profile=theirs, challenge=challenge, person=teammate.person, answer="never")
    assert shown() == 0


def test_a_consortium_begins_from_a_team_with_its_shares_once_however_often_one_clicks(
    team: TeamProposal, challenge: Challenge, mine: Profile, theirs: Profile, owner: User, teammate: User
) -> None:
    data = {
        "team": "1",
        "name": "Agua clara",
        "profile": str(mine.public_id),
        "invite": [str(theirs.public_id)],
        "form_key": "5a3b7f0e-5b1c-4f57-9f0d-2c6f1d1b7c11",
    }
    for _ in range(2):
        response = signed_in(owner).post(
            reverse("matching:begin_from_team", args=[challenge.public_id]), data
        )
    consortium = Consortium.objects.get()
    assert response["Location"] == consortium.get_absolute_url()
    assert consortium.proposal["rank"] == 1
    assert [need.text for need in consortium.members.get(profile=mine).needs.all()] == [NEEDS[0]]
    shown = text(signed_in(teammate), "hubs:consortium", consortium.public_id)
    assert "Agua clara" in text(signed_in(teammate), "hubs:consortium_list")
    member = Member.objects.get(profile=theirs)
    assert reverse("hubs:consortium_member", args=[member.public_id]) in shown
    signed_in(teammate).post(reverse("hubs:consortium_member", args=[member.public_id]), {"do": "accept"})
    member.refresh_from_db()
    assert member.state == "accepted"


def test_nobody_coordinates_with_somebody_else_s_profile(
    team: TeamProposal, challenge: Challenge, theirs: Profile, owner: User
) -> None:
    data = {"team": "1", "name": "Agua", "profile": str(theirs.public_id)}
    signed_in(owner).post(reverse("matching:begin_from_team", args=[challenge.public_id]), data)
    assert not Consortium.objects.exists()


def test_by_hand_it_is_begun_somebody_is_found_by_name_and_invited(
    challenge: Challenge, mine: Profile, theirs: Profile, owner: User, stranger: User
) -> None:
    new = reverse("hubs:consortium_new", args=[challenge.public_id])
    signed_in(owner).post(new, {"name": "Pozos sanos", "profile": str(mine.public_id)})
    consortium = Consortium.objects.get(name="Pozos sanos")
    invite = reverse("hubs:consortium_invite", args=[consortium.public_id])
    assert str(theirs.public_id) in signed_in(owner).get(invite, {"q": "sensores bajio"}).content.decode()
    need = challenge.needs.all()[1]
    data = {"profile": str(theirs.public_id), "role": "adviser", "needs": [need.pk], "share": "Consejo"}
    assert signed_in(owner).post(invite, data)["Location"] == consortium.get_absolute_url()
    assert consortium.members.get(profile=theirs).role == "adviser"
    for name in ("consortium", "consortium_edit", "consortium_invite"):
        address = reverse(f"hubs:{name}", args=[consortium.public_id])
        assert signed_in(stranger).get(address).status_code == 404
    step = reverse("hubs:consortium_step", args=[consortium.public_id])
    signed_in(owner).post(step, {"do": "dissolve"})
    consortium.refresh_from_db()
    assert consortium.state == "dissolved"


def test_the_missing_partner_is_asked_of_a_worker_and_the_page_waits_for_none(
    challenge: Challenge, mine: Profile, theirs: Profile, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    consortium = begin_consortium(challenge=challenge, profile=mine, by=owner, name="Agua")
    address = reverse("matching:missing_partner", args=[consortium.public_id])
    assert "Intenta de nuevo" in signed_in(owner).get(address).content.decode()
    need = challenge.needs.all()[1]
    row = {"poster": False, "adds": 0.4, "instead": [], "needs": []}
    found = {
        "now": [row | {"profile": mine.pk}],
        "uncovered": [need.pk],
        "singles": [{"members": [row | {"profile": theirs.pk}], "uncovered": [], "covered": 0.9}],
        "teams": [],
        "optimal": True,
    }
    monkeypatch.setattr(asking, "ask", lambda *_args, **_more: found)
    shown = signed_in(owner).get(address).content.decode()
    assert "Sensores Bajío" in shown
    assert NEEDS[1] in shown
    cache.clear()


def test_only_its_coordinator_looks_for_the_missing_partner(
    challenge: Challenge, mine: Profile, theirs: Profile, owner: User, teammate: User
) -> None:
    consortium = begin_consortium(challenge=challenge, profile=mine, by=owner, name="Agua")
    invite_member(consortium=consortium, asked=Asked(theirs), by=owner)
    address = reverse("matching:missing_partner", args=[consortium.public_id])
    assert signed_in(teammate).get(address).status_code == 404


def typed(mine: Profile, **more: str) -> dict[str, str]:
    closes = timezone.localtime(timezone.now() + timedelta(days=9))
    return {
        "profile": str(mine.public_id),
        "title": "Buscamos sensores",
        "outline": "Una red de pozos.",
        "work": "Fabricar cien sensores.",
        "skills": "Electrónica.",
        "sought": "startup",
        "closes_at": closes.strftime("%Y-%m-%dT%H:%M"),
        "language": "es",
    } | more


def test_a_partner_request_is_published_read_by_all_answered_and_the_answer_taken(
    challenge: Challenge, mine: Profile, theirs: Profile, owner: User, teammate: User
) -> None:
    response = signed_in(owner).post(reverse("hubs:partner_new", args=[challenge.public_id]), typed(mine))
    request = PartnerRequest.objects.get()
    assert response["Location"] == request.get_absolute_url()
    assert "Buscamos sensores" in text(Client(), "hubs:partner_list")
    assert "Fabricar cien sensores." in text(Client(), "hubs:partner_request", request.public_id)
    answer = {"profile": str(theirs.public_id), "line": "Los fabricamos."}
    signed_in(teammate).post(request.get_absolute_url(), answer)
    assert "Los fabricamos." in text(signed_in(owner), "hubs:partner_request", request.public_id)
    offer = request.offers.get()
    taken = signed_in(owner).post(reverse("hubs:partner_offer", args=[offer.public_id]), {"do": "take"})
    assert taken["Location"] == Consortium.objects.get().get_absolute_url()


def test_a_request_beyond_the_challenge_s_end_is_refused_by_its_field_and_the_words_stay(
    challenge: Challenge, mine: Profile, owner: User
) -> None:
    late = typed(mine, closes_at="2099-01-01T10:00")
    response = signed_in(owner).post(reverse("hubs:partner_new", args=[challenge.public_id]), late)
    assert response.context["form"].errors.keys() == {"closes_at"}
    assert "Fabricar cien sensores." in response.content.decode()


def test_profiles_of_the_kind_that_is_sought_hear_of_a_request_once(
    challenge: Challenge, mine: Profile, theirs: Profile, owner: User, teammate: User, stranger: User
) -> None:
    researcher = factories.make_researcher(stranger)
    for profile in (theirs, researcher, mine):
        make_match(profile, challenge)
    signed_in(owner).post(reverse("hubs:partner_new", args=[challenge.public_id]), typed(mine))
    request = PartnerRequest.objects.get()
    for _ in range(2):
        partners.tell(request.pk)
    told = NewsItem.objects.filter(kind="partner_request")
    assert [item.person for item in told] == [teammate.person]
    assert told[0].url == request.get_absolute_url()
