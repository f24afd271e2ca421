"""Profiles from files: every problem named, nothing half-imported, nothing claimed written to."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import Organisation, Person, Profile, ProfileItem

pytestmark = pytest.mark.django_db
RESEARCHER = {
    "id": "r1",
    "kind": "researcher",
    "name": "Ada Inventada",
    "email": "Ada@Example.org",
    "summary": "Estudia pozos.",
    "state": "Nuevo León",
    "fields": ["2.7"],
    "orcid": "https://orcid.org/0000-0002-1825-0097",
    "offers": ["Medir arsénico", {"text": "Measuring arsenic", "language": "en"}],
    "evidence": [{"kind": "thesis", "title": "Pozos", "year": 2020, "link": "https://example.org/t"}],
}
COMPANY = {
    "id": "c1",
    "kind": "company",
    "name": "Bombas Inventadas",
    "sector": "31-33",
    "size": "large",
    "state": "9",
    "ror": "https://ror.org/01tmp8f25",
    "seeks": ["Bombear con sol"],
}


def lines(folder: Path, *rows: Any) -> Path:
    path = folder / "profiles.jsonl"
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    return path


def load(path: Path, **options: Any) -> None:
    call_command("import_profiles", str(path), **options)


def test_imported_profiles_are_unclaimed_confirmed_and_for_members(tmp_path: Path) -> None:
    load(lines(tmp_path, RESEARCHER, COMPANY), source="Padrón")
    ada = Profile.objects.get(kind="researcher")
    assert (ada.name, ada.state, ada.orcid, ada.claim_email) == (
        "Ada Inventada",
        "19",
        "0000-0002-1825-0097",
        "ada@example.org",
    )
    assert (ada.visibility, ada.source, ada.is_claimed, ada.confirmed_at is None) == (
        "members",
        "Padrón",
        False,
        False,
    )
    assert [(item.role, item.text or item.title, item.language) for item in ada.items.all()] == [
        ("evidence", "Pozos", "es"),
        ("offer", "Medir arsénico", "es"),
        ("offer", "Measuring arsenic", "en"),
    ]
    company = Profile.objects.get(kind="company")
    assert company.organisation is not None
    assert (company.organisation.ror, company.state, company.size) == ("01tmp8f25", "09", "large")
    assert list(Profile.objects.search("inventadas bombas")) == [company]
    assert ada.sort_key


def test_the_shape_of_the_rank_command_is_read_as_evidence(tmp_path: Path) -> None:
    row = {
        "id": "p7",
        "documents": [{"title": "Wells", "text": "Arsenic.", "year": 2021}, {"text": None}],
        "language": "en",
    }
    load(lines(tmp_path, row, {"id": "p8", "documents": None}))
    item = ProfileItem.objects.get()
    assert (item.role, item.title, item.text, item.year, item.language) == (
        "evidence",
        "Wells",
        "Arsenic.",
        2021,
        "en",
    )
    assert item.profile.name == "p7"
    assert item.profile.import_key == "p7"
    assert Profile.objects.count() == 2


def test_a_title_that_is_too_long_is_kept_whole_in_the_text(tmp_path: Path) -> None:
    load(lines(tmp_path, {"id": "p9", "documents": [{"title": "T" * 400, "text": "Body"}]}))
    item = ProfileItem.objects.get()
    assert len(item.title) == 300
    assert item.text == "T" * 400 + "\nBody"


def test_every_problem_is_named_with_row_and_field_and_nothing_is_imported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "bad.jsonl"
    rows = [
        json.dumps(RESEARCHER),
        "{broken",
        json.dumps({"id": "x", "orcid": "0000-0002-1825-0098", "state": "Narnia"}),
        json.dumps({**COMPANY, "id": "r1"}),
        json.dumps({"id": "y", "colour": "red", "trl": 12, "kind": "startup"}),
        json.dumps({"id": "z", "evidence": [{"title": "T", "year": "soon"}]}),
    ]
    path.write_text("\n".join(rows), encoding="utf-8")
    with pytest.raises(CommandError, match="nothing was imported"):
        load(path)
    said = capsys.readouterr().err
    for expected in (
        "row 2: not JSON",
        "row 3, orcid",
        "row 3, state",
        "row 4, id: the same as in row 1",
        "row 5, colour",
        "row 5, trl",
        "row 6, evidence[1].year",
    ):
        assert expected in said
    assert not Profile.objects.exists()
    assert not Person.objects.exists()


def test_a_dry_run_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    load(lines(tmp_path, RESEARCHER), dry_run=True)
    assert "1 rows are good" in capsys.readouterr().out
    assert not Profile.objects.exists()


def test_a_second_run_changes_only_what_changed_and_keeps_the_rows_of_the_rest(tmp_path: Path) -> None:
    load(lines(tmp_path, RESEARCHER, COMPANY))
    kept = set(ProfileItem.objects.filter(profile__kind="researcher").values_list("pk", flat=True))
    load(lines(tmp_path, RESEARCHER, {**COMPANY, "name": "Bombas Nuevas", "seeks": ["Otra cosa"]}))
    assert set(ProfileItem.objects.filter(profile__kind="researcher").values_list("pk", flat=True)) == kept
    assert Profile.objects.count() == 2
    assert Organisation.objects.get().name == "Bombas Nuevas"
    assert [one.text for one in ProfileItem.objects.filter(role="seek")] == ["Otra cosa"]


def test_a_claimed_profile_is_never_written_to(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    load(lines(tmp_path, RESEARCHER))
    Profile.objects.update(claimed_at=timezone.now())
    load(lines(tmp_path, {**RESEARCHER, "summary": "Otra."}))
    assert "1 claimed and left alone" in capsys.readouterr().out
    assert Profile.objects.get().summary == "Estudia pozos."


def test_an_identifier_that_somebody_holds_is_a_problem_not_a_crash(tmp_path: Path) -> None:
    load(lines(tmp_path, COMPANY))
    with pytest.raises(CommandError, match="1 problem"):
        load(lines(tmp_path, {**COMPANY, "id": "c2"}))


def test_csv_holds_lists_in_one_cell(tmp_path: Path) -> None:
    path = tmp_path / "profiles.csv"
    path.write_text(
        "id,kind,name,state,offers,evidence\n"
        's1,startup,Sensores,Jalisco,Sensores | Análisis,"[{""title"": ""Piloto"", ""year"": 2023}]"\n',
        encoding="utf-8-sig",
    )
    load(path, visibility="public")
    profile = Profile.objects.get()
    assert (profile.visibility, profile.state) == ("public", "14")
    assert [item.text for item in profile.items.filter(role="offer")] == ["Sensores", "Análisis"]
    assert profile.items.get(role="evidence").year == 2023


def test_a_file_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No such file"):
        load(tmp_path / "none.jsonl")


def test_five_thousand_rows_take_few_queries(tmp_path: Path, django_assert_max_num_queries: Any) -> None:
    rows = [
        {"id": f"p{number}", "documents": [{"title": f"T{number}", "text": "x"}] * 3}
        for number in range(1500)
    ]
    path = lines(tmp_path, *rows)
    with django_assert_max_num_queries(150):
        load(path)
    with django_assert_max_num_queries(40):
        load(path)
    assert ProfileItem.objects.count() == 4500


@pytest.mark.parametrize(
    "line",
    [
        '{"id": "a", "kind": "startup", "trl": "inf"}',
        r'{"id": "a", "name": "\ud800"}',
        '{"id": ' + "[" * 100_000,
    ],
    ids=["endless", "half a character", "deep"],
)
def test_what_no_column_can_hold_is_a_problem_not_a_crash(tmp_path: Path, line: str) -> None:
    path = tmp_path / "profiles.jsonl"
    path.write_text(line, encoding="utf-8")
    with pytest.raises(CommandError, match="1 problem"):
        load(path)
