"""Whatever happens in whatever order, wherever the reader lives: never the same item twice."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db.models import Count
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts import mailer, news_digests, periods
from accounts.models import Cadence, Family, Letter, LetterPreference, NewsItem, User
from accounts.news import mark_read, notify
from hubs.models import Challenge
from matching.digests import write_due_letters
from matching.models import LetterItem, Match
from matching.pipeline.allocating import keep_round
from tests import factories
from tests.matching.letters import make_match

pytestmark = pytest.mark.django_db
# Clocks change in the first and last weeks of these, in Tijuana, on Lord Howe Island (by half an hour) and on
# the Chathams; Kiritimati is the first to have a Monday, Pago Pago the last.
ZONES = (
    "America/Mexico_City",
    "America/Tijuana",
    "Australia/Lord_Howe",
    "Pacific/Chatham",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
)
STARTS = (
    datetime(2026, 3, 6, tzinfo=UTC),
    datetime(2026, 10, 1, tzinfo=UTC),
    datetime(2026, 10, 29, tzinfo=UTC),
)
MOMENTS = st.integers(0, 2 * 365 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
FAMILIES = (Family.MATCHES, Family.CHALLENGES, Family.CONTACTS, Family.PROGRAMMES)
EVENTS = st.one_of(
    st.tuples(st.just("wait"), st.integers(1, 60)),
    st.tuples(st.just("wait"), st.sampled_from([24, 167, 168, 169])),
    st.tuples(st.just("zone"), st.sampled_from(ZONES)),
    st.tuples(st.just("cadence"), st.tuples(st.sampled_from(FAMILIES), st.sampled_from(list(Cadence)))),
    st.tuples(st.just("match"), st.integers(1, 6)),
    st.tuples(st.just("again"), st.none()),
    st.tuples(st.just("news"), st.tuples(st.sampled_from(FAMILIES[1:]), st.integers(1, 3))),
    st.tuples(st.just("read"), st.none()),
    st.tuples(st.just("close"), st.none()),
    st.tuples(st.just("work"), st.integers(1, 2)),
)


class World:
    """One reader, a clock, and whatever happens."""

    def __init__(self) -> None:
        self.reader = factories.make_user()
        self.profile = factories.make_researcher(self.reader)
        self.count = 0
        self.told: dict[int, int] = {}  # the letter that each item of news was in

    def wait(self, hours: int, clock: Any) -> None:
        for _ in range(hours // 12):
            clock.shift(timedelta(hours=12))
            self.work(1)
        clock.shift(timedelta(hours=hours % 12, minutes=7))
        self.work(1)

    def work(self, times: int) -> None:
        for _ in range(times):
            keep_round()
            write_due_letters()
            news_digests.write_due_digests()
            mailer.send_due()

    def zone(self, name: str) -> None:
        User.objects.filter(pk=self.reader.pk).update(time_zone=name)

    def cadence(self, chosen: tuple[Family, Cadence]) -> None:
        LetterPreference.objects.update_or_create(
            person=self.reader.person, family=chosen[0], channel="email", defaults={"cadence": chosen[1]}
        )

    def match(self, number: int) -> None:
        for _ in range(number):
            make_match(self.profile, factories.make_challenge(closes_at=datetime(2027, 12, 1, tzinfo=UTC)))

    def again(self, _: None) -> None:
        """What was matched is matched anew, as after a rebuild."""
        for match in list(Match.objects.select_related("target__challenge")[:3]):
            challenge = match.target.challenge
            match.delete()
            if challenge:
                make_match(self.profile, challenge)

    def news(self, told: tuple[Family, int]) -> None:
        self.count += 1
        for _ in range(told[1]):  # the same thing may happen twice
            notify(
                person=self.reader.person,
                family=told[0],
                kind="letters_stopped",
                about=f"challenge:{self.count % 3}",
                key=f"thing:{self.count}",
            )

    def read(self, _: None) -> None:
        mark_read(NewsItem.objects.all(), by=self.reader)

    def close(self, _: None) -> None:
        open_one = Challenge.objects.open().first()
        if open_one and open_one.opens_at:
            Challenge.objects.filter(pk=open_one.pk).update(
                closes_at=open_one.opens_at + timedelta(seconds=1)
            )


def check(world: World) -> None:
    items = LetterItem.objects.all()
    assert items.count() == items.values("person", "challenge").distinct().count()
    assert max(items.values("letter").annotate(n=Count("pk")).values_list("n", flat=True), default=0) <= 5
    keys = Letter.objects.values_list("key", flat=True)
    assert len(keys) == len(set(keys))
    assert not NewsItem.objects.exclude(mailed_at=None).filter(letter=None).exists()
    for item, letter in NewsItem.objects.exclude(letter=None).values_list("pk", "letter"):
        assert letter == world.told.setdefault(item, letter), "told in a second letter"
    named = Counter(NewsItem.objects.values_list("key", flat=True))
    assert not named or max(named.values()) == 1
    empty = Letter.objects.filter(kind="match", items=None) | Letter.objects.filter(kind="news", news=None)
    assert not empty.exists(), "nothing new, no letter"


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.sampled_from(STARTS), st.sampled_from(ZONES), st.lists(EVENTS, min_size=3, max_size=14))
def test_nothing_is_written_about_twice_whatever_happens(
    start: datetime, zone: str, events: list[tuple[str, Any]]
) -> None:
    with time_machine.travel(start, tick=False) as clock:
        world = World()
        world.zone(zone)
        world.cadence((Family.MATCHES, Cadence.WEEKLY))
        for name, value in events:
            if name == "wait":
                world.wait(value, clock)
            else:
                getattr(world, name)(value)
            check(world)
        forget(world)


def forget(world: World) -> None:
    """The next example begins anew: hypothesis runs them all in one test."""
    LetterItem.objects.all().delete()
    NewsItem.objects.all().delete()
    Letter.objects.all().delete()
    Match.objects.all().delete()
    world.profile.match_automatically = False
    world.profile.save()


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(ZONES),
    MOMENTS,
    st.sampled_from([Cadence.DAILY, Cadence.WEEKLY]),
)
def test_a_period_is_due_at_eight_where_the_reader_lives(zone: str, now: datetime, cadence: Cadence) -> None:
    here = ZoneInfo(zone)
    period = periods.due(cadence, here, now)
    week = periods.week_of(here, now)
    assert week.at <= now < week.at + timedelta(days=7, hours=2)
    assert period is None or period.at <= now
    local = (period or week).at.astimezone(here)
    assert (local.hour, local.minute) == (8, 0)
    if cadence == Cadence.WEEKLY:
        assert local.weekday() == 0
        assert (period is None) == (now - week.at > timedelta(hours=36))
    else:
        assert period
        assert now - period.at < timedelta(hours=25)


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(ZONES),
    MOMENTS,
    st.sampled_from([Cadence.DAILY, Cadence.WEEKLY]),
    st.integers(1, 40),
)
def test_periods_follow_each_other_without_gap_or_overlap(
    zone: str, now: datetime, cadence: Cadence, hours: int
) -> None:
    """Of two moments the later is never of an earlier period, and one name has one time."""
    here = ZoneInfo(zone)
    periods_due = [periods.due(cadence, here, now + timedelta(hours=hours * step)) for step in range(4)]
    found = [period for period in periods_due if period]
    assert [each.at for each in found] == sorted(each.at for each in found)
    assert len({each.name for each in found}) == len({each.at for each in found})
