"""The catalogue: what is open to the minute, who publishes, how old it is, and that pages act."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import User
from hubs.actions import programmes as actions
from hubs.models import ComputingRequest, ComputingRound, Programme
from tests import factories
from tests.conftest import signed_in

NOON = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_it_opens_and_closes_to_the_minute(db: None) -> None:
    programme = factories.make_programme(opens_at=NOON, closes_at=NOON + MINUTE)
    for at, is_open in ((NOON - MINUTE, False), (NOON, True), (NOON + MINUTE, False)):
        assert Programme.objects.open(at).exists() is is_open
        assert programme.is_open(at) is is_open
    assert Programme.objects.upcoming(NOON - MINUTE).exists()
    assert Programme.objects.others(NOON + MINUTE).exists()


@pytest.mark.parametrize("status", ["announced", "paused", "ended"])
def test_only_what_operates_is_open(db: None, status: str) -> None:
    programme = factories.make_programme(status=status)
    assert not programme.is_open()
    assert not Programme.objects.open().exists()


def test_each_published_programme_stands_in_one_of_the_three_lists(db: None) -> None:
    now = timezone.now()
    for status in Programme.Status.values:
        for opens in (None, now - MINUTE, now + MINUTE):
            for closes in (None, now + 2 * MINUTE):
                factories.make_programme(status=status, opens_at=opens, closes_at=closes)
    every = Programme.objects
    lists = [
        set(rows.values_list("pk", flat=True))
        for rows in (every.open(now), every.upcoming(now), every.others(now))
    ]
    assert sum(map(len, lists)) == len(set().union(*lists)) == Programme.objects.count()


def test_the_list_says_how_old_it_is(db: None) -> None:
    factories.make_programme(checked_on=timezone.localdate() - timedelta(days=181))
    factories.make_programme(checked_on=timezone.localdate() - timedelta(days=180))
    text = Client().get("/en/programmes/").content.decode()
    assert text.count("May be out of date.") == 1
    assert "Checked 181 days ago" in text
    assert "Checked 180 days ago" in text


def test_filters_narrow_it_down(db: None) -> None:
    factories.make_programme(title="Para startups de Jalisco", who_may=["startup"], states=["14"])
    factories.make_programme(title="Horas libres", kind="computing", who_may=["researcher"])
    factories.make_programme(title="Para todos")
    found = {
        "": {"Para startups de Jalisco", "Horas libres", "Para todos"},
        "?kind=computing": {"Horas libres"},
        "?who=startup": {"Para startups de Jalisco", "Para todos"},
        "?state=09": {"Horas libres", "Para todos"},
        "?q=jalisco": {"Para startups de Jalisco"},
    }
    for query, titles in found.items():
        page = Client().get(f"/es/programmes/{query}").context["page"]
        assert {row.title for row in page} == titles


FORM: dict[str, Any] = {
    "kind": "funding",
    "form": "grant",
    "language": "es",
    "title": "Fondo inventado",
    "title_other": "Invented fund",
    "summary": "Para pozos",
    "who_may": ["startup"],
    "status": "operating",
    "amount_min": "100",
    "amount_max": "200",
}


def test_an_organisation_enters_it_and_a_curator_publishes_it(owner: User, stranger: User) -> None:
    organisation = factories.make_organisation(owner=owner)
    curator = factories.make_user()
    factories.make_hub("nation", curator=curator)
    answer = signed_in(owner).post("/es/programmes/new/", FORM | {"organisation": organisation.public_id})
    programme = Programme.objects.get()
    assert answer.status_code == 302, answer.context["form"].errors
    assert programme.translations.get(field="title").text == "Invented fund"
    for user, status in ((stranger, 404), (owner, 200), (curator, 200)):
        assert signed_in(user).get(programme.get_absolute_url()).status_code == status
    step = f"/es/programmes/{programme.public_id}/step/"
    assert signed_in(owner).post(step, {"do": "publish"}).status_code == 404
    assert signed_in(curator).post(step, {"do": "publish"}).status_code == 302
    assert "Invented fund" in Client().get("/en/programmes/").content.decode()


def test_nobody_publishes_their_own_organisations(owner: User) -> None:
    factories.make_hub("nation", curator=owner)
    programme = factories.make_programme(owner=owner, is_published=False)
    with pytest.raises(PermissionDenied):
        actions.publish_programme(programme=programme, published=True, by=owner)


def test_saying_that_it_was_checked_makes_it_young_again(owner: User, stranger: User) -> None:
    programme = factories.make_programme(owner=owner, checked_on=timezone.localdate() - timedelta(days=400))
    with pytest.raises(PermissionDenied):
        actions.check_programme(programme=programme, status="paused", by=stranger)
    actions.check_programme(programme=programme, status="paused", by=owner)
    programme.refresh_from_db()
    assert (programme.is_stale, programme.status) == (False, "paused")


def test_an_offer_does_not_fall_below_what_is_promised(owner: User) -> None:
    programme = factories.make_programme(owner=owner, kind="computing", gpu_hours=100, committed_gpu=60)
    with pytest.raises(ValidationError):
        actions.save_programme(
            organisation=programme.organisation, values={"gpu_hours": 59}, by=owner, programme=programme
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        Programme.objects.update(gpu_hours=59)


def test_a_request_and_its_round_go_their_whole_way_through_the_pages(owner: User, stranger: User) -> None:
    programme = factories.make_programme(owner=owner, kind="computing", gpu_hours=1000)
    profile = factories.make_researcher(stranger)
    provider, asker = signed_in(owner), signed_in(stranger)
    now = timezone.localtime()
    times = {"opens_at": now - timedelta(days=1), "closes_at": now + timedelta(days=1)}
    typed = {name: at.strftime("%Y-%m-%dT%H:%M") for name, at in times.items()}
    base = f"/es/programmes/{programme.public_id}"
    provider.post(f"{base}/rounds/new/", {"title": "Ronda", "gpu_hours": 500, "cpu_hours": 0, **typed})
    held = ComputingRound.objects.get()
    asked = {
        "profile": profile.public_id,
        "title": "Lluvia",
        "purpose": "Modelos",
        "language": "es",
        "gpu_hours": 600,
        "data_class": "open",
        "round": held.pk,
        "do": "submit",
    }
    asker.post(f"{base}/request/", asked)
    request = ComputingRequest.objects.get()
    assert request.state == "submitted"
    page = request.get_absolute_url()
    for _ in range(2):
        provider.post(page, {"do": "advance"})
        provider.post(page, {"do": "review", "score": 5, "text": "Sí."})
    ComputingRound.objects.update(closes_at=timezone.now())
    ends_on = (timezone.localdate() + timedelta(days=60)).isoformat()
    decided = {f"gpu-{request.pk}": 501, f"cpu-{request.pk}": 0, "ends_on": ends_on}
    assert provider.post(held.get_absolute_url(), decided).status_code == 200
    assert provider.post(held.get_absolute_url(), decided | {f"gpu-{request.pk}": 500}).status_code == 302
    used = {"do": "usage", "gpu_hours": 100, "cpu_hours": 0, "reported_on": timezone.localdate().isoformat()}
    asker.post(page, used)
    asker.post(page, {"do": "end"})
    request.refresh_from_db()
    programme.refresh_from_db()
    assert request.state == "ended"
    assert (int(request.returned_gpu), int(programme.free_gpu)) == (400, 900)
