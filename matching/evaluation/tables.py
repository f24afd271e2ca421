"""Tables as plain text or as markdown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from matching.evaluation.metrics import Interval

NEXT_TO_NOTHING = 0.1


@dataclass(frozen=True)
class Table:
    """A heading, columns, rows of as many cells, and sentences below."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    notes: Sequence[str] = field(default=())

    def text(self) -> str:
        """Columns side by side, the first one flush left."""
        lines = [list(self.columns), *map(list, self.rows)]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        drawn = [
            "  ".join([line[0].ljust(widths[0]), *map(str.rjust, line[1:], widths[1:])]).rstrip()
            for line in lines
        ]
        return "\n".join([self.title, "", drawn[0], "-" * max(map(len, drawn)), *drawn[1:], *self.below()])

    def markdown(self) -> str:
        """A table as GitHub draws it."""
        rule = ["---", *["---:"] * (len(self.columns) - 1)]
        lines = [f"| {' | '.join(escaped(line))} |" for line in (self.columns, rule, *self.rows)]
        return "\n".join([f"### {self.title}", "", *lines, *self.below()])

    def below(self) -> list[str]:
        """What is said under the table."""
        return ["", *self.notes] if self.notes else []


def escaped(cells: Sequence[str]) -> list[str]:
    """Cells in which no bar ends a column."""
    return [cell.replace("|", "\\|") for cell in cells]


def between(found: Interval) -> str:
    """A mean with its interval."""
    return f"{found.mean:.3f} ({found.low:.3f} to {found.high:.3f})"


def difference(found: Interval) -> str:
    """A difference with its interval."""
    return f"{found.mean:+.3f} ({found.low:+.3f} to {found.high:+.3f})"


def lead(found: Interval, base: float) -> str:
    """A difference with its interval, and as a share of what it is a difference to, where that is not next to
    nothing."""
    return difference(found) + (f", {found.mean / base:+.1%}" if base > NEXT_TO_NOTHING else "")
