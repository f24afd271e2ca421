import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from matching.files import BadLineError, read_challenges, read_profiles, weight_of

CHALLENGES: list[dict[str, Any]] = [
    {"id": "R1", "title": "Fugas en la red de agua potable", "text": "Buscamos sensores.", "language": "es"},
    {
        "id": "R2",
        "title": "Salud mental",
        "text": "",
        "needs": [
            {"text": "Acompañar a jóvenes en escuelas", "weight": "must"},
            {"text": "Con datos", "weight": 0.5},
        ],
    },
]
PROFILES: list[dict[str, Any]] = [
    {"id": "agua", "documents": [{"title": "Sensores de fugas de agua potable", "text": None, "year": 2020}]},
    {
        "id": "mente",
        "documents": [{"title": None, "text": "Salud mental de jóvenes en escuelas", "year": None}],
    },
    {"id": "nada", "documents": []},
]


@pytest.fixture(autouse=True)
def _fast_encoder(settings: Any) -> None:
    settings.HELICE_ENCODER = "hash"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path / "c.jsonl", CHALLENGES)
    write(tmp_path / "p.jsonl", PROFILES)
    return tmp_path


def write(path: Path, lines: Sequence[str | dict[str, Any]]) -> None:
    path.write_text(
        "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines),
        encoding="utf-8",
    )


def rank(folder: Path, **options: Any) -> list[list[str]]:
    names: dict[str, Any] = {
        "challenges": folder / "c.jsonl",
        "profiles": folder / "p.jsonl",
        "output": folder / "out.run",
    }
    call_command("rank", **names | options)
    return [line.split(" ") for line in (folder / "out.run").read_text().splitlines()]


def test_the_run_has_the_best_profile_first_for_each_challenge(folder: Path) -> None:
    lines = rank(folder)
    assert [line[:4] for line in lines if line[3] == "1"] == [
        ["R1", "Q0", "agua", "1"],
        ["R2", "Q0", "mente", "1"],
    ]
    assert all(len(line) == 6 and line[5] == "helice" for line in lines)


def test_scores_fall_strictly_so_that_evaluators_keep_the_order(folder: Path) -> None:
    write(folder / "p.jsonl", [{"id": f"p{number}", "documents": [{"text": "agua"}]} for number in range(5)])
    scores = [float(line[4]) for line in rank(folder) if line[0] == "R1"]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == 5


def test_top_limits_the_list(folder: Path) -> None:
    assert len(rank(folder, top=1)) == 2


def test_the_order_of_the_files_does_not_matter(folder: Path) -> None:
    before = {tuple(line) for line in rank(folder)}
    write(folder / "p.jsonl", PROFILES[::-1])
    write(folder / "c.jsonl", CHALLENGES[::-1])
    assert {tuple(line) for line in rank(folder)} == before


def test_bad_lines_are_named_and_the_rest_is_ranked(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = [
        "{",
        "[1]",
        "",
        '{"id": "a b"}',
        '{"id": null}',
        '{"id": "x", "documents": "no"}',
        json.dumps(PROFILES[0]),
    ]
    write(folder / "p.jsonl", [PROFILES[0], *bad, PROFILES[1]])
    with pytest.raises(CommandError, match="6 lines were skipped") as caught:
        rank(folder)
    assert caught.value.returncode == 1
    told = capsys.readouterr().err
    for number in (2, 3, 5, 6, 7, 8):
        assert f"p.jsonl, line {number}: " in told
    assert "already used on line 1" in told
    assert "white space" in told
    assert len((folder / "out.run").read_text().splitlines()) == 4


def test_a_missing_file_is_named_in_a_sentence(folder: Path) -> None:
    with pytest.raises(CommandError, match=r"Cannot read .*none.jsonl: No such file"):
        rank(folder, profiles=folder / "none.jsonl")
    with pytest.raises(CommandError, match="There is no folder"):
        rank(folder, output=folder / "none" / "out.run")


def test_no_database_is_touched(folder: Path) -> None:
    rank(folder)  # pytest-django refuses any query here, since the test asks for no database


@pytest.mark.parametrize("profiles", [[], [{"id": "p"}], [{"id": "p", "documents": [{"title": None}]}]])
def test_files_without_words_give_an_empty_run(folder: Path, profiles: list[dict[str, Any]]) -> None:
    write(folder / "p.jsonl", profiles)
    assert rank(folder) == []


def test_a_challenge_without_words_is_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder / "c.jsonl", [*CHALLENGES, {"id": "R3", "title": "", "text": None}])
    rank(folder)
    assert "R3" in capsys.readouterr().err


ODD = [
    "",
    "agua",
    "x" * 200_000,
    "palabra " * 30_000,
    "🙂🙂🙂",
    "<p>fugas</p>",
    "a\u0000b",
    "\u202efugas\u200f",
    "igual. " * 1000,
]


def test_odd_texts_neither_fail_nor_rank_first_for_the_wrong_reason(folder: Path) -> None:
    odd = [
        {"id": f"odd{number}", "documents": [{"title": text, "text": text}]}
        for number, text in enumerate(ODD)
    ]
    write(folder / "p.jsonl", [*odd, *PROFILES])
    first = {line[0]: line[2] for line in rank(folder) if line[3] == "1"}
    assert first == {"R1": "agua", "R2": "mente"}


def test_odd_challenges_do_not_fail_either(folder: Path) -> None:
    write(
        folder / "c.jsonl",
        [{"id": f"c{number}", "title": text, "text": text} for number, text in enumerate(ODD)],
    )
    assert rank(folder)


def test_an_interrupted_run_leaves_no_half_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("matching.offline.score", lambda *args: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        rank(folder)
    assert sorted(path.name for path in folder.iterdir()) == ["c.jsonl", "p.jsonl"]


def test_whole_numbers_are_ids_and_a_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "p.jsonl").write_bytes(b'\xef\xbb\xbf{"id": 7}\r\n\n{"id": true}\n\xff\n')
    found = read_profiles(tmp_path / "p.jsonl")
    assert [line.id for line in found.lines] == ["7"]
    assert len(found.problems) == 2


def test_weights_are_words_or_numbers(tmp_path: Path) -> None:
    assert [weight_of(value) for value in (None, "must", "Strong", "nice", 2, 0.5)] == [
        1.0,
        1.0,
        0.7,
        0.3,
        2.0,
        0.5,
    ]
    assert [weight_of(value) for value in (5e-324, 10**400, 1e300)] == [1e-6, 1e6, 1e6]
    bad: list[object] = ["often", 0, -1, True, [], float("nan"), float("inf")]
    for value in bad:
        with pytest.raises(BadLineError):
            weight_of(value)


def test_empty_needs_are_as_good_as_none(tmp_path: Path) -> None:
    write(tmp_path / "c.jsonl", [{"id": "c", "title": "t", "needs": [{"text": " "}, {"text": None}]}])
    assert read_challenges(tmp_path / "c.jsonl").lines[0].needs == ()


def test_a_weight_too_small_for_the_machine_still_ranks(folder: Path) -> None:
    needs = [{"text": "Acompañar a jóvenes en escuelas", "weight": 1e-320}]
    write(folder / "c.jsonl", [{"id": "c", "needs": needs}])
    assert rank(folder)[0][2] == "mente"


def test_what_is_no_ordinary_file_is_not_replaced(folder: Path) -> None:
    pipe = folder / "pipe"
    os.mkfifo(pipe)
    for output in (pipe, folder):
        with pytest.raises(CommandError, match="no ordinary file"):
            rank(folder, output=output)
    assert pipe.is_fifo()


def test_a_link_goes_on_to_lead_to_the_run(folder: Path) -> None:
    (folder / "out.run").symlink_to(folder / "kept.run")
    assert rank(folder)
    assert (folder / "out.run").is_symlink()
    assert (folder / "kept.run").is_file()
