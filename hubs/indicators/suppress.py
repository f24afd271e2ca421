"""Counts and sums as everybody may read them: nothing under five, and nothing that leads to it.

A figure stands in many places at once: by sector, by state, by month, on the page of the country, of a hub
and of a state, and in one release after another. To hide what is small would not do: whatever is hidden is a
total less its other parts, or this release less the one before. To hide parts of every such sum as well,
until none gives anything away, hides most of what a young platform has to show, and must be done again for
all releases together each month.

So chance is added to every figure that is told, totals too, before it is rounded. It has no limit to how far
it may go, so no sum and no difference of figures proves anything about a hidden one: whatever is published
could have been published whatever the hidden ones are. The chance hangs on the set of records that is
counted: wherever and whenever the same records are counted, the same figure is told, so that asking in
another way, or again next month, teaches nothing new; and one record more or less makes it another.

The method is that of the cell keys of the Australian Bureau of Statistics (B. Fraser, J. Wooton, "A proposed
method for confidentialising tabular output to protect against differencing", 2005), with the chance of
A. Ghosh, T. Roughgarden, M. Sundararajan, "Universally utility-maximizing privacy mechanisms", STOC 2009.
"""

import math
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from typing import Protocol

from django.conf import settings
from django.utils.crypto import salted_hmac

LEAST = 5  # records, and contributors to a sum: fewer are not told
STEP = 5  # what is told is told to the nearest
BODIES = 3  # organisations behind a count: of two, each knows its own and so the other's
MOST_OF_ONE = 0.5  # of a sum, by one organisation
SPREAD = 0.5  # of the chance: each step further from nothing is half as likely as the one before
WIDTH = 2**128
DIGITS = 2  # of a sum that are told


class Counted(Protocol):
    """A line of what is counted."""

    @property
    def key(self) -> str:
        """What is counted once, however many lines it has."""

    @property
    def body(self) -> str:
        """Who stands behind it: an organisation, or whoever acts for none."""

    @property
    def amount(self) -> int: ...


def told_count(name: str, lines: Iterable[Counted]) -> int | None:
    """How many different keys there are, to the nearest five; None for what is not told. `name`: of the
    figure."""
    lines = list(lines)
    keys = {line.key for line in lines}
    if len(keys) < LEAST or len({line.body for line in lines}) < BODIES:
        return None
    return _rounded(len(keys) + chance(name, keys), STEP)


def told_sum(name: str, lines: Iterable[Counted]) -> int | None:
    """The sum of the amounts, to two digits; None for what is not told: the sum of less than five, or one of
    which somebody gave more than half. A quarter of the largest amount is what a step of chance is worth."""
    lines = [line for line in lines if line.amount > 0]
    of_bodies: dict[str, int] = defaultdict(int)
    for line in lines:
        of_bodies[line.body] += line.amount
    total = sum(of_bodies.values())
    if total < LEAST or len(of_bodies) < LEAST or max(of_bodies.values()) > MOST_OF_ONE * total:
        return None
    largest = max(line.amount for line in lines)
    moved = total + chance(name, {line.key for line in lines}) * max(1, largest // 4)
    return _rounded(moved, max(STEP, 10 ** (len(str(max(moved, 0))) - DIGITS)))


def chance(name: str, keys: Iterable[str]) -> int:
    """A whole number around 0, the same for the same keys in any order; which only the installation's secret
    can tell."""
    together = sum(_digest(f"{name}:{key}", settings.SECRET_KEY) for key in keys) % WIDTH
    digest = salted_hmac("hubs.indicators.cell", f"{name}:{together}", algorithm="sha256").digest()
    return geometric(digest[:8]) - geometric(digest[8:16])


def geometric(random: bytes) -> int:
    """From eight bytes by chance, a whole number from 0 up, each half as likely as the one before."""
    uniform = (int.from_bytes(random, "big") + 1) / (2**64 + 1)
    return math.floor(math.log(uniform) / math.log(SPREAD))


@lru_cache(maxsize=100_000)  # each record stands in a dozen cells
def _digest(key: str, secret: str) -> int:
    digest = salted_hmac("hubs.indicators.record", key, secret=secret, algorithm="sha256").digest()
    return int.from_bytes(digest[:16], "big")


def _rounded(value: int, step: int) -> int | None:
    """What chance brings under five is not told either: that something is hidden proves nothing at all."""
    value = step * round(value / step)
    return value if value >= LEAST else None
