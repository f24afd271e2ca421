"""News that gathered: every morning or every Monday, together what belongs together, the newest first."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail

from accounts import mailer
from accounts.models import Cadence, Family, Letter, LetterPreference, NewsItem, User
from accounts.news import notify
from accounts.news_digests import write_due_digests
from tests import factories

pytestmark = pytest.mark.django_db
MONDAY_0801 = datetime(2026, 11, 23, 14, 1, tzinfo=UTC)  # in Mexico City
FRIDAY = MONDAY_0801 - timedelta(days=3)


@pytest.fixture
def weekly(owner: User) -> User:
    return wants(owner, Cadence.WEEKLY)


def wants(user: User, cadence: Cadence) -> User:
    LetterPreference.objects.update_or_create(
        person=user.person, family="challenges", channel="email", defaults={"cadence": cadence}
    )
    return user


def tell(user: User, at: datetime, about: str = "", title: str = "") -> None:
    with time_machine.travel(at, tick=False):
        notify(
            person=user.person,
            family=Family.CHALLENGES,
            kind="letters_stopped",
            about=about,
            params={"title": title},
        )


def letters_at(moment: datetime) -> int:
    with time_machine.travel(moment, tick=False):
        written = write_due_digests()
        mailer.send_due()
        return written


def test_a_weekly_letter_comes_on_monday_at_eight_with_everything_of_the_week(weekly: User) -> None:
    tell(weekly, FRIDAY)
    assert letters_at(FRIDAY + timedelta(hours=1)) == 0
    assert letters_at(MONDAY_0801 - timedelta(minutes=2)) == 0
    assert letters_at(MONDAY_0801) == 1
    assert letters_at(MONDAY_0801 + timedelta(minutes=1)) == 0
    assert len(mail.outbox) == 1
    assert not NewsItem.objects.filter(mailed_at=None).exists()


def test_nothing_new_no_letter(weekly: User) -> None:
    assert letters_at(MONDAY_0801) == 0
    tell(weekly, FRIDAY)
    NewsItem.objects.update(read_at=FRIDAY)
    assert letters_at(MONDAY_0801 + timedelta(days=7)) == 0


def test_nothing_of_today_stands_in_the_letter_of_this_morning(owner: User) -> None:
    wants(owner, Cadence.DAILY)
    tell(owner, MONDAY_0801)
    assert letters_at(MONDAY_0801 + timedelta(hours=9)) == 0
    assert letters_at(MONDAY_0801 + timedelta(days=1)) == 1


def test_who_chooses_weekly_letters_in_the_middle_of_the_week_waits_for_monday(owner: User) -> None:
    wants(owner, Cadence.NEVER)
    tell(owner, FRIDAY - timedelta(days=5))
    wants(owner, Cadence.WEEKLY)
    assert letters_at(FRIDAY) == 0
    assert letters_at(MONDAY_0801) == 1


def test_what_belongs_together_stands_together_and_three_lines_are_enough(weekly: User) -> None:
    for hours in range(5):
        tell(weekly, FRIDAY + timedelta(hours=hours), about="challenge:1")
    tell(weekly, FRIDAY + timedelta(hours=9), about="challenge:2")
    letters_at(MONDAY_0801)
    lines = [
        line
        for line in mail.outbox[0].body.splitlines()
        if line.lstrip().startswith(("*", "-")) and line != "--"
    ]
    assert [line.lstrip()[0] for line in lines] == ["*", "*", "-", "-"]
    assert " 2 " in mail.outbox[0].body


def test_a_move_to_another_zone_makes_no_second_letter_of_the_day(owner: User) -> None:
    wants(owner, Cadence.DAILY)
    tell(owner, MONDAY_0801 - timedelta(hours=3))
    assert letters_at(MONDAY_0801) == 1
    User.objects.filter(pk=owner.pk).update(time_zone="America/Tijuana")
    tell(owner, MONDAY_0801 + timedelta(hours=1))
    assert letters_at(MONDAY_0801 + timedelta(hours=3)) == 0
    assert letters_at(MONDAY_0801 + timedelta(days=1, hours=3)) == 1


def test_nobody_is_written_to_whose_address_is_not_verified(db: None) -> None:
    user = wants(factories.make_user(verified=False), Cadence.WEEKLY)
    tell(user, FRIDAY)
    assert letters_at(MONDAY_0801) == 0
    assert not Letter.objects.exists()
