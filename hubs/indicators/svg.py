"""Figures to the geometry of drawings: whole numbers in its units, no words, no colours, no Django.

A drawing is WIDTH units wide, which is a narrow phone's column, so that its letters stay readable there.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WIDTH = 360
SIDES = ("academia", "industry", "government")


@dataclass(frozen=True)
class Bar:
    label: int  # y of its words
    y: int
    width: int
    number: tuple[int, int]


@dataclass(frozen=True)
class Bars:
    width: int
    height: int
    bar: int  # height of a bar
    lines: Sequence[Bar]


def bars(values: Sequence[int], *, line: int = 44, bar: int = 14, room: int = 60) -> Bars:
    """One under the other, each under its words and with its number at its end."""
    most = max(values, default=0)
    lines = []
    for place, value in enumerate(values):
        wide = max(2, round(value * (WIDTH - room) / most)) if most else 0
        top = place * line
        lines.append(Bar(top + 15, top + 22, wide, (wide + 6, top + 22 + bar - 2)))
    return Bars(WIDTH, max(len(values) * line, 1), bar, lines)


@dataclass(frozen=True)
class Column:
    x: int
    y: int
    width: int
    height: int
    cx: int
    number: int  # y of its number
    value: int | None


@dataclass(frozen=True)
class Columns:
    width: int
    height: int
    floor: int  # y of the line that all stand on
    words: int  # y of the words under them
    columns: Sequence[Column]


def columns(values: Sequence[int | None], *, height: int = 150) -> Columns:
    """One column for each month, from nothing up; none for what is not told."""
    floor, top = height - 24, 18
    most = max((value or 0 for value in values), default=0)
    step = WIDTH // max(len(values), 1)
    found = []
    for place, value in enumerate(values):
        tall = max(2, round((value or 0) * (floor - top) / most)) if value else 0
        x = place * step + 3
        found.append(Column(x, floor - tall, step - 6, tall, x + (step - 6) // 2, floor - tall - 5, value))
    return Columns(WIDTH, height, floor, height - 7, found)


@dataclass(frozen=True)
class Node:
    """A circle with its number, on the arc of its side."""

    name: str
    side: str
    number: int
    x: int
    y: int


@dataclass(frozen=True)
class Edge:
    """A line from one node to another, bent towards the middle: `path` is what SVG draws."""

    ends: tuple[str, str]
    path: str
    width: int


@dataclass(frozen=True)
class Ring:
    size: int
    radius: int  # of a node
    nodes: Sequence[Node]
    edges: Sequence[Edge]
    words: Mapping[str, tuple[int, int]]  # where the name of a side stands, inside its arc


def ring(
    sides: Mapping[str, Sequence[str]], edges: Mapping[tuple[str, str], int], *, gap: float = 1.5
) -> Ring:
    """Nodes on a circle, a stretch of it for each side that has any, as long as it has nodes; `gap`: the room
    between two sides, in nodes. The same input gives the same drawing."""
    present = [side for side in SIDES if sides.get(side)]
    slots = sum(len(sides[side]) for side in present) + gap * len(present)
    middle, around = WIDTH // 2, WIDTH // 2 - 16
    nodes: list[Node] = []
    words, slot = {}, 0.0
    for side in present:
        middle_of = slot + (len(sides[side]) - 1) / 2
        words[side] = _at(middle_of / slots, around * 3 // 5, middle)
        for name in sides[side]:
            x, y = _at(slot / slots, around, middle)
            nodes.append(Node(name, side, len(nodes) + 1, x, y))
            slot += 1
        slot += gap
    places = {node.name: node for node in nodes}
    radius = max(7, min(13, int(math.pi * around / max(slots, 1)) - 1))
    drawn = [
        _edge(places[a], places[b], n, middle) for (a, b), n in edges.items() if a in places and b in places
    ]
    return Ring(WIDTH, radius, nodes, drawn, words)


def _at(turn: float, radius: int, middle: int) -> tuple[int, int]:
    """Clockwise from the top."""
    angle = 2 * math.pi * turn - math.pi / 2
    return round(middle + radius * math.cos(angle)), round(middle + radius * math.sin(angle))


def _edge(a: Node, b: Node, weight: int, middle: int) -> Edge:
    """Half way to the middle, so that lines between neighbours stay near the rim."""
    x, y = (a.x + b.x) // 2, (a.y + b.y) // 2
    x, y = (x + middle) // 2, (y + middle) // 2
    return Edge((a.name, b.name), f"M{a.x} {a.y}Q{x} {y} {b.x} {b.y}", min(weight, 4))
