"""What people answer teaches the engine how probable interest is; by date, and never to its harm."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.learning import ENGINE, NOW, Simulated, simulated
from matching.answered import FEATURES, NO, SETTLED, SILENT, YES, Event, features_of, outcome_of, rows_of
from matching.evaluation.learned import LOSS, ORDER, judge, tables, why_worse
from matching.learning import TO_JUDGE, Learned, Parts, enough, learn, probability_of, rarer, split
from matching.ranking.strength import probability, standing

START = datetime(2026, 1, 1, tzinfo=UTC)
PARTS: dict[str, Any] = {"words": 1.0, "needs": [{"value": 1.1, "weight": 1.0}], "facts": {"place": 0.05}}


@pytest.fixture(scope="module")
def made() -> Simulated:
    return simulated(700)


@pytest.fixture(scope="module")
def parts(made: Simulated) -> Parts:
    return split(made.events, ENGINE, NOW)


@pytest.fixture(scope="module")
def learned(parts: Parts) -> Learned:
    return learn(parts)


def event(kind: str, answer: str = "", **fields: Any) -> Event:
    values: dict[str, Any] = {"number": 1, "at": START, "profile": 1, "challenge": 1, "engine": "3"}
    values |= {"rank": 1, "parts": PARTS, "kind": kind, "answer": answer}
    return Event(**values | fields)


def in_order(*said: tuple[str, str, str]) -> list[Event]:
    return [
        event(kind, answer, reason=reason, number=number, at=START + timedelta(hours=number))
        for number, (kind, answer, reason) in enumerate([("page", "", ""), *said])
    ]


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        ([], SILENT),
        ([("answer", "interested", "")], YES),
        ([("answer", "never", "")], NO),
        ([("answer", "not_now", "")], None),
        ([("answer", "interested", ""), ("answer", "undone", "")], SILENT),
        ([("answer", "never", ""), ("answer", "undone", ""), ("answer", "interested", "")], YES),
        ([("answer", "interested", ""), ("introduction", "declined", "not_the_field")], NO),
        ([("answer", "interested", ""), ("introduction", "declined", "no_time")], YES),
        ([("introduction", "declined", "no_time")], None),
        ([("introduction", "declined", "covered")], None),
        ([("answer", "never", ""), ("introduction", "accepted", "")], YES),
        ([("introduction", "declined", "not_the_field"), ("response", "submitted", "")], YES),
        ([("answer", "never", ""), ("response", "submitted", ""), ("response", "withdrawn", "")], NO),
        ([("response", "submitted", ""), ("outcome", "not_selected", "not_eligible")], YES),
        ([("response", "withdrawn", ""), ("outcome", "selected", "best_fit")], YES),
    ],
)
def test_the_strongest_thing_that_became_of_a_pair_is_its_outcome(
    said: list[tuple[str, str, str]], outcome: str | None
) -> None:
    assert outcome_of(in_order(*said)) == outcome


def test_a_pair_shown_many_times_is_one_row_at_its_best_place_and_as_it_was_first() -> None:
    later = PARTS | {"words": 0.2, "facts": {"answers": -0.3}}
    shown = [
        event("page", rank=7),
        event("letter", rank=2, number=2, at=START + timedelta(days=3), parts=later),
        event("answer", "interested", number=3, at=START + timedelta(days=4), parts=later),
    ]
    [row] = rows_of(shown, "3", START + timedelta(days=90))
    assert (row.rank, row.shown_at, row.outcome) == (2, START, YES)
    assert row.features == features_of(PARTS)
    assert row.score == pytest.approx(1.05)


def test_what_was_answered_without_having_been_shown_teaches_nothing() -> None:
    said = [event("answer", "interested", rank=None), event("introduction", "accepted", rank=None, number=2)]
    assert rows_of(said, "3", START + timedelta(days=90)) == []


def test_silence_counts_only_after_a_month_and_so_does_everything_else() -> None:
    shown = [event("page"), event("page", challenge=2), event("answer", "interested", challenge=2, number=3)]
    assert rows_of(shown, "3", START + SETTLED - timedelta(hours=1)) == []
    assert [row.outcome for row in rows_of(shown, "3", START + SETTLED)] == [SILENT, YES]


def test_parts_of_other_engines_or_without_their_numbers_are_passed_over() -> None:
    until = START + timedelta(days=90)
    assert rows_of([event("page", engine="2")], "3", until) == []
    odd: list[dict[str, Any]] = [
        {},
        {"needs": []},
        {"words": 1.0, "needs": [{"need_id": 3}]},
        {"words": "x", "needs": []},
    ]
    for parts in odd:
        assert features_of(parts) is None
        assert rows_of([event("page", parts=parts)], "3", until) == []
    assert probability_of({"engine": 1.0}, {}) is None


def test_where_nothing_was_learned_the_prior_is_the_engines_own_probability() -> None:
    learned = learn(Parts([], [], [], NOW))
    values = [need["value"] for need in PARTS["needs"]]
    assert probability_of(learned.coefficients, PARTS) == pytest.approx(
        probability(standing(PARTS["words"], values)), abs=1e-6
    )


def test_learned_probabilities_are_those_of_simulated_people_and_the_engines_are_not(
    made: Simulated, parts: Parts, learned: Learned
) -> None:
    assert enough(parts)
    true = np.array([made.interest[row.profile, row.challenge] for row in parts.judged])
    assert np.abs(learned.probabilities(parts.judged) - true).mean() < 0.04
    assert np.abs(np.array([row.engine for row in parts.judged]) - true).mean() > 0.1
    assert 0.25 <= learned.position <= 0.75  # 0.5 in the simulation
    found = judge(learned, parts.judged)
    for expected, seen, rows in found["calibration"]["learned"]:
        assert abs(expected - seen) < 4 * np.sqrt(max(expected, 0.02) / rows)
    assert found["log_loss"]["difference"][2] < 0
    assert found["brier"]["difference"][2] < 0


def test_it_learns_that_who_looks_depends_on_the_place_and_does_not_take_that_for_taste() -> None:
    """All pairs are alike; only their places differ."""
    rng = np.random.default_rng(1)
    events: list[Event] = []
    for profile in range(1, 600):
        for rank in (1, 4, 16):
            pair: dict[str, Any] = {"profile": profile, "challenge": rank, "rank": rank}
            at = START + timedelta(hours=profile)
            events.append(event("page", number=len(events), at=at, **pair))
            if rng.random() < rank**-0.5:
                said = "interested" if rng.random() < 0.4 else "never" if rng.random() < 0.5 else ""
                if said:
                    events.append(event("answer", said, number=len(events), at=at, **pair))
    rows = rows_of(events, "3", NOW)
    learned = learn(Parts(rows, [], [], NOW))
    assert learned.position == 0.5
    assert probability_of(learned.coefficients, PARTS) == pytest.approx(0.4, abs=0.05)


def test_what_is_worse_in_probabilities_or_in_order_is_called_worse(parts: Parts, learned: Learned) -> None:
    contrary = replace(learned, coefficients={name: -value for name, value in learned.coefficients.items()})
    assert why_worse(judge(contrary, parts.judged)) == LOSS
    found = judge(learned, parts.judged)
    order = found["ndcg"] | {"difference": [-0.1, -0.2, -0.05]}
    assert why_worse(found | {"ndcg": order}) == ORDER
    assert why_worse(found | {"ndcg": order, "lists": 0}) == ""


def test_a_date_parts_what_is_learned_from_what_it_is_judged_by(parts: Parts) -> None:
    latest = max(row.shown_at for row in parts.fitted)
    scaled = [row.shown_at for row in parts.scaled]
    assert latest < min(scaled)
    assert max(scaled) < parts.until <= min(row.shown_at for row in parts.judged)
    every = (parts.fitted, parts.scaled, parts.judged)
    pairs = [{(row.profile, row.challenge) for row in part} for part in every]
    assert sum(map(len, pairs)) == len(set().union(*pairs))


def test_answers_that_came_after_the_cut_change_nothing_of_what_is_learned(
    made: Simulated, parts: Parts, learned: Learned
) -> None:
    turned = {"interested": "never", "never": "interested"}
    future = [
        replace(each, answer=turned.get(each.answer, each.answer)) if each.at >= parts.until else each
        for each in made.events
    ]
    assert learn(split(future, ENGINE, NOW)) == learned
    late = [
        event("answer", "never", profile=row.profile, challenge=row.challenge, at=parts.until, number=10**9)
        for row in parts.fitted[:50]
    ]
    assert split([*made.events, *late], ENGINE, NOW).fitted == parts.fitted


def test_a_few_answers_are_not_enough() -> None:
    few = split(simulated(60).events, ENGINE, NOW)
    assert not enough(few)
    assert rarer(few.judged) < TO_JUDGE
    assert not enough(split([], ENGINE, NOW))


def test_tables_say_what_was_expected_beside_what_was_seen(parts: Parts, learned: Learned) -> None:
    quality, calibrated = tables(judge(learned, parts.judged), "Simulated")
    assert [row[0] for row in quality.rows] == ["learned from answers", "untrained engine", "difference"]
    assert len(calibrated.rows) == 10
    assert quality.markdown().count("(") > 8


SAID = st.sampled_from(["interested", "never", "not_now", "undone"])
SHOWINGS = st.lists(
    st.tuples(st.integers(1, 6), st.integers(1, 4), st.integers(1, 9), st.lists(SAID, max_size=3)),
    max_size=14,
)


def events_of(showings: list[tuple[int, int, int, list[str]]]) -> list[Event]:
    found: list[Event] = []
    for place, (profile, challenge, rank, said) in enumerate(showings):
        pair: dict[str, Any] = {"profile": profile, "challenge": challenge, "rank": rank}
        pair["parts"] = PARTS | {"words": 0.5 + rank / 10}
        at = START + timedelta(days=place // 2)  # some at the same moment
        found.append(event("page", number=len(found), at=at, **pair))
        found += [
            event("answer", answer, number=len(found) + more, at=at, **pair)
            for more, answer in enumerate(said)
        ]
    return found


@settings(max_examples=40, deadline=None)
@given(SHOWINGS, st.randoms(use_true_random=False))
def test_the_order_in_which_events_are_read_changes_nothing(
    showings: list[tuple[int, int, int, list[str]]], random: Any
) -> None:
    events = events_of(showings)
    mixed = events[:]
    random.shuffle(mixed)
    rows, again = rows_of(events, "3", NOW), rows_of(mixed, "3", NOW)
    assert rows == again
    assert learn(Parts(rows, rows, [], NOW)) == learn(Parts(again, again, [], NOW))


@settings(max_examples=40, deadline=None)
@given(SHOWINGS, st.sampled_from(["interested", "never", "not_now"]), st.integers(0, 5))
def test_what_was_undone_is_as_if_it_had_not_been_said(
    showings: list[tuple[int, int, int, list[str]]], answer: str, place: int
) -> None:
    events = events_of(showings)
    pairs = sorted({(each.profile, each.challenge) for each in events if each.kind == "page"})
    said = {(each.profile, each.challenge) for each in events if each.kind == "answer"}
    quiet = [pair for pair in pairs if pair not in said]
    for profile, challenge in [(99, 99), *quiet[place : place + 1]]:
        undone = [
            event(
                "answer", word, profile=profile, challenge=challenge, number=1000 + more, at=START, rank=None
            )
            for more, word in enumerate([answer, "undone"])
        ]
        assert rows_of([*events, *undone], "3", NOW) == rows_of(events, "3", NOW)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.floats(-1, 3), st.sampled_from([1.0, 0.7, 0.3])), min_size=1, max_size=8),
    st.floats(-1, 3),
    st.dictionaries(st.sampled_from(["place", "readiness", "answers", "other"]), st.floats(-0.3, 0.3)),
)
def test_features_are_numbers_by_name_whatever_the_match(
    needs: list[tuple[float, float]], words: float, facts: dict[str, float]
) -> None:
    parts = {"words": words, "needs": [{"value": v, "weight": w} for v, w in needs], "facts": facts}
    found = features_of(parts)
    assert found is not None
    assert len(found) == len(FEATURES)
    assert np.isfinite(found).all()
    assert found == features_of(parts | {"facts": {**facts, "answers": -0.3}})  # an answer is no feature
