"""What the reader of a page belongs to: asked once, in one query, while the page is made.

Querysets (`of(user)`, `curated_by(user)`, `visible_to(user)`) and permissions ask for the same memberships
again and again. The middleware opens this for requests that change nothing; it ends with the request, since
it hangs on that request's user. Whoever acts, and whoever asks outside of a page, is looked up anew.
Models add their part; this module knows none.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.db.models import CharField, F, Value
from django.db.models.expressions import Combinable
from django.utils.functional import cached_property

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from django.db.models import QuerySet

    from .models import User

# Reads, for the key of a user, rows with a number and a word
Part = Callable[[int], "QuerySet[Any]"]
_parts: dict[str, tuple[Part, str, str | Combinable]] = {}


def add_part(name: str, part: Part, number: str, word: "str | Combinable" = "") -> None:
    """`number` and `word`: fields or expressions of the rows that `part` reads; "" for no word."""
    _parts[name] = (part, number, word)


class Standing:
    """Of one user, for as long as one request takes."""

    def __init__(self, user: int) -> None:
        self._user = user

    @cached_property
    def _found(self) -> dict[str, dict[int, str]]:
        rows, *more = (_rows(name, self._user) for name in _parts)
        found: dict[str, dict[int, str]] = {name: {} for name in _parts}
        for name, number, word in rows.union(*more, all=True):
            found[name][number] = word
        return found

    def of(self, *parts: str) -> dict[int, str]:
        """The numbers of these parts with their words."""
        return {number: word for part in parts for number, word in self._found[part].items()}


def _rows(name: str, user: int) -> "QuerySet[Any, Any]":
    part, number, word = _parts[name]
    told = Value(word, CharField()) if word == "" else F(word) if isinstance(word, str) else word
    named = part(user).order_by().annotate(standing_part=Value(name, CharField()), standing_word=told)
    rows: QuerySet[Any, Any] = named.values_list("standing_part", number, "standing_word")
    return rows


def begin(user: "User") -> None:
    """For the user of a request that changes nothing."""
    user.standing = Standing(user.pk)


def known(user: "User | AnonymousUser") -> Standing | None:
    """None where it has to be asked anew."""
    return getattr(user, "standing", None)
