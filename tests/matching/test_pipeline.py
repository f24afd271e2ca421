"""Stale rows, encoder, ranking, rows: what is matched, what is not, and what happens when something fails."""

from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from django.utils import timezone

from accounts.models import Profile, ProfileItem
from hubs.models import Challenge, Need
from matching import offline, pipeline, vectors
from matching.encoder import HashEncoder
from matching.files import ChallengeLine, Document, ProfileLine
from matching.models import Answer, Match, Passage, Rebuild, Statistics, Subject
from matching.pipeline import rebuilding, subjects, yardstick
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


def work_off() -> None:
    """What the workers of the bulk queue do until nothing is left."""
    for _ in range(100):
        if not (pipeline.refresh_slice() | pipeline.rebuild_slice()) and not rebuilding.anything_to_do():
            return
    raise AssertionError("It never ends")


def match_of(profile: Profile, challenge: Challenge) -> Match | None:
    return Match.objects.current().filter(subject__profile=profile, target__challenge=challenge).first()


def others() -> None:
    """A catalogue about other things, so that there is something to tell apart."""
    for text in (
        BEES,
        "Diseñamos ropa de algodón.",
        "Programamos videojuegos educativos.",
        "Estudio el derecho laboral.",
    ):
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
    assert match.statistics_id == Statistics.objects.get(current=True).version
    assert match.parts["needs"][0]["need_id"] == challenge.needs.get().pk


def test_evidence_keeps_its_title_year_link_and_the_sentence_that_carries_it() -> None:
    others()
    profile = factories.make_researcher(summary="")
    carries = "Medimos arsénico en pozos de agua potable con sensores portátiles."
    text = f"Trabajamos con tres municipios. {carries} Fue largo."
    factories.add_item(
        profile,
        "evidence",
        text,
        title="Agua en Durango",
        year=2024,
        link="https://example.org/1",
        kind="project",
    )
    challenge = water_challenge()
    refresh_all()
    match = match_of(profile, challenge)
    assert match is not None
    evidence = match.reason["needs"][0]["evidence"]
    assert evidence["sentence"] == carries
    assert (evidence["title"], evidence["year"], evidence["link"]) == (
        "Agua en Durango",
        2024,
        "https://example.org/1",
    )
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
        by_profile.score,
        by_profile.reason,
        by_profile.pk,
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
    matched = set(
        Match.objects.filter(target__challenge=challenge).values_list("subject__profile", flat=True)
    )
    assert stranger.pk in matched
    assert not matched & {belongs.pk, works_there.pk, own.pk}


@pytest.mark.parametrize(
    "change", [{"match_automatically": False}, {"visibility": "nobody"}, {"confirmed_at": None}]
)
def test_opting_out_or_hiding_takes_vectors_and_matches_away_at_once(change: dict[str, Any]) -> None:
    others()
    profile, challenge = water_profile(), water_challenge()
    refresh_all()
    person = factories.make_user().person
    Answer.objects.create(profile=profile, challenge=challenge, person=person, answer="not_now")
    assert match_of(profile, challenge)
    Profile.objects.filter(pk=profile.pk).update(**change)
    subjects.note_profile(profile.pk)
    assert not Subject.objects.filter(profile=profile).exists()
    assert not Passage.objects.filter(item__profile=profile).exists()
    assert match_of(profile, challenge) is None
    assert Answer.objects.filter(profile=profile).exists()


def test_what_closed_by_the_clock_keeps_its_vectors_and_loses_its_matches() -> None:
    others()
    challenge = water_challenge()
    water_profile()
    refresh_all()
    assert Match.objects.exists()
    Challenge.objects.update(
        opens_at=timezone.now() - timedelta(days=9), closes_at=timezone.now() - timedelta(days=1)
    )
    pipeline.sweep()
    assert not Match.objects.exists()
    refresh_all()
    kept = Passage.objects.filter(subject__challenge=challenge)
    assert {passage.role for passage in kept} == {"about"}
    assert set(kept.exclude(need=None).values_list("need__text", flat=True)) == {
        need.text for need in challenge.needs.all()
    }
    assert all(passage.model for passage in kept)
    assert not Match.objects.exists()


def test_a_closed_challenge_is_no_part_of_any_matching() -> None:
    others()
    challenge, profile = water_challenge(), water_profile()
    refresh_all()
    subject = Subject.objects.get(challenge=challenge).pk
    Challenge.objects.filter(pk=challenge.pk).update(status="closed")
    subjects.note_challenge(challenge.pk)
    assert not Match.objects.filter(target=subject).exists()  # at once, before any worker comes
    refresh_all()
    assert subject not in vectors.asks("hash-384").rows([subject]).subjects
    assert subject in vectors.challenges("hash-384").rows([subject]).subjects
    subjects.mark(Subject.objects.filter(profile=profile), interactive=True)
    refresh_all()
    rebuilding.start(why="person")
    work_off()
    assert not Match.objects.filter(target=subject).exists()


def test_a_challenge_that_is_opened_again_is_matched_again() -> None:
    others()
    challenge, profile = water_challenge(), water_profile()
    refresh_all()
    row, closes_at = Challenge.objects.filter(pk=challenge.pk), challenge.closes_at
    row.update(closes_at=timezone.now())
    subjects.note_challenge(challenge.pk)
    refresh_all()
    row.update(closes_at=closes_at)  # past every receiver
    pipeline.sweep()
    refresh_all()
    assert match_of(profile, challenge)


def test_a_challenge_that_closed_before_the_engine_came_is_found_by_the_sweep() -> None:
    challenge = factories.make_challenge(status="closed")
    pipeline.sweep()
    refresh_all()
    assert Passage.objects.filter(subject__challenge=challenge, role="about").exclude(model="").exists()


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
    person = factories.make_user().person
    Answer.objects.create(profile=profile, challenge=challenge, person=person, answer="never")
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
    assert yardstick.grown(pipeline.model_name())
    pipeline.sweep()
    work_off()
    after = Statistics.objects.get(current=True)
    assert after.version != before.version
    assert not yardstick.grown(pipeline.model_name())
    match = match_of(profile, challenge)
    assert match is not None
    assert match.statistics_id == after.version


def test_a_challenge_without_needs_is_matched_by_its_own_text() -> None:
    others()
    profile = water_profile()
    challenge = water_challenge(
        needs=(), title="Medir arsénico en pozos de agua potable con sensores portátiles"
    )
    refresh_all()
    match = match_of(profile, challenge)
    assert match is not None
    assert match.reason["needs"][0]["need_id"] is None


def spy_on_encoder(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    seen: list[str] = []
    encode = HashEncoder.encode

    def watch(self: HashEncoder, texts: list[str], kind: Any) -> np.ndarray[Any, Any]:
        seen.extend(texts)
        return encode(self, texts, kind)

    monkeypatch.setattr(HashEncoder, "encode", watch)
    return seen


def test_the_site_gives_the_scores_that_rank_gives_for_the_same_words() -> None:
    others()
    profiles, challenge = [water_profile(), water_profile(f"{WATER} Y fluoruro.")], water_challenge()
    refresh_all()
    rebuilding.start(why=Rebuild.Why.ASKED)
    work_off()
    lines = [
        ProfileLine(str(item.profile_id), (Document("", item.text),), "es")
        for item in ProfileItem.objects.order_by("profile")
    ]
    needs = tuple((need.text, 1.0) for need in challenge.needs.all())
    asked = [ChallengeLine("c", challenge.title, challenge.description, needs, "es")]
    catalogue = offline.load(lines, asked, pipeline.encoder(), lambda steps, *_: steps)
    [ranked] = offline.rank_all(catalogue, [line.id for line in lines], 9, lambda steps, *_: steps)
    scores = dict(ranked)
    for profile in profiles:
        match = match_of(profile, challenge)
        assert match is not None
        assert match.score == pytest.approx(scores[str(profile.pk)], abs=0.01)
