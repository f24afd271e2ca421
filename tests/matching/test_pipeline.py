"""Stale rows, encoder, ranking, rows: what is matched, what is not, and what happens when something fails."""

from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from django.db import transaction
from django.utils import timezone

from accounts.models import Profile, ProfileItem
from hubs.models import Challenge, Need
from matching import pipeline
from matching.encoder import HashEncoder
from matching.models import Answer, Match, Passage, Statistics, Subject
from matching.pipeline import subjects, yardstick
from tests import factories

pytestmark = pytest.mark.django_db
WATER = "Medimos arsénico en pozos de agua potable con sensores ópticos portátiles de bajo costo."
BEES = "Criamos abejas reinas y enseñamos apicultura a jóvenes de la sierra."


def water_profile(text: str = WATER, **fields: Any) -> Profile:
    profile = factories.make_researcher(summary="", **fields)
    factories.add_item(profile, text=text)
    return profile


def water_challenge(**fields: Any) -> Challenge:
    fields.setdefault("needs", ("Medir arsénico en pozos de agua potable con sensores portátiles",))
    return factories.make_challenge(**fields)


def refresh_all() -> None:
    pipeline.sweep()
    for subject in Subject.objects.order_by("pk"):
        pipeline.refresh(subject.pk)


def match_of(profile: Profile, challenge: Challenge) -> Match | None:
    return Match.objects.filter(subject__profile=profile, target__challenge=challenge).first()


def others() -> None:
    """A catalogue about other things, so that there is something to tell apart."""
    for text in (BEES, "Diseñamos ropa de algodón.", "Programamos videojuegos educativos.", "Estudio el derecho laboral."):
        water_profile(text)


def test_a_profile_that_fits_is_matched_with_the_reason_and_others_are_not() -> None:
    others()
    profile, challenge = water_profile(), water_challenge()
    refresh_all()
    match = match_of(profile, challenge)
    assert match is not None
    assert list(Match.objects.values_list("subject__profile", flat=True)) == [profile.pk]
    [need] = match.reason["needs"]
    assert need["covered"]
    assert need["text"].startswith("Medir arsénico")
    assert need["weight"] == "must"
    assert need["strength"] in ("strong", "good", "possible")
    assert need["evidence"]["text"] == WATER
    assert need["evidence"]["kind"] == "offer"
    assert match.model == "hash-384"
    assert match.statistics == Statistics.objects.get(current=True).version
    assert match.parts["needs"][0]["need_id"] == challenge.needs.get().pk


def test_evidence_keeps_its_title_year_link_and_the_sentence_that_carries_it() -> None:
    others()
    profile = factories.make_researcher(summary="")
    text = "Trabajamos con tres municipios. Medimos arsénico en pozos de agua potable con sensores portátiles. Fue largo."
    factories.add_item(
        profile, "evidence", text, title="Agua en Durango", year=2024, link="https://example.org/1", kind="project"
    )
    challenge = water_challenge()
    refresh_all()
    match = match_of(profile, challenge)
    assert match is not None
    evidence = match.reason["needs"][0]["evidence"]
    assert evidence["sentence"] == "Medimos arsénico en pozos de agua potable con sensores portátiles."
    assert (evidence["title"], evidence["year"], evidence["link"]) == ("Agua en Durango", 2024, "https://example.org/1")
    assert evidence["kind"] == "project"


def test_both_directions_give_the_same_score() -> None:
    others()
    profile, challenge = water_profile(), water_challenge()
    refresh_all()
    subjects.mark(Subject.objects.filter(challenge=challenge), interactive=True)
    pipeline.refresh(Subject.objects.get(challenge=challenge).pk)
    by_challenge = match_of(profile, challenge)
    subjects.mark(Subject.objects.filter(profile=profile), interactive=True)
    pipeline.refresh(Subject.objects.get(profile=profile).pk)
    by_profile = match_of(profile, challenge)
    assert by_challenge is not None
    assert by_profile is not None
    assert by_profile.made_at > by_challenge.made_at
    assert (by_challenge.score, by_challenge.reason, by_challenge.pk) == (
        by_profile.score, by_profile.reason, by_profile.pk
    )


def test_a_need_sought_from_academia_is_not_covered_by_a_company() -> None:
    others()
    company = factories.make_profile(factories.make_organisation("company"), summary="")
    factories.add_item(company, text=WATER)
    researcher, challenge = water_profile(), water_challenge()
    Need.objects.update(sought="academia")
    refresh_all()
    assert match_of(researcher, challenge)
    assert match_of(company, challenge) is None


def test_a_need_sought_elsewhere_is_said_and_does_not_lower_the_score() -> None:
    others()
    profile, challenge = water_profile(), water_challenge()
    refresh_all()
    alone = match_of(profile, challenge)
    assert alone is not None
    Need.objects.create(challenge=challenge, position=1, text="Fabricar mil sensores.", sought="company")
    subjects.note_challenge(challenge.pk)
    refresh_all()
    match = match_of(profile, challenge)
    assert match is not None
    assert match.score == pytest.approx(alone.score)
    assert [need["sought_elsewhere"] for need in match.reason["needs"]] == [False, True]


def test_nobody_is_matched_with_a_challenge_of_their_own() -> None:
    others()
    agency = factories.make_organisation("government")
    member = factories.make_user()
    factories.join(agency, member)
    belongs = water_profile(user=member)
    works_there = water_profile(institution=agency)
    own = factories.make_profile(agency, summary="")
    factories.add_item(own, text=WATER)
    stranger = water_profile()
    challenge = water_challenge(organisation=agency)
    refresh_all()
    matched = set(Match.objects.filter(target__challenge=challenge).values_list("subject__profile", flat=True))
    assert stranger.pk in matched
    assert not matched & {belongs.pk, works_there.pk, own.pk}


@pytest.mark.parametrize("change", [{"match_automatically": False}, {"visibility": "nobody"}, {"confirmed_at": None}])
def test_opting_out_or_hiding_takes_vectors_and_matches_away_at_once(change: dict[str, Any]) -> None:
    others()
    profile, challenge = water_profile(), water_challenge()
    refresh_all()
    Answer.objects.create(profile=profile, challenge=challenge, person=profile.person, answer="not_now")
    assert match_of(profile, challenge)
    Profile.objects.filter(pk=profile.pk).update(**change)
    subjects.note_profile(profile.pk)
    assert not Subject.objects.filter(profile=profile).exists()
    assert not Passage.objects.filter(item__profile=profile).exists()
    assert match_of(profile, challenge) is None
    assert Answer.objects.filter(profile=profile).exists()


def test_the_sweep_takes_away_what_closed_by_the_clock() -> None:
    others()
    challenge = water_challenge()
    water_profile()
    refresh_all()
    assert Match.objects.exists()
    Challenge.objects.update(opens_at=timezone.now() - timedelta(days=9), closes_at=timezone.now() - timedelta(days=1))
    pipeline.sweep()
    assert not Subject.objects.filter(challenge=challenge).exists()
    assert not Match.objects.exists()


def test_the_sweep_finds_what_a_bulk_write_changed() -> None:
    profile = water_profile()
    refresh_all()
    assert Subject.objects.get(profile=profile).stale_since is None
    Profile.objects.filter(pk=profile.pk).update(summary="Otra cosa", updated_at=timezone.now())
    interactive, others_wait = pipeline.sweep()
    assert not interactive
    assert others_wait
    assert Subject.objects.get(profile=profile).stale_since


def test_never_stays_never_however_often_it_is_matched() -> None:
    others()
    profile, challenge = water_profile(), water_challenge()
    Answer.objects.create(profile=profile, challenge=challenge, person=profile.person, answer="never")
    refresh_all()
    assert match_of(profile, challenge) is None


def test_editing_one_offer_embeds_that_one_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    profile = water_profile()
    factories.add_item(profile, text=BEES)
    refresh_all()
    kept = Passage.objects.get(text=BEES)
    ProfileItem.objects.filter(text=WATER).update(text="Otra cosa muy distinta: bordados de Oaxaca.")
    seen = spy_on_encoder(monkeypatch)
    subjects.note_profile(profile.pk)
    pipeline.refresh(Subject.objects.get(profile=profile).pk)
    assert seen == ["Otra cosa muy distinta: bordados de Oaxaca."]
    assert Passage.objects.get(text=BEES).pk == kept.pk


def test_the_same_words_are_embedded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    water_profile()
    refresh_all()
    seen = spy_on_encoder(monkeypatch)
    water_profile()
    refresh_all()
    assert seen == []
    assert Passage.objects.filter(text=WATER, vector__isnull=False).count() == 2


def test_another_model_makes_every_vector_stale(monkeypatch: pytest.MonkeyPatch) -> None:
    profile = water_profile()
    refresh_all()
    monkeypatch.setattr(HashEncoder, "name", "hash-2")
    pipeline.sweep()
    assert Subject.objects.get(profile=profile).stale_since
    refresh_all()
    assert set(Passage.objects.values_list("model", flat=True)) == {"hash-2"}
    assert Statistics.objects.get(current=True).model == "hash-2"


def test_a_passage_that_cannot_be_embedded_is_set_aside_and_stops_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
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
    edited = []

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


def test_only_one_slice_runs_at_a_time_and_a_killed_one_blocks_nobody_for_long(settings: Any) -> None:
    from django.core.cache import cache

    water_profile()
    pipeline.sweep()
    cache.add(pipeline.BULK_LOCK, "taken", timeout=60)
    assert pipeline.refresh_slice() is False
    assert Subject.objects.get().stale_since
    cache.delete(pipeline.BULK_LOCK)
    pipeline.refresh_slice()
    assert Subject.objects.get().stale_since is None


def test_new_statistics_match_every_challenge_anew() -> None:
    others()
    challenge = water_challenge()
    profile = water_profile()
    refresh_all()
    before = Statistics.objects.get(current=True)
    for number in range(60):
        factories.add_item(profile, text=f"Trabajo {number} sobre el tema {number * 7}")
    subjects.note_profile(profile.pk)
    refresh_all()
    assert yardstick.grown(pipeline.encoder())
    while pipeline.refresh_slice():
        pass
    after = Statistics.objects.get(current=True)
    assert after.version != before.version
    assert not yardstick.grown(pipeline.encoder())
    while pipeline.refresh_slice():
        pass
    match = match_of(profile, challenge)
    assert match is not None
    assert match.statistics == after.version


def test_a_challenge_without_needs_is_matched_by_its_own_text() -> None:
    others()
    profile = water_profile()
    challenge = water_challenge(needs=(), title="Medir arsénico en pozos de agua potable con sensores portátiles")
    refresh_all()
    match = match_of(profile, challenge)
    assert match is not None
    assert match.reason["needs"][0]["need_id"] is None


def test_a_pair_that_the_other_side_matched_meanwhile_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A challenge is matched with what it read; a profile that was matched after that reading knows better."""
    others()
    profile, challenge = water_profile(), water_challenge()
    refresh_all()
    target = Subject.objects.get(challenge=challenge)
    subjects.mark(Subject.objects.filter(pk=target.pk), interactive=True)
    from matching.pipeline import matches as module

    fitting = module.fitting

    def read_and_be_overtaken(*args: Any) -> Any:
        monkeypatch.setattr(module, "fitting", fitting)
        found = fitting(*args)
        ProfileItem.objects.filter(profile=profile).update(text=BEES)
        subjects.note_profile(profile.pk)
        pipeline.refresh(Subject.objects.get(profile=profile).pk)
        assert match_of(profile, challenge) is None
        return found

    monkeypatch.setattr(module, "fitting", read_and_be_overtaken)
    pipeline.refresh(target.pk)
    assert match_of(profile, challenge) is None


def test_a_profile_hidden_during_the_work_stays_away(monkeypatch: pytest.MonkeyPatch) -> None:
    others()
    profile, challenge = water_profile(), water_challenge()
    refresh_all()
    from matching.pipeline import matches as module

    fitting = module.fitting

    def read_and_hide(*args: Any) -> Any:
        found = fitting(*args)
        Profile.objects.filter(pk=profile.pk).update(visibility="nobody")
        subjects.note_profile(profile.pk)
        return found

    monkeypatch.setattr(module, "fitting", read_and_hide)
    subjects.mark(Subject.objects.filter(challenge=challenge), interactive=True)
    with transaction.atomic():
        pipeline.refresh(Subject.objects.get(challenge=challenge).pk)
    assert match_of(profile, challenge) is None
    assert Subject.objects.get(challenge=challenge).stale_since is None


def spy_on_encoder(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    seen: list[str] = []
    encode = HashEncoder.encode

    def watch(self: HashEncoder, texts: list[str], kind: Any) -> np.ndarray[Any, Any]:
        seen.extend(texts)
        return encode(self, texts, kind)

    monkeypatch.setattr(HashEncoder, "encode", watch)
    return seen


class Killed(BaseException):
    """What no `except Exception` sees, as SIGKILL is seen by nobody."""


@pytest.mark.parametrize("bulk", [False, True])
@pytest.mark.parametrize(
    ("module", "name", "before"),
    [
        ("sync", "sync", True), ("sync", "sync", False), ("sync", "_store", True), ("sync", "_store", False),
        ("matches", "fitting", False), ("matches", "_write", True), ("matches", "_write", False),
        ("yardstick", "_switch", True),
    ],
)
def test_killed_at_any_point_everything_is_matched_after_the_restart(
    module: str, name: str, before: bool, bulk: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    others()
    profile, challenge = water_profile(), water_challenge()
    pipeline.sweep()
    place = getattr(pipeline, module)
    original = getattr(place, name)

    def killed(*args: Any, **named: Any) -> Any:
        if not before:
            original(*args, **named)
        raise Killed

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(place, name, killed)
        if bulk:
            pipeline.refresh_slice()
        else:
            pipeline.refresh(Subject.objects.get(profile=profile).pk)
    Subject.objects.update(not_before=timezone.now())  # claims lapse
    pipeline.sweep()
    while pipeline.refresh_slice():
        pass
    assert not Subject.objects.exclude(stale_since=None).exists()
    assert match_of(profile, challenge)
