"""Which challenges are alike."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from django.conf import settings
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hubs.demo import loader
from hubs.models import Challenge
from matching import pipeline
from matching.encoder import get_encoder
from matching.encoding import Encoder
from matching.models import SimilarChallenge, Statistics, Subject
from matching.offline import anchor_samples
from matching.pipeline import subjects
from matching.ranking import LANGUAGES
from matching.ranking.similar import ALIKE, Said, Usual
from tests import factories

WATER = ("Medir arsénico en pozos rurales", "Filtros baratos para el agua de los pozos")
BUSES = ("Predecir la demanda de autobuses urbanos", "Semáforos que den paso al transporte público")
OTHERS = (
    ("Reconocer aves por su canto", "Grabadoras que resistan la lluvia"),
    ("Textos claros para trámites municipales", "Traducir avisos al náhuatl"),
    ("Turbinas eólicas con menos ruido", "Vigilar palas con drones"),
    ("Reciclar pañales y bolsas", "Rutas cortas de recolección"),
)


def embedded(*needs: str, **fields: Any) -> Challenge:
    told = {"title": needs[0], "summary": needs[-1]} | fields
    challenge = factories.make_challenge(needs=needs, **told)
    subject = subjects.note_challenge(challenge.pk)
    assert subject is not None
    pipeline.refresh(subject)
    return challenge


def alike(challenge: Challenge) -> list[int]:
    return list(challenge.alike.order_by("-score").values_list("other", flat=True))


def page(challenge: Challenge) -> str:
    return Client().get(reverse("hubs:challenge_around", args=[challenge.public_id])).content.decode()


@pytest.fixture
def others(db: None) -> None:
    for needs in OTHERS:
        embedded(*needs)


def test_challenges_that_ask_for_the_same_find_each_other_and_no_others(others: None) -> None:
    first, second = embedded(*WATER), embedded(*WATER[::-1])
    buses = embedded(*BUSES)
    assert alike(first) == [second.pk]
    assert alike(second) == [first.pk]
    assert alike(buses) == []


def test_a_challenge_that_is_rewritten_leaves_its_old_company(others: None) -> None:
    first, second = embedded(*WATER), embedded(*WATER)
    first.title, first.summary = BUSES
    first.save()
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
    assert 'id="similar"' not in page(challenge)


PARAPHRASES = [
    (
        (
            "es",
            "Saber qué pozos tienen arsénico",
            "Una prueba de campo barata y filtros para las casas.",
            "Medir arsénico en pozos rurales a bajo costo",
            "Filtros caseros que quiten el arsénico del agua",
        ),
        (
            "en",
            "Arsenic in village wells",
            "We look for a cheap field test and for household filters.",
            "Low-cost way to measure arsenic in wells",
            "Household filters that remove arsenic from water",
        ),
    ),
    (
        (
            "es",
            "Sequía y maíz de temporal",
            "Pronosticar la sequía y avisar cuándo sembrar.",
            "Predecir sequías con datos de satélite",
            "Decir a productores de maíz cuándo sembrar",
        ),
        (
            "en",
            "When to plant",
            "Forecasts of drought for smallholder maize farmers.",
            "Forecasting drought from satellite data",
            "Advice for maize farmers on planting dates",
        ),
    ),
    (
        (
            "es",
            "Oír las fugas bajo la calle",
            "Encontrar dónde pierde agua la red sin abrir zanjas.",
            "Detectar fugas en la red de agua con pocos sensores",
            "Reparar tuberías sin abrir la calle",
        ),
        (
            "es",
            "Menos agua perdida en tuberías",
            "Localizar roturas de la red de distribución sin excavar.",
            "Ubicar dónde se pierde el agua en la ciudad",
            "Arreglo de tubos sin zanja",
        ),
    ),
]
NEIGHBOURS = [  # of one subject, and asking for other things
    (PARAPHRASES[0][0], PARAPHRASES[2][0]),
    (PARAPHRASES[0][1], PARAPHRASES[2][1]),
    (
        (
            "es",
            "Cáncer de mama en clínicas rurales",
            "Leer mastografías donde no hay radiólogo.",
            "Detectar cáncer de mama con imágenes",
            "Capacitar técnicos en mastografía",
        ),
        (
            "en",
            "Dengue block by block",
            "Track outbreaks with clinic data and mosquito traps.",
            "Track dengue outbreaks with clinic data",
            "Mosquito traps that count by themselves",
        ),
    ),
]


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_the_model_tells_paraphrases_from_neighbours_in_both_languages() -> None:
    model = get_encoder("default", settings.HELICE_MODELS)
    rows = yaml.safe_load((Path(loader.__file__).parent / "mx" / "challenges.yaml").read_text())
    catalogue = [
        (row["language"], row["title"], row["summary"], *(need["text"] for need in row["needs"]))
        for row in rows
    ]
    pairs = PARAPHRASES + NEIGHBOURS
    said = said_by([*catalogue, *(each for pair in pairs for each in pair)], model)
    general = anchor_samples(model)[0]
    catalogued = said.owners < len(catalogue)
    of_catalogue = [getattr(said, name)[catalogued] for name in ("vectors", "languages", "owners", "own")]
    usual = Usual.of(Said(*of_catalogue), general)
    gists = usual.gists(said)
    scores = [
        float(usual.alike(gists, len(catalogue) + 2 * at)[len(catalogue) + 2 * at + 1])
        for at in range(len(pairs))
    ]
    assert min(scores[: len(PARAPHRASES)]) >= ALIKE > max(scores[len(PARAPHRASES) :]), scores


def said_by(challenges: list[tuple[str, ...]], model: Encoder) -> Said:
    texts, languages, owners, own = [], [], [], []
    for owner, (language, title, summary, *needs) in enumerate(challenges):
        for text in (f"{title}. {summary}", *needs):
            texts.append(text)
            languages.append(LANGUAGES.index(language))
            owners.append(owner)
            own.append(text not in needs)
    vectors = model.encode(texts, "query")
    return Said(vectors, np.array(languages), np.array(owners), np.array(own))
