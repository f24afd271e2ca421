"""Everything is matched anew beside what people see; they see the new only when all of it is there."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Profile, ProfileItem
from hubs.models import Challenge
from matching import pipeline, ranking
from matching.encoder import HashEncoder
from matching.models import Match, Rebuild, RebuildChunk, Statistics, Subject
from matching.pipeline import matches, rebuilding, subjects, yardstick
from matching.pipeline.reasons import tell
from tests import factories
from tests.matching.test_pipeline import (
    BEES,
    WATER,
    match_of,
    others,
    refresh_all,
    water_challenge,
    water_profile,
    work_off,
)

pytestmark = pytest.mark.django_db
BEEKEEPING = "Enseñar apicultura y criar abejas reinas en la sierra"


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rebuilding, "CHUNK", 1)


@pytest.fixture
def catalogue() -> tuple[Profile, list[Challenge]]:
    return one_among_four()


def one_among_four() -> tuple[Profile, list[Challenge]]:
    others()
    profile, challenges = water_profile(user=factories.make_user()), [water_challenge() for _ in range(4)]
    refresh_all()
    return profile, challenges


def start(**options: Any) -> Rebuild:
    return rebuilding.start(why=Rebuild.Why.ASKED, **options)


def step() -> bool:
    """One chunk, or whatever comes before the first and after the last."""
    return rebuilding.work(pipeline.encoder(), 0)


def state() -> str:
    return str(Rebuild.objects.first().state)  # type: ignore[union-attr]


def shown() -> dict[tuple[int, int], tuple[Any, ...]]:
    """Every pair that anybody can see, and all that is said of it save names of versions."""
    found = {}
    for match in tell(list(Match.objects.current().select_related("subject", "target"))):
        pair = (match.subject.profile_id, match.target.challenge_id)
        assert pair not in found
        why = [
            (row["text"], row["strength"], (row["evidence"] or {}).get("text"))
            for row in match.reason["needs"]
        ]
        found[pair] = (match.score, match.probability, match.strength, why, match.parts)
    return found  # type: ignore[return-value]


def versions_shown() -> set[str]:
    return {match.statistics_id for match in Match.objects.current()}


def test_nothing_of_a_rebuild_is_seen_until_it_is_whole_and_then_nothing_else(
    catalogue: tuple[Profile, list[Challenge]],
) -> None:
    profile, challenges = catalogue
    before = Statistics.objects.get(current=True).version
    pairs = set(shown())
    assert len(pairs) == 4
    rebuild = start()
    for number in range(4):
        step()
        rebuild.refresh_from_db()
        assert (rebuild.total, rebuild.done) == (4, number + 1)
        if number < 3:
            assert (rebuild.percent, state()) == (25 * (number + 1), "running")
            assert versions_shown() == {before}
            assert Match.objects.count() == 4 + number + 1
            assert set(shown()) == pairs
            assert match_of(profile, challenges[0]).statistics_id == before  # type: ignore[union-attr]
    assert (state(), rebuild.percent) == ("finished", 100)
    assert versions_shown() == {rebuild.version}
    assert set(shown()) == pairs
    work_off()
    assert Match.objects.count() == 4
    assert list(Statistics.objects.values_list("version", flat=True)) == [rebuild.version]
    assert not RebuildChunk.objects.exists()


def test_pages_and_letters_show_each_match_once_while_two_versions_are_there(
    catalogue: tuple[Profile, list[Challenge]],
) -> None:
    profile, challenges = catalogue
    user = profile.person.user  # type: ignore[union-attr]
    assert user
    start()
    step()
    step()
    assert Match.objects.count() == 6
    assert Match.objects.of(user).count() == 4
    assert Match.objects.live().count() == 4
    assert Match.objects.for_challenge(challenges[0], user).count() == 1


def test_what_is_edited_during_a_rebuild_is_seen_at_once_and_after_the_switch(
    catalogue: tuple[Profile, list[Challenge]],
) -> None:
    profile, challenges = catalogue
    start()
    step()
    step()
    assert state() == "running"
    ProfileItem.objects.filter(profile=profile).update(text=BEES)
    refresh(subjects.note_profile(profile.pk))
    late = water_profile()
    refresh(subjects.note_profile(late.pk))
    bees = water_challenge(needs=(BEEKEEPING,))
    refresh(subjects.note_challenge(bees.pk))
    Challenge.objects.filter(pk=challenges[3].pk).update(status="withdrawn")
    subjects.note_challenge(challenges[3].pk)
    # Seen at once: the profile knows about bees now, and another one about water.
    right = {(late.pk, challenge.pk) for challenge in challenges[:3]}
    assert right | {(profile.pk, bees.pk)} <= set(shown())
    before = set(shown())
    assert not {(profile.pk, challenge.pk) for challenge in challenges} & before
    work_off()
    assert state() == "finished"
    assert set(shown()) == before
    assert_a_full_rebuild_changes_nothing()


def test_an_edit_that_was_begun_before_a_rebuild_and_ends_after_its_chunk_is_not_lost(
    catalogue: tuple[Profile, list[Challenge]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The profile's worker has asked which versions there are; the rebuild begins, and reads the profile."""
    profile, challenges = catalogue
    in_use = yardstick.in_use

    def ask_and_be_overtaken(*args: Any) -> Any:
        monkeypatch.setattr(yardstick, "in_use", in_use)
        found = in_use(*args)
        start()
        step()
        step()
        return found

    monkeypatch.setattr(yardstick, "in_use", ask_and_be_overtaken)
    factories.add_item(profile, text=BEES)
    bees = water_challenge(needs=(BEEKEEPING,))
    subjects.note_challenge(bees.pk)
    pipeline.sync.sync(pipeline.sync.with_texts([Subject.objects.get(challenge=bees).pk]).get())
    refresh(subjects.note_profile(profile.pk))
    monkeypatch.setattr(yardstick, "in_use", in_use)
    refresh(subjects.note_challenge(bees.pk))
    work_off()
    assert state() == "finished"
    assert {(profile.pk, challenge.pk) for challenge in [*challenges, bees]} <= set(shown())
    assert_a_full_rebuild_changes_nothing()


def test_a_chunk_that_read_a_profile_before_its_edit_does_not_overwrite_it(
    catalogue: tuple[Profile, list[Challenge]], monkeypatch: pytest.MonkeyPatch
) -> None:
    profile, _ = catalogue
    start()
    find = matches.find

    def read_and_be_overtaken(*args: Any, **named: Any) -> Any:
        monkeypatch.setattr(rebuilding, "find", find)
        found = find(*args, **named)
        ProfileItem.objects.filter(profile=profile).update(text=BEES)
        refresh(subjects.note_profile(profile.pk))
        return found

    monkeypatch.setattr(rebuilding, "find", read_and_be_overtaken)
    step()
    work_off()
    assert state() == "finished"
    assert not {pair for pair in shown() if pair[0] == profile.pk}


def test_a_match_that_was_shown_before_is_not_new_to_letters_after_a_rebuild(
    catalogue: tuple[Profile, list[Challenge]],
) -> None:
    profile, _ = catalogue
    old = timezone.now() - timedelta(days=9)
    Match.objects.update(first_made_at=old)
    start()
    step()
    refresh(subjects.note_profile(profile.pk))  # matched by the profile's side, and by the chunks
    work_off()
    assert set(Match.objects.current().values_list("first_made_at", flat=True)) == {old}


def test_stopped_it_rests_and_stays_up_to_date_and_resumed_it_goes_on(
    catalogue: tuple[Profile, list[Challenge]],
) -> None:
    rebuild = start()
    step()
    step()
    assert rebuilding.stop()
    assert not rebuilding.stop()
    for _ in range(3):
        step()
    rebuild.refresh_from_db()
    assert (rebuild.state, rebuild.done) == ("stopped", 2)
    late = water_profile()
    refresh(subjects.note_profile(late.pk))
    assert len(shown()) == 8
    assert rebuilding.resume()
    assert not rebuilding.resume()
    work_off()
    rebuild.refresh_from_db()
    assert (rebuild.state, rebuild.done) == ("finished", 4)
    assert len(shown()) == 8
    assert versions_shown() == {rebuild.version}


def test_one_runs_at_a_time_and_a_new_one_replaces_a_stopped_one(
    catalogue: tuple[Profile, list[Challenge]],
) -> None:
    first = start()
    step()
    assert start() == first
    rebuilding.stop()
    second = start()
    assert second != first
    work_off()
    first.refresh_from_db()
    assert first.state == "replaced"
    assert versions_shown() == {Rebuild.objects.get(pk=second.pk).version}
    assert Match.objects.count() == 4
    assert not rebuilding.resume()


def test_a_killed_workers_chunk_is_taken_over(catalogue: tuple[Profile, list[Challenge]]) -> None:
    rebuild = start()
    step()
    rebuild.refresh_from_db()
    chunk = rebuilding._claim(rebuild)  # and its worker dies
    assert chunk
    while step():
        pass
    rebuild.refresh_from_db()
    assert (rebuild.state, rebuild.done) == ("running", 3)
    RebuildChunk.objects.filter(pk=chunk.pk).update(not_before=timezone.now())  # its claim lapses
    work_off()
    assert state() == "finished"
    assert len(shown()) == 4


def test_two_workers_that_made_the_same_chunk_write_it_once(
    catalogue: tuple[Profile, list[Challenge]], monkeypatch: pytest.MonkeyPatch
) -> None:
    rebuild = start()
    find = matches.find

    def be_taken_for_dead(*args: Any, **named: Any) -> Any:
        monkeypatch.setattr(rebuilding, "find", find)
        RebuildChunk.objects.filter(tries=1).update(not_before=timezone.now())
        step()
        return find(*args, **named)

    monkeypatch.setattr(rebuilding, "find", be_taken_for_dead)
    step()
    rebuild.refresh_from_db()
    assert rebuild.done == RebuildChunk.objects.exclude(done_at=None).count()
    work_off()
    assert len(shown()) == 4


def failing_for(monkeypatch: pytest.MonkeyPatch, bad: set[int]) -> Callable[[], None]:
    find = matches.find

    def fail(ids: list[int], *args: Any, **named: Any) -> Any:
        if bad & set(ids):
            raise RuntimeError("broken")
        return find(ids, *args, **named)

    monkeypatch.setattr(rebuilding, "find", fail)
    return lambda: monkeypatch.setattr(rebuilding, "find", find)


def test_a_challenge_that_fails_is_set_aside_and_stops_nobody(
    catalogue: tuple[Profile, list[Challenge]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rebuilding, "CHUNK", 16)
    _, challenges = catalogue
    bad = Subject.objects.get(challenge=challenges[1])
    mend = failing_for(monkeypatch, {bad.pk})
    rebuild = start()
    work_off()
    rebuild.refresh_from_db()
    assert (rebuild.state, rebuild.done, rebuild.failed) == ("finished", 4, 1)
    assert {challenge for _, challenge in shown()} == {c.pk for c in challenges} - {challenges[1].pk}
    bad.refresh_from_db()
    assert bad.stale_since
    assert bad.failures == 1
    assert "rebuild" in bad.error
    mend()
    Subject.objects.filter(pk=bad.pk).update(not_before=timezone.now())
    work_off()
    assert len(shown()) == 4


def test_many_failures_stop_the_rebuild_and_people_keep_what_they_see(
    catalogue: tuple[Profile, list[Challenge]], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = shown()
    mend = failing_for(monkeypatch, set(Subject.objects.values_list("pk", flat=True)))
    rebuild = start()
    for _ in range(50):
        step()
    rebuild.refresh_from_db()
    assert rebuild.state == "stopped"
    assert "could not be matched" in rebuild.error
    assert shown() == before
    mend()
    assert rebuilding.start(why=Rebuild.Why.ASKED) != rebuild
    work_off()
    assert state() == "finished"
    assert set(shown()) == set(before)


def test_the_switch_waits_for_what_is_being_matched_but_not_for_ever(
    catalogue: tuple[Profile, list[Challenge]],
) -> None:
    profile, _ = catalogue
    start()
    step()
    # A worker stamped the profile and died before it wrote.
    pk = Subject.objects.get(profile=profile).pk
    subjects.note_profile(profile.pk)
    subjects.stamp([pk])
    while step():
        pass
    step()
    assert state() == "running"
    RebuildChunk.objects.update(done_at=timezone.now() - timedelta(minutes=2))
    step()
    assert state() == "finished"


def test_another_engine_shows_nothing_of_its_own_until_all_of_it_is_there(
    catalogue: tuple[Profile, list[Challenge]], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = shown()
    monkeypatch.setattr(ranking, "ENGINE", "99")
    pipeline.sweep()
    assert state() == "running"
    step()
    late = water_profile()
    refresh(subjects.note_profile(late.pk))
    assert shown() == before
    work_off()
    assert set(shown()) == set(before) | {(late.pk, challenge) for _, challenge in before}
    assert set(Match.objects.values_list("engine", flat=True)) == {"99"}
    pipeline.sweep()
    assert state() == "finished"


def test_another_model_shows_nothing_of_its_own_until_all_of_it_is_there(
    catalogue: tuple[Profile, list[Challenge]], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = shown()
    monkeypatch.setattr(HashEncoder, "name", "hash-2")
    monkeypatch.setattr(pipeline, "SLICE_SUBJECTS", 2)
    pipeline.sweep()
    assert not Rebuild.objects.exists()  # first everything is embedded
    while pipeline.refresh_slice():
        assert shown() == before
    while not Rebuild.objects.filter(state="finished").exists():
        assert shown() == before
        pipeline.sweep()
        step()
    work_off()
    assert set(shown()) == set(before)
    assert set(Match.objects.values_list("model", flat=True)) == {"hash-2"}
    assert Statistics.objects.get().model == "hash-2"
    pipeline.sweep()
    assert Rebuild.objects.count() == 1


def test_a_passage_that_another_model_cannot_read_holds_up_nobody(
    catalogue: tuple[Profile, list[Challenge]], monkeypatch: pytest.MonkeyPatch
) -> None:
    profile, _ = catalogue
    bad = factories.add_item(profile, text="veneno")
    refresh(subjects.note_profile(profile.pk))
    encode = HashEncoder.encode

    def choke(self: HashEncoder, texts: list[str], kind: Any) -> Any:
        if "veneno" in texts:
            raise RuntimeError("cannot read this")
        return encode(self, texts, kind)

    monkeypatch.setattr(HashEncoder, "encode", choke)
    monkeypatch.setattr(HashEncoder, "name", "hash-2")
    pipeline.sweep()
    work_off()
    pipeline.sweep()
    work_off()
    assert set(Match.objects.current().values_list("model", flat=True)) == {"hash-2"}
    assert bad


def test_a_first_catalogue_is_shown_at_once_and_measured_when_everybody_is_there() -> None:
    for number in range(70):
        water_profile(f"Profesión número {number}: {WATER}")
    challenge = water_challenge()
    pipeline.sweep()
    while pipeline.refresh_slice():
        pass
    assert not Rebuild.objects.exists()
    assert Statistics.objects.get(current=True).passages == 70
    assert Subject.objects.get(challenge=challenge).matched_at


def refresh(pk: int | None) -> None:
    assert pk
    pipeline.refresh(pk)


def assert_a_full_rebuild_changes_nothing() -> None:
    before = shown()
    start(again=True)
    work_off()
    assert state() == "finished"
    after = shown()
    assert after.keys() == before.keys()
    for pair, (score, probability, *said) in after.items():
        assert score == pytest.approx(before[pair][0], abs=1e-4)
        assert probability == pytest.approx(before[pair][1], abs=1e-3)
        assert said[:2] == list(before[pair][2:4])
