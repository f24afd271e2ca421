"""Odd, broken and dishonest texts, all the way: nothing crashes, none ranks first for the wrong reason."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Profile, User
from hubs.models import Challenge
from matching import pipeline, queries
from matching.encoder import HashEncoder
from matching.files import Document, ProfileLine
from matching.models import Match, Passage, Subject
from matching.offline import encode
from matching.pipeline.sync import MOST_FAILURES
from tests import factories
from tests.api.helpers import send
from tests.conftest import signed_in
from tests.matching.test_pipeline import WATER, match_of, others, refresh_all, water_challenge, water_profile
from tests.pages.test_profiles import edit_form

NEED = "Medir arsénico en pozos de agua potable con sensores portátiles"
BAD = {
    "empty": "",
    "blank": " \n\t ",
    "one word": "agua",
    "one letter": "a",
    "one endless word": "x" * 200_000,
    "200,000 characters": "agua arsénico pozos sensores " * 6_900,
    "emoji": "💧🚰🔬🙂" * 50,
    "punctuation": "¿?¡! ... --- ///",
    "HTML": f"<p onclick='x'>Bordamos agua</p><script>{NEED}</script><style>{NEED}</style>&lt;b&gt;&nbsp;<br",
    "only HTML": "<div><p></p><img src='agua.png' alt='pozos'></div>",
    "NUL": "agua\x00pozos\x00",
    "controls": "agua\x01\x02\x1b[31mpozos\x7f",
    "right to left": "\u202eselbitátrop serosnes\u202c \u200fagua\u200e \u2066pozos\u2069",
    "mixed languages": "Medimos water with sensores portátiles because el agua is important; 水を測る.",
    "one sentence a thousand times": "Medimos el agua de los pozos. " * 1000,
    "one need a thousand times": f"{NEED}. " * 1000,
    "keywords": ", ".join(["agua", "arsénico", "pozos", "potable", "medir", "sensores", "portátiles"] * 12),
    "everything": ", ".join(f"tema{number} agua{number} pozo{number}" for number in range(60)),
    "combining marks": "a\u0301\u0301\u0301\u0301gua" * 200,
    "numbers": "127 4.5 2025 " * 500,
}
STORED = [
    pytest.param(
        text,
        id=name,
        marks=pytest.mark.skipif(
            "\x00" in text and connection.vendor == "postgresql", reason="PostgreSQL holds no NUL"
        ),
    )
    for name, text in BAD.items()
]


def save_profile(text: str, **fields: Any) -> Profile:
    """As a bulk write would leave it: in the summary, and in an item where the database takes it."""
    profile = factories.make_researcher(summary=text, **fields)
    if text:
        factories.add_item(profile, text=text)
        factories.add_item(profile, "evidence", text, title=text[:300])
    return profile


def settled() -> bool:
    """Everything was looked at, nothing failed, nothing waits."""
    return not Subject.objects.exclude(stale_since=None, failures=0).exists()


@pytest.mark.django_db
@pytest.mark.parametrize("text", STORED)
def test_a_profile_with_such_a_text_is_matched_behind_honest_ones(text: str) -> None:
    others()
    honest, challenge = water_profile(), water_challenge(needs=(NEED,))
    odd = save_profile(text)
    refresh_all()
    assert settled()
    best = Match.objects.filter(target__challenge=challenge).order_by("-score", "pk")
    assert best[0].subject.profile == honest
    mine, theirs = match_of(honest, challenge), match_of(odd, challenge)
    assert mine is not None
    assert theirs is None or theirs.score < mine.score


@pytest.mark.django_db
@pytest.mark.parametrize("text", STORED)
def test_a_challenge_with_such_texts_is_matched_and_harms_no_other(text: str) -> None:
    others()
    honest, challenge = water_profile(), water_challenge(needs=(NEED,))
    without = factories.make_challenge(title=text[:90], summary=text[:200], description=text, needs=())
    withone = factories.make_challenge(title="Agua", needs=(text,) if text else ())
    refresh_all()
    assert settled()
    assert match_of(honest, challenge)
    score = match_of(honest, challenge)
    for odd in (without, withone):
        found = match_of(honest, odd)
        assert found is None or (score is not None and found.score <= score.score * 1.5)


@pytest.mark.django_db
def test_all_of_them_together_are_settled_and_shown_without_a_crash(owner: User) -> None:
    others()
    honest, challenge = water_profile(user=owner), water_challenge(needs=(NEED,))
    for text in BAD.values():
        if "\x00" not in text or connection.vendor != "postgresql":
            save_profile(text)
    refresh_all()
    assert settled()
    best = Match.objects.filter(target__challenge=challenge).order_by("-score", "pk").first()
    assert best is not None
    assert best.subject.profile == honest
    assert signed_in(owner).get(reverse("matching:my_matches")).status_code == 200
    assert signed_in(owner).get(reverse("hubs:challenge", args=[challenge.public_id])).status_code == 200


def rank(
    folder: Path, challenges: list[dict[str, Any]], profiles: list[dict[str, Any]]
) -> dict[str, list[str]]:
    for name, lines in (("c", challenges), ("p", profiles)):
        (folder / name).write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    call_command("rank", challenges=folder / "c", profiles=folder / "p", output=folder / "run", top=100)
    found: dict[str, list[str]] = {}
    for line in (folder / "run").read_text().splitlines():
        found.setdefault(line.split()[0], []).append(line.split()[2])
    return found


def lines_of(texts: dict[str, str]) -> list[dict[str, Any]]:
    return [
        {"id": name.replace(" ", "-"), "documents": [{"title": text[:100], "text": text}]}
        for name, text in texts.items()
    ]


HONEST = {
    "agua": WATER,
    "abejas": "Criamos abejas reinas y enseñamos apicultura a jóvenes de la sierra.",
    "ropa": "Diseñamos ropa de algodón con cooperativas de la costa.",
    "juegos": "Programamos videojuegos educativos para primarias.",
}


def test_in_files_the_honest_profile_stands_before_all_of_them(tmp_path: Path) -> None:
    asked = [{"id": "q", "title": "Agua segura", "needs": [{"text": NEED}]}]
    found = rank(tmp_path, asked, lines_of(HONEST | BAD))
    assert found["q"][0] == "agua"


def test_in_files_such_challenges_are_ranked_or_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = [{"id": name.replace(" ", "-"), "title": text[:90], "text": text} for name, text in BAD.items()]
    found = rank(tmp_path, asked, lines_of(HONEST))
    assert all(sorted(ids) == sorted(HONEST) for ids in found.values())
    assert set(found) >= {"one-word", "one-need-a-thousand-times", "keywords", "right-to-left"}
    assert "empty" in capsys.readouterr().err


def choke(monkeypatch: pytest.MonkeyPatch) -> None:
    """An encoder that fails on whatever speaks of poison."""
    original = HashEncoder.encode

    def encode_or_fail(self: HashEncoder, texts: list[str], kind: Any) -> Any:
        if any("veneno" in text for text in texts):
            raise RuntimeError("cannot read this")
        return original(self, texts, kind)

    monkeypatch.setattr(HashEncoder, "encode", encode_or_fail)


def test_in_files_a_text_on_which_the_encoder_fails_is_set_aside_and_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    choke(monkeypatch)
    asked: list[dict[str, Any]] = [
        {"id": "q", "title": "Agua segura", "needs": [{"text": NEED}, {"text": "Quitar el veneno"}]},
        {"id": "v", "title": "Solo veneno"},
    ]
    found = rank(tmp_path, asked, lines_of(HONEST | {"malo": "Vendemos veneno para ratas."}))
    assert found["q"][0] == "agua"
    assert "malo" not in found["q"]
    assert "v" not in found
    told = capsys.readouterr().err
    assert told.count("set aside") == 3
    assert "veneno para ratas" in told


def test_an_encoder_that_fails_on_everything_is_no_matter_of_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: Any) -> Any:
        raise RuntimeError("no memory")

    monkeypatch.setattr(HashEncoder, "encode", broken)
    with pytest.raises(RuntimeError, match="no memory"):
        encode(HashEncoder(), ["uno", "dos"], "passage", lambda steps, *_: steps)


@pytest.mark.django_db
def test_operators_see_what_was_set_aside_and_why_and_readiness_does_not_wait_for_it(
    monkeypatch: pytest.MonkeyPatch, admin_client: Client
) -> None:
    others()
    honest, challenge = water_profile(), water_challenge(needs=(NEED,))
    profile = water_profile("Vendemos veneno para ratas.")
    choke(monkeypatch)
    refresh_all()
    assert match_of(honest, challenge)
    assert queries.set_aside() == {"passages": 1, "subjects": 1}
    assert queries.first_matches_missing() == 0
    failed = admin_client.get(
        reverse("admin:matching_passage_changelist"), {"failed": "yes"}
    ).content.decode()
    assert "cannot read this" in failed
    assert WATER not in failed
    waiting = admin_client.get(
        reverse("admin:matching_subject_changelist"), {"failed": "yes"}
    ).content.decode()
    assert "1 passages could not be embedded" in waiting
    monkeypatch.undo()
    Subject.objects.update(not_before=timezone.now())
    while pipeline.refresh_slice():
        pass
    assert queries.set_aside() == {"passages": 0, "subjects": 0}
    assert Passage.objects.get(subject__profile=profile).vector is not None


@pytest.mark.django_db
def test_what_was_given_up_is_tried_again_when_an_operator_says_so_or_the_model_changes(
    monkeypatch: pytest.MonkeyPatch, admin_client: Client
) -> None:
    profile = water_profile("Vendemos veneno para ratas.")
    choke(monkeypatch)
    for _ in range(MOST_FAILURES):
        Subject.objects.update(not_before=timezone.now())
        refresh_all()
    passage = Passage.objects.get(subject__profile=profile)
    assert passage.failures == MOST_FAILURES
    assert settled()
    pipeline.sweep()
    assert settled()
    action = {"action": "try_again", "_selected_action": [passage.pk]}
    admin_client.post(reverse("admin:matching_passage_changelist"), action)
    refresh_all()
    passage.refresh_from_db()
    assert passage.failures == 1
    monkeypatch.undo()
    monkeypatch.setattr(HashEncoder, "name", "hash-2")
    Passage.objects.update(failures=MOST_FAILURES)
    refresh_all()
    passage.refresh_from_db()
    assert (passage.failures, passage.model) == (0, "hash-2")


@pytest.mark.django_db
def test_readyz_counts_what_was_set_aside(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from config import health

    water_profile("Vendemos veneno para ratas.")
    choke(monkeypatch)
    refresh_all()
    monkeypatch.setattr(health, "why_not_ready", lambda: None)
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["set_aside"] == {"passages": 1, "subjects": 1}


@pytest.mark.django_db
def test_a_subject_that_cannot_even_be_read_holds_up_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    others()
    honest, challenge, broken = water_profile(), water_challenge(needs=(NEED,)), water_profile("Roto")
    sync = pipeline.sync.sync

    def fail(subject: Subject) -> None:
        if subject.profile_id == broken.pk:
            raise RuntimeError("broken")
        sync(subject)

    monkeypatch.setattr(pipeline.sync, "sync", fail)
    refresh_all()
    assert match_of(honest, challenge)
    assert queries.first_matches_missing() == 0
    assert queries.set_aside()["subjects"] == 1


NUL = "Agua\x00 segura"


@pytest.mark.django_db
def test_the_profile_form_says_what_is_wrong_with_a_nul(owner: User) -> None:
    profile = factories.make_researcher(owner)
    address = reverse("accounts:profile_step", args=[profile.public_id, "you"])
    response = signed_in(owner).post(address, edit_form(profile, summary=NUL))
    assert response.status_code == 200
    assert "Los caracteres nulos no están permitidos." in response.content.decode()
    profile.refresh_from_db()
    assert "\x00" not in profile.summary


@pytest.mark.django_db
@pytest.mark.parametrize("title", [NUL, NUL * 50])
def test_the_wizard_keeps_what_it_can_of_a_text_with_a_nul(owner: User, title: str) -> None:
    agency = factories.make_organisation(owner=owner)
    draft = factories.make_challenge(agency, status="draft")
    address = reverse("hubs:challenge_edit", args=[draft.public_id, "problem"])
    typed = {
        "title": title,
        "summary": "Otro resumen",
        "description": "Otra",
        "language": "es",
        "then": "next",
    }
    response = signed_in(owner).post(address, typed)
    assert list(response.context["form"].errors) == ["title"]
    draft = Challenge.objects.get(pk=draft.pk)
    assert "\x00" not in draft.title
    assert draft.summary == "Otro resumen"


@pytest.mark.django_db
def test_a_need_with_a_nul_is_named_and_the_others_are_saved(owner: User) -> None:
    draft = factories.make_challenge(factories.make_organisation(owner=owner), status="draft", needs=())
    data = {"needs-TOTAL_FORMS": "2", "needs-INITIAL_FORMS": "0", "then": "next"}
    for number, text in enumerate((NUL, "Filtrar")):
        data |= {
            f"needs-{number}-text": text,
            f"needs-{number}-weight": "must",
            f"needs-{number}-sought": "anyone",
        }
    address = reverse("hubs:challenge_edit", args=[draft.public_id, "needs"])
    assert signed_in(owner).post(address, data).status_code == 200
    assert [need.text for need in draft.needs.all()] == ["Filtrar"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"summary": NUL}, "summary"),
        ({"offers": [{"text": NUL, "language": "es"}]}, "offers"),
        ({"summary": "\ud800"}, "detail"),
    ],
)
def test_the_api_refuses_what_no_column_holds(owner: User, change: dict[str, Any], named: str) -> None:
    profile = factories.make_researcher(owner)
    response = send(signed_in(owner), "patch", f"profiles/{profile.public_id}/", json.dumps(change))
    assert response.status_code == 400
    assert list(response.json()) == [named]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address",
    [
        "/es/challenges/?q=%00",
        "/es/profiles/?q=%00",
        "/api/v1/challenges/?search=%00",
        "/api/v1/profiles/?search=%00",
        "/es/matches/?profile=%00",
    ],
)
def test_a_search_for_a_nul_is_no_fault_of_ours(owner: User, address: str) -> None:
    factories.make_challenge()
    factories.make_researcher(owner)
    assert signed_in(owner).get(address).status_code in (200, 302, 400)


@pytest.mark.django_db
def test_an_import_drops_nuls_and_refuses_what_is_too_long(tmp_path: Path) -> None:
    file = tmp_path / "profiles.jsonl"
    row = {"id": "a", "kind": "researcher", "name": "Ada", "documents": [{"title": NUL, "text": NUL}]}
    file.write_text(json.dumps(row) + "\n")
    call_command("import_profiles", file, verbosity=0)
    item = Profile.objects.get(import_key__isnull=False).items.get()
    assert (item.title, item.text) == ("Agua segura", "Agua segura")


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_with_the_real_model_none_of_them_stands_before_an_honest_profile(
    tmp_path: Path, settings: Any
) -> None:
    settings.HELICE_ENCODER = "default"
    settings.HELICE_MODELS = Path(__file__).resolve().parents[2] / "var" / "models"
    asked: list[dict[str, Any]] = [
        {"id": "agua", "title": "Agua segura", "needs": [{"text": NEED}]},
        {"id": "abejas", "title": "Apicultura", "needs": [{"text": "Enseñar apicultura a jóvenes"}]},
        {"id": "juegos", "title": "Juegos", "needs": [{"text": "Educational video games for schools"}]},
    ]
    found = rank(tmp_path, asked, lines_of(HONEST | BAD))
    for name in ("agua", "abejas", "juegos"):
        assert found[name][0] == name


def test_vectors_of_odd_texts_are_numbers() -> None:
    vectors = encode(HashEncoder(), list(BAD.values()), "passage", lambda steps, *_: steps)
    assert np.isfinite(vectors).all()
    assert ProfileLine("a", (Document("", BAD["emoji"]),), None).documents
