"""Words and meaning together, as far as the reader may see what was found, in one order for each kind."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When
from django.utils import timezone

from accounts.folding import sort_key
from accounts.models import Organisation, Profile
from accounts.queries import with_owner
from hubs.models import Challenge
from hubs.queries import for_cards

from . import words
from .meaning import Meant, meant

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User

MOST = 500  # of each kind; nobody turns more pages than that
WORDS, TITLE, NAMED = 0.6, 0.5, 1.0  # what all words are worth, all in the title, and just that title
WHOLE = 0.35  # for words alone, of texts that have all of them


@dataclass(frozen=True)
class Hit:
    pk: int
    score: float
    title: str
    facets: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Hits:
    """What was found of each kind, best first; and whether meaning was compared too."""

    by_meaning: bool
    found: dict[str, list[Hit]]


def find(
    text: str, language: str, user: "User | AnonymousUser", may_ask: Callable[[], bool] = lambda: True
) -> Hits:
    """Everything that the user may see and that fits a text, in three queries. `may_ask`: whether a worker
    may be bothered with it."""
    near = meant(text, language, may_ask)
    asked = Asked(words.terms(text), sort_key(text))
    return Hits(near.answered, {kind: each(asked, near, user) for kind, each in KINDS.items()})


@dataclass(frozen=True)
class Asked:
    terms: list[str]
    title: str

    def hits(
        self,
        visible: QuerySet[Any],
        near: dict[int, float],
        columns: Sequence[str],
        told: Callable[[Any], dict[str, tuple[str, ...]]],
    ) -> list[Hit]:
        """Those that have enough of the words, and those that are near."""
        nearby = Q(pk__in=list(near))
        wanted = Q(found__gte=words.least(self.terms)) if self.terms else Q(pk__in=[])
        found = words.counted(visible.filter(words.having_any(self.terms) | nearby), self.terms)
        first = Case(When(nearby, then=Value(0)), default=Value(1))
        ordered = found.filter(wanted | nearby).order_by(first, "-found", "sort_key", "pk")
        rows = ordered.values_list("pk", "sort_key", "found", *columns)[:MOST]
        hits = [
            Hit(row[0], self.score(row[1], row[2], near.get(row[0], 0.0)), row[1], told(row[3:]))
            for row in rows
        ]
        return sorted(hits, key=lambda hit: (-hit.score, hit.title, hit.pk))

    def score(self, title: str, found: int, near: float) -> float:
        """Meaning, and more for whoever has the words, above all in the title."""
        if not self.terms:
            return near
        share = found / len(self.terms)
        in_title = sum(word.replace("ñ", "nz~") in title for word in self.terms) / len(self.terms)
        whole = WHOLE if share == 1 and not near else 0.0
        named = NAMED if self.title and self.title in title else 0.0
        return near + WORDS * share + TITLE * in_title + whole + named


def _challenges(asked: Asked, near: Meant, user: "User | AnonymousUser") -> list[Hit]:
    now = timezone.now()

    def told(row: Any) -> dict[str, tuple[str, ...]]:
        status, opens, closes, state, sector, fields, sdgs = row
        when = "closed"
        if status == Challenge.Status.PUBLISHED and closes > now:
            when = "open" if opens <= now else "upcoming"
        return {
            "when": (when,),
            "state": (state,) if state else (),
            "sector": (sector,) if sector else (),
            "field": areas(fields),
            "sdg": tuple(sdgs),
        }

    columns = ("status", "opens_at", "closes_at", "state", "sector", "fields", "sdgs")
    found = asked.hits(Challenge.objects.published(), near.challenges, columns, told)
    # What nobody may answer any more comes last.
    return sorted(found, key=lambda hit: hit.facets["when"] == ("closed",))


def _people(asked: Asked, near: Meant, user: "User | AnonymousUser") -> list[Hit]:
    def told(row: Any) -> dict[str, tuple[str, ...]]:
        state, fields = row
        return {"state": (state,) if state else (), "field": areas(fields)}

    visible = Profile.objects.visible_to(user).filter(kind=Profile.Kind.RESEARCHER)
    return asked.hits(visible, near.profiles, ("state", "fields"), told)


def _organisations(asked: Asked, near: Meant, user: "User | AnonymousUser") -> list[Hit]:
    """By their names, and by what their profiles say."""

    def told(row: Any) -> dict[str, tuple[str, ...]]:
        kind, state, sector, shown = row
        return {
            "who": (kind,),
            "state": (state,) if state else (),
            "sector": (sector,) if sector and shown else (),
        }

    shown = Profile.objects.visible_to(user).filter(organisation=OuterRef("pk"))
    seen = Profile.objects.visible_to(user).filter(pk__in=near.profiles).exclude(organisation=None)
    visible = Organisation.objects.visible_to(user).annotate(shown=Exists(shown))
    profiles = dict(seen.values_list("pk", "organisation"))
    nearby = {profiles[pk]: score for pk, score in near.profiles.items() if pk in profiles}
    return asked.hits(visible, nearby, ("kind", "state", "profile__sector", "shown"), told)


KINDS: dict[str, Callable[[Asked, Meant, "User | AnonymousUser"], list[Hit]]] = {
    "challenges": _challenges,
    "people": _people,
    "organisations": _organisations,
}


def areas(fields: Iterable[str]) -> tuple[str, ...]:
    """The broad fields of science of some fields."""
    return tuple(dict.fromkeys(code.partition(".")[0] for code in fields))


def load(kind: str, hits: Sequence[Hit], user: "User | AnonymousUser") -> list[Any]:
    """The rows of some hits as cards show them, in their order; what was hidden meanwhile is left out."""
    keys = [hit.pk for hit in hits]
    if not keys:
        return []
    rows: QuerySet[Any]
    if kind == "challenges":
        rows = for_cards(Challenge.objects.published().filter(pk__in=keys))
    elif kind == "people":
        rows = with_owner(Profile.objects.visible_to(user).filter(pk__in=keys))
    else:
        rows = Organisation.objects.visible_to(user).filter(pk__in=keys)
    there = {row.pk: row for row in rows}
    return [there[pk] for pk in keys if pk in there]
