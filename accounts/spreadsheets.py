"""Files for spreadsheets."""

import csv
from collections.abc import Iterable, Iterator, Sequence


class _Line:
    """What csv.writer writes to: hands the line back."""

    def write(self, line: str) -> str:
        return line


def csv_lines(lines: Iterable[Sequence[str]]) -> Iterator[str]:
    """A CSV file for spreadsheets: UTF-8 with its mark, and nothing that a spreadsheet would reckon."""
    writer = csv.writer(_Line())
    yield "\ufeff"
    for line in lines:
        yield writer.writerow([harmless(cell) for cell in line])


def harmless(cell: str) -> str:
    """A cell that begins like a formula, made to begin with an apostrophe."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
