"""What somebody is told: a row in their list at once, and a letter as often as they want one.

The words of each kind stand in `templates/news/<kind>.txt`: one line of plain text, filled with the item's
params. Params named `title` and `language` are people's own words in it, shown in their language.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.template import Context, TemplateDoesNotExist
from django.template.loader import get_template
from django.utils import timezone

from .mailer import cadence_of, kinds, queue_letter
from .models import Cadence, Family, NewsItem, Person, User

LETTER = "news"  # of kinds that have no letter of their own, and of digests


@transaction.atomic
def notify(
    *,
    person: Person,
    family: Family | str,
    kind: str,
    params: dict[str, Any] | None = None,
    url: str = "",
    about: str = "",
    key: str | None = None,
) -> NewsItem | None:
    """Put it in the person's list, and write at once to whoever wants that.

    `key` tells the same person the same thing once: the second call returns None. `about` ("challenge:12")
    puts together what belongs together. Raises TemplateDoesNotExist for a kind without words.
    """
    get_template(f"news/{kind}.txt")
    family = Family(family)
    item = NewsItem(person=person, family=family, kind=kind, params=params or {}, url=url, about=about)
    item.key = f"{key}:{person.pk}" if key is not None else None
    if not _is_new(item):
        return None
    if cadence_of(person, family) == Cadence.AT_ONCE:
        _write_at_once(item)
    return item


def _is_new(item: NewsItem) -> bool:
    told = NewsItem.objects.filter(key=item.key)
    if item.key is not None and told.exists():
        return False
    try:
        with transaction.atomic():
            item.save()
    except IntegrityError:
        if item.key is not None and told.exists():
            return False  # another process was faster by a moment
        raise
    return True


def _write_at_once(item: NewsItem) -> None:
    """In the letter of its kind, where it has one."""
    own = item.kind in kinds
    item.letter = queue_letter(
        kind=item.kind if own else LETTER,
        family=Family(item.family),
        person=item.person,
        params=item.params if own else {},
        key=f"news:item:{item.pk}",
    )
    item.mailed_at = timezone.now()
    item.save(update_fields=["letter", "mailed_at"])


def mark_read(items: QuerySet[NewsItem], by: User) -> int:
    """Their own alone; returns how many were unread."""
    return items.filter(person__user=by.pk, read_at=None).update(read_at=timezone.now())


@dataclass(frozen=True)
class Told:
    """One item in words: `before` and `after` are the site's, `title` is a person's own, in `language`."""

    item: NewsItem
    before: str
    title: str = ""
    language: str = ""
    after: str = ""

    @property
    def text(self) -> str:
        return f"{self.before}{self.title}{self.after}"


def told(items: Iterable[NewsItem]) -> list[Told]:
    """In the active language; what no version of the site has words for any longer is left out."""
    return [one for one in map(_in_words, items) if one]


def _in_words(item: NewsItem) -> Told | None:
    try:
        template: Any = get_template(f"news/{item.kind}.txt")
    except TemplateDoesNotExist:
        return None
    # Plain text: pages escape it as they show it.
    line = template.template.render(Context({**item.params, "item": item}, autoescape=False))
    line = " ".join(line.split())
    title = " ".join(str(item.params.get("title", "")).split())
    before, found, after = line.partition(title) if title else (line, "", "")
    return Told(item, before, found, str(item.params.get("language", "")) if found else "", after)
