"""Computing on request: never more than is offered, and what is left comes back once."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.actions import erase_person
from accounts.models import NewsItem, Profile, User
from accounts.queries import all_data
from hubs.actions import computing, computing_rounds, computing_use
from hubs.actions.computing_rounds import Granted
from hubs.clocks.computing import keep_time
from hubs.models import ComputingRequest, ComputingRound, Programme, RequestReview
from tests import factories

SOON = timedelta(days=90)


def until() -> Any:
    return timezone.localdate() + SOON


@pytest.fixture
def provider(db: None) -> User:
    return factories.make_user(name="Centro de Cómputo Inventado")


@pytest.fixture
def asker(db: None) -> User:
    return factories.make_user(name="Quien Pide")


@pytest.fixture
def profile(asker: User) -> Profile:
    return factories.make_researcher(asker)


@pytest.fixture
def programme(provider: User) -> Programme:
    return factories.make_programme(owner=provider, kind="computing", gpu_hours=1000, cpu_hours=5000)


def asked(programme: Programme, profile: Profile, by: User, **values: Any) -> ComputingRequest:
    told = {"title": "Clima", "purpose": "Modelos de lluvia", "gpu_hours": 600, "cpu_hours": 0} | values
    return computing.save_request(programme=programme, profile=profile, values=told, by=by)


def technical(request: ComputingRequest, by: User, provider: User, score: int = 4) -> ComputingRequest:
    """Handed in, and reviewed in both stages."""
    computing.submit_request(request=request, by=by)
    for _ in range(2):
        computing.advance_request(request=request, by=provider)
        computing.review_request(request=request, score=score, text="Sólido.", by=provider)
    request.refresh_from_db()
    return request


def test_a_request_goes_through_both_reviews_and_is_granted(
    programme: Programme, profile: Profile, asker: User, provider: User
) -> None:
    request = technical(asked(programme, profile, asker), asker, provider)
    computing.approve_request(
        request=request, gpu_hours=Decimal(500), cpu_hours=Decimal(0), ends_on=until(), by=provider
    )
    request.refresh_from_db()
    programme.refresh_from_db()
    assert (request.state, int(request.granted_gpu)) == ("approved", 500)
    assert programme.free_gpu == 500
    assert NewsItem.objects.filter(person=asker.person, kind="computing_granted").count() == 1
    assert NewsItem.objects.filter(person=provider.person, kind="computing_received").count() == 1


def test_no_review_is_skipped(programme: Programme, profile: Profile, asker: User, provider: User) -> None:
    request = asked(programme, profile, asker)
    computing.submit_request(request=request, by=asker)
    computing.advance_request(request=request, by=provider)
    with pytest.raises(ValidationError):
        computing.advance_request(request=request, by=provider)
    with pytest.raises(ValidationError):
        computing.approve_request(
            request=request, gpu_hours=Decimal(1), cpu_hours=Decimal(0), ends_on=until(), by=provider
        )


def test_nobody_decides_on_what_they_ask_for_themselves(programme: Programme, provider: User) -> None:
    own = factories.make_researcher(provider)
    request = asked(programme, own, provider)
    computing.submit_request(request=request, by=provider)
    with pytest.raises(PermissionDenied):
        computing.advance_request(request=request, by=provider)


@pytest.mark.django_db(transaction=True)
def test_whoever_asked_and_whoever_reviewed_gets_it_in_their_data_and_takes_their_words_along(
    programme: Programme, profile: Profile, asker: User, provider: User
) -> None:
    request = technical(asked(programme, profile, asker), asker, provider)
    assert all_data(asker.person)["computing"]["requests"][0]["purpose"] == "Modelos de lluvia"
    assert all_data(provider.person)["computing"]["reviews"][0]["text"] == "Sólido."
    for user in (asker, provider):
        erase_person(person=user.person, by=user)
    there = ComputingRequest.objects.filter(pk=request.pk).first()
    assert there is None or "lluvia" not in f"{there.title} {there.purpose}"
    assert not RequestReview.objects.exclude(text="").exists()


def test_a_stranger_neither_sees_nor_changes_a_request(
    programme: Programme, profile: Profile, asker: User, stranger: User
) -> None:
    request = asked(programme, profile, asker)
    assert not ComputingRequest.objects.visible_to(stranger).exists()
    for act in (computing.submit_request, computing.withdraw_request, computing.advance_request):
        with pytest.raises(PermissionDenied):
            act(request=request, by=stranger)


def test_the_provider_does_not_see_drafts(
    programme: Programme, profile: Profile, asker: User, provider: User
) -> None:
    request = asked(programme, profile, asker)
    assert not ComputingRequest.objects.visible_to(provider).exists()
    computing.submit_request(request=request, by=asker)
    assert ComputingRequest.objects.visible_to(provider).get() == request


def test_closing_counts_to_the_minute_from_when_it_reached_the_site(
    programme: Programme, profile: Profile, asker: User
) -> None:
    closes = timezone.now() + timedelta(hours=1)
    Programme.objects.filter(pk=programme.pk).update(closes_at=closes)
    late, in_time = asked(programme, profile, asker), asked(programme, profile, asker)
    with pytest.raises(ValidationError):
        computing.submit_request(request=late, by=asker, at=closes)
    assert computing.submit_request(request=in_time, by=asker, at=closes - timedelta(seconds=1))


def test_who_may_not_apply_is_told_why(programme: Programme, profile: Profile, asker: User) -> None:
    Programme.objects.filter(pk=programme.pk).update(who_may=["startup"])
    with pytest.raises(ValidationError) as refused:
        computing.submit_request(request=asked(programme, profile, asker), by=asker)
    assert refused.value.code == "barred"


def test_data_that_the_machine_does_not_admit_is_refused(
    programme: Programme, profile: Profile, asker: User
) -> None:
    Programme.objects.filter(pk=programme.pk).update(data_classes=["open"])
    with pytest.raises(ValidationError):
        computing.submit_request(request=asked(programme, profile, asker, data_class="personal"), by=asker)


def test_more_than_is_free_is_not_granted(
    programme: Programme, profile: Profile, asker: User, provider: User
) -> None:
    first, second = (technical(asked(programme, profile, asker), asker, provider) for _ in range(2))
    grant: dict[str, Any] = {"gpu_hours": Decimal(600), "cpu_hours": Decimal(0)}
    grant |= {"ends_on": until(), "by": provider}
    computing.approve_request(request=first, **grant)
    with pytest.raises(ValidationError):
        computing.approve_request(request=second, **grant)
    second.refresh_from_db()
    assert second.state == "technical"
    with pytest.raises(IntegrityError), transaction.atomic():
        Programme.objects.filter(pk=programme.pk).update(committed_gpu=1001)


def a_round(programme: Programme, provider: User, gpu: int = 1000) -> ComputingRound:
    now = timezone.now()
    values = {
        "title": "Ronda nacional",
        "gpu_hours": Decimal(gpu),
        "cpu_hours": Decimal(0),
        "opens_at": now - timedelta(days=1),
        "closes_at": now + timedelta(days=1),
    }
    return computing_rounds.open_round(programme=programme, values=values, by=provider)


def close(found: ComputingRound) -> None:
    ComputingRound.objects.filter(pk=found.pk).update(closes_at=timezone.now() - timedelta(seconds=1))
    found.refresh_from_db()


def test_a_national_round_is_ranked_and_decided_together(
    programme: Programme, profile: Profile, asker: User, provider: User
) -> None:
    found = a_round(programme, provider)
    weak = technical(asked(programme, profile, asker, round=found), asker, provider, score=2)
    strong = technical(asked(programme, profile, asker, round=found), asker, provider, score=5)
    close(found)
    rows = computing_rounds.ranking(found)
    assert [(row.request, int(row.gpu_hours)) for row in rows] == [(strong, 600), (weak, 400)]
    granted = {
        strong.pk: Granted(Decimal(600), Decimal(0)),
        weak.pk: Granted(Decimal(0), Decimal(0), "No alcanzan las horas."),
    }
    computing_rounds.decide_round(held=found, granted=granted, ends_on=until(), by=provider)
    programme.refresh_from_db()
    assert {row.state for row in ComputingRequest.objects.all()} == {"approved", "refused"}
    assert programme.committed_gpu == 600  # what the round did not grant is free again
    with pytest.raises(ValidationError):
        computing_rounds.decide_round(held=found, granted=granted, ends_on=until(), by=provider)


def test_a_round_whose_sums_pass_its_hours_decides_nothing(
    programme: Programme, profile: Profile, asker: User, provider: User
) -> None:
    found = a_round(programme, provider)
    rows = [technical(asked(programme, profile, asker, round=found), asker, provider) for _ in range(2)]
    close(found)
    granted = {row.pk: Granted(Decimal(600), Decimal(0)) for row in rows}
    with pytest.raises(ValidationError):
        computing_rounds.decide_round(held=found, granted=granted, ends_on=until(), by=provider)
    assert set(ComputingRequest.objects.values_list("state", flat=True)) == {"technical"}
    assert NewsItem.objects.filter(kind="computing_granted").count() == 0


def test_a_round_waits_for_its_closing_and_for_every_review(
    programme: Programme, profile: Profile, asker: User, provider: User
) -> None:
    found = a_round(programme, provider)
    request = asked(programme, profile, asker, round=found)
    computing.submit_request(request=request, by=asker)
    decide: dict[str, Any] = {"granted": {}, "ends_on": until(), "by": provider}
    for code in ("open", "review"):
        with pytest.raises(ValidationError) as refused:
            computing_rounds.decide_round(held=found, **decide)
        assert refused.value.code == code
        close(found)


def test_what_is_left_comes_back_once(
    programme: Programme, profile: Profile, asker: User, provider: User
) -> None:
    request = technical(asked(programme, profile, asker), asker, provider)
    grant: dict[str, Any] = {"gpu_hours": Decimal(600), "cpu_hours": Decimal(0), "by": provider}
    computing.approve_request(request=request, ends_on=until(), **grant)
    used: dict[str, Any] = {"request": request, "cpu_hours": Decimal(0), "by": asker}
    computing_use.report_usage(gpu_hours=Decimal("250.5"), **used)
    for fewer_or_more in ("100", "601"):
        with pytest.raises(ValidationError):
            computing_use.report_usage(gpu_hours=Decimal(fewer_or_more), **used)
    assert computing_use.end_request(request=request, by=asker)
    assert not computing_use.end_request(request=request, by=asker)
    programme.refresh_from_db()
    request.refresh_from_db()
    assert (request.returned_gpu, programme.committed_gpu) == (Decimal("349.5"), Decimal("250.5"))
    with pytest.raises(ValidationError):
        computing_use.report_usage(gpu_hours=Decimal(300), **used)


def test_the_clock_warns_and_then_gives_back_what_nobody_reported(
    programme: Programme, profile: Profile, asker: User, provider: User
) -> None:
    request = technical(asked(programme, profile, asker), asker, provider)
    grant: dict[str, Any] = {"gpu_hours": Decimal(600), "cpu_hours": Decimal(0), "by": provider}
    computing.approve_request(request=request, ends_on=timezone.localdate() + timedelta(days=3), **grant)
    keep_time()
    keep_time()
    assert NewsItem.objects.filter(person=asker.person, kind="computing_ending").count() == 1
    ComputingRequest.objects.update(ends_on=timezone.localdate() - timedelta(days=15))
    keep_time()
    programme.refresh_from_db()
    assert programme.committed_gpu == 0


WORDS = ["round", "ask", "ask", "grant", "use", "end", "decide"]
STEP = st.tuples(st.sampled_from(WORDS), st.integers(0, 5), st.integers(0, 900))
NO_FRESH_ROWS = [HealthCheck.function_scoped_fixture]


@settings(max_examples=25, deadline=None, suppress_health_check=NO_FRESH_ROWS)
@given(steps=st.lists(STEP, min_size=5, max_size=20))
def test_hours_held_are_never_more_than_hours_offered_whatever_happens(
    programme: Programme, profile: Profile, asker: User, provider: User, steps: list[tuple[str, int, int]]
) -> None:
    mark = transaction.savepoint()
    for step in steps:
        try:
            with transaction.atomic():
                act(step, programme, profile, asker, provider)
        except ValidationError:
            pass
        check_sums(programme)
    transaction.savepoint_rollback(mark)


def act(
    step: tuple[str, int, int], programme: Programme, profile: Profile, asker: User, provider: User
) -> None:
    word, which, amount = step
    hours = Decimal(amount)
    rounds = list(ComputingRound.objects.order_by("pk"))
    requests = list(ComputingRequest.objects.order_by("pk"))
    if word == "round":
        a_round(programme, provider, amount)
    elif word == "ask":
        found = rounds[which % len(rounds)] if rounds and which else None
        request = asked(programme, profile, asker, round=found, gpu_hours=hours + 1)
        technical(request, asker, provider, 1 + which % 5)
    elif word == "decide" and rounds:
        found = rounds[which % len(rounds)]
        close(found)
        granted = {
            row.request.pk: Granted(row.gpu_hours + amount % 2, row.cpu_hours, "No alcanza.")
            for row in computing_rounds.ranking(found)
        }
        computing_rounds.decide_round(held=found, granted=granted, ends_on=until(), by=provider)
    elif requests:
        use(word, requests[which % len(requests)], hours, asker, provider)


def use(word: str, request: ComputingRequest, hours: Decimal, asker: User, provider: User) -> None:
    given: dict[str, Any] = {"request": request, "gpu_hours": hours, "cpu_hours": Decimal(0)}
    if word == "grant":
        computing.approve_request(ends_on=until(), by=provider, **given)
    elif word == "use":
        computing_use.report_usage(by=asker, **given)
    elif word == "end":
        computing_use.end_request(request=request, by=provider)


def check_sums(programme: Programme) -> None:
    programme.refresh_from_db()
    kept = sum((row.granted_gpu - row.returned_gpu for row in ComputingRequest.objects.all()), Decimal(0))
    waiting = ComputingRound.objects.filter(decided_at=None)
    held = kept + sum((row.gpu_hours for row in waiting), Decimal(0))
    assert held == programme.committed_gpu <= programme.gpu_hours
    for row in ComputingRequest.objects.filter(state="ended"):
        used = row.used()
        assert row.returned_gpu == row.granted_gpu - (used.gpu_hours if used else 0)
