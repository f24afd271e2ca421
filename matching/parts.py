"""Which facts count beside words: HELICE_FACTS."""

from functools import cache

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from .ranking.facts import PARTS

ALL, NONE = "all", "none"


def active() -> frozenset[str]:
    """The parts that are on. Raises ImproperlyConfigured for a name that is none."""
    return _parts(tuple(settings.HELICE_FACTS))


@cache
def _parts(names: tuple[str, ...]) -> frozenset[str]:
    unknown = [name for name in names if name not in (*PARTS, ALL, NONE)]
    if unknown:
        raise ImproperlyConfigured(
            f"HELICE_FACTS names {', '.join(unknown)}. There are: {', '.join(PARTS)}; or all, or none. "
            "Opting out, hiding and “never show me this” are no parts: they always hold."
        )
    return frozenset(PARTS) if ALL in names else frozenset(names) - {NONE}
