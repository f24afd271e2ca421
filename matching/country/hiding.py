"""Counts of people as everybody may read them."""

from django.utils.crypto import salted_hmac

from hubs.indicators.suppress import geometric

LEAST = 5  # fewer are not told
STEP = 5


def told(count: int, cell: str) -> int | None:
    """A count of people, a little off by chance, to the nearest multiple of five; None under five, nobody
    included. `cell` names what is counted.

    Hiding alone would not do: a hidden cell is its row's total less the other cells, and two hidden cells
    whose total is eight are four each, even where the total is rounded. So chance is added to every count
    that is told, totals too, without a limit to how far it may go: then no sum proves anything about a hidden
    cell, beyond that it is under five. The same count of the same cell always gets the same chance, which
    only the installation's secret can tell, so that asking again teaches nothing.

    The chance is the two-sided geometric one of A. Ghosh, T. Roughgarden, M. Sundararajan, "Universally
    utility-maximizing privacy mechanisms", STOC 2009.
    """
    if count < LEAST:
        return None
    return max(LEAST, STEP * round((count + _chance(f"{cell}:{count}")) / STEP))


def _chance(key: str) -> int:
    """A whole number around 0 in which each step away from it is half as likely as the one before."""
    digest = salted_hmac("matching.country", key, algorithm="sha256").digest()
    return geometric(digest[:8]) - geometric(digest[8:16])
