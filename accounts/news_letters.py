"""The letter that tells news: one item at once, or what gathered since the last one."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from .mailer import Kind, cadence_of, register
from .models import Family, Letter, NewsItem
from .news import LETTER, Told, told
from .rendering import absolute, in_active_language

A_TOPIC = 3  # lines about one thing in a letter
TOPICS = 12


def fill_news(letter: Letter) -> dict[str, Any] | None:
    """What is still unread; nothing left, no letter."""
    waiting = told(NewsItem.objects.filter(letter=letter).unread())
    if letter.person is None or not waiting:
        return None
    topics = grouped(waiting)
    shown = [topic[:A_TOPIC] for topic in topics[:TOPICS]]
    return {
        "topics": [[(one, address(one)) for one in topic] for topic in shown],
        "first": shown[0][0],
        "single": len(waiting) == 1,
        "further": len(waiting) - sum(map(len, shown)),
        "family": Family(letter.family).label,
        "cadence": cadence_of(letter.person, Family(letter.family)),
        "list_url": absolute(reverse("accounts:news")),
        "preferences_url": absolute(reverse("accounts:preferences")),
    }


def grouped(items: Iterable[Told]) -> list[list[Told]]:
    """By what they are about: whatever has the newest first, and in each the newest first."""
    topics: dict[str, list[Told]] = defaultdict(list)
    for one in sorted(items, key=lambda one: (one.item.created_at, one.item.pk), reverse=True):
        topics[one.item.about or f"item:{one.item.pk}"].append(one)
    return list(topics.values())


def address(one: Told) -> str:
    """In the letter's language, whichever the news came from."""
    url = one.item.url
    return absolute(in_active_language(url)) if url.startswith("/") else url


def register_letters() -> None:
    register(Kind(name=LETTER, family=Family.ACCOUNT, fill=fill_news, again_if_unknown=True))
