"""JSON lines and CSV as numbered rows."""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LISTS = ("offers", "seeks", "evidence", "documents", "fields")


@dataclass(frozen=True)
class Problem:
    """Something that keeps the file from being imported."""

    row: int
    field: str
    message: str

    def __str__(self) -> str:
        return (
            f"row {self.row}, {self.field}: {self.message}"
            if self.field
            else f"row {self.row}: {self.message}"
        )


def rows_of(path: Path) -> Iterator[tuple[int, dict[str, Any] | Problem]]:
    return _csv(path) if path.suffix.lower() == ".csv" else _json_lines(path)


def _json_lines(path: Path) -> Iterator[tuple[int, dict[str, Any] | Problem]]:
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                row = json.loads(line.decode("utf-8-sig"))
                json.dumps(row, ensure_ascii=False).encode()  # halves of characters are ValueErrors
            except (RecursionError, ValueError) as error:
                yield number, Problem(number, "", f"not JSON in UTF-8: {error}")
                continue
            yield number, row if isinstance(row, dict) else Problem(number, "", "not a JSON object")


def _csv(path: Path) -> Iterator[tuple[int, dict[str, Any] | Problem]]:
    """Lists stand in one cell, separated by "|", or as a JSON list."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            for number, row in enumerate(csv.DictReader(lines), start=2):
                if None in row:
                    yield number, Problem(number, "", "more cells than the heading has")
                    continue
                yield (
                    number,
                    {name: _cell(name, value) for name, value in row.items() if (value or "").strip()},
                )
    except (UnicodeDecodeError, csv.Error) as error:
        yield 1, Problem(1, "", f"not CSV in UTF-8: {error}")


def _cell(name: str, value: str) -> Any:
    if name not in LISTS:
        return value.strip()
    if value.lstrip().startswith("["):
        try:
            return json.loads(value)
        except (RecursionError, ValueError):
            return value
    return [part.strip() for part in value.split("|") if part.strip()]
