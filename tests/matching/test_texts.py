"""Which words are embedded, passage by passage."""

import pytest

from accounts.models import Profile
from hubs.models import Challenge
from matching.texts import Text, language_of, of_challenge, of_profile
from tests import factories

pytestmark = pytest.mark.django_db
LONG = " ".join(
    f"Esta es la oración número {number} de un texto largo sobre el agua." for number in range(60)
)


def profile_texts(profile: Profile) -> list[Text]:
    return of_profile(Profile.objects.prefetch_related("items").get(pk=profile.pk))


def challenge_texts(challenge: Challenge) -> list[Text]:
    return of_challenge(Challenge.objects.prefetch_related("needs").get(pk=challenge.pk))


def test_each_item_is_a_passage_of_its_own_with_its_title_in_front() -> None:
    profile = factories.make_researcher(summary="Trabajo en agua.")
    factories.add_item(profile, "offer", "Sensores ópticos")
    factories.add_item(profile, "seek", "Un municipio para probarlos")
    factories.add_item(profile, "evidence", "Medimos doce pozos.", title="Arsénico en Durango")
    assert [(text.role, text.text) for text in profile_texts(profile)] == [
        ("summary", "Trabajo en agua."),
        ("evidence", "Arsénico en Durango. Medimos doce pozos."),
        ("offer", "Sensores ópticos"),
        ("seek", "Un municipio para probarlos"),
    ]


def test_a_long_summary_becomes_windows_and_a_long_item_keeps_its_title_in_each() -> None:
    profile = factories.make_researcher(summary=LONG[:2000])
    factories.add_item(profile, "evidence", LONG, title="Agua")
    texts = profile_texts(profile)
    assert sum(text.role == "summary" for text in texts) > 1
    windows = [text for text in texts if text.role == "evidence"]
    assert len(windows) > 2
    assert all(text.text.startswith("Agua. ") for text in windows)
    assert len({text.item_id for text in windows}) == 1


def test_needs_are_passages_and_a_challenge_without_needs_speaks_for_itself() -> None:
    challenge = factories.make_challenge(needs=("Medir arsénico", "Avisar a la gente"))
    texts = challenge_texts(challenge)
    assert [(text.role, text.text) for text in texts] == [
        ("about", f"{challenge.title}. Pozos con arsénico."),
        ("need", "Medir arsénico"),
        ("need", "Avisar a la gente"),
    ]
    assert all(text.need_id for text in texts[1:])
    bare = factories.make_challenge(
        needs=(), title="Pozos", summary="Con arsénico.", description="No sabemos cuáles."
    )
    assert [(text.role, text.text) for text in challenge_texts(bare)] == [
        ("about", "Pozos. Con arsénico."),
        ("text", "Pozos. Con arsénico. No sabemos cuáles."),
    ]
    bare.status = "closed"
    bare.save()
    assert {text.role for text in challenge_texts(bare)} == {"about"}


def test_the_words_tell_the_language_when_there_are_enough_of_them() -> None:
    english = "Low-cost optical sensors that measure arsenic in drinking water wells of small towns."
    assert language_of(english, "es") == "en"
    assert language_of("Water sensors", "es") == "es"


def test_the_same_words_twice_in_one_item_count_once_and_nothing_is_no_passage() -> None:
    profile = factories.make_researcher(summary="  ")
    assert profile_texts(profile) == []
    factories.add_item(profile, "offer", "Sensores")
    factories.add_item(profile, "offer", "Sensores")
    assert len(profile_texts(profile)) == 2  # two items, each with its own row; embedded once all the same
