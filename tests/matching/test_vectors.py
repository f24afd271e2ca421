"""One interface to stored vectors on both databases."""

from typing import Any

import numpy as np
import pytest

from accounts.models import Profile
from matching import pipeline, vectors
from matching.models import Passage
from tests import factories
from tests.matching.test_pipeline import refresh_all

pytestmark = pytest.mark.django_db
MODEL = "hash-384"


def embedded(*texts: str) -> list[Passage]:
    for text in texts:
        factories.add_item(factories.make_researcher(summary=""), text=text)
    refresh_all()
    return list(Passage.objects.order_by("pk"))


def test_what_is_stored_comes_back_with_owner_item_language_and_a_vector_of_length_one() -> None:
    [passage] = embedded("Sensores de arsénico")
    rows = vectors.load_profile_passages(MODEL)
    assert rows.ids.tolist() == [passage.pk]
    assert rows.subjects.tolist() == [passage.subject_id]
    assert rows.items.tolist() == [passage.item_id]
    assert rows.languages.tolist() == [0]
    assert rows.texts == ["Sensores de arsénico"]
    expected = pipeline.encoder().encode(["Sensores de arsénico"], "passage")
    np.testing.assert_allclose(rows.vectors, expected, atol=1e-3)
    np.testing.assert_allclose(np.linalg.norm(rows.vectors, axis=1), 1, atol=1e-6)


def test_removed_rows_are_gone_at_once_and_only_new_ones_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = embedded("Sensores de arsénico", "Abejas reinas")
    before = vectors.load_profile_passages(MODEL)
    assert len(before) == 2
    read: list[list[int]] = []
    original = vectors.Store.read

    def watch(self: vectors.Store, ids: list[int]) -> vectors.Rows:
        read.append(ids)
        return original(self, ids)

    monkeypatch.setattr(vectors.Store, "read", watch)
    assert vectors.load_profile_passages(MODEL) is before
    Profile.objects.filter(subject__passages=first).delete()
    [third] = [row for row in embedded("Bordados de Oaxaca") if row.pk not in (first.pk, second.pk)]
    rows = vectors.load_profile_passages(MODEL)
    assert rows.ids.tolist() == [second.pk, third.pk]
    assert [third.pk] in read
    assert second.pk not in [pk for ids in read for pk in ids]


def test_what_a_profile_seeks_answers_no_need() -> None:
    profile = factories.make_researcher(summary="")
    factories.add_item(profile, "seek", "Sensores de arsénico")
    refresh_all()
    assert Passage.objects.get().vector is not None
    assert len(vectors.load_profile_passages(MODEL)) == 0


def test_the_nearest_are_the_same_by_the_database_as_by_numpy(monkeypatch: pytest.MonkeyPatch) -> None:
    """On SQLite both sides are NumPy; on PostgreSQL this compares pgvector with it."""
    embedded(
        *(
            f"Texto número {number} sobre {topic}"
            for number, topic in enumerate(("agua", "abejas", "ropa") * 5)
        )
    )
    asked = pipeline.encoder().encode(["Texto sobre abejas"], "query")[0]
    found = vectors.nearest(asked, 5, MODEL)
    rows = vectors.load_profile_passages(MODEL)
    cosines = dict(zip(rows.ids.tolist(), (rows.vectors @ asked).tolist(), strict=True))
    exact = sorted(cosines.values(), reverse=True)[:5]
    assert [cosine for _, cosine in found] == pytest.approx(exact, abs=2e-3)
    assert all(cosines[pk] == pytest.approx(cosine, abs=2e-3) for pk, cosine in found)


def test_nothing_stored_has_no_neighbours() -> None:
    vector: Any = np.ones(384, np.float32)
    assert vectors.nearest(vector, 3, "no-such-model") == []
