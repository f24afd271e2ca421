"""What happens when something fails, is edited, hidden or killed while it is being matched."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.models import Profile, ProfileItem
from hubs.models import Challenge
from matching import pipeline
from matching.encoder import HashEncoder
from matching.models import Match, Passage, Rebuild, Subject
from matching.pipeline import claims, rebuilding, subjects
from matching.pipeline import matches as module
from tests import factories
from tests.matching.test_pipeline import (
    BEES,
    WATER,
    match_of,
    others,
    refresh_all,
    water_challenge,
    water_profile,
)
from tests.services import until

pytestmark = pytest.mark.django_db


def test_a_passage_that_cannot_be_embedded_is_set_aside_and_stops_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    others()
    profile, challenge = water_profile(), water_challenge()
    bad = factories.add_item(profile, text="veneno")
    encode = HashEncoder.encode

    def choke(self: HashEncoder, texts: list[str], kind: Any) -> Any:
        if "veneno" in texts:
            raise RuntimeError("cannot read this")
        return encode(self, texts, kind)

    monkeypatch.setattr(HashEncoder, "encode", choke)
    refresh_all()
    assert match_of(profile, challenge)
    passage = Passage.objects.get(item=bad)
    assert passage.failures == 1
    assert "cannot read this" in passage.error
    subject = Subject.objects.get(profile=profile)
    assert subject.stale_since
    assert subject.not_before > timezone.now()
    assert subject.matched_at
    monkeypatch.setattr(HashEncoder, "encode", encode)
    Subject.objects.update(not_before=timezone.now())
    assert pipeline.refresh_slice() is False
    assert Passage.objects.get(item=bad).failures == 0
    assert Subject.objects.get(profile=profile).stale_since is None


def test_a_claimed_subject_is_nobody_elses_until_the_claim_lapses(settings: Any) -> None:
    profile = water_profile()
    subjects.note_profile(profile.pk)
    pk = Subject.objects.get().pk
    assert subjects.claim(pk)
    assert subjects.claim(pk) is None
    assert not pipeline.refresh(pk)
    Subject.objects.update(not_before=timezone.now() - timedelta(seconds=1))  # its worker was killed
    assert subjects.waiting_for_people() == [pk]
    assert pipeline.refresh(pk)


def test_an_edit_during_the_work_is_matched_too(monkeypatch: pytest.MonkeyPatch) -> None:
    profile = water_profile()
    subjects.note_profile(profile.pk)
    encode = HashEncoder.encode
    edited: list[bool] = []

    def edit_meanwhile(self: HashEncoder, texts: list[str], kind: Any) -> Any:
        if WATER in texts and not edited:
            edited.append(True)
            factories.add_item(profile, text=BEES)
            subjects.note_profile(profile.pk)
        return encode(self, texts, kind)

    monkeypatch.setattr(HashEncoder, "encode", edit_meanwhile)
    pipeline.refresh(Subject.objects.get().pk)
    assert Passage.objects.filter(text=BEES, vector__isnull=False).exists()
    assert Subject.objects.get().stale_since is None


def test_a_bulk_import_is_worked_off_in_slices_and_one_bad_subject_stops_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for number in range(40):
        water_profile(f"Profesión número {number}: {WATER}")
    challenge = water_challenge()
    pipeline.sweep()
    bad = Subject.objects.filter(profile__isnull=False).order_by("pk").first()
    assert bad is not None
    sync = pipeline.sync.sync

    def fail(subject: Subject) -> None:
        if subject.pk == bad.pk:
            raise RuntimeError("broken")
        sync(subject)

    monkeypatch.setattr(pipeline.sync, "sync", fail)
    slices = 1
    while pipeline.refresh_slice(seconds=0):
        slices += 1
        assert slices < 100
    assert slices > 2
    bad.refresh_from_db()
    assert bad.failures == 1
    assert bad.error == "RuntimeError('broken')"
    assert Subject.objects.filter(stale_since=None).count() == 40
    assert Subject.objects.get(challenge=challenge).matched_at


def test_a_worker_works_at_one_slice_at_a_time_so_that_its_other_threads_are_free() -> None:
    water_profile()
    pipeline.sweep()
    with pipeline._at_bulk:
        assert pipeline.refresh_slice() is False
    assert Subject.objects.get().stale_since
    pipeline.refresh_slice()
    assert Subject.objects.get().stale_since is None


@pytest.mark.django_db(transaction=True)
def test_a_claim_is_renewed_while_its_worker_lives(settings: Any) -> None:
    settings.HELICE_CLAIM_SECONDS = 0.3
    profile = water_profile()
    subjects.note_profile(profile.pk)
    claimed = subjects.claim(Subject.objects.get().pk)
    assert claimed
    with claims.kept([claimed]):
        until(lambda: Subject.objects.get().not_before > claimed.not_before, "renewed")
        assert subjects.claim(claimed.pk) is None
        subjects.release([claimed])
        released = Subject.objects.get().not_before
    until(lambda: not [thread for thread in threading.enumerate() if thread.name == "claims"], "it ends")
    assert Subject.objects.get().not_before == released


def test_a_pair_that_the_other_side_matched_meanwhile_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A challenge is matched with what it read; a profile matched after that reading knows better."""
    others()
    profile, challenge = water_profile(), water_challenge()
    refresh_all()
    target = Subject.objects.get(challenge=challenge)
    subjects.mark(Subject.objects.filter(pk=target.pk), interactive=True)
    find = module.find

    def read_and_be_overtaken(*args: Any, **named: Any) -> Any:
        monkeypatch.setattr(module, "find", find)
        found = find(*args, **named)
        ProfileItem.objects.filter(profile=profile).update(text=BEES)
        subjects.note_profile(profile.pk)
        pipeline.refresh(Subject.objects.get(profile=profile).pk)
        assert match_of(profile, challenge) is None
        return found

    monkeypatch.setattr(module, "find", read_and_be_overtaken)
    pipeline.refresh(target.pk)
    assert match_of(profile, challenge) is None


def test_a_profile_hidden_during_the_work_stays_away(monkeypatch: pytest.MonkeyPatch) -> None:
    others()
    profile, challenge = water_profile(), water_challenge()
    refresh_all()
    find = module.find

    def read_and_hide(*args: Any, **named: Any) -> Any:
        found = find(*args, **named)
        Profile.objects.filter(pk=profile.pk).update(visibility="nobody")
        subjects.note_profile(profile.pk)
        return found

    monkeypatch.setattr(module, "find", read_and_hide)
    subjects.mark(Subject.objects.filter(challenge=challenge), interactive=True)
    with transaction.atomic():
        pipeline.refresh(Subject.objects.get(challenge=challenge).pk)
    assert match_of(profile, challenge) is None
    assert Subject.objects.get(challenge=challenge).stale_since is None


class Killed(BaseException):
    """What no `except Exception` sees, as SIGKILL is seen by nobody."""


@pytest.mark.parametrize("bulk", [False, True])
@pytest.mark.parametrize(
    ("part", "name", "before"),
    [
        ("sync", "sync", True),
        ("sync", "sync", False),
        ("sync", "_store", True),
        ("sync", "_store", False),
        ("matches", "find", False),
        ("matches", "_write", True),
        ("matches", "_write", False),
        ("yardstick", "show", True),
        ("yardstick", "show", False),
        ("matches", "_close", True),
    ],
)
def test_killed_at_any_point_everything_is_matched_after_the_restart(
    part: str, name: str, before: bool, bulk: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    others()
    profile, challenge = water_profile(), water_challenge()
    pipeline.sweep()
    place = getattr(pipeline, part)
    original = getattr(place, name)

    def killed(*args: Any, **named: Any) -> Any:
        if not before:
            original(*args, **named)
        raise Killed

    subject = Subject.objects.get(profile=profile)
    with monkeypatch.context() as patch:
        patch.setattr(place, name, killed)
        with pytest.raises(Killed):
            pipeline.refresh_slice() if bulk else pipeline.refresh(subject.pk)
    Subject.objects.update(not_before=timezone.now())  # claims lapse
    pipeline.sweep()
    while pipeline.refresh_slice():
        pass
    assert not Subject.objects.exclude(stale_since=None).exists()
    assert match_of(profile, challenge)


def test_a_challenge_closed_during_the_work_has_no_matches_when_all_is_done(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    others()
    profile, challenge = water_profile(), water_challenge()
    refresh_all()
    find = module.find
    closed: list[int] = []

    def read_and_close(*args: Any, **named: Any) -> Any:
        found = find(*args, **named)
        if not closed:
            closed.append(Challenge.objects.filter(pk=challenge.pk).update(status="closed"))
            subjects.note_challenge(challenge.pk)
        return found

    monkeypatch.setattr(module, "find", read_and_close)
    subjects.mark(Subject.objects.filter(profile=profile), interactive=True)
    pipeline.refresh(Subject.objects.get(profile=profile).pk)
    assert closed
    refresh_all()
    assert not Match.objects.filter(target__challenge=challenge).exists()
    assert not Subject.objects.exclude(stale_since=None).exists()


@pytest.mark.django_db(transaction=True)  # the version that went is only missed when the work is committed
def test_statistics_switched_in_the_middle_of_an_edit_lose_no_match(monkeypatch: pytest.MonkeyPatch) -> None:
    others()
    profile, challenge = water_profile(), water_challenge()
    refresh_all()
    rebuild = rebuilding.start(why="")
    find = module.find
    switched: list[bool] = []

    def read_and_switch(*args: Any, **named: Any) -> Any:
        found = find(*args, **named)
        if not switched:
            switched.append(True)
            monkeypatch.setattr(rebuilding, "SETTLING", timedelta())
            for _ in range(20):
                if not rebuilding.work(pipeline.encoder(), 5):
                    break
        return found

    monkeypatch.setattr(module, "find", read_and_switch)
    ProfileItem.objects.filter(profile=profile).update(text=f"{WATER} Desde 2019.")
    subjects.note_profile(profile.pk)
    pipeline.refresh(Subject.objects.get(profile=profile).pk)
    rebuild.refresh_from_db()
    assert (switched, rebuild.state) == ([True], Rebuild.State.FINISHED)
    refresh_all()
    match = match_of(profile, challenge)
    assert match is not None
    assert match.statistics_id == rebuild.version
    assert Passage.objects.filter(subject__profile=profile, text__contains="2019").exists()
