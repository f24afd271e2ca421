"""Which challenges are alike."""

from datetime import timedelta

import numpy as np
import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from hubs.models import Challenge
from matching import pipeline
from matching.models import SimilarChallenge, Statistics, Subject
from matching.pipeline import subjects
from tests import factories

WATER = ("Medir arsénico en pozos rurales", "Filtros baratos para el agua de los pozos")
BUSES = ("Predecir la demanda de autobuses urbanos", "Semáforos que den paso al transporte público")


def embedded(*needs: str, **fields: object) -> Challenge:
    challenge = factories.make_challenge(needs=needs, **fields)  # type: ignore[arg-type]
    subject = subjects.note_challenge(challenge.pk)
    assert subject is not None
    pipeline.refresh(subject)
    return challenge


def alike(challenge: Challenge) -> list[int]:
    return list(challenge.alike.order_by("-score").values_list("other", flat=True))


def page(challenge: Challenge) -> str:
    return Client().get(challenge.get_absolute_url()).content.decode()


@pytest.fixture
def others(db: None) -> None:
    for number in range(4):
        embedded(f"Cosa distinta número {number} sobre bosques y minas", "Otra cosa de telares y ferias")


def test_challenges_that_ask_for_the_same_find_each_other_and_no_others(others: None) -> None:
    first, second = embedded(*WATER), embedded(*WATER[::-1])
    buses = embedded(*BUSES)
    assert alike(first) == [second.pk]
    assert alike(second) == [first.pk]
    assert alike(buses) == []


def test_a_challenge_that_is_rewritten_leaves_its_old_company(others: None) -> None:
    first, second = embedded(*WATER), embedded(*WATER)
    first.needs.all().delete()
    for position, text in enumerate(BUSES):
        first.needs.create(text=text, position=position)
    subject = subjects.note_challenge(first.pk)
    assert subject is not None
    pipeline.refresh(subject)
    assert alike(first) == alike(second) == []


def test_only_what_is_public_is_shown_beside_a_challenge(others: None) -> None:
    first = embedded(*WATER, title="Pozos limpios")
    shown, withdrawn = embedded(*WATER, title="Agua buena"), embedded(*WATER, title="Agua secreta")
    Challenge.objects.filter(pk=withdrawn.pk).update(status="withdrawn")
    text = page(first)
    assert shown.get_absolute_url() in text
    assert "Agua secreta" not in text


def test_a_closed_one_is_shown_and_says_that_it_is_closed(others: None) -> None:
    first, past = embedded(*WATER), embedded(*WATER, title="Agua de antes")
    now = timezone.now()
    Challenge.objects.filter(pk=past.pk).update(
        opens_at=now - timedelta(days=9), closes_at=now - timedelta(days=1)
    )
    text = page(first)
    assert "Agua de antes" in text
    assert "deadline--closed" in text


def test_a_poster_who_shows_only_its_kind_is_not_named_among_the_similar(others: None) -> None:
    poster = factories.make_organisation(name="Secretaría Reservada", state="14")
    first = embedded(*WATER)
    embedded(*WATER, organisation=poster, poster_shown="kind")
    assert "Reservada" not in page(first)


def test_new_statistics_have_everybody_compared_again(others: None) -> None:
    first, second = embedded(*WATER), embedded(*WATER)
    SimilarChallenge.objects.all().delete()
    Subject.objects.update(compared_under="older")
    assert pipeline.similar.waiting().count() == Challenge.objects.count()
    while pipeline.compare_slice():
        pass
    assert alike(first) == [second.pk]
    current = Statistics.objects.get(current=True).version
    assert set(Subject.objects.values_list("compared_under", flat=True)) == {current}


def test_comparing_twice_changes_nothing(others: None) -> None:
    embedded(*WATER)
    embedded(*WATER)
    before = list(
        SimilarChallenge.objects.order_by("challenge", "other").values_list("challenge", "other", "score")
    )
    Subject.objects.update(compared_under="")
    pipeline.compare_slice()
    after = list(
        SimilarChallenge.objects.order_by("challenge", "other").values_list("challenge", "other", "score")
    )
    assert [row[:2] for row in before] == [row[:2] for row in after]
    assert np.allclose([row[2] for row in before], [row[2] for row in after])


def test_a_challenge_is_never_like_itself(db: None) -> None:
    challenge = factories.make_challenge()
    with pytest.raises(IntegrityError), transaction.atomic():
        SimilarChallenge.objects.create(challenge=challenge, other=challenge, score=9)


def test_a_challenge_alone_has_no_company_and_a_page(db: None) -> None:
    challenge = embedded(*WATER)
    assert alike(challenge) == []
    assert "similar" not in page(challenge)
