"""A worker killed in the middle of matching, a broker that comes and goes: every match is made in the end."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import timezone

from accounts.models import Person, Profile, ProfileItem, User
from hubs.actions import move_challenge
from hubs.models import Challenge
from matching import pipeline, tasks
from matching.models import Match, Passage, Rebuild, Statistics, Subject
from matching.pipeline import rebuilding
from tests import factories
from tests.services import Service, Valkey, handed_over_to, until, worker

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
WATER = "Medimos arsénico en pozos de agua potable con sensores ópticos portátiles de bajo costo."
NEED = "Medir arsénico en pozos de agua potable con sensores portátiles"
OTHERS = ("Criamos abejas reinas en la sierra.", "Diseñamos ropa de algodón.", "Estudio el derecho laboral.")


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[Valkey]:
    server = Valkey(tmp_path)
    server.start()
    with handed_over_to(server.url):
        yield server
    server.kill()


@pytest.fixture
def engine(tmp_path: Path, valkey: Valkey) -> Iterator[Service]:
    service = worker(tmp_path, valkey.url)
    yield service
    service.kill()
    print(service.log()[-6000:])  # noqa: T201 - pytest shows it beside a failure


def import_profiles(count: int) -> list[int]:
    """As an import does: bulk writes, no signals. Returns the profiles that know about water."""
    people = Person.objects.bulk_create([Person(name=f"Persona {number}") for number in range(count)])
    now = timezone.now()
    profiles = Profile.objects.bulk_create(
        [Profile(kind="researcher", person=person, confirmed_at=now, summary="") for person in people]
    )
    items = []
    for number, profile in enumerate(profiles):
        knows = number % 4 == 0
        text = f"{WATER} Fue el año {number}." if knows else f"{OTHERS[number % 3]} Fue el año {number}."
        items.append(ProfileItem(profile=profile, role="offer", text=text))
    ProfileItem.objects.bulk_create(items)
    return [profile.pk for number, profile in enumerate(profiles) if number % 4 == 0]


def all_matched() -> bool:
    expected = Profile.objects.count() + Challenge.objects.count()
    return Subject.objects.filter(matched_at__isnull=False, stale_since=None).count() == expected


def pairs() -> set[tuple[int, int]]:
    return set(Match.objects.values_list("subject__profile", "target__challenge"))


def test_a_worker_killed_in_the_middle_of_matching_loses_nothing(engine: Service) -> None:
    knows = import_profiles(300)
    challenges = [factories.make_challenge(needs=(NEED,)) for _ in range(3)]
    for matched in (1, 120):
        engine.start()
        until(
            lambda goal=matched: Subject.objects.filter(matched_at__isnull=False).count() >= goal,  # type: ignore[misc]
            "some are matched",
            60,
        )
        assert not all_matched()
        engine.kill()
    engine.start()
    until(all_matched, "everybody is matched", 90)
    assert pairs() == {(profile, challenge.pk) for profile in knows for challenge in challenges}
    assert not Passage.objects.filter(vector=None).exists()
    assert not Subject.objects.exclude(error="").exists()


def test_a_worker_killed_in_the_middle_of_a_rebuild_loses_nothing_and_nobody_sees_half_of_it(
    engine: Service, tmp_path: Path, valkey: Valkey
) -> None:
    knows = import_profiles(240)
    challenges = [factories.make_challenge(needs=(NEED,)) for _ in range(128)]
    engine.start()
    expected = {(profile, challenge.pk) for profile in knows for challenge in challenges}
    # All are matched for a moment before the first statistics are shown, too.
    until(lambda: all_matched() and seen_at_once() == expected, "everybody is matched", 90)
    rebuild = rebuilding.start(why="asked", again=True)
    tasks.offer(tasks.rebuild_slice)
    until(lambda: done(rebuild) >= 16, "some of it is there", 60)
    engine.kill()
    assert 0 < done(rebuild) < 128
    assert seen_at_once() == expected
    helper = worker(tmp_path, valkey.url, queues="bulk", beat=False)
    try:
        engine.start()
        helper.start()
        until(lambda: seen_at_once() == expected and finished(rebuild), "it is whole", 90)
        until(lambda: Statistics.objects.count() == 1, "what was shown before is taken away", 60)
    finally:
        helper.kill()
    assert seen_at_once() == expected
    assert Match.objects.count() == len(expected)


def done(rebuild: Rebuild) -> int:
    return Rebuild.objects.values_list("done", flat=True).get(pk=rebuild.pk)


def finished(rebuild: Rebuild) -> bool:
    return Rebuild.objects.filter(pk=rebuild.pk, state="finished").exists()


def seen_at_once() -> set[tuple[int, int]]:
    """What people see at this moment, in one query, each pair of it once."""
    found = list(Match.objects.live().values_list("subject__profile", "target__challenge"))
    assert len(found) == len(set(found))
    return set(found)


def test_a_person_who_waits_is_served_before_an_import_that_was_there_first(
    engine: Service, valkey: Valkey
) -> None:
    import_profiles(200)
    pipeline.sweep()
    [waits] = import_profiles(1)
    for _ in range(20):
        tasks.refresh_waiting.apply_async()
    tasks.refresh_subject.apply_async(args=(pipeline.subjects.note_profile(waits),))
    engine.start()
    until(all_matched, "everybody is matched", 90)
    first = Subject.objects.order_by("revised_at").first()
    assert first
    assert first.profile_id == waits


def test_challenges_posted_while_the_broker_is_away_are_saved_at_once_and_matched_later(
    engine: Service, valkey: Valkey, owner: User, stranger: User
) -> None:
    knows = import_profiles(12)
    engine.start()
    until(all_matched, "the profiles are matched", 60)
    agency = factories.make_organisation(owner=owner)
    hub = factories.make_hub(curator=stranger)
    contact = {"contact_name": "Persona Inventada", "contact_email": "contacto@example.org"}
    waiting = [
        factories.make_challenge(agency, hub=hub, status="in_review", needs=(NEED,), **contact)
        for _ in range(4)
    ]
    for number, challenge in enumerate(waiting):
        if number == 1:
            valkey.kill()
        if number == 3:
            valkey.start()
        started = time.monotonic()
        move_challenge(challenge=challenge, to="published", by=stranger)
        assert time.monotonic() - started < 10  # nobody waits until the broker is back
    assert Challenge.objects.filter(status="published").count() == 4
    until(all_matched, "the challenges are matched", 180)
    assert pairs() == {(profile, challenge.pk) for profile in knows for challenge in waiting}
