"""`manage.py import_challenges`."""

import csv
import json
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Organisation
from hubs.imports.cells import cut_at_word
from hubs.models import Challenge, Hub
from tests import factories


@pytest.fixture
def poster(db: None) -> Organisation:
    return factories.make_organisation(name="Secretaría del Agua", state="02")


@pytest.fixture
def hub(db: None) -> Hub:
    return factories.make_hub()


def lines(path: Path, *rows: Any) -> Path:
    file = path / "retos.jsonl"
    file.write_text(
        "\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows), encoding="utf-8"
    )
    return file


def run(file: Path, *args: str) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("import_challenges", str(file), *args, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def refused(file: Path, *args: str) -> str:
    err = StringIO()
    with pytest.raises(CommandError) as stopped:
        call_command("import_challenges", str(file), *args, stdout=StringIO(), stderr=err)
    return f"{err.getvalue()}{stopped.value}"


@pytest.fixture
def common(poster: Organisation, hub: Hub) -> list[str]:
    return ["--organisation", "secretaria del agua", "--hub", hub.slug]


def test_the_shape_of_the_rank_command_is_taken(tmp_path: Path, common: list[str]) -> None:
    file = lines(
        tmp_path,
        {
            "id": "a",
            "title": "Agua",
            "text": "Pozos con arsénico.",
            "needs": [{"text": "Medir", "weight": "strong"}],
        },
        {"id": "b", "title": "", "text": "un texto sin título", "language": "es"},
    )
    out, _ = run(file, *common)
    assert out.startswith("2 new, 0 renewed")
    challenge = Challenge.objects.get(import_key="a")
    assert (challenge.status, challenge.description) == ("draft", "Pozos con arsénico.")
    assert [(n.text, n.weight) for n in challenge.needs.all()] == [("Medir", "strong")]
    assert Challenge.objects.get(import_key="b").title == "un texto sin título"
    assert Challenge.objects.search("arsenico").get() == challenge
    assert challenge.steps.get().actor is None


def test_published_ones_are_open_between_the_given_dates_in_the_posters_zone(
    tmp_path: Path, common: list[str]
) -> None:
    file = lines(tmp_path, {"id": "a", "title": "Agua", "text": "x"})
    assert "opens" in refused(file, *common, "--status", "published")
    run(file, *common, "--status", "published", "--opens", "2027-01-15", "--closes", "2027-02-15")
    challenge = Challenge.objects.get()
    assert challenge.time_zone == "America/Tijuana"
    assert challenge.opens_at is not None
    assert challenge.closes_at is not None
    assert challenge.opens_at.isoformat() == "2027-01-15T08:00:00+00:00"
    assert challenge.closes_at.isoformat() == "2027-02-16T07:59:00+00:00"
    assert challenge.published_at is not None


def test_the_full_shape_is_taken(tmp_path: Path, poster: Organisation, hub: Hub) -> None:
    row = {
        "id": "a",
        "title": "Safe water",
        "summary": "Wells.",
        "description": "Arsenic.",
        "language": "en",
        "organisation": str(poster.public_id),
        "hub": hub.slug,
        "state": "2",
        "sdgs": [6, 11],
        "sector": "22",
        "fields": ["2.7"],
        "trl_from": 3,
        "trl_to": 6,
        "offer_money": "1500000",
        "contact_name": "A",
        "contact_email": "a@example.org",
        "poster_shown": "kind",
        "opens_at": "2027-01-15T09:00",
        "closes_at": "2027-02-15T17:00-06:00",
        "needs": ["One", {"text": "Two", "sought": "startup"}],
    }
    run(lines(tmp_path, row))
    challenge = Challenge.objects.get()
    assert (challenge.state, challenge.sdgs, challenge.trl_to) == ("02", ["6", "11"], 6)
    assert (challenge.sector, challenge.fields) == ("22", ["2.7"])
    assert challenge.offer_money == 1500000
    assert [n.sought for n in challenge.needs.all()] == ["anyone", "startup"]
    assert fold_free(poster.name) not in challenge.search_text


def fold_free(name: str) -> str:
    return name.split()[0].lower()


def test_csv_is_taken_with_needs_in_one_cell(tmp_path: Path, common: list[str]) -> None:
    file = tmp_path / "retos.csv"
    with file.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.DictWriter(out, ["id", "title", "text", "needs", "sdgs"])
        writer.writeheader()
        writer.writerow(
            {"id": "a", "title": "Agua", "text": "uno\ndos", "needs": "Medir|Filtrar", "sdgs": "6;11"}
        )
    run(file, *common)
    challenge = Challenge.objects.get()
    assert [n.text for n in challenge.needs.all()] == ["Medir", "Filtrar"]
    assert challenge.sdgs == ["6", "11"]


def test_every_bad_row_is_named_with_its_line_and_field_and_nothing_is_imported(
    tmp_path: Path, common: list[str]
) -> None:
    file = lines(
        tmp_path,
        {"id": "good", "title": "Agua", "text": "x"},
        "{not json",
        {"id": "good", "title": "Otra", "text": "x"},
        {"title": "sin id", "text": "x"},
        {"id": "e", "title": "Agua", "text": "x", "needs": [{"text": "y", "weight": "huge"}]},
        {"id": "f", "title": "Agua", "text": "x", "state": "99"},
        {"id": "g", "title": "Agua", "text": "x", "opens": "mañana"},
        {"id": "h", "title": "Agua", "text": "x", "contact_email": "no es correo"},
        {"id": "i", "title": "Agua", "text": "x", "organisation": "Nadie"},
        {"id": "j", "title": "Agua", "text": "x", "trl_from": 12},
        {"id": "k"},
    )
    told = refused(file, *common)
    for number, name in (
        (2, "JSON"),
        (3, "id"),
        (4, "id"),
        (5, "needs[1].weight"),
        (6, "state"),
        (7, "opens"),
        (8, "contact_email"),
        (9, "organisation"),
        (10, "trl_from"),
        (11, "title"),
    ):
        assert f"line {number}: {name}" in told
    assert "10 bad rows" in told
    assert not Challenge.objects.exists()


def test_a_dry_run_checks_and_writes_nothing(tmp_path: Path, common: list[str]) -> None:
    out, _ = run(lines(tmp_path, {"id": "a", "title": "Agua", "text": "x"}), *common, "--dry-run")
    assert "1 rows" in out
    assert not Challenge.objects.exists()


def test_running_it_twice_renews_and_never_doubles(tmp_path: Path, common: list[str]) -> None:
    row = {"id": "a", "title": "Agua", "text": "x", "needs": [{"text": "Medir"}, {"text": "Filtrar"}]}
    run(lines(tmp_path, row), *common)
    challenge = Challenge.objects.get()
    needs = list(challenge.needs.values_list("pk", flat=True))
    Challenge.objects.update(status="withdrawn")
    out, _ = run(lines(tmp_path, row | {"title": "Agua limpia"}), *common)
    assert out.startswith("0 new, 1 renewed")
    again = Challenge.objects.get()
    assert (again.pk, again.public_id, again.title) == (challenge.pk, challenge.public_id, "Agua limpia")
    assert again.status == "withdrawn"
    assert list(again.needs.values_list("pk", flat=True)) == needs


def test_a_row_that_says_nothing_new_changes_nothing(tmp_path: Path, common: list[str]) -> None:
    file = lines(tmp_path, {"id": "a", "title": "Agua", "text": "x", "needs": ["Medir"]})
    run(file, *common)
    before = Challenge.objects.get().updated_at
    out, _ = run(file, *common)
    assert out.startswith("0 new, 0 renewed, 1 unchanged")
    assert Challenge.objects.get().updated_at == before


def test_what_was_filled_in_here_is_not_emptied_by_a_second_import(tmp_path: Path, common: list[str]) -> None:
    file = lines(tmp_path, {"id": "a", "title": "Agua", "text": "x"})
    run(file, *common)
    now = timezone.now()
    Challenge.objects.update(opens_at=now, closes_at=now + timedelta(days=9))
    factories.put_at(Challenge.objects.get(), "published")
    run(lines(tmp_path, {"id": "a", "title": "Agua limpia", "text": "x"}), *common)
    challenge = Challenge.objects.get()
    assert (challenge.title, challenge.status) == ("Agua limpia", "published")
    assert challenge.opens_at == now


def test_a_long_title_is_cut_at_a_word_and_stands_whole_in_the_description(
    tmp_path: Path, common: list[str]
) -> None:
    title = "Desarrollo de una plataforma nacional para la vigilancia de la calidad del agua en pozos rurales"
    run(lines(tmp_path, {"id": "a", "title": title, "text": "El texto."}), *common)
    challenge = Challenge.objects.get()
    assert len(challenge.title) <= 90
    assert title.startswith(challenge.title.rstrip("…"))
    assert challenge.description == f"{title}\n\nEl texto."


@pytest.mark.parametrize(
    ("text", "limit", "cut"),
    [
        ("uno dos", 7, "uno dos"),
        ("uno dos tres", 8, "uno dos…"),
        ("unodostres", 5, "unod…"),
        ("a, b c", 4, "a…"),
    ],
)
def test_texts_are_cut_between_words(text: str, limit: int, cut: str) -> None:
    assert cut_at_word(text, limit) == cut


def test_an_unreadable_file_is_a_sentence(tmp_path: Path, common: list[str]) -> None:
    assert "nope.jsonl" in refused(tmp_path / "nope.jsonl", *common)


def test_an_unknown_hub_or_poster_stops_it_before_it_starts(
    tmp_path: Path, poster: Organisation, hub: Hub
) -> None:
    file = lines(tmp_path, {"id": "a", "title": "Agua", "text": "x"})
    assert "--hub" in refused(file, "--hub", "nope")
    assert "--organisation" in refused(file, "--organisation", "nadie", "--hub", hub.slug)


def test_a_thousand_rows_take_a_few_statements(tmp_path: Path, common: list[str]) -> None:
    rows = [
        {"id": str(n), "title": f"Reto {n}", "text": "x", "needs": [{"text": "Medir"}]} for n in range(1000)
    ]
    with CaptureQueriesContext(connection) as queries:
        run(lines(tmp_path, *rows), *common)
    assert Challenge.objects.count() == 1000
    assert len(queries) < 120


@pytest.mark.parametrize(
    ("row", "named"),
    [
        ({"trl_from": "²"}, "trl_from"),
        ({"trl_from": "9" * 5000}, "trl_from"),
        ({"sdgs": 5}, "sdgs"),
        ({"sector": "99"}, "sector"),
        ({"fields": "2.7;9.9"}, "fields"),
        ({"eligible_kinds": 5}, "eligible_kinds"),
        ({"eligible_kinds": "startup;wizard"}, "eligible_kinds"),
        ({"only_in_state": "maybe", "state": "20"}, "only_in_state"),
        ({"only_in_state": True}, "only_in_state"),
        ({"time_zone": "../../etc"}, "time_zone"),
        ({"closes": "9999-12-31T23:59:59-12:00"}, "closes"),
        ({"summary": "\ud800"}, "JSON"),
    ],
)
def test_what_no_column_can_hold_is_a_sentence(
    tmp_path: Path, common: list[str], row: dict[str, Any], named: str
) -> None:
    assert named in refused(lines(tmp_path, {"id": "a", "title": "Agua"} | row), *common)


@pytest.mark.parametrize(
    ("row", "kinds", "only"),
    [
        ({}, [], False),
        ({"eligible_kinds": "startup; company", "only_in_state": "sí"}, ["startup", "company"], True),
        ({"eligible_kinds": ["agency"], "only_in_state": False}, ["agency"], False),
    ],
)
def test_who_may_answer_is_imported(
    tmp_path: Path, common: list[str], row: dict[str, Any], kinds: list[str], only: bool
) -> None:
    run(lines(tmp_path, {"id": "a", "title": "Agua", "state": "20"} | row), *common)
    challenge = Challenge.objects.get()
    assert (challenge.eligible_kinds, challenge.only_in_state) == (kinds, only)


def test_what_cannot_be_read_is_a_sentence(tmp_path: Path, common: list[str]) -> None:
    assert "JSON" in refused(lines(tmp_path, '{"id": ' + "[" * 100_000 + "]" * 100_000 + "}"), *common)
    cells = tmp_path / "retos.csv"
    cells.write_text('id,title\na,"' + "x" * 200_000 + '"\n', encoding="utf-8")
    assert "field larger" in refused(cells, *common)
    run(lines(tmp_path, {"id": "a", "title": "Agua\x00"}), *common)
    assert Challenge.objects.get().title == "Agua"
