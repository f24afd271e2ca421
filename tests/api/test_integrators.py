"""What programs are promised, by the schema and by the guide for integrators, against what is answered."""

import json
import re
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from jsonschema import Draft4Validator  # type: ignore[import-untyped]

from accounts.models import Profile, ProfileItem, User
from hubs.models import Challenge
from matching import files, pipeline
from matching.encoder import HashEncoder
from matching.models import Match, Subject
from matching.pipeline import explaining
from tests import factories
from tests.api.helpers import read, send
from tests.conftest import signed_in

pytestmark = pytest.mark.django_db
GUIDE = (Path(__file__).resolve().parents[2] / "docs" / "integrators.md").read_text(encoding="utf-8")
OFFER = "Medimos arsénico en pozos de agua potable con sensores portátiles de bajo costo."


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    out = StringIO()
    call_command("spectacular", "--format", "openapi-json", stdout=out)
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


@pytest.fixture
def match(owner: User) -> Match:
    """As the engine makes it: two needs, of which the second is sought from companies."""
    for text in ("Criamos abejas reinas.", "Diseñamos ropa de algodón.", "Programamos videojuegos."):
        factories.add_item(factories.make_researcher(summary=""), text=text)
    profile = factories.make_researcher(owner, summary="", state="20")
    factories.add_item(profile, text=OFFER)
    facts: dict[str, Any] = {"state": "20", "only_in_state": True, "eligible_kinds": ["researcher"]}
    need = "Medir arsénico en pozos de agua potable con sensores portátiles"
    challenge = factories.make_challenge(needs=(need, "Fabricar mil sensores"), **facts)
    challenge.needs.filter(position=1).update(sought="company")
    pipeline.sweep()
    for subject in Subject.objects.order_by("pk"):
        pipeline.refresh(subject.pk)
    return Match.objects.current().get(subject__profile=profile, target__challenge=challenge)


def pair(match: Match) -> tuple[Profile, Challenge]:
    profile, challenge = match.subject.profile, match.target.challenge
    assert profile
    assert challenge
    return profile, challenge


def strict(schema: Any) -> Any:
    """OpenAPI 3.0 as JSON Schema: null where it is allowed, and no key that is not described."""
    if isinstance(schema, list):
        return [strict(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    # An empty text is no address, which only a checker of formats would see: one of two, or either.
    found = {name.replace("oneOf", "anyOf"): strict(part) for name, part in schema.items()}
    nullable = found.pop("nullable", False) is True
    if isinstance(schema.get("properties"), dict):
        found["additionalProperties"] = False
    return {"anyOf": [found, {"type": "null"}]} if nullable else found


def misfits(schema: dict[str, Any], name: str, body: Any) -> list[str]:
    components = strict(schema["components"])
    whole = {"components": components, "$ref": f"#/components/schemas/{name}"}
    return [f"{list(error.path)}: {error.message}" for error in Draft4Validator(whole).iter_errors(body)]


def fields(schema: dict[str, Any], name: str, before: str = "") -> set[str]:
    """Every key of a component and of those inside it, as the guide writes them: needs[].evidence.text."""
    found = set()
    for key, value in schema["components"]["schemas"][name].get("properties", {}).items():
        path = f"{before}{key}"
        found.add(path)
        many = value.get("type") == "array"
        inner = value["items"] if many else value
        for part in [inner, *inner.get("allOf", [])]:
            if "$ref" in part:
                found |= fields(schema, part["$ref"].rpartition("/")[2], path + ("[]." if many else "."))
    return found


def section(title: str) -> str:
    """The text under a heading of the guide."""
    return GUIDE.partition(f"## {title}\n")[2].partition("\n## ")[0]


def described(text: str) -> set[str]:
    """The names in the first column of a table."""
    first = re.findall(r"^\| (`[^|]*) \|", text, flags=re.MULTILINE)
    return {name for cell in first for name in re.findall(r"`([^`]+)`", cell)}


def test_what_is_answered_holds_what_the_schema_says_and_nothing_else(
    match: Match, owner: User, schema: dict[str, Any]
) -> None:
    profile, challenge = pair(match)
    client = signed_in(owner)
    where = f"matches/{profile.public_id}/{challenge.public_id}/"
    asked = send(
        client,
        "post",
        f"{where}introduction/",
        {"brings": "Sensores.", "needs": "Pozos.", "who": "Un laboratorio."},
    ).json()
    for name, body in {
        "Match": read(client, where),
        "Challenge": read(client, f"challenges/{challenge.public_id}/"),
        "Profile": read(client, f"profiles/{profile.public_id}/"),
        "Hub": read(client, f"hubs/{challenge.hub.public_id}/"),
        "Organisation": read(client, f"organisations/{challenge.organisation.public_id}/"),
        "Introduction": asked,
        "PaginatedMatchList": read(client, "matches/"),
        "PaginatedProfileList": read(Client(), "profiles/"),  # as others see them
        "PaginatedChallengeList": read(Client(), "challenges/"),
    }.items():
        assert misfits(schema, name, body) == [], name
    assert misfits(schema, "Match", asked)  # the comparison does tell things apart


def test_the_guide_describes_every_field_of_a_match_and_none_that_is_not_there(
    schema: dict[str, Any],
) -> None:
    briefs = {name for name in fields(schema, "Match") if name.startswith(("profile.", "challenge."))}
    assert described(section("What a match says")) == fields(schema, "Match") - briefs


def test_who_may_answer_a_challenge_reads_as_the_guide_says(match: Match) -> None:
    _, challenge = pair(match)
    shown = read(Client(), f"challenges/{challenge.public_id}/")
    assert (shown["eligible_kinds"], shown["only_in_state"], shown["state"]) == (["researcher"], True, "20")
    for name in ("eligible_kinds", "only_in_state", "sought", *Profile.Kind.values):
        assert f"`{name}`" in GUIDE, name


def test_marks_are_places_in_the_texts_they_stand_beside(match: Match, owner: User) -> None:
    profile, challenge = pair(match)
    client, where = signed_in(owner), f"matches/{profile.public_id}/{challenge.public_id}/"
    Match.objects.update(explain_at=None)
    first = read(client, where)["needs"][0]
    assert (first["marks"], first["evidence"]["marks"]) == ([], [])
    assert explaining.anything_waiting()  # reading it was enough
    explaining.work(HashEncoder(), float("inf"))
    covered, elsewhere = read(client, where)["needs"]
    words = {covered["text"][start:end].lower() for start, end in covered["marks"]}
    said = {covered["evidence"]["sentence"][start:end] for start, end in covered["evidence"]["marks"]}
    assert any("arsénico" in word for word in words)
    assert any("arsénico" in word for word in said)
    assert (covered["covered"], covered["sought_elsewhere"]) == (True, False)
    assert (elsewhere["covered"], elsewhere["sought_elsewhere"], elsewhere["evidence"]) == (False, True, None)


def test_an_item_that_its_owner_keeps_out_answers_nothing_from_then_on(match: Match, owner: User) -> None:
    profile, challenge = pair(match)
    where = f"matches/{profile.public_id}/{challenge.public_id}/"
    assert read(signed_in(owner), where)["needs"][0]["evidence"]["text"] == OFFER
    ProfileItem.objects.filter(profile=profile).update(represents=False)
    shown = read(signed_in(owner), where)
    assert shown["needs"][0]["evidence"] is None
    assert (shown["needs"][0]["covered"], shown["needs"][0]["strength"]) == (False, None)
    assert OFFER not in str(shown)


def test_each_filter_in_the_guide_is_one_of_its_address(schema: dict[str, Any]) -> None:
    found = re.findall(r"(/api/v1/\w+/)\?([\w=&]+)", GUIDE)
    assert found
    for where, query in found:
        known = {parameter["name"] for parameter in schema["paths"][where]["get"]["parameters"]}
        assert {part.partition("=")[0] for part in query.split("&")} <= known


def test_the_files_of_rank_hold_what_the_guide_says(tmp_path: Path) -> None:
    text = section("Ranking files")
    assert described(text) == {
        "id", "title", "text", "needs", "needs[].text", "needs[].weight", "language",
        "documents", "documents[].title", "documents[].text",
    }  # fmt: skip
    challenge, profile = re.findall(r"^\{.*\}$", text, flags=re.MULTILINE)
    (tmp_path / "c.jsonl").write_text(challenge, encoding="utf-8")
    (tmp_path / "p.jsonl").write_text(profile, encoding="utf-8")
    challenges = files.read_challenges(tmp_path / "c.jsonl")
    profiles = files.read_profiles(tmp_path / "p.jsonl")
    assert challenges.problems == profiles.problems == []
    assert [weight for _, weight in challenges.lines[0].needs] == [1.0, 0.3]
    assert profiles.lines[0].documents[0].title
    run = re.findall(r"^\S+ Q0 \S+ \d+ \d+\.\d{6} (\w+)$", text, flags=re.MULTILINE)
    assert run == [files.RUN_NAME]
