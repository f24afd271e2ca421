"""News that gathered: a letter for each family, every morning or every Monday; none where nothing is new."""

from collections import defaultdict
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from . import periods
from .mailer import cadences_of, queue_letter
from .models import Family, Letter, NewsItem, Person
from .news import LETTER
from .rendering import zone_of

# As old as anything in a weekly letter can be, in any zone
OLDEST = 3 * periods.WEEK + timedelta(days=2)
SLICE = 500


def write_due_digests(now: datetime | None = None) -> int:
    """Write the letters that are due at this moment, and queue them. Returns how many."""
    now = now or timezone.now()
    written = 0
    for family in Family:
        ids = list(_waiting(now).filter(family=family).order_by().values_list("person", flat=True).distinct())
        for start in range(0, len(ids), SLICE):
            people = Person.objects.reachable().filter(pk__in=ids[start : start + SLICE])
            written += _write_for(list(people.select_related("user")), family, now)
    return written


def keep_time() -> None:
    write_due_digests()


def _waiting(now: datetime) -> QuerySet[NewsItem]:
    return NewsItem.objects.unread().filter(mailed_at=None, created_at__gte=now - OLDEST)


def _write_for(people: list[Person], family: Family, now: datetime) -> int:
    cadences = cadences_of(people, family)
    periods_due = {person: periods.due(cadences[person.pk], zone_of(person), now) for person in people}
    keys = {person: _key(person, family, period) for person, period in periods_due.items() if period}
    had = set(Letter.objects.filter(key__in=keys.values()).values_list("key", flat=True))
    news: dict[int, list[NewsItem]] = defaultdict(list)
    for item in _waiting(now).filter(family=family, person__in=[person.pk for person in keys]):
        news[item.person_id].append(item)
    written = 0
    for person, key in keys.items():
        period = periods_due[person]
        if period is None or key in had:
            continue
        fresh = [item for item in news[person.pk] if period.since <= item.created_at < period.at]
        written += bool(fresh and _write(person, family, key, fresh, now))
    return written


def _key(person: Person, family: Family, period: periods.Period) -> str:
    return f"news:{person.pk}:{family}:{period.name}"


@transaction.atomic
def _write(person: Person, family: Family, key: str, items: list[NewsItem], now: datetime) -> bool:
    """The letter takes what nobody else has taken meanwhile, or there is none."""
    letter = queue_letter(kind=LETTER, family=family, person=person, key=key)
    if letter is None:
        return False
    free = NewsItem.objects.unread().filter(pk__in=[item.pk for item in items], mailed_at=None)
    if not free.update(mailed_at=now, letter=letter):
        letter.delete()
        return False
    return True
