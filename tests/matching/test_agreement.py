"""Both databases give the scores that the engine computes with none at all.

The suite runs once on SQLite and once on PostgreSQL. In each run what is stored may differ by 5e-4 at most
from one reference, which is computed from the drawn texts alone; so the two differ by 1e-3 at most from one
another.
"""

from dataclasses import dataclass

import numpy as np
import pytest
from django.core.cache import cache
from django.db import transaction
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from accounts.models import Profile
from hubs.models import Need
from matching import pipeline, ranking, vectors
from matching.encoder import HashEncoder, Kind
from matching.encoding import Floats
from matching.models import Match, Rebuild, Statistics
from matching.offline import anchor_samples
from matching.passages import document, needs_from_text
from matching.pipeline import rebuilding, suspects, yardstick
from matching.ranking import (
    LANGUAGES,
    WEIGHTS,
    Needs,
    PairScores,
    Passages,
    Sample,
    probability,
    score,
    standing,
)
from matching.ranking.strength import POSSIBLE
from matching.ranking.stuffing import trusts
from matching.texts import language_of
from tests import factories
from tests.matching.test_pipeline import BEES, WATER, work_off

pytestmark = pytest.mark.django_db
TOLERANCE = 5e-4  # of one database from the reference: half of what they may differ by
SEVERAL_WINDOWS = " ".join(
    f"En el pozo {number} medimos arsénico y fluoruro con sensores portátiles de la comunidad."
    for number in range(30)
)
GIVEN = (
    (WATER, "es"),
    (BEES, "es"),
    ("Damos talleres de apicultura y vendemos miel de la sierra.", "es"),
    ("Estudio el derecho laboral de las maquiladoras.", "es"),
    ("Sensores", "es"),
    (SEVERAL_WINDOWS, "es"),
    ("We measure arsenic in drinking water wells with portable optical sensors.", "en"),
    ("We raise queen bees and teach beekeeping in the mountains.", "en"),
    ("Beekeeping", "en"),
    (" ".join(["arsénico pozos sensores portátiles agua potable"] * 12), "es"),  # counts for less
)
ASKED = (
    "Medir arsénico en pozos de agua potable con sensores portátiles",
    "Enseñar apicultura y criar abejas reinas en la sierra",
    "Measure arsenic in drinking water wells with portable sensors",
    "Teach beekeeping",
)
TITLE, SUMMARY, DESCRIPTION = "Agua segura", "Pozos con arsénico.", "Medir arsénico en pozos con sensores."


@dataclass(frozen=True)
class Giver:
    """A profile: of a researcher, or of a company; the summary and what it offers, by places in GIVEN."""

    company: bool
    summary: int | None
    offers: tuple[int, ...]


@dataclass(frozen=True)
class Asker:
    """A challenge: its needs as (place in ASKED, weight, from whom); none asks for what its text says."""

    needs: tuple[tuple[int, str, str], ...]


PLACES = st.integers(0, len(GIVEN) - 1)
GIVERS = st.builds(
    Giver, st.booleans(), st.none() | PLACES, st.lists(PLACES, min_size=1, max_size=4).map(tuple)
)
ASKERS = st.builds(
    Asker,
    st.lists(
        st.tuples(
            st.integers(0, len(ASKED) - 1),
            st.sampled_from(list(WEIGHTS)),
            st.sampled_from(["anyone", "company"]),
        ),
        max_size=3,
        unique_by=lambda need: need[0],
    ).map(tuple),
)
Scored = dict[tuple[int, int], tuple[float, list[float]]]  # by giver and asker: of the pair, and of each need


def encoded(texts: list[str], kind: Kind) -> Floats:
    """Vectors as they come back from half precision, of length 1 again."""
    halves = HashEncoder().encode(texts, kind).astype(np.float16)
    wide = halves.astype(np.float32)
    return np.asarray(wide / np.linalg.norm(wide, axis=1, keepdims=True), np.float32)


def rows_of(givers: list[Giver]) -> Passages:
    """Every window of what the givers say, as often as they say it."""
    rows = []
    item = 0
    for owner, giver in enumerate(givers):
        for place in ([] if giver.summary is None else [giver.summary]) + list(giver.offers):
            text, language = GIVEN[place]
            item += 1
            rows += [(owner, item, window, language_of(window, language)) for window in document("", text)]
    texts = [text for _, _, text, _ in rows]
    return Passages(
        encoded(texts, "passage"),
        np.array([owner for owner, *_ in rows]),
        np.array([item for _, item, *_ in rows]),
        np.array([LANGUAGES.index(language) for *_, language in rows]),
        texts,
        len(givers),
        trusts(texts),
    )


def once(rows: Passages) -> Passages:
    """The same words twice in one profile count once."""
    kept: dict[tuple[int, str], int] = {}
    for place, key in enumerate(zip(rows.owners.tolist(), rows.texts, strict=True)):
        kept.setdefault(key, place)
    at = list(kept.values())
    texts = [rows.texts[place] for place in at]
    return Passages(
        rows.vectors[at],
        rows.owners[at],
        rows.items[at],
        rows.languages[at],
        texts,
        rows.profiles,
        trusts(texts),
    )


def asks_of(askers: list[Asker]) -> tuple[Needs, list[str]]:
    """What the askers ask, and from whom."""
    rows = []
    for owner, asker in enumerate(askers):
        written = [(ASKED[place], weight, sought) for place, weight, sought in asker.needs]
        drawn = needs_from_text(TITLE, f"{SUMMARY} {DESCRIPTION}")
        rows += [(owner, *need) for need in written or [(text, "must", "anyone") for text in drawn]]
    texts = [text for _, text, _, _ in rows]
    needs = Needs(
        encoded(texts, "query"),
        np.array([WEIGHTS[weight] for _, _, weight, _ in rows], np.float32),
        np.array([LANGUAGES.index(language_of(text, "es")) for text in texts]),
        texts,
        np.array([owner for owner, *_ in rows]),
        len(askers),
    )
    return needs, [sought for *_, sought in rows]


def reference(givers: list[Giver], askers: list[Asker]) -> Scored:
    """Every pair with its words' score and its needs' values, by NumPy alone."""
    rows, (needs, sought) = rows_of(givers), asks_of(askers)
    statistics = ranking.Statistics.fit(
        Sample(needs.vectors, needs.languages, needs.texts),
        Sample(rows.vectors, rows.languages, rows.texts),
        "hash-384",
        anchor_samples(HashEncoder()),
    )
    found: Scored = {}
    for company in (False, True):
        may = np.flatnonzero([company or side == "anyone" for side in sought])
        mine = Needs(
            needs.vectors[may],
            needs.weights[may],
            needs.languages[may],
            [needs.texts[place] for place in may.tolist()],
            needs.of_challenge[may],
            len(askers),
        )
        if len(may):
            found |= scored(company, givers, mine, score(mine, once(rows), statistics))
    return found


def scored(company: bool, givers: list[Giver], needs: Needs, scores: PairScores) -> Scored:
    return {
        (giver, asker): (float(scores.scores[asker, giver]), scores.values[rows, giver].tolist())
        for giver in range(len(givers))
        for asker in range(needs.challenges)
        if givers[giver].company is company and len(rows := np.flatnonzero(needs.of_challenge == asker))
    }


def build(givers: list[Giver], askers: list[Asker]) -> tuple[list[int], list[int]]:
    """The same in the database, matched by the workers: ids of profiles and of challenges."""
    profiles, challenges = [], []
    for giver in givers:
        summary, language = ("", "es") if giver.summary is None else GIVEN[giver.summary]
        profile: Profile = (
            factories.make_profile(factories.make_organisation("company"), summary=summary, language=language)
            if giver.company
            else factories.make_researcher(summary=summary, language=language)
        )
        for place in giver.offers:
            factories.add_item(profile, text=GIVEN[place][0], language=GIVEN[place][1])
        profiles.append(profile.pk)
    for asker in askers:
        challenge = factories.make_challenge(needs=(), title=TITLE, summary=SUMMARY, description=DESCRIPTION)
        for position, (place, weight, sought) in enumerate(asker.needs):
            Need.objects.create(
                challenge=challenge, position=position, text=ASKED[place], weight=weight, sought=sought
            )
        challenges.append(challenge.pk)
    pipeline.sweep()
    work_off()
    rebuilding.start(why=Rebuild.Why.ASKED)  # everybody is there: measured on all of it
    work_off()
    return profiles, challenges


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)
@example(
    [
        Giver(False, 3, (0, 1)),
        Giver(True, None, (6, 5, 0)),
        Giver(False, 1, (9,)),
        Giver(False, None, (3, 4)),
    ],
    [Asker(((0, "must", "anyone"), (3, "nice", "company"))), Asker(((2, "strong", "anyone"),)), Asker(())],
)
@given(st.lists(GIVERS, min_size=1, max_size=5), st.lists(ASKERS, min_size=1, max_size=4))
def test_what_the_database_keeps_is_what_is_computed_without_one(
    givers: list[Giver], askers: list[Asker]
) -> None:
    with transaction.atomic():
        compare(givers, askers)
        transaction.set_rollback(True)
    for forget in (cache.clear, vectors.forget, suspects.forget, yardstick._kept.cache_clear):
        forget()  # their ids come again in the next example


def compare(givers: list[Giver], askers: list[Asker]) -> None:
    expected = reference(givers, askers)
    profiles, challenges = build(givers, askers)
    assert Statistics.objects.filter(current=True).exists()
    giver = {pk: place for place, pk in enumerate(profiles)}
    asker = {pk: place for place, pk in enumerate(challenges)}
    found = {
        (giver[match.subject.profile_id or 0], asker[match.target.challenge_id or 0]): match
        for match in Match.objects.current().select_related("subject", "target")
    }
    for pair, (words, values) in expected.items():
        match = found.pop(pair, None)
        stands = standing(words, values)
        if match is None:
            assert stands < POSSIBLE + TOLERANCE, pair
            continue
        assert stands > POSSIBLE - TOLERANCE, pair
        parts = match.parts
        assert parts["words"] == pytest.approx(words, abs=TOLERANCE)
        assert match.score == pytest.approx(words + sum(parts["facts"].values()), abs=TOLERANCE)
        assert match.probability == pytest.approx(probability(stands), abs=5 * TOLERANCE)
        assert [need["value"] for need in parts["needs"]] == pytest.approx(values, abs=TOLERANCE)
    assert not found
