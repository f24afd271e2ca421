"""Which words of a profile or a challenge are embedded, split in passages, and their hash."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

from accounts.models import Profile, ProfileItem
from hubs.models import Challenge

from .language import detect
from .models import Passage
from .passages import clean, document, needs_from_text, split, text_hash

# From here on the words themselves tell the language better than a form field left at its default.
SURE_WORDS = 8


@dataclass(frozen=True)
class Text:
    """One passage as it should stand: what it is of, in which language, and its words."""

    role: str
    text: str
    language: str
    item_id: int | None = None
    need_id: int | None = None

    @cached_property
    def hash(self) -> str:
        return text_hash(self.text)

    @property
    def key(self) -> tuple[object, ...]:
        """Two texts with the same key need only one row, and one vector."""
        return (self.role, self.item_id, self.need_id, self.language, self.hash)


def of_profile(profile: Profile) -> list[Text]:
    """The summary in windows, then each offer, seek and piece of evidence by itself, but for those that their
    owner keeps out of matching."""
    found = [
        Text(Passage.Role.SUMMARY, text, language_of(text, profile.language))
        for text in split(profile.summary)
    ]
    for item in profile.items.all():
        if item.represents:
            found += of_item(item)
    return without_repeats(found)


def of_item(item: ProfileItem) -> list[Text]:
    return [
        Text(item.role, text, language_of(text, item.language), item_id=item.pk)
        for text in document(item.title, item.text)
    ]


def of_challenge(challenge: Challenge) -> list[Text]:
    """What it is about, and each need by itself; a challenge without written needs asks for what its own text
    says. Once nobody may answer it any more, its needs are only what it was about."""
    about = document(challenge.title, challenge.summary)
    found = [Text(Passage.Role.ABOUT, text, language_of(text, challenge.language)) for text in about]
    asked = asked_by(challenge)
    if not (challenge.is_open() or challenge.is_upcoming()):
        asked = [replace(text, role=Passage.Role.ABOUT) for text in asked]
    return without_repeats([*found, *asked])


def asked_by(challenge: Challenge) -> list[Text]:
    """What people may answer: the needs, or else what its own text says."""
    found = [
        Text(Passage.Role.NEED, clean(need.text), language_of(need.text, challenge.language), need_id=need.pk)
        for need in challenge.needs.all()
    ]
    if not found:
        words = f"{challenge.summary} {challenge.description}"
        found = [
            Text(Passage.Role.TEXT, text, language_of(text, challenge.language))
            for text in needs_from_text(challenge.title, words)
        ]
    return found


def language_of(text: str, given: str) -> str:
    """What the author said, unless the text is long enough to speak for itself."""
    return detect(text, given) if len(text.split()) >= SURE_WORDS else given


def without_repeats(texts: Iterable[Text]) -> list[Text]:
    """The same words said twice count once, in the place where they were first said."""
    kept: dict[object, Text] = {}
    for text in texts:
        kept.setdefault(text.key, text)
    return list(kept.values())
