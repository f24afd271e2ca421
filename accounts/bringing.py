"""From what somebody uploads or pastes to their profile. What was read lies in the cache for a while, under
a key that only their session holds; the file itself is kept nowhere."""

import secrets
from dataclasses import dataclass
from threading import BoundedSemaphore
from typing import Any

from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from .actions import ItemData
from .identifiers import orcid
from .models import Language, Profile
from .queries import with_owner
from .reading.anything import is_by, read
from .reading.duplicates import Index
from .reading.found import Found, Item, UnreadError
from .reading.people import likeness, same_organisation
from .reading.words import language_of

SECONDS = 2 * 3600  # long enough to join meanwhile
KEY = "brought"
AT_ONCE = 2  # files that a process reads at a time: the others of its threads show pages
MOST_ALIKE = 3
MOST_READ = 200  # profiles that share a word of the name
_places = BoundedSemaphore(AT_ONCE)


@dataclass
class Brought:
    """`profile` is the public id of the one it is for, or "" for a new one of `kind`."""

    key: str
    found: Found
    kind: str
    profile: str = ""


def read_in(request: HttpRequest, data: bytes, *, kind: str, name: str, profile: Profile | None) -> Brought:
    """Read it, and keep what it says for this browser. Raises UnreadError."""
    if not _places.acquire(timeout=2):
        raise UnreadError("busy")
    try:
        found = read(data, organisation=kind != Profile.Kind.RESEARCHER, name=name)
    finally:
        _places.release()
    brought = Brought(secrets.token_urlsafe(24), found, kind, str(profile.public_id) if profile else "")
    told = {"found": found.as_json(), "kind": kind, "profile": brought.profile}
    cache.set(f"{KEY}:{brought.key}", told, timeout=SECONDS)
    request.session[KEY] = brought.key
    return brought


def brought_by(request: HttpRequest, key: str) -> Brought | None:
    """What this browser brought under this key, as long as it is there."""
    told = cache.get(f"{KEY}:{key}") if key and request.session.get(KEY) == key else None
    return Brought(key, Found.of_json(told["found"]), told["kind"], told["profile"]) if told else None


def lay_aside(request: HttpRequest, brought: Brought) -> None:
    cache.delete(f"{KEY}:{brought.key}")
    request.session.pop(KEY, None)


@dataclass(frozen=True)
class Row:
    """One thing found, and what speaks against taking it over."""

    number: int
    item: Item
    like: str = ""  # the item of the profile that tells of the same
    others: bool = False  # by other authors

    @property
    def ticked(self) -> bool:
        return not self.like and not self.others


def rows_of(found: Found, profile: Profile | None, name: str) -> list[Row]:
    """Each with the item of the profile that it repeats, in other words or accents."""
    here = list(profile.items.all()) if profile else []
    index = Index(item for item in here if item.role == "evidence")
    said = Index(_Said(item.text) for item in here if item.role != "evidence")
    names = [name, found.name, *found.names]
    rows = []
    for number, item in enumerate(found.items):
        like = index.like(item) if item.role == "evidence" else said.like(_Said(item.text))
        rows.append(Row(number, item, str(like or ""), not is_by(item, names)))
    return rows


@dataclass(frozen=True)
class _Said:
    """An offer or a seek, to be compared as a title is."""

    title: str
    text: str = ""
    link: str = ""
    year: int | None = None

    def __str__(self) -> str:
        return self.title


def items_of(found: Found, taken: set[int]) -> list[ItemData]:
    """Those that were ticked, as actions take them."""
    language = found.language if found.language in Language.values else Language.ES
    return [
        ItemData(
            role=item.role,
            kind=item.kind,
            title=item.title,
            text=item.text,
            year=item.year,
            link=item.link,
            language=item.language if item.language in Language.values else language,
        )
        for number, item in enumerate(found.items)
        if number in taken
    ]


def facts_of(found: Found) -> dict[str, Any]:
    """Facts for a profile's form, those that were found."""
    facts = {
        "summary": found.summary,
        "language": found.language if found.summary and found.language in Language.values else "",
        "institution_name": found.institution,
        "orcid": _right_orcid(found.orcid),
        "lives_abroad": found.country if found.country != "MX" else "",
    }
    return {name: value for name, value in facts.items() if value}


def _right_orcid(value: str) -> str:
    try:
        return orcid(value) if value else ""
    except ValidationError:
        return ""  # a slip of the file's author: nobody is told off for it


def beginning(brought: Brought, taken: set[int], codes: list[str]) -> dict[str, Any]:
    """What the form of a new profile begins with; evidence goes with it as it is."""
    found = brought.found
    items = items_of(found, taken)
    researcher = brought.kind == Profile.Kind.RESEARCHER
    begun: dict[str, Any] = {
        **facts_of(found),
        "kind": brought.kind,
        "organisation": "" if researcher else found.name,
        "name": found.name if researcher else "",
        "offers": [item["text"] for item in items if item["role"] == "offer"],
        "seeks": [item["text"] for item in items if item["role"] == "seek"],
        "items": [item for item in items if item["role"] == "evidence"],
    }
    begun.setdefault("language", language_of(found.summary) or Language.ES)
    if researcher:
        begun |= {f"field_{number}": code for number, code in enumerate(codes[:3], start=1)}
    elif codes:
        begun["sector"] = codes[0]
    return begun


def alike(brought: Brought, user: Any) -> list[Profile]:
    """Profiles that may be of the same person or organisation, of those that the reader may see."""
    found = brought.found
    if brought.profile or not (found.name or found.orcid):
        return []
    shown = Profile.objects.visible_to(user).filter(kind=brought.kind)
    shown = shown.exclude(pk__in=Profile.objects.of(user).values("pk"))
    same = list(with_owner(shown.filter(orcid=found.orcid))[:MOST_ALIKE]) if _right_orcid(found.orcid) else []
    if brought.kind == Profile.Kind.RESEARCHER:
        # A surname: the given name is often cut short
        word = max(found.name.replace("-", " ").split()[1:], key=len, default="")
    else:
        word = next((each for each in found.name.split() if len(each) > 3), "")
    for one in with_owner(shown.search(word))[:MOST_READ] if len(word) > 2 else ():
        if brought.kind == Profile.Kind.RESEARCHER:
            near = likeness(one.name, found.name) == "same"
        else:
            near = same_organisation(one.name, found.name)
        same += [one] if near else []
    return list(dict.fromkeys(same))[:MOST_ALIKE]
