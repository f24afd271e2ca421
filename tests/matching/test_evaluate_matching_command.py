import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

NAMES = ["agua", "mente", "milpa"]
SPANISH = [
    "Fugas en la red de agua potable",
    "Salud mental de jóvenes en escuelas",
    "Semillas de maíz nativo",
]


@pytest.fixture(autouse=True)
def _fast_encoder(settings: Any, tmp_path: Path) -> None:
    settings.HELICE_ENCODER = "hash"
    settings.HELICE_VAR = tmp_path / "var"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "pequeño"
    made.mkdir()
    lines = list(enumerate(SPANISH))
    write(made / "challenges.jsonl", [json.dumps({"id": NAMES[at], "title": text}) for at, text in lines])
    profiles = [{"id": f"p{at}", "documents": [{"title": text}]} for at, text in lines]
    write(made / "profiles.jsonl", list(map(json.dumps, profiles)))
    write(made / "qrels.tsv", [f"{NAMES[at]}\tp{at}\t1" for at, _ in lines])
    return made


def write(path: Path, lines: list[str]) -> None:
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def told(capsys: pytest.CaptureFixture[str], *sets: Path, **options: Any) -> str:
    call_command("evaluate_matching", *map(str, sets), **options)
    return capsys.readouterr().out


def test_a_table_is_printed_for_each_set_without_any_database(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = told(capsys, folder, folder)  # pytest-django refuses any query here
    assert found.count("pequeño: 3 challenges, 3 profiles, 3 right pairs") == 2
    [ours, _] = [line for line in found.splitlines() if line.startswith("Hélice")]
    assert ours.split()[1] == "1.000"


def test_markdown_is_ready_for_the_page_of_benchmarks(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = told(capsys, folder, format="markdown").splitlines()
    assert lines[0].startswith("### pequeño: ")
    table = [line for line in lines[2:] if line.startswith("|")]
    assert table[1].startswith("| --- | ---: |")
    assert len({line.count("|") for line in table[:9]}) == 1


def test_a_part_of_the_challenges_can_be_measured_alone(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    counts = []
    for at in range(2):
        first = told(capsys, folder, only=(at, 2)).splitlines()[0]
        counts.append(int(first.split(": ")[1].split(" challenges")[0]))
    assert sorted(counts) == [1, 2]


def test_the_parts_of_the_engine_are_told_for_all_sets_in_one_table(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = told(capsys, folder, ablation=True, format="markdown").splitlines()
    assert lines[2] == "| part | pequeño |"
    assert lines[4] == "| everything | 1.000 |"
    assert any(line.startswith("| without spelling | ") for line in lines)


@pytest.mark.parametrize("value", ["3/3", "1", "a/b", "-1/2"])
def test_a_part_that_there_is_not_is_refused(folder: Path, value: str) -> None:
    with pytest.raises(CommandError, match="not a part"):
        call_command("evaluate_matching", str(folder), f"--only={value}")


def test_bad_lines_are_named_and_the_rest_is_measured(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with (folder / "qrels.tsv").open("a") as target:
        target.write("agua\tnobody\t1\n")
    with (folder / "profiles.jsonl").open("a") as target:
        target.write("{\n")
    with pytest.raises(CommandError, match="2 lines were skipped") as caught:
        call_command("evaluate_matching", str(folder))
    assert caught.value.returncode == 1
    found = capsys.readouterr()
    assert "qrels.tsv, line 4: 'nobody' is not in profiles.jsonl; skipped." in found.err
    assert "profiles.jsonl, line 4: not JSON" in found.err
    assert "Hélice" in found.out


def test_what_is_missing_is_named_in_a_sentence(folder: Path) -> None:
    (folder / "qrels.tsv").write_text("")
    with pytest.raises(CommandError, match="nothing to measure"):
        call_command("evaluate_matching", str(folder))
    (folder / "qrels.tsv").unlink()
    with pytest.raises(CommandError, match=r"Cannot read .*qrels.tsv: No such file"):
        call_command("evaluate_matching", str(folder))


def test_vectors_are_kept_unless_one_asks_for_none(folder: Path, tmp_path: Path) -> None:
    kept = tmp_path / "var" / "cache" / "vectors" / "hash-384-384.vectors"
    call_command("evaluate_matching", str(folder), no_cache=True)
    assert not kept.exists()
    call_command("evaluate_matching", str(folder))
    size = kept.stat().st_size
    call_command("evaluate_matching", str(folder))
    assert kept.stat().st_size == size > 0
