"""However the catalogue came about, a full rebuild finds what people see already."""

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from accounts.models import Profile
from hubs.models import Challenge
from matching import pipeline
from matching.actions import record_answer
from matching.models import Subject
from matching.pipeline import rebuilding, subjects
from tests import factories
from tests.matching.test_pipeline import BEES, WATER, refresh_all, water_challenge, water_profile, work_off
from tests.matching.test_rebuilding import (
    BEEKEEPING,
    assert_a_full_rebuild_changes_nothing,
    start,
    step,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def one_challenge_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rebuilding, "CHUNK", 1)


TEXTS = (
    WATER,
    BEES,
    "Diseñamos redes de sensores para medir arsénico y fluoruro en pozos.",
    "We measure arsenic in drinking water wells with portable optical sensors.",
    "Damos talleres de apicultura y vendemos miel de la sierra.",
    "Estudio el derecho laboral de las maquiladoras.",
)
NEEDS = (
    "Medir arsénico en pozos de agua potable con sensores portátiles",
    BEEKEEPING,
    "Measure arsenic in wells",
)
EDITS = st.lists(
    st.tuples(
        st.sampled_from(["profile", "challenge", "edit", "hide", "never", "begin", "chunk", "bulk"]),
        st.integers(0, 99),
        st.booleans(),
    ),
    min_size=4,
    max_size=14,
)


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],  # a run that failed is long enough as it is
)
@given(EDITS)
def test_however_it_came_about_a_full_rebuild_finds_the_same(edits: list[tuple[str, int, bool]]) -> None:
    """Edits seen at once or found by the sweep, before, during and after rebuilds."""
    Profile.objects.update(match_automatically=False)
    Challenge.objects.update(status="withdrawn")
    pipeline.sweep()
    work_off()
    for number, text in enumerate(TEXTS[:4]):
        water_profile(text, user=factories.make_user())
        water_challenge(needs=NEEDS[: 1 + number % 3])
    refresh_all()
    for kind, number, at_once in edits:
        done = edit(kind, number)
        if at_once and isinstance(done, Profile):
            pipeline.refresh(subjects.note_profile(done.pk) or 0)
        elif at_once and isinstance(done, Challenge):
            pipeline.refresh(subjects.note_challenge(done.pk) or 0)
    pipeline.sweep()
    for subject in Subject.objects.exclude(stale_since=None):
        pipeline.refresh(subject.pk)
    work_off()
    assert not Subject.objects.exclude(stale_since=None).exists()
    assert_a_full_rebuild_changes_nothing()


def edit(kind: str, number: int) -> Profile | Challenge | None:
    """One thing that happens to the catalogue or to a rebuild. What happened to a row says so by its time."""
    profiles, challenges = Profile.objects.matchable(), Challenge.objects.open()
    if kind == "profile":
        return water_profile(TEXTS[number % len(TEXTS)], user=factories.make_user())
    if kind == "challenge":
        return water_challenge(needs=[NEEDS[number % len(NEEDS)]])
    if kind == "begin":
        start()
    if kind == "chunk":
        step()
    if kind == "bulk":
        pipeline.sweep()
        pipeline.refresh_slice()
    if not profiles or not challenges:
        return None
    profile, challenge = profiles[number % len(profiles)], challenges[number % len(challenges)]
    if kind == "edit":
        profile.items.update(text=TEXTS[number % 5])
        profile.save()
        return profile
    if kind == "hide":
        profile.match_automatically = False
        profile.save()
        subjects.note_profile(profile.pk)
    if kind == "never":
        record_answer(
            profile=profile, challenge=challenge, answer="never", by=profile.person or factories.make_user()
        )
    return None
