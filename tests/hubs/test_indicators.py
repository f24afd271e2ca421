"""The country's figures: what counts for which, when they are published, and that they never change."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from django.test import override_settings
from django.utils import timezone

from accounts.models import Profile
from hubs.actions.releases import release_month
from hubs.clocks import releases as clock
from hubs.indicators import figures
from hubs.indicators.facts import Fact
from hubs.models import (
    Challenge,
    ChallengeStep,
    ComputingRequest,
    Consortium,
    Member,
    Message,
    Project,
    Release,
    Response,
    Result,
)
from tests import factories

pytestmark = pytest.mark.django_db
IN_MAY = datetime(2026, 5, 15, 18, tzinfo=UTC)


def of(figure: str) -> list[Fact]:
    return [fact for fact in figures.all_facts() if fact.figure == figure]


def poster(**fields: Any) -> Challenge:
    hub = factories.make_hub()
    return factories.make_challenge(hub=hub, sector="22", state="14", published_at=IN_MAY, **fields)


def submitted(challenge: Challenge, profile: Profile | None = None, **fields: Any) -> Response:
    texts = {"title": "Lecho", "approach": "Adsorber.", "plan": "Tres meses."}
    return Response.objects.create(
        challenge=challenge,
        profile=None if "consortium" in fields else profile or factories.make_researcher(),
        state="submitted",
        submitted_at=IN_MAY,
        **texts,
        **fields,
    )


def test_a_published_challenge_counts_where_and_when_it_was_published_and_a_draft_does_not() -> None:
    challenge = poster()
    factories.make_challenge(status="draft", published_at=None)
    (fact,) = of("challenges")
    assert (fact.on, fact.sector, fact.state, fact.hub) == (date(2026, 5, 15), "22", "14", challenge.hub.slug)
    assert fact.body == f"organisation:{challenge.organisation_id}"


def test_months_end_by_the_countrys_clock_and_not_by_greenwich() -> None:
    poster().__class__.objects.update(published_at=datetime(2026, 6, 1, 3, tzinfo=UTC))
    assert of("challenges")[0].on == date(2026, 5, 31)


def test_a_response_counts_once_it_is_handed_in_and_no_longer_when_it_is_withdrawn() -> None:
    response = submitted(poster())
    Response.objects.create(challenge=poster(), profile=factories.make_researcher())
    assert [fact.on for fact in of("responses")] == [date(2026, 5, 15)]
    Response.objects.filter(pk=response.pk).update(state="withdrawn")
    assert of("responses") == []


def test_introductions_are_asked_for_and_some_are_accepted() -> None:
    challenge = poster()
    for state, decided in (("pending", None), ("accepted", IN_MAY)):
        profile = factories.make_researcher(factories.make_user())
        factories.make_introduction(challenge, profile, state=state, decided_at=decided)
    assert len(of("introductions_asked")) == 2
    assert [fact.on for fact in of("introductions_accepted")] == [date(2026, 5, 15)]


def consortium_of(challenge: Challenge, *kinds: str, state: str = "accepted") -> Consortium:
    consortium = Consortium.objects.create(challenge=challenge, name="Agua limpia")
    for place, kind in enumerate(kinds):
        organisation = factories.make_organisation(kind)
        academic = kind == "academia"
        profile = (
            factories.make_researcher(institution=organisation)
            if academic
            else factories.make_profile(organisation)
        )
        Member.objects.create(
            consortium=consortium,
            profile=profile,
            state=state,
            answered_at=IN_MAY + timedelta(days=place),
            lapses_at=IN_MAY,
        )
    return consortium


def test_a_consortium_counts_on_the_day_when_the_last_of_the_three_sides_said_yes() -> None:
    challenge = poster()
    consortium_of(challenge, "academia", "startup", "company", "government")
    consortium_of(challenge, "academia", "startup")
    consortium_of(challenge, "academia", "startup", "government", state="pending")
    assert [fact.on for fact in of("consortia")] == [date(2026, 5, 18)]
    Consortium.objects.update(state="dissolved")
    assert of("consortia") == []


def test_the_money_of_a_challenge_counts_on_its_award_and_only_then() -> None:
    challenge = poster(offer_money=Decimal(500_000))
    assert of("funding") == []
    factories.put_at(challenge, "awarded")
    ChallengeStep.objects.create(challenge=challenge, to_status="awarded", at=IN_MAY)
    assert [(fact.on, fact.amount) for fact in of("funding")] == [(date(2026, 5, 15), 500_000)]


def test_results_count_as_many_as_they_say_on_the_day_they_name() -> None:
    challenge = poster()
    project = Project.objects.create(challenge=challenge, response=submitted(challenge))
    for kind, number in (("agreement", 2), ("retained", 3), ("returned", 1), ("patent", 9)):
        Result.objects.create(project=project, kind=kind, number=number, on=date(2026, 5, 2))
    found = {name: [fact.amount for fact in of(name)] for name in ("agreements", "retained", "returned")}
    assert found == {"agreements": [2], "retained": [3], "returned": [1]}


def test_computing_counts_where_those_are_who_were_granted_it() -> None:
    granted = {"granted_gpu": 120, "gpu_hours": 200, "ends_on": date(2026, 9, 1), "decided_at": IN_MAY}
    ComputingRequest.objects.create(
        programme=factories.make_programme(kind="computing"),
        profile=factories.make_researcher(state="20"),
        title="Mapas",
        purpose="Simular.",
        state="approved",
        **granted,
    )
    assert [(fact.amount, fact.state) for fact in of("gpu_hours")] == [(120, "20")]
    assert of("cpu_hours") == []


def test_whoever_only_signed_up_is_not_engaged_and_whoever_asks_answers_or_writes_is() -> None:
    factories.make_researcher(factories.make_user())
    assert of("people_engaged") == []
    asks, answers = factories.make_user(), factories.make_user()
    organisation = factories.make_organisation(owner=answers, state="19")
    challenge = poster(organisation=organisation)
    profile = factories.make_researcher(asks, state="20")
    introduction = factories.make_introduction(
        challenge, profile, state="accepted", decided_by=answers.person, decided_at=timezone.now()
    )
    Message.objects.create(introduction=introduction, author=asks.person, text="Hola")
    by_person = {(fact.key, fact.state) for fact in of("people_engaged")}
    assert by_person == {(f"person:{asks.person.pk}", "20"), (f"person:{answers.person.pk}", "19")}
    assert {fact.key for fact in of("organisations_engaged")} == {f"organisation:{organisation.pk}"}


def test_what_is_invented_for_the_demo_counts_in_the_demo_alone() -> None:
    submitted(poster(is_demo=True))
    submitted(poster(), factories.make_researcher(is_demo=True))
    submitted(poster(organisation=factories.make_organisation(is_demo=True)))
    programme = factories.make_programme(kind="computing", is_demo=True)
    granted = {"granted_gpu": 9, "gpu_hours": 9, "ends_on": date(2026, 9, 1), "decided_at": IN_MAY}
    ComputingRequest.objects.create(
        programme=programme, profile=factories.make_researcher(), state="approved", **granted
    )
    assert {"responses", "gpu_hours"} <= {fact.figure for fact in figures.all_facts()}
    with override_settings(HELICE_DEMO=False):
        assert [fact.figure for fact in figures.all_facts()] == ["challenges"]
        release_month(period="2026-10")
        assert not any(row.data["demo"] for row in Release.objects.all())


def many(figure: str = "responses", n: int = 40, **place: Any) -> list[Fact]:
    return [Fact(figure, f"r{k}", f"o{k}", date(2026, 5 + k % 6, 10), **place) for k in range(n)]


def test_a_release_has_the_country_every_state_and_every_hub_and_twelve_months() -> None:
    hub = factories.make_hub()
    old = [Fact("responses", "old", "o", date(2025, 10, 31), "22", "14", hub.slug)] * 90
    assert release_month(period="2026-10", facts=[*old, *many(sector="22", state="14", hub=hub.slug)])
    scopes = set(Release.objects.values_list("scope", flat=True))
    assert {"country", "state:14", "state:20", f"hub:{hub.slug}"} <= scopes
    told = {row.scope: row.data["figures"]["responses"] for row in Release.objects.all()}
    assert told["country"]["total"] == told["state:14"]["total"] == told[f"hub:{hub.slug}"]["total"]
    assert abs(told["country"]["total"] - 40) <= 15
    assert told["state:20"]["total"] is None


def test_who_is_engaged_is_told_of_the_last_ninety_days_and_month_by_month() -> None:
    facts = [Fact("people_engaged", f"p{k}", f"o{k}", date(2026, 3, 3), "22", "14") for k in range(60)]
    told = figures.release(facts, "2026-10")["figures"]["people_engaged"]
    assert told["total"] is None
    assert abs(told["month"]["2026-03"] - 60) <= 20


def test_what_was_released_is_never_written_again_not_even_past_the_models() -> None:
    release_month(period="2026-10", facts=many())
    before = Release.objects.get(scope="country").data
    assert not release_month(period="2026-10", facts=many(n=500))
    assert Release.objects.get(scope="country").data == before
    with pytest.raises(DatabaseError), transaction.atomic():
        Release.objects.update(data={})
    with pytest.raises(DatabaseError), transaction.atomic():
        Release.objects.get(scope="country").save()


def test_a_month_that_is_not_over_is_not_released() -> None:
    with pytest.raises(ValidationError):
        release_month(period="2026-11", today=date(2026, 11, 30))
    assert release_month(period="2026-11", today=date(2026, 12, 1), facts=[])


def test_the_clock_releases_the_last_month_once() -> None:
    clock.keep_time()
    made = set(Release.objects.values_list("pk", flat=True))
    clock.keep_time()
    assert made == set(Release.objects.values_list("pk", flat=True))
    assert Release.objects.get(scope="country").period == figures.month_before(timezone.localdate())


def test_an_operator_previews_exact_figures_and_publishes_nothing(capsys: Any) -> None:
    poster()
    submitted(poster())
    call_command("release_indicators", preview=True, period="2026-05")
    told = json.loads(capsys.readouterr().out)
    assert told["period"] == "2026-05"
    assert told["figures"]["challenges"] == 2  # too few to be told by a release
    assert told["figures"]["responses"] == 1
    assert not Release.objects.exists()
    call_command("release_indicators", preview=True, period="2026-04")
    assert json.loads(capsys.readouterr().out)["figures"]["challenges"] == 0


@pytest.mark.parametrize("wrong", ["ayer", "2026-13"])
def test_a_preview_of_no_month_is_refused_in_a_sentence(wrong: str) -> None:
    with pytest.raises(CommandError):
        call_command("release_indicators", preview=True, period=wrong)


def test_the_command_releases_a_month_and_says_when_it_was_released_before(capsys: Any) -> None:
    call_command("release_indicators", period="2026-03")
    call_command("release_indicators", period="2026-03")
    assert capsys.readouterr().out.split("\n")[:2] == [
        "2026-03 is published.",
        "2026-03 was published before.",
    ]
    for wrong in ("2999-01", "ayer", "2026-13"):
        with pytest.raises(CommandError):
            call_command("release_indicators", period=wrong)
