"""Texts written to game the score count for less and are shown to curators; honest ones are left alone."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from accounts.models import Profile, User
from hubs.demo import loader
from hubs.models import Challenge, Need
from matching import actions, pipeline, queries
from matching.models import Match, Passage, Subject, Suspect
from matching.passages import document
from matching.ranking import Passages
from matching.ranking.scoring import damped
from matching.ranking.stuffing import LEAST, SUSPECT, Asked, content, signs, trust, trusts
from tests import factories
from tests.conftest import signed_in
from tests.matching.test_pipeline import WATER, match_of, others, refresh_all, water_challenge, water_profile

NEED = "Medir arsénico y fluoruro en pozos profundos de agua potable con sensores portátiles de bajo costo"
HEAP = (
    "inteligencia artificial agua energía salud educación blockchain sensores robótica agricultura "
    "biotecnología nanotecnología materiales movilidad transporte residuos economía circular cambio "
    "climático drones satélites imágenes aprendizaje automático ciberseguridad fintech turismo pesca "
    "minería construcción manufactura semiconductores alimentos nutrición género lenguas gobierno "
    "digital trámites desastres sismos inundaciones incendios bosques biodiversidad océano sargazo "
    "acuacultura ganadería leche café aguacate agave tequila textiles calzado automotriz aeroespacial "
    "logística arsénico fluoruro pozos portátiles costo"
)
DEMO = Path(loader.__file__).parent / "mx"


def demo_texts() -> list[str]:
    """All that the demo country's profiles say and its challenges ask, in passages."""
    found: list[str] = []
    for profile in loader.read(DEMO, "profiles*.yaml"):
        found += document("", profile["summary"])
        for item in [*(profile.get("offers") or []), *(profile.get("evidence") or [])]:
            found += document(item.get("title"), item["text"])
    for challenge in loader.read(DEMO, "challenges.yaml"):
        found += document(challenge["title"], challenge["description"])
        found += [need["text"] for need in challenge["needs"]]
    return found


def test_a_whole_country_of_honest_texts_counts_in_full() -> None:
    found = trusts(demo_texts())
    assert len(found) > 1000
    assert found.min() == 1.0


@pytest.mark.parametrize(
    "text",
    [
        WATER,
        "agua",
        "Sensores de fugas de agua potable. machine learning, productivity, quantum computers, software, "
        "engineering and technology, natural sciences, social sciences, acoustics, civil engineering",
        "EVALUACIÓN DE LA CALIDAD DEL AGUA EN POZOS DE LA COMARCA LAGUNERA, DURANGO Y COAHUILA",
        "Medimos arsénico. Medimos arsénico. Y también fluoruro en los pozos de tres municipios.",
        "C++, Python 3.11, R; ISO/IEC 17025:2017 (agua), NOM-127-SSA1-2021.",
    ],
)
def test_a_plain_text_counts_in_full(text: str) -> None:
    assert trust(text) == 1.0


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (HEAP, "heap"),
        (", ".join(HEAP.split()), "heap"),
        (". ".join(HEAP.split()), "heap"),
        ("agua arsénico sensores " * 30, "repetition"),
        ("Medimos arsénico en los pozos de agua. " * 25, "repetition"),
        ("🙂🚰💧🔧" * 5, "noise"),
        ("x" * 400, "noise"),
        (". , - ¡ !", "noise"),
    ],
)
def test_a_stuffed_text_counts_little_and_its_mark_has_a_name(text: str, name: str) -> None:
    assert LEAST <= trust(text) < SUSPECT
    assert name in signs(text).names


def test_trust_dampens_what_is_above_chance_and_nothing_else() -> None:
    similar = np.array([[1.5, -0.4, 0.8]], np.float32)
    assert damped(similar, np.array([0.5, 0.5, 1.0], np.float32)) == pytest.approx(
        np.array([[0.75, -0.4, 0.8]])
    )


def test_trust_goes_with_its_passage() -> None:
    zeros = np.zeros(3, np.int64)
    vectors = np.eye(3, dtype=np.float32)
    trusted = np.array([0.1, 0.2, 0.3], np.float32)
    passages = Passages(vectors, np.arange(3), zeros, zeros, ["a", "b", "c"], 3, trusted)
    part, rows = passages.of_profiles([2, 0])
    assert part.trust is not None
    assert part.trust.tolist() == trusted[rows].tolist()


def test_a_copy_is_known_in_another_order_as_keywords_and_with_words_around_it() -> None:
    asked = Asked()
    asked.add(7, [NEED, "Capacitar a la gente."])
    for copy in (
        NEED,
        NEED.upper(),
        ", ".join(sorted(content(NEED))),
        f"Nos dedicamos a lo siguiente. {NEED}. Llevamos años en ello y conocemos la región.",
    ):
        assert asked.copied_by(copy) == {7}
    assert asked.copied_by(WATER) == set()
    assert asked.copied_by("Medimos arsénico en pozos de agua potable.") == set()


def test_a_short_need_is_copied_only_by_a_text_that_says_little_else() -> None:
    asked = Asked()
    asked.add(1, ["Detectar fugas en tuberías enterradas antiguas"])
    assert asked.copied_by("Detectar fugas en tuberías enterradas antiguas.") == {1}
    honest = (
        "Detectar fugas en tuberías enterradas antiguas nos llevó a diseñar correladores acústicos propios."
    )
    assert asked.copied_by(honest) == set()


def test_the_words_of_all_needs_together_are_known_too() -> None:
    needs = [
        "Detectar fugas en tuberías",
        "Vigilar presión nocturna",
        "Capacitar cuadrillas municipales",
        "Publicar datos abiertos mensuales",
        "Modelar demanda horaria",
        "Instalar válvulas reductoras",
    ]
    asked = Asked()
    asked.add(3, needs)
    assert asked.copied_by(" ".join(needs[:5])) == {3}
    assert asked.copied_by(" ".join(needs[:3])) == set()


def posted(**fields: Any) -> Challenge:
    return water_challenge(needs=(NEED,), published_at=timezone.now() - timedelta(days=2), **fields)


@pytest.fixture
def curator(db: None) -> User:
    user = factories.make_user()
    factories.make_hub("nation", curator=user)
    return user


@pytest.mark.django_db
def test_a_copied_challenge_ranks_behind_honest_work_and_is_flagged() -> None:
    others()
    challenge = posted()
    honest = water_profile()
    refresh_all()
    assert not Suspect.objects.exists()
    copier = water_profile(NEED)
    refresh_all()
    mine, theirs = match_of(honest, challenge), match_of(copier, challenge)
    assert mine is not None
    assert theirs is None or theirs.score < mine.score
    suspect = Suspect.objects.get()
    assert (suspect.profile, suspect.marks, suspect.copied_from) == (copier, ["copy"], challenge)
    assert Passage.objects.get(subject__profile=copier).trust < 0.5


@pytest.mark.django_db
def test_who_wrote_it_before_the_challenge_was_posted_copied_nothing() -> None:
    others()
    profile = water_profile(NEED)
    refresh_all()
    challenge = posted()
    refresh_all()
    factories.add_item(profile, text="Otra cosa: bordados de Oaxaca.")
    pipeline.subjects.note_profile(profile.pk)
    refresh_all()
    assert not Suspect.objects.exists()
    assert match_of(profile, challenge)


@pytest.mark.django_db
def test_the_poster_repeats_itself_without_blame() -> None:
    agency = factories.make_organisation()
    posted(organisation=agency)
    refresh_all()
    factories.add_item(factories.make_profile(agency), text=NEED)
    refresh_all()
    assert not Suspect.objects.exists()


@pytest.mark.django_db
def test_a_heap_made_for_a_challenge_does_not_stand_first() -> None:
    others()
    challenge = water_challenge()
    honest, stuffed = water_profile(), water_profile(" ".join([NEED.replace(" de ", " ")] * 6))
    refresh_all()
    mine, theirs = match_of(honest, challenge), match_of(stuffed, challenge)
    assert mine is not None
    assert theirs is None or theirs.score < mine.score
    assert Suspect.objects.get().profile == stuffed


@pytest.mark.django_db
def test_an_edited_text_is_judged_anew_and_its_flag_goes(curator: User) -> None:
    profile = water_profile(HEAP)
    refresh_all()
    assert list(queries.suspects_for(curator)) == [Suspect.objects.get()]
    profile.items.update(text=WATER)
    pipeline.subjects.note_profile(profile.pk)
    refresh_all()
    assert not queries.suspects_for(curator)
    assert Passage.objects.get(subject__profile=profile).trust == 1.0


@pytest.mark.django_db
def test_what_somebody_seeks_is_no_evidence_and_not_judged() -> None:
    profile = water_profile()
    factories.add_item(profile, "seek", HEAP)
    refresh_all()
    assert not Suspect.objects.exists()
    assert set(Passage.objects.values_list("trust", flat=True)) == {1.0}


@pytest.mark.django_db
def test_a_curator_says_that_it_is_fine_or_keeps_it_out_and_takes_it_back(curator: User) -> None:
    others()
    challenge, profile = posted(), water_profile(NEED)
    refresh_all()
    suspect = Suspect.objects.get()
    client = signed_in(curator)
    page = client.get(reverse("matching:suspects")).content.decode()
    assert NEED in page
    assert challenge.title in page
    assert profile.name in page
    decide = reverse("matching:decide_suspect", args=[suspect.pk])
    scores = []
    for state in ("fine", "hidden", "open"):
        assert client.post(decide, {"state": state}).status_code == 302
        refresh_all()
        suspect.refresh_from_db()
        assert (suspect.state, suspect.decided_by) == (state, None if state == "open" else curator.person)
        found = match_of(profile, challenge)
        scores.append(found.score if found else 0.0)
    fine, hidden, again = scores
    assert fine > again >= hidden == 0.0
    assert client.post(decide, {"state": "burn"}).status_code == 404


@pytest.mark.django_db
def test_a_decision_outlives_another_edit_of_the_profile(curator: User) -> None:
    profile = water_profile(HEAP)
    refresh_all()
    actions.decide_suspect(suspect=Suspect.objects.get(), state="fine", by=curator)
    refresh_all()
    factories.add_item(profile, text="Otra cosa: bordados de Oaxaca.")
    pipeline.subjects.note_profile(profile.pk)
    refresh_all()
    assert Suspect.objects.get().state == "fine"
    assert set(Passage.objects.filter(subject__profile=profile).values_list("trust", flat=True)) == {1.0}


@pytest.mark.django_db
def test_only_curators_of_the_nation_and_of_the_profiles_state_see_suspects(
    curator: User, stranger: User, owner: User, teammate: User
) -> None:
    profile = water_profile(HEAP, user=owner, state="20")
    refresh_all()
    suspect = Suspect.objects.get()
    factories.make_hub("region", curator=teammate, state="20")
    elsewhere = factories.make_user()
    factories.make_hub("region", curator=elsewhere, state="21")
    factories.make_hub("theme", curator=elsewhere)
    assert list(Suspect.objects.visible_to(curator)) == [suspect]
    assert list(Suspect.objects.visible_to(teammate)) == [suspect]
    assert not Suspect.objects.visible_to(elsewhere)
    assert signed_in(elsewhere).get(reverse("matching:suspects")).status_code == 200
    decide = reverse("matching:decide_suspect", args=[suspect.pk])
    for user in (stranger, owner):
        assert signed_in(user).get(reverse("matching:suspects")).status_code == 404
        assert signed_in(user).post(decide, {"state": "fine"}).status_code == 404
        with pytest.raises(PermissionDenied):
            actions.decide_suspect(suspect=suspect, state="fine", by=user)
    # A curator has no say in their own case
    factories.make_hub("region", curator=owner, state="20")
    assert not Suspect.objects.visible_to(owner)
    assert profile.suspects.get().state == "open"


@pytest.mark.django_db
def test_three_suspects_cost_as_many_queries_as_one(curator: User) -> None:
    client = signed_in(curator)
    counts = []
    for count in (1, 2):
        for number in range(count):
            water_profile(f"{HEAP} {count} {number}")
        refresh_all()
        with CaptureQueriesContext(connection) as seen:
            client.get(reverse("matching:suspects"))
        counts.append(len(seen))
    assert counts[0] == counts[1]


@pytest.mark.django_db
def test_the_review_desk_leads_to_suspects_and_says_how_many_wait(curator: User) -> None:
    water_profile(HEAP)
    refresh_all()
    page = signed_in(curator).get(reverse("hubs:review_queue")).content.decode()
    assert reverse("matching:suspects") in page
    assert "1 text" in page


@pytest.mark.django_db
def test_the_review_page_hints_at_a_stuffed_challenge_and_not_at_a_plain_one(curator: User) -> None:
    hub = factories.make_hub(curator=curator)
    fields: dict[str, Any] = {"hub": hub, "status": "in_review", "submitted_at": timezone.now()}
    plain, stuffed = factories.make_challenge(**fields), factories.make_challenge(**fields)
    Need.objects.filter(challenge=stuffed).update(text=HEAP[:600])
    client = Client(headers={"accept-language": "en"})
    client.force_login(curator, backend="allauth.account.auth_backends.AuthenticationBackend")
    for challenge, hinted in ((plain, 0), (stuffed, 1)):
        with override("en"):
            address = reverse("hubs:review", args=[challenge.public_id])
        page = client.get(address).content.decode()
        assert page.count("Possibly written to game the matching") == hinted


@pytest.mark.django_db
def test_the_author_is_told_and_may_take_along_what_is_held(curator: User, owner: User) -> None:
    profile = water_profile(HEAP, user=owner)
    refresh_all()
    actions.decide_suspect(suspect=Suspect.objects.get(), state="hidden", by=curator)
    refresh_all()
    assert not Match.objects.exists()
    [(_, hints)] = queries.advice([Profile.objects.get(pk=profile.pk)])
    assert any("curador" in hint or "curator" in hint for hint in hints)
    [held] = queries.held_about(owner.person)["suspects"]
    assert held["state"] == "hidden"


@pytest.mark.django_db
def test_a_profile_that_is_hidden_leaves_no_suspect_to_look_at(curator: User) -> None:
    profile = water_profile(HEAP)
    refresh_all()
    Profile.objects.filter(pk=profile.pk).update(visibility="nobody")
    pipeline.subjects.note_profile(profile.pk)
    assert not Subject.objects.filter(profile=profile).exists()
    assert not queries.suspects_for(curator)
