"""What fields, goals and sectors a text is about; with the stand-in for the model unless marked slow."""

import pytest
from django.core.cache import cache

from matching import asking, suggesting, tasks
from matching.encoder import get_encoder
from matching.encoding import Encoder

WATER_ES = (
    "Detectar fugas en la red de agua potable y tratar las aguas residuales antes de que lleguen al río."
)
SAID = "Agua potable, drenaje y saneamiento para escuelas"  # words that the catalogue has, for the stand-in
WATER_EN = "Find leaks in drinking water pipes and treat wastewater before it reaches the river."


def test_a_text_about_water_gets_the_goal_of_water() -> None:
    found = suggesting.suggest(SAID, "es", ["sdgs"], "MX")["sdgs"]
    assert found[0][0] == "6"
    assert 0 < found[0][1] <= 1


@pytest.mark.parametrize("text", ["", "  ", "xkcd zzz qqq"])
def test_nothing_is_an_answer(text: str) -> None:
    assert suggesting.suggest(text, None, suggesting.TABLES, "MX") == {
        "fields": [],
        "sdgs": [],
        "sectors": [],
    }


def test_a_web_process_asks_for_suggestions_by_the_mailbox() -> None:
    key = asking.put("suggest", {"text": SAID, "tables": ["sdgs"]})
    tasks.answer(key)
    found = asking.take(key)
    assert found is not None
    assert list(found) == ["sdgs"]
    assert found["sdgs"][0][0] == "6"


def test_another_process_reads_the_catalogues_from_their_file(monkeypatch: pytest.MonkeyPatch) -> None:
    suggesting.prepare()
    suggesting._labels.cache_clear()

    def encode() -> Encoder:
        raise AssertionError("read anew")

    monkeypatch.setattr("matching.pipeline.encoder", encode)
    assert suggesting.labels("MX").codes["sdgs"][0] == "1"


def test_without_a_worker_there_is_no_answer_at_once() -> None:
    cache.delete(asking.READY)
    assert asking.ask("suggest", {"text": WATER_ES}, 5) is None


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "field", "goal", "sector"),
    [
        (WATER_ES, "", "6", "22"),
        (WATER_EN, "2.7", "6", "22"),
        ("Teach mathematics in rural schools that have no internet.", "", "4", "61"),
    ],
)
def test_the_real_model_knows_what_texts_are_about(
    settings: object, monkeypatch: pytest.MonkeyPatch, text: str, field: str, goal: str, sector: str
) -> None:
    real = get_encoder("default", settings.HELICE_MODELS)  # type: ignore[attr-defined]
    monkeypatch.setattr("matching.pipeline.encoder", lambda: real)
    monkeypatch.setattr("matching.pipeline.model_name", lambda: real.name)
    found = suggesting.suggest(text, None, suggesting.TABLES, "MX")
    assert not field or field in [code for code, _ in found["fields"]]
    assert not goal or goal in [code for code, _ in found["sdgs"]]
    assert found["sectors"][0][0] == sector


@pytest.mark.slow
@pytest.mark.parametrize(
    "text", ["hola", "Buenas tardes, ¿me pueden ayudar?", "The meeting is on Tuesday at ten."]
)
def test_the_real_model_leaves_greetings_without_a_field(
    settings: object, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    real = get_encoder("default", settings.HELICE_MODELS)  # type: ignore[attr-defined]
    monkeypatch.setattr("matching.pipeline.encoder", lambda: real)
    monkeypatch.setattr("matching.pipeline.model_name", lambda: real.name)
    assert suggesting.suggest(text, None, ["sdgs", "sectors"], "MX") == {"sdgs": [], "sectors": []}
