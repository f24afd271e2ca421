"""Changes to what is published go back to a curator, and are told to those who answer."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import NewsItem, User
from hubs import revising
from hubs.actions.revisions import decide_revision, propose_revision, take_revision_back
from hubs.models import Challenge, ChallengeRevision, Introduction, Response
from tests import factories


@pytest.fixture
def curator(db: None) -> User:
    return factories.make_user("curadora@example.org", name="Curadora Inventada")


@pytest.fixture
def challenge(owner: User, curator: User) -> Challenge:
    return factories.make_challenge(
        factories.make_organisation(owner=owner),
        hub=factories.make_hub(curator=curator),
        needs=("Medir arsénico", "Filtrar el agua"),
    )


def wanted(challenge: Challenge, **new: Any) -> dict[str, Any]:
    return revising.as_it_stands(challenge) | new


def proposed(challenge: Challenge, owner: User, **new: Any) -> ChallengeRevision:
    return propose_revision(
        challenge=challenge, wanted=wanted(challenge, **new), why="Hubo huelga.", by=owner
    )


def later(challenge: Challenge, days: int = 10) -> str:
    assert challenge.closes_at
    return (challenge.closes_at + timedelta(days=days)).isoformat()


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_a_change_is_public_once_a_curator_accepts_it_and_not_before(
    challenge: Challenge, owner: User, curator: User
) -> None:
    before = challenge.closes_at
    revision = proposed(challenge, owner, closes_at=later(challenge), offer_money="250000.00")
    assert Challenge.objects.get().closes_at == before
    assert decide_revision(revision=revision, accept=True, by=curator)
    now = Challenge.objects.get()
    assert before
    assert now.closes_at == before + timedelta(days=10)
    assert now.offer_money == 250000
    line = now.steps.latest("pk")
    assert (line.actor, line.note, line.to_status) == (curator.person, "Hubo huelga.", "published")
    assert not decide_revision(revision=revision, accept=True, by=curator)


def test_needs_that_stay_keep_their_rows_and_their_translations(
    challenge: Challenge, owner: User, curator: User
) -> None:
    first, second = challenge.needs.all()
    for need in (first, second):
        need.translations.create(field="text", language="en", text="In English")
    rows = revising.as_it_stands(challenge)["needs"]
    rows[1]["text"] = "Filtrar y vigilar el agua"
    rows.append({"id": None, "text": "Capacitar al comité", "weight": "nice", "sought": "anyone"})
    decide_revision(revision=proposed(challenge, owner, needs=rows), accept=True, by=curator)
    assert list(challenge.needs.values_list("text", flat=True)) == [
        "Medir arsénico",
        "Filtrar y vigilar el agua",
        "Capacitar al comité",
    ]
    assert [need.pk for need in challenge.needs.all()[:2]] == [first.pk, second.pk]
    assert first.translations.exists()
    assert not second.translations.exists()


def test_whoever_writes_a_response_or_was_introduced_is_told_and_nobody_else(
    challenge: Challenge, owner: User, curator: User
) -> None:
    writer, withdrawn, met, waiting = (factories.make_user() for _ in range(4))
    for user, state in ((writer, "draft"), (withdrawn, "withdrawn")):
        Response.objects.create(
            challenge=challenge, profile=factories.make_researcher(user), author=user.person, state=state
        )
    for user, state in ((met, "accepted"), (waiting, "taken_back")):
        profile = factories.make_researcher(user)
        Introduction.objects.create(challenge=challenge, profile=profile, asked_by=user.person, state=state)
    decide_revision(revision=proposed(challenge, owner, closes_at=later(challenge)), accept=True, by=curator)
    told = NewsItem.objects.filter(kind="challenge_revised")
    assert {item.person_id for item in told} == {writer.person.pk, met.person.pk}
    assert told[0].params["parts"] == ["deadline"]


def test_a_change_is_refused_with_a_reason_and_its_poster_hears_it(
    challenge: Challenge, owner: User, curator: User
) -> None:
    revision = proposed(challenge, owner, offer_data="Nada")
    with pytest.raises(ValidationError):
        decide_revision(revision=revision, accept=False, by=curator)
    assert decide_revision(revision=revision, accept=False, by=curator, note="Ya hay quien responde.")
    assert Challenge.objects.get().offer_data == ""
    assert NewsItem.objects.get(kind="revision_refused").person == owner.person


def test_one_change_waits_at_a_time_and_can_be_taken_back(challenge: Challenge, owner: User) -> None:
    first = proposed(challenge, owner, offer_data="Datos")
    with pytest.raises(ValidationError):
        proposed(challenge, owner, offer_data="Otros datos")
    assert take_revision_back(revision=first, by=owner)
    assert proposed(challenge, owner, offer_data="Otros datos").pk


def test_nothing_is_changed_by_strangers_or_decided_by_its_own_poster(
    challenge: Challenge, owner: User, stranger: User, curator: User
) -> None:
    with pytest.raises(PermissionDenied):
        proposed(challenge, stranger, offer_data="Datos")
    revision = proposed(challenge, owner, offer_data="Datos")
    factories.join(challenge.organisation, curator)
    for user in (owner, stranger, curator):
        with pytest.raises(PermissionDenied):
            decide_revision(revision=revision, accept=True, by=user)


def test_a_later_date_does_not_open_again_what_closed_while_it_waited(
    challenge: Challenge, owner: User, curator: User
) -> None:
    revision = proposed(challenge, owner, closes_at=later(challenge))
    assert challenge.closes_at
    with time_machine.travel(challenge.closes_at + timedelta(minutes=1)):
        with pytest.raises(ValidationError):
            decide_revision(revision=revision, accept=True, by=curator)
        assert Challenge.objects.get().is_closed()


@pytest.mark.parametrize(
    "new", [{}, {"needs": []}, {"closes_at": None}, {"closes_at": "2020-01-01T00:00:00+00:00"}]
)
def test_what_changes_nothing_or_leaves_it_without_dates_and_needs_is_refused(
    challenge: Challenge, owner: User, new: dict[str, Any]
) -> None:
    with pytest.raises(ValidationError):
        proposed(challenge, owner, **new)


def test_the_pages_take_a_change_from_its_poster_to_its_curator_and_to_everybody(
    challenge: Challenge, owner: User, curator: User
) -> None:
    page = reverse("hubs:revision", args=[challenge.public_id])
    needs = list(challenge.needs.all())
    typed = {
        "closes_at": timezone.localtime(challenge.closes_at).strftime("%Y-%m-%dT%H:%M"),
        "offer_money": "$300,000",
        "why": "Sumamos fondos del municipio.",
        "then": "propose",
        "needs-TOTAL_FORMS": "2",
        "needs-INITIAL_FORMS": "2",
        **{f"needs-{at}-id": str(need.pk) for at, need in enumerate(needs)},
        **{f"needs-{at}-text": need.text for at, need in enumerate(needs)},
        **{f"needs-{at}-weight": need.weight for at, need in enumerate(needs)},
        **{f"needs-{at}-sought": need.sought for at, need in enumerate(needs)},
    }
    poster, reader = signed_in(owner), signed_in(curator)
    assert poster.get(page).status_code == 200
    assert poster.post(page, typed).status_code == 302
    assert "300" in poster.get(page).content.decode()
    desk = reader.get(reverse("hubs:review_queue")).content.decode()
    review = reverse("hubs:revision_review", args=[challenge.public_id])
    assert review in desk
    assert signed_in(factories.make_user()).get(review).status_code == 404
    assert "Sumamos fondos" in reader.get(review).content.decode()
    assert reader.post(review, {"decision": "accept"}).status_code == 302
    assert "Sumamos fondos del municipio." in Client().get(challenge.get_absolute_url()).content.decode()
