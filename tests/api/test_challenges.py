"""Challenges as programs read and write them."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Translation, User
from accounts.serializers import label
from hubs.models import Challenge, ChallengeStep, CoPoster, HubMembership
from tests import factories
from tests.api.helpers import ids, read, send
from tests.conftest import signed_in

pytestmark = pytest.mark.django_db
CONTACT: dict[str, Any] = {"contact_name": "Ventanilla", "contact_email": "ventanilla@example.org"}


@pytest.fixture
def draft(owner: User, teammate: User) -> Challenge:
    agency = factories.make_organisation(owner=owner, member=teammate, state="09")
    return factories.make_challenge(agency, status="draft", **CONTACT)


def path(challenge: Challenge, more: str = "") -> str:
    return f"challenges/{challenge.public_id}/{more}"


def test_anybody_reads_a_published_challenge_with_its_needs_and_languages() -> None:
    challenge = factories.make_challenge(
        title="Agua segura", state="09", sdgs=["6"], sector="22", fields=["2.7"]
    )
    Translation.objects.create(record=challenge, field="title", language="en", text="Safe water")
    shown = read(Client(), path(challenge), accept_language="en")
    assert shown["title"] == "Agua segura"
    assert shown["language"] == "es"
    assert shown["translations"] == [{"field": "title", "language": "en", "text": "Safe water"}]
    assert shown["needs"][0]["text"] == "Medir arsénico en pozos"
    assert shown["phase"] == "open"
    assert shown["organisation"]["name"] == challenge.organisation.name
    assert shown["labels"] == {
        "status": "published",
        "state": "Mexico City",
        "sector": label("MX", "sectors", "22"),
        "fields_of_science": [label("MX", "fields", "2.7")],
        "sdgs": ["Clean water and sanitation"],
    }


def test_a_co_poster_is_told_that_it_is_theirs_and_whose_it_is(stranger: User) -> None:
    challenge = factories.make_challenge(poster_shown="kind")
    joined = factories.make_organisation(owner=stranger)
    assert read(signed_in(stranger), path(challenge))["organisation"] is None
    CoPoster.objects.create(challenge=challenge, organisation=joined, state="accepted")
    shown = read(signed_in(stranger), path(challenge))
    assert shown["is_own"]
    assert shown["organisation"]["name"] == challenge.organisation.name


def test_who_decides_on_a_text_that_changed_since_is_refused(owner: User, stranger: User) -> None:
    hub = factories.make_hub(curator=owner)
    challenge = factories.make_challenge(hub=hub, status="in_review", submitted_at=timezone.now())
    seen = read(signed_in(owner), path(challenge))["updated_at"]
    challenge.save()
    decision = {"to_status": "changes_requested", "note": "Falta decir dónde.", "seen": seen}
    refused = send(signed_in(owner), "post", path(challenge, "steps/"), decision)
    assert refused.status_code == 400
    assert refused.json()["seen"]
    decision["seen"] = read(signed_in(owner), path(challenge))["updated_at"]
    assert send(signed_in(owner), "post", path(challenge, "steps/"), decision).status_code == 200


def test_labels_follow_the_language_asked_for() -> None:
    challenge = factories.make_challenge(sdgs=["6"])
    assert read(Client(), path(challenge), accept_language="es")["labels"]["sdgs"] == [
        "Agua limpia y saneamiento"
    ]


def test_times_carry_their_offset() -> None:
    closes = read(Client(), path(factories.make_challenge()))["closes_at"]
    assert closes.endswith("-06:00")


def test_a_draft_is_there_for_its_organisation_and_for_nobody_else(
    draft: Challenge, owner: User, teammate: User, stranger: User
) -> None:
    assert read(signed_in(owner), path(draft))["is_own"]
    assert read(signed_in(teammate), path(draft))["is_own"]
    for reader in (signed_in(stranger), Client()):
        assert reader.get(f"/api/v1/{path(draft)}").status_code == 404
        assert str(draft.public_id) not in ids(reader, "challenges/")


def test_contacts_keys_and_search_columns_never_appear(draft: Challenge, owner: User) -> None:
    Challenge.objects.filter(pk=draft.pk).update(import_key="gob-17")
    body = signed_in(owner).get(f"/api/v1/{path(draft)}").content.decode()
    for secret in (
        "Ventanilla",
        "ventanilla@",
        "@example.org",
        "gob-17",
        "search_text",
        "sort_key",
        "form_key",
    ):
        assert secret not in body


def test_a_poster_who_shows_only_its_kind_is_named_nowhere(owner: User, stranger: User) -> None:
    agency = factories.make_organisation(owner=owner, name="Comisión Secreta", state="09")
    challenge = factories.make_challenge(agency, poster_shown="kind")
    for reader in (signed_in(stranger), Client()):
        for where in (path(challenge), "challenges/"):
            body = reader.get(f"/api/v1/{where}").content.decode()
            assert "Comisión Secreta" not in body
            assert str(agency.public_id) not in body
        assert not ids(reader, "challenges/?search=secreta")
        assert "Ciudad de México" in read(reader, path(challenge))["organisation_shown"]
    assert read(signed_in(owner), path(challenge))["organisation"]["name"] == "Comisión Secreta"


def test_the_owner_starts_a_draft_with_its_needs(owner: User) -> None:
    agency = factories.make_organisation(owner=owner)
    hub = factories.make_hub("nation")
    data = {
        "organisation_id": str(agency.public_id),
        "hub_id": str(hub.public_id),
        "title": "Fugas de agua",
        "opens_at": "2030-01-01T09:00:00-06:00",
        "closes_at": "2030-02-01T18:00:00-06:00",
        "needs": [{"text": "Encontrar fugas"}, {"text": "Repararlas", "weight": "nice", "sought": "startup"}],
    }
    response = send(signed_in(owner), "post", "challenges/", data)
    assert response.status_code == 201, response.content
    challenge = Challenge.objects.get(public_id=response.json()["id"])
    assert (challenge.status, challenge.author, challenge.hub) == ("draft", owner.person, hub)
    assert [(need.text, need.weight, need.sought) for need in challenge.needs.all()] == [
        ("Encontrar fugas", "must", "anyone"),
        ("Repararlas", "nice", "startup"),
    ]


def test_a_draft_sent_twice_with_one_key_is_made_once(owner: User) -> None:
    agency = factories.make_organisation(owner=owner)
    factories.make_hub("nation")
    data = {"organisation_id": str(agency.public_id), "title": "Una vez"}
    key = str(uuid.uuid4())
    made = {
        send(signed_in(owner), "post", "challenges/", data, idempotency_key=key).json()["id"]
        for _ in range(2)
    }
    assert len(made) == 1
    assert send(signed_in(owner), "post", "challenges/", data, idempotency_key="x").status_code == 400


def test_nobody_posts_for_an_organisation_of_others(stranger: User, owner: User) -> None:
    agency = factories.make_organisation(owner=owner)
    factories.make_hub("nation")
    data = {"organisation_id": str(agency.public_id), "title": "Ajeno"}
    assert "organisation_id" in send(signed_in(stranger), "post", "challenges/", data).json()
    assert send(Client(), "post", "challenges/", data).status_code == 403
    assert not Challenge.objects.exists()


def test_a_teammate_changes_a_draft_and_what_is_left_out_stays(draft: Challenge, teammate: User) -> None:
    response = send(signed_in(teammate), "patch", path(draft), {"summary": "Otra línea"})
    assert response.status_code == 200, response.content
    draft.refresh_from_db()
    assert draft.summary == "Otra línea"
    assert draft.needs.count() == 1


def test_a_need_that_says_the_same_keeps_its_row(draft: Challenge, owner: User) -> None:
    before = draft.needs.get()
    needs = [{"text": "Nueva"}, {"text": before.text}]
    assert send(signed_in(owner), "patch", path(draft), {"needs": needs}).status_code == 200
    assert draft.needs.filter(pk=before.pk, position=1).exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"opens_at": "2030-02-01T09:00:00Z", "closes_at": "2030-01-01T09:00:00Z"}, "closes_at"),
        ({"closes_at": "2030-01-01T09:00:00"}, "closes_at"),
        ({"closes_at": "9999-12-31T09:00:00Z"}, "closes_at"),
        ({"needs": [{"text": "x"}] * 41}, "needs"),
        ({"trl_from": 7, "trl_to": 3}, "trl_to"),
        ({"trl_from": 12}, "trl_from"),
        ({"state": "77"}, "state"),
        ({"sdgs": ["18"]}, "sdgs"),
        ({"eligible_kinds": ["wizard"]}, "eligible_kinds"),
        ({"only_in_state": True, "state": ""}, "state"),
        ({"title": "x" * 91}, "title"),
        ({"needs": [{"weight": "must"}]}, "needs"),
        ({"needs": [{"text": "x", "weight": "heavy"}]}, "needs"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"offer_money": "-1"}, "offer_money"),
        ({"hub_id": str(uuid.uuid4())}, "hub_id"),
    ],
)
def test_what_cannot_be_is_refused_by_field(
    draft: Challenge, owner: User, change: dict[str, object], field: str
) -> None:
    response = send(signed_in(owner), "patch", path(draft), change)
    assert response.status_code == 400
    assert list(response.json()) == [field]


def test_who_may_answer_is_said_by_kinds_and_by_state(draft: Challenge, owner: User) -> None:
    change = {"eligible_kinds": ["startup", "company", "startup"], "only_in_state": True, "state": "20"}
    body = send(signed_in(owner), "patch", path(draft), change).json()
    assert (body["eligible_kinds"], body["only_in_state"]) == (["startup", "company"], True)
    draft.refresh_from_db()
    assert draft.eligible_kinds == ["startup", "company"]


def test_a_stranger_may_not_change_what_they_may_read(stranger: User, draft: Challenge) -> None:
    public = factories.make_challenge()
    assert send(signed_in(stranger), "patch", path(public), {"title": "Mío"}).status_code == 403
    assert send(Client(), "patch", path(public), {"title": "Mío"}).status_code == 403
    assert send(signed_in(stranger), "patch", path(draft), {"title": "Mío"}).status_code == 404


def test_what_is_published_is_not_changed_any_more(owner: User) -> None:
    challenge = factories.make_challenge(factories.make_organisation(owner=owner))
    response = send(signed_in(owner), "patch", path(challenge), {"title": "Tarde"})
    assert response.status_code == 403
    assert "borrador" in response.json()["detail"]


def test_the_status_is_moved_by_steps_only(draft: Challenge, owner: User) -> None:
    send(signed_in(owner), "patch", path(draft), {"status": "published"})
    draft.refresh_from_db()
    assert draft.status == "draft"


def test_the_poster_submits_and_a_curator_publishes(draft: Challenge, owner: User, stranger: User) -> None:
    HubMembership.objects.create(hub=draft.hub, person=stranger.person, role="curator")
    moved = send(signed_in(owner), "post", path(draft, "steps/"), {"to_status": "in_review"})
    assert moved.status_code == 200, moved.content
    assert moved.json()["status"] == "in_review"
    published = send(signed_in(stranger), "post", path(draft, "steps/"), {"to_status": "published"})
    assert published.status_code == 200, published.content
    history = read(signed_in(owner), path(draft, "steps/"))
    assert [(line["to_status"], line["by"]) for line in history] == [
        ("in_review", "Dueña Inventada"),
        ("published", "Extraña Inventada"),
    ]


def test_a_poster_does_not_publish_and_a_stranger_takes_no_step(owner: User, stranger: User) -> None:
    challenge = factories.make_challenge(
        factories.make_organisation(owner=owner), status="in_review", **CONTACT
    )
    assert (
        send(signed_in(owner), "post", path(challenge, "steps/"), {"to_status": "published"}).status_code
        == 403
    )
    assert (
        send(signed_in(stranger), "post", path(challenge, "steps/"), {"to_status": "published"}).status_code
        == 404
    )
    public = factories.make_challenge()
    assert (
        send(signed_in(stranger), "post", path(public, "steps/"), {"to_status": "withdrawn"}).status_code
        == 403
    )
    assert send(Client(), "post", path(public, "steps/"), {"to_status": "withdrawn"}).status_code == 403
    assert not ChallengeStep.objects.exists()


def test_a_step_that_is_not_in_the_table_is_a_refusal_not_a_fault(owner: User, draft: Challenge) -> None:
    response = send(signed_in(owner), "post", path(draft, "steps/"), {"to_status": "archived"})
    assert response.status_code == 400
    assert response.json()["non_field_errors"]


def test_an_unfinished_draft_is_told_what_it_lacks(owner: User) -> None:
    draft = factories.make_challenge(
        factories.make_organisation(owner=owner), status="draft", needs=(), summary=""
    )
    response = send(signed_in(owner), "post", path(draft, "steps/"), {"to_status": "in_review"})
    assert response.status_code == 400
    assert len(response.json()["non_field_errors"]) >= 3


def test_strangers_do_not_read_the_history(stranger: User) -> None:
    public = factories.make_challenge()
    for reader in (signed_in(stranger), Client()):
        assert reader.get(f"/api/v1/{path(public, 'steps/')}").status_code == 403


def test_who_has_the_same_already_is_told_so_and_a_change_is_noticed(draft: Challenge, owner: User) -> None:
    client = signed_in(owner)
    first = client.get(f"/api/v1/{path(draft)}")
    assert first["Last-Modified"]
    assert "no-cache" in first["Cache-Control"]
    assert "private" in first["Cache-Control"]
    again = client.get(f"/api/v1/{path(draft)}", headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    send(client, "patch", path(draft), {"needs": [{"text": "Otra"}]})
    assert client.get(f"/api/v1/{path(draft)}", headers={"if-none-match": first["ETag"]}).status_code == 200


def test_a_call_that_closed_by_the_clock_is_not_the_same_any_more(time_machine: object) -> None:
    challenge = factories.make_challenge(closes_at=timezone.now() + timedelta(hours=1))
    first = Client().get(f"/api/v1/{path(challenge)}")
    time_machine.move_to(timezone.now() + timedelta(hours=2))  # type: ignore[attr-defined]
    headers = {"if-none-match": first["ETag"], "if-modified-since": first["Last-Modified"]}
    later = Client().get(f"/api/v1/{path(challenge)}", headers=headers)
    assert later.json()["phase"] == "closed"


def test_a_browser_without_the_protection_token_changes_nothing(draft: Challenge, owner: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner, backend="allauth.account.auth_backends.AuthenticationBackend")
    response = send(client, "patch", path(draft), {"title": "De otro sitio"})
    assert response.status_code == 403
    assert response["Content-Type"] == "application/json"
