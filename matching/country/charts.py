"""Figures to the geometry of charts: whole numbers in units of the drawing, no words, no colours, no Django.

A drawing is WIDTH units wide, which is a narrow phone's column, so that its letters stay readable there.
Values are counts, None where they are hidden: such a mark is drawn empty, never at a size that tells.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WIDTH = 360
LEVELS = 5  # shades of the map and of the meeting table
Value = int | None


def level(value: Value, most: int) -> int:
    """The shade of a value, 0 (none, or hidden) to LEVELS (the most there is)."""
    return min(LEVELS, -(-value * LEVELS // most)) if value and most > 0 else 0


def classes(most: int, step: int = 1) -> list[tuple[int, tuple[int, int]]]:
    """What the shades stand for, lightest first: (shade, (first, last)) of the multiples of `step` up to
    `most`, each shade that has any."""
    by_shade: dict[int, list[int]] = {}
    for n in range(step, most + 1, step):
        by_shade.setdefault(level(n, most), []).append(n)
    return [(shade, (numbers[0], numbers[-1])) for shade, numbers in sorted(by_shade.items())]


@dataclass(frozen=True)
class Tile:
    """A state's square on the map; its letters stand at (cx, name), its number at (cx, number)."""

    code: str
    x: int
    y: int
    size: int
    shade: int
    cx: int
    name: int
    number: int


@dataclass(frozen=True)
class TileMap:
    width: int
    height: int
    tiles: Sequence[Tile]


def tile_map(
    places: Mapping[str, tuple[int, int]], values: Mapping[str, Value], *, side: int = 33, gap: int = 3
) -> TileMap:
    """Squares at their column and row (from 1), row by row; a state without a value has shade 0."""
    most = max((value or 0 for value in values.values()), default=0)
    step = side + gap
    tiles = []
    for code, (column, row) in sorted(places.items(), key=lambda place: (place[1][1], place[1][0])):
        x, y = (column - 1) * step, (row - 1) * step
        shade = level(values.get(code), most)
        tiles.append(Tile(code, x, y, side, shade, x + side // 2, y + 13, y + 28))
    columns = max((column for column, _ in places.values()), default=0)
    rows = max((row for _, row in places.values()), default=0)
    return TileMap(max(columns * step - gap, 0), max(rows * step - gap, 0), tiles)


@dataclass(frozen=True)
class Pair:
    """A line of a chart of two sides. The left bar ends at the middle and has a part of its own; numbers
    stand beside the bars' far ends."""

    label: int  # y of its words
    y: int
    foot: int
    left: int  # x where the left bar begins, and its width
    left_width: int
    part: int  # the same of its part, which touches the middle
    part_width: int
    right: int
    right_width: int
    left_number: int
    right_number: int
    number: int  # y of both


@dataclass(frozen=True)
class Pairs:
    width: int
    height: int
    middle: int
    bar: int  # height of a bar
    lines: Sequence[Pair]


ROOM = 34  # for a number beside a bar


def pairs(rows: Sequence[tuple[int, int, Value]], *, line: int = 48, bar: int = 16) -> Pairs:
    """Two sides of the same thing: (left, the part of it that is met, right). Each side has its own scale,
    for challenges and people are not measured by one another."""
    middle = WIDTH // 2
    reach = middle - ROOM - 2
    most_left = max((left for left, _, _ in rows), default=0)
    most_right = max((right or 0 for _, _, right in rows), default=0)
    lines = []
    for number, (left, part, right) in enumerate(rows):
        top = number * line
        wide, inner = _scaled(left, most_left, reach), _scaled(part, most_left, reach)
        other = _scaled(right or 0, most_right, reach)
        lines.append(
            Pair(
                label=top + 16,
                y=top + 24,
                foot=top + 24 + bar,
                left=middle - 1 - wide,
                left_width=wide,
                part=middle - 1 - inner,
                part_width=inner,
                right=middle + 1,
                right_width=other,
                left_number=middle - 7 - wide,
                right_number=middle + 7 + other,
                number=top + 24 + bar - 4,
            )
        )
    return Pairs(WIDTH, max(len(rows) * line, 1), middle, bar, lines)


def _scaled(value: int, most: int, reach: int) -> int:
    """Never nothing for something."""
    return max(2, round(value * reach / most)) if value and most else 0


@dataclass(frozen=True)
class Square:
    x: int
    y: int
    width: int
    height: int
    shade: int
    cx: int
    cy: int
    value: Value


@dataclass(frozen=True)
class Grid:
    width: int
    height: int
    heads: Sequence[int]  # x of each column's middle
    labels: Sequence[int]  # y of each row's words
    rows: Sequence[Sequence[Square]]


def grid(values: Sequence[Sequence[Value]], columns: int, *, line: int = 52, head: int = 22) -> Grid:
    """Rows under their words, each with a square for every column, shaded by how much is in it."""
    most = max((value or 0 for row in values for value in row), default=0)
    step, gap, height = WIDTH // max(columns, 1), 4, 24
    heads = [column * step + (step - gap) // 2 for column in range(columns)]
    rows, labels = [], []
    for number, row in enumerate(values):
        top = head + number * line
        labels.append(top + 14)
        rows.append(
            [
                Square(
                    x=column * step,
                    y=top + 21,
                    width=step - gap,
                    height=height,
                    shade=level(value, most),
                    cx=heads[column],
                    cy=top + 21 + 17,
                    value=value,
                )
                for column, value in enumerate(row)
            ]
        )
    return Grid(WIDTH, head + len(values) * line, heads, labels, rows)
