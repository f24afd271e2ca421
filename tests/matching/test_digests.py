"""Who is due a letter, and with which matches."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from accounts import mailer
from accounts.models import Cadence, Letter, Profile, User
from hubs.models import Challenge
from matching import digests
from matching.digests import write_due_letters
from matching.hearing import candidates
from matching.models import Allocated, AllocationRound, Answer, LetterItem, MatchEvent
from matching.pipeline.allocating import keep_round
from tests import factories
from tests.matching.letters import make_match, wants

pytestmark = pytest.mark.django_db

# A Monday; Mexico City is six hours behind UTC all year.
MONDAY_0759 = datetime(2026, 11, 23, 13, 59, tzinfo=UTC)
MONDAY_0801 = datetime(2026, 11, 23, 14, 1, tzinfo=UTC)


@pytest.fixture
def reader() -> User:
    return factories.make_user("lectora@example.org", name="Lectora Inventada")


@pytest.fixture
def profile(reader: User) -> Profile:
    return factories.make_researcher(reader)


def challenges_of(letter: Letter) -> list[Challenge]:
    return [item.challenge for item in LetterItem.objects.filter(letter=letter)]


def at_once(profile: Profile, count: int = 1, **fields: object) -> list[Challenge]:
    assert profile.person
    wants(profile.person, Cadence.AT_ONCE)
    challenges = [factories.make_challenge() for _ in range(count)]
    for number, challenge in enumerate(challenges):
        make_match(profile, challenge, score=0.9 - number / 100, **fields)  # type: ignore[arg-type]
    return challenges


def test_who_wants_letters_at_once_is_due_as_soon_as_there_is_a_match(profile: Profile) -> None:
    (challenge,) = at_once(profile)
    assert write_due_letters() == 1
    assert challenges_of(Letter.objects.get()) == [challenge]


def test_a_challenge_is_never_written_about_twice(profile: Profile) -> None:
    at_once(profile, 3)
    assert write_due_letters() == 1
    assert write_due_letters() == 0
    with time_machine.travel(timezone.now() + timedelta(days=8)):
        assert write_due_letters() == 0
    assert LetterItem.objects.count() == 3


def test_a_worker_that_looked_a_moment_earlier_writes_nothing_more(profile: Profile) -> None:
    at_once(profile, 2)
    assert profile.person
    seen = candidates([profile.person.pk])[profile.person.pk]
    assert write_due_letters() == 1
    assert digests._write(profile.person, seen, "another key") is None
    assert Letter.objects.count() == 1
    assert LetterItem.objects.count() == 2


def test_a_letter_has_the_five_best_and_the_rest_wait_for_the_next_morning(profile: Profile) -> None:
    with time_machine.travel(MONDAY_0801 + timedelta(hours=3), tick=False):
        challenges = at_once(profile, 7)
        assert write_due_letters() == 1
        assert challenges_of(Letter.objects.get()) == challenges[:5]
    with time_machine.travel(MONDAY_0801 + timedelta(hours=4), tick=False):
        assert write_due_letters() == 0
    with time_machine.travel(MONDAY_0801 + timedelta(days=1), tick=False):
        assert write_due_letters() == 1
    assert challenges_of(Letter.objects.first() or Letter()) == challenges[5:]


def test_a_new_match_goes_out_at_once_though_others_wait(profile: Profile) -> None:
    with time_machine.travel(MONDAY_0801, tick=False):
        at_once(profile, 7)
        write_due_letters()
    with time_machine.travel(MONDAY_0801 + timedelta(hours=1), tick=False):
        new = factories.make_challenge()
        make_match(profile, new, score=0.1)
        assert write_due_letters() == 1
    assert challenges_of(Letter.objects.first() or Letter()) == [new]


def test_possible_matches_are_not_mailed(profile: Profile) -> None:
    at_once(profile, strength="possible")
    assert write_due_letters() == 0
    assert not Letter.objects.exists()


def test_new_people_hear_on_mondays_at_eight_in_their_own_time_zone(profile: Profile) -> None:
    with time_machine.travel(MONDAY_0759 - timedelta(days=4), tick=False):  # a Thursday
        first = factories.make_challenge()
        make_match(profile, first)
        keep_round()
        assert write_due_letters() == 0
    with time_machine.travel(MONDAY_0759, tick=False):
        keep_round()
        assert write_due_letters() == 0
    with time_machine.travel(MONDAY_0801, tick=False):
        assert write_due_letters() == 1
        assert challenges_of(Letter.objects.get()) == [first]
        make_match(profile, factories.make_challenge())
        assert write_due_letters() == 0


def test_weekly_letters_wait_for_the_round_of_their_week(profile: Profile) -> None:
    with time_machine.travel(MONDAY_0759, tick=False):
        make_match(profile, factories.make_challenge())
    with time_machine.travel(MONDAY_0801, tick=False):
        assert write_due_letters() == 0
        assert keep_round()
        assert write_due_letters() == 1


def test_a_round_is_made_once_and_before_the_first_monday_morning_on_earth(profile: Profile) -> None:
    make_match(profile, factories.make_challenge())
    with time_machine.travel(datetime(2026, 11, 22, 16, 1, tzinfo=UTC), tick=False):  # 06:01 on Kiritimati
        made = keep_round()
        assert made
        assert (made.period, made.allocated.count()) == ("2026-W48", 1)
        assert keep_round() is None
    with time_machine.travel(MONDAY_0801, tick=False):
        assert keep_round() is None
    assert AllocationRound.objects.count() == 1


def test_a_round_that_a_worker_left_behind_is_taken_up(profile: Profile) -> None:
    make_match(profile, factories.make_challenge())
    with time_machine.travel(MONDAY_0759, tick=False):
        AllocationRound.objects.create(period="2026-W48")
        assert keep_round() is None
    with time_machine.travel(MONDAY_0759 + timedelta(minutes=16), tick=False):
        assert keep_round()
    assert Allocated.objects.count() == 1


def test_a_week_has_five_items_and_the_others_wait_for_the_next_round(profile: Profile) -> None:
    with time_machine.travel(MONDAY_0759, tick=False):
        for number in range(7):
            make_match(profile, factories.make_challenge(), score=0.9 - number / 100)
        keep_round()
    with time_machine.travel(MONDAY_0801, tick=False):
        write_due_letters()
        assert LetterItem.objects.count() == 5
    with time_machine.travel(MONDAY_0801 + timedelta(days=7), tick=False):
        keep_round()
        write_due_letters()
    assert LetterItem.objects.count() == 7


def test_who_is_told_at_once_hears_of_what_the_round_left_out_only_if_it_is_new(profile: Profile) -> None:
    with time_machine.travel(MONDAY_0801, tick=False):
        at_once(profile, 1)
        made = AllocationRound.objects.create(period="2026-W48", done_at=timezone.now())
        AllocationRound.objects.update(made_at=timezone.now() + timedelta(minutes=1))
        assert write_due_letters() == 0
    with time_machine.travel(MONDAY_0801 + timedelta(minutes=2), tick=False):
        new = factories.make_challenge()
        make_match(profile, new)
        assert write_due_letters() == 1
    assert challenges_of(Letter.objects.get()) == [new]
    assert not made.allocated.exists()


def test_nobody_hears_of_more_in_a_week_than_a_budget_of_attention(profile: Profile) -> None:
    at_once(profile, 0)
    for hour in range(14):
        with time_machine.travel(MONDAY_0801 + timedelta(hours=hour), tick=False):
            make_match(profile, factories.make_challenge())
            write_due_letters()
    assert LetterItem.objects.count() == 10
    with time_machine.travel(MONDAY_0801 + timedelta(days=7, hours=1), tick=False):
        write_due_letters()
    assert LetterItem.objects.count() == 14


def test_the_newest_stand_first_and_those_of_a_profile_together(profile: Profile, reader: User) -> None:
    startup = factories.make_profile(factories.make_organisation("startup", owner=reader))
    made = []
    for days, mine, score in ((6, profile, 0.9), (5, startup, 0.8), (4, profile, 0.5), (4, profile, 0.6)):
        with time_machine.travel(MONDAY_0759 - timedelta(days=days), tick=False):
            challenge = factories.make_challenge()
            make_match(mine, challenge, score=score)
            made.append(challenge)
    with time_machine.travel(MONDAY_0801, tick=False):
        keep_round()
        write_due_letters()
    assert challenges_of(Letter.objects.get()) == [made[3], made[2], made[0], made[1]]


@pytest.mark.parametrize(("zone", "due"), [("America/Mexico_City", 0), ("America/Cancun", 1)])
def test_daily_letters_come_after_eight_local_time_once_a_day(
    profile: Profile, reader: User, zone: str, due: int
) -> None:
    reader.time_zone = zone
    reader.save()
    assert profile.person
    wants(profile.person, Cadence.DAILY)
    with time_machine.travel(MONDAY_0759 - timedelta(hours=12), tick=False):
        make_match(profile, factories.make_challenge())
    with time_machine.travel(MONDAY_0759, tick=False):
        assert write_due_letters() == due
    with time_machine.travel(MONDAY_0801, tick=False):
        assert write_due_letters() == 1 - due
        make_match(profile, factories.make_challenge())
        assert write_due_letters() == 0
    with time_machine.travel(MONDAY_0801 + timedelta(days=1), tick=False):
        assert write_due_letters() == 1


def test_who_wants_none_gets_none(profile: Profile) -> None:
    at_once(profile)
    assert profile.person
    wants(profile.person, Cadence.NEVER)
    assert write_due_letters() == 0


def test_nobody_is_written_to_before_the_address_is_verified() -> None:
    unverified = factories.make_researcher(factories.make_user(verified=False))
    at_once(unverified)
    at_once(factories.make_researcher(None))  # imported, without an account
    assert write_due_letters() == 0


def test_own_answered_closed_and_opted_out_are_left_out(profile: Profile, reader: User) -> None:
    own, answered, closed, withdrawn = at_once(profile, 4)
    factories.join(own.organisation, reader)
    company = factories.make_profile(factories.make_organisation("company", owner=reader))
    Answer.objects.create(profile=company, challenge=answered, person=reader.person, answer="not_now")
    Challenge.objects.filter(pk=closed.pk).update(closes_at=timezone.now())
    Challenge.objects.filter(pk=withdrawn.pk).update(status="withdrawn")
    opted_out = factories.make_researcher(factories.make_user(), match_automatically=False)
    at_once(opted_out)
    assert write_due_letters() == 0


def test_an_organisations_letters_go_to_those_named_as_readers() -> None:
    boss, named, silent = factories.make_user(), factories.make_user(), factories.make_user()
    organisation = factories.make_organisation("startup", owner=boss, member=silent)
    factories.join(organisation, named)
    organisation.memberships.filter(person=named.person).update(receives_letters=True)
    for user in (boss, named, silent):
        wants(user.person, Cadence.AT_ONCE)
    make_match(factories.make_profile(organisation), factories.make_challenge())
    assert write_due_letters() == 2
    assert set(Letter.objects.values_list("person", flat=True)) == {boss.person.pk, named.person.pk}


def test_somebody_with_two_fitting_profiles_hears_once_of_the_better_one(
    profile: Profile, reader: User
) -> None:
    (challenge,) = at_once(profile)
    startup = factories.make_profile(factories.make_organisation("startup", owner=reader))
    make_match(startup, challenge, score=0.99)
    assert write_due_letters() == 1
    assert LetterItem.objects.get().profile == startup


def test_sent_items_are_recorded_as_shown_with_their_score(profile: Profile) -> None:
    challenges = at_once(profile, 2)
    write_due_letters()
    mailer.send_due()
    assert len(mail.outbox) == 1
    events = MatchEvent.objects.filter(kind="letter").order_by("rank")
    assert [(event.challenge, event.rank, event.score) for event in events] == [
        (challenges[0], 1, 0.9),
        (challenges[1], 2, 0.89),
    ]
    assert events[0].engine == "helice-1"
    assert events[0].parts == {"dense": 0.9}


def test_what_closed_meanwhile_is_left_out_and_an_empty_letter_is_dropped(profile: Profile) -> None:
    closed, open_one = at_once(profile, 2)
    write_due_letters()
    Challenge.objects.filter(pk=closed.pk).update(status="closed")
    mailer.send_due()
    assert closed.title not in mail.outbox[0].body
    assert open_one.title.upper() in mail.outbox[0].body
    assert MatchEvent.objects.get().challenge == open_one


def test_a_letter_with_nothing_left_to_say_is_dropped(profile: Profile) -> None:
    (challenge,) = at_once(profile)
    write_due_letters()
    Challenge.objects.filter(pk=challenge.pk).update(status="withdrawn")
    mailer.send_due()
    assert mail.outbox == []
    assert Letter.objects.get().state == "dropped"


def test_whoever_unsubscribed_meanwhile_is_not_written_to(profile: Profile, reader: User) -> None:
    at_once(profile)
    write_due_letters()
    wants(reader.person, Cadence.NEVER)
    mailer.send_due()
    assert mail.outbox == []
    assert Letter.objects.get().state == "dropped"
