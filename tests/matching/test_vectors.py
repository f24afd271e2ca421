"""Stored vectors, their mapped copy and what is found by it."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from accounts.models import Profile
from matching import pipeline, vectors
from matching.models import Passage, Revision
from matching.vectors import copy as copies
from matching.vectors import stored
from matching.vectors.copy import Copy, Held
from matching.vectors.mapped import folder_of
from tests import factories
from tests.matching.test_pipeline import refresh_all

pytestmark = pytest.mark.django_db
MODEL = "hash-384"


def embedded(*texts: str) -> list[Passage]:
    for text in texts:
        factories.add_item(factories.make_researcher(summary=""), text=text)
    refresh_all()
    return list(Passage.objects.order_by("pk"))


def a_copy() -> Copy:
    """As another process would open it."""
    return Copy(folder_of(vectors.ANSWERS, MODEL), vectors.ANSWERS, MODEL)


def held_ids(held: Held) -> list[int]:
    return sorted(held.ids.tolist())


def one_more(other: Passage) -> Passage:
    """A passage of the same subject, embedded by another worker."""
    return Passage.objects.create(
        subject=other.subject, role="offer", item=other.item, position=9, language="en", text="Queen bees",
        text_hash="x", model=MODEL, vector=other.vector, version=stored.next_version(),
    )  # fmt: skip


def test_what_is_stored_comes_back_with_owner_item_language_and_a_vector_of_length_one() -> None:
    [passage] = embedded("Sensores de arsénico")
    rows = vectors.answers(MODEL).rows([passage.subject_id])
    assert rows.ids.tolist() == [passage.pk]
    assert rows.subjects.tolist() == [passage.subject_id]
    assert rows.items.tolist() == [passage.item_id]
    assert rows.languages.tolist() == [0]
    assert rows.texts == ["Sensores de arsénico"]
    expected = pipeline.encoder().encode(["Sensores de arsénico"], "passage")
    np.testing.assert_allclose(rows.vectors, expected, atol=1e-3)
    np.testing.assert_allclose(np.linalg.norm(rows.vectors, axis=1), 1, atol=1e-6)


def test_the_copy_holds_what_the_database_holds() -> None:
    passages = embedded("Sensores de arsénico", "Abejas reinas", "Bordados de Oaxaca")
    held = a_copy().current()
    assert held_ids(held) == [passage.pk for passage in passages]
    known = held.known(np.array([passage.subject_id for passage in passages]))
    for passage, vector in zip(passages, known.vectors, strict=True):
        np.testing.assert_array_equal(np.asarray(passage.vector, np.float16), vector)


def test_removed_rows_are_gone_at_once_though_the_copy_still_holds_them() -> None:
    first, second = embedded("Sensores de arsénico", "Abejas reinas")
    index, both = vectors.answers(MODEL), [first.subject_id, second.subject_id]
    assert len(index.rows(both)) == 2
    Profile.objects.filter(subject__passages=first).delete()
    assert first.pk in held_ids(a_copy().current())
    assert index.rows(both).ids.tolist() == [second.pk]


def test_new_rows_alone_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    first, _ = embedded("Sensores de arsénico", "Abejas reinas")
    copy = a_copy()
    copy.current()
    read: list[int] = []
    original = stored._part

    def watch(block: Any) -> stored.Part:
        part = original(block)
        read.extend(part.ids.tolist())
        return part

    monkeypatch.setattr(stored, "_part", watch)
    third = one_more(first)
    assert third.pk in held_ids(copy.current())
    assert read == [third.pk]
    assert copy.current() is copy.current()
    assert read == [third.pk]


def test_what_a_profile_seeks_answers_no_need() -> None:
    profile = factories.make_researcher(summary="")
    factories.add_item(profile, "seek", "Sensores de arsénico")
    refresh_all()
    passage = Passage.objects.get()
    assert passage.vector is not None
    assert len(vectors.answers(MODEL).rows([passage.subject_id])) == 0
    assert len(a_copy().current().ids) == 0


def test_a_writer_killed_in_the_middle_leaves_the_last_whole_copy(monkeypatch: pytest.MonkeyPatch) -> None:
    first, _ = embedded("Sensores de arsénico", "Abejas reinas")
    before = held_ids(a_copy().current())
    one_more(first)

    def killed(*_: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(Copy, "_write_head", killed)
        copy = a_copy()
        with pytest.raises(SystemExit):
            copy.current()
    header = json.loads((folder_of(vectors.ANSWERS, MODEL) / "head.json").read_text())
    assert header["rows"] == len(before)
    after = a_copy().current()
    assert held_ids(after) == list(Passage.objects.order_by("pk").values_list("pk", flat=True))
    assert len(set(after.ids.tolist())) == len(after.ids)


@pytest.mark.parametrize("damage", ["cut", "header", "gone", "empty header"])
def test_a_damaged_copy_is_made_anew(damage: str) -> None:
    embedded("Sensores de arsénico", "Abejas reinas")
    whole = held_ids(a_copy().current())
    folder = folder_of(vectors.ANSWERS, MODEL)
    if damage == "cut":
        [path] = folder.glob("*-vectors.bin")
        path.write_bytes(path.read_bytes()[:100])
    elif damage == "gone":
        shutil.rmtree(folder)
    else:
        (folder / "head.json").write_text("" if damage.startswith("empty") else '{"format": 1}')
    assert held_ids(a_copy().current()) == whole


@pytest.mark.parametrize("damage", ["cut", "gone"])
def test_a_copy_lost_while_it_is_in_use_is_made_anew_and_remembers_nothing(damage: str) -> None:
    first, _ = embedded("Sensores de arsénico", "Abejas reinas")
    means, copy = np.eye(2, 384, dtype=np.float32), a_copy()
    copy.current()
    one_more(first)  # stands last now, and beside its subject's other in a new copy
    copy.current().stock.lengths_from(means, "1", asks=False)
    folder = folder_of(vectors.ANSWERS, MODEL)
    if damage == "gone":
        shutil.rmtree(folder)
    else:
        [path] = folder.glob("*-vectors.bin")
        os.truncate(path, 100)
    held = copy.current()
    assert held_ids(held) == list(Passage.objects.order_by("pk").values_list("pk", flat=True))
    known = held.stock.lengths_from(means, "1", asks=False)
    np.testing.assert_array_equal(known, a_copy().current().stock.lengths_from(means, "1", asks=False))


def test_a_copy_of_another_database_is_made_anew() -> None:
    embedded("Sensores de arsénico")
    a_copy().current()
    [path] = Path(folder_of(vectors.ANSWERS, MODEL)).glob("*-vectors.bin")
    path.write_bytes(np.random.default_rng(1).random(384).astype(np.float16).tobytes())
    held = a_copy().current()
    np.testing.assert_array_equal(held.stock.vectors[0], np.asarray(Passage.objects.get().vector, np.float16))


def test_a_database_put_back_to_an_earlier_day_makes_the_copy_anew() -> None:
    embedded("Sensores de arsénico", "Abejas reinas")
    a_copy().current()
    Passage.objects.order_by("pk").last().delete()  # type: ignore[union-attr]
    Revision.objects.update(last=1)
    Passage.objects.update(version=1)
    assert held_ids(a_copy().current()) == [Passage.objects.get().pk]


def test_what_was_removed_leaves_the_copy_when_it_is_tidied(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = embedded("Sensores de arsénico", "Abejas reinas")
    copy = a_copy()
    earlier = copy.current()
    Profile.objects.filter(subject__passages=first).delete()
    monkeypatch.setattr(copies, "LEAST_ADDED", 0)
    third = embedded("Bordados de Oaxaca")[-1]
    assert held_ids(copy.current()) == [second.pk, third.pk]
    assert held_ids(earlier) == [first.pk, second.pk]  # what others still map stays readable
    assert len(list(folder_of(vectors.ANSWERS, MODEL).glob("*-ids.bin"))) == 1


def test_vectors_get_versions_in_the_order_of_their_transactions() -> None:
    first, second = (stored.next_version() for _ in range(2))
    assert second == first + 1 == stored.latest_version()
    embedded("Sensores de arsénico")
    assert Passage.objects.get().version > second


def test_nothing_stored_is_an_empty_copy() -> None:
    held = Copy(folder_of(vectors.ASKS, "no-such-model"), vectors.ASKS, "no-such-model").current()
    assert len(held.ids) == 0
    assert len(vectors.asks("no-such-model").rows([1, 2])) == 0
