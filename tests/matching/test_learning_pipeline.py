"""What is learned is used only while it does no worse than the engine, and operators see why."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from accounts.models import User
from benchmarks.learning import ENGINE, NOW, TASTE, simulated
from hubs.actions.consortia import answer_invitation
from hubs.models import Consortium, Member
from matching import learning as engine
from matching import ranking, tasks
from matching.actions import record_answer, record_page, undo_answer
from matching.answered import Event
from matching.evaluation.learned import LOSS
from matching.hearing import candidates
from matching.models import LearnedModel, Match, MatchEvent
from matching.pipeline import learning
from matching.pipeline.learning import (
    FEW,
    OTHER_ENGINE,
    OVERTAKEN,
    REPLACED,
    SWITCHED_OFF,
    WORSE,
    keep_learning,
)
from tests import factories
from tests.conftest import signed_in
from tests.matching.letters import make_match

pytestmark = pytest.mark.django_db
CONTRARY = {name: -weight for name, weight in TASTE.items()}
MOVED = timedelta(days=600)
NEARBY = {"engine": 1.0, "place": 4.0}  # by what nearness alone decides


@pytest.fixture(scope="module")
def answers() -> list[Event]:
    return simulated(600).events


@pytest.fixture(scope="module")
def contrary() -> list[Event]:
    """People who come later and like the opposite."""
    return [
        replace(each, at=each.at + MOVED, profile=each.profile + 10**6, number=each.number + 10**6)
        for each in simulated(600, seed=7, taste=CONTRARY).events
    ]


def said(monkeypatch: pytest.MonkeyPatch, events: Sequence[Event]) -> None:
    """As if the site had these events and this engine."""
    monkeypatch.setattr(ranking, "ENGINE", ENGINE)
    monkeypatch.setattr(learning, "read", lambda now: [each for each in events if each.at <= now])


def switched_on(**fields: Any) -> LearnedModel:
    fields.setdefault("coefficients", NEARBY)
    fields.setdefault("measured", {"to": timezone.now().isoformat(), "counts": {}, "position": 0.5})
    return LearnedModel.objects.create(until=timezone.now(), engine=ranking.ENGINE, is_on=True, **fields)


def test_with_few_answers_it_stays_off_and_says_so() -> None:
    row = keep_learning()
    assert row is not None
    assert (row.is_on, row.why_off) == (False, FEW)
    assert row.measured["counts"] == {"yes": 0, "no": 0, "silent": 0}
    assert learning.in_force() is None


def test_with_enough_of_them_it_is_switched_on_and_measured_by_later_ones(
    monkeypatch: pytest.MonkeyPatch, answers: list[Event]
) -> None:
    said(monkeypatch, answers)
    row = keep_learning(NOW)
    assert row is not None
    assert (row.is_on, row.why_off) == (True, "")
    assert learning.in_force() == row.coefficients
    assert row.measured["log_loss"]["difference"][0] < 0
    assert row.measured["rows"] > 1000
    assert keep_learning(timezone.now()) is None  # within the week
    again = keep_learning(NOW, again=True)
    assert again is not None
    row.refresh_from_db()
    assert (row.is_on, row.why_off) == (False, REPLACED)
    assert again.coefficients == row.coefficients


def test_it_switches_itself_off_where_it_does_worse_on_newer_answers(
    monkeypatch: pytest.MonkeyPatch, answers: list[Event], contrary: list[Event]
) -> None:
    said(monkeypatch, [*answers, *contrary])
    row = keep_learning(NOW)
    assert row is not None
    assert row.is_on
    learning.judge_again(learning.read(NOW + MOVED), NOW + MOVED)
    row.refresh_from_db()
    assert (row.is_on, row.why_off) == (False, OVERTAKEN)
    assert row.measured["newer"]["log_loss"]["difference"][0] > 0
    assert learning.in_force() is None


def test_what_does_worse_than_the_engine_is_never_switched_on_nor_replaces_what_does_well(
    monkeypatch: pytest.MonkeyPatch, answers: list[Event]
) -> None:
    said(monkeypatch, answers)
    good = keep_learning(NOW)
    assert good is not None
    learn = engine.learn

    def badly(parts: Any) -> Any:
        found = learn(parts)
        return replace(found, coefficients={name: -value for name, value in found.coefficients.items()})

    monkeypatch.setattr(engine, "learn", badly)
    row = keep_learning(NOW, again=True)
    assert row is not None
    assert (row.is_on, row.why_off) == (False, WORSE[LOSS])
    assert learning.in_force() == good.coefficients


def test_another_engine_and_the_setting_switch_it_off(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    row = switched_on()
    monkeypatch.setattr(ranking, "ENGINE", "99")
    assert learning.in_force() is None
    keep_learning()
    row.refresh_from_db()
    assert (row.is_on, row.why_off) == (False, OTHER_ENGINE)
    other = switched_on()
    settings.HELICE_LEARNING = False
    assert learning.in_force() is None  # at once
    assert keep_learning(again=True) is None
    other.refresh_from_db()
    assert (other.is_on, other.why_off) == (False, SWITCHED_OFF)


def test_the_database_lets_only_one_be_in_force() -> None:
    switched_on()
    with pytest.raises(IntegrityError), transaction.atomic():
        switched_on()


def test_it_reads_what_was_shown_and_said_without_the_demo_and_what_is_gone() -> None:
    reader = factories.make_user()
    profile, challenge = factories.make_researcher(reader), factories.make_challenge()
    match = make_match(profile, challenge)
    record_page(matches=[match], first_rank=3, by=reader)
    record_answer(profile=profile, challenge=challenge, answer="interested", by=reader)
    undo_answer(profile=profile, challenge=challenge, by=reader)
    demo = factories.make_researcher(factories.make_user(), is_demo=True)
    MatchEvent.objects.create(kind="page", person=reader.person, profile=demo, challenge=challenge, rank=1)
    MatchEvent.objects.create(kind="page", person=reader.person, profile=None, challenge=challenge, rank=1)
    found = learning.read(timezone.now())
    assert [(each.kind, each.answer, each.rank) for each in found] == [
        ("page", "", 3),
        ("answer", "interested", 3),
        ("answer", "undone", 3),
    ]
    assert {(each.profile, each.challenge) for each in found} == {(profile.pk, challenge.pk)}
    assert [each.parts for each in found] == [match.parts, None, None]


def test_of_a_busy_site_some_profiles_are_read_with_all_that_they_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reader, challenge = factories.make_user(), factories.make_challenge()
    assert reader.person
    profiles = [factories.make_researcher(factories.make_user()).pk for _ in range(6)]
    MatchEvent.objects.bulk_create(
        MatchEvent(kind=kind, person=reader.person, profile_id=pk, challenge=challenge)
        for pk in profiles
        for kind in ("letter", "answer")
    )
    monkeypatch.setattr(learning, "MOST", 4)
    found = learning.read(timezone.now())
    assert {each.profile for each in found} == {pk for pk in profiles if pk % 3 == 0}
    assert len(found) == 4


def near_and_far() -> tuple[User, Match, Match]:
    """One challenge fits better, the other is nearer."""
    reader = factories.make_user()
    profile = factories.make_researcher(reader)
    far, near = (make_match(profile, factories.make_challenge()) for _ in range(2))
    needs = [{"value": 1.3, "weight": 1.0}]
    Match.objects.filter(pk=far.pk).update(
        score=1.3, probability=0.85, parts={"words": 1.3, "needs": needs, "facts": {}}
    )
    Match.objects.filter(pk=near.pk).update(
        score=1.25, probability=0.7, parts={"words": 1.2, "needs": needs, "facts": {"place": 0.05}}
    )
    return reader, far, near


def test_who_is_written_to_about_what_follows_what_was_learned_and_scores_stay() -> None:
    reader, far, near = near_and_far()
    assert reader.person
    before = candidates([reader.person.pk])[reader.person.pk]
    assert [each.match_id for each in before] == [far.pk, near.pk]
    assert [each.probability for each in before] == [0.85, 0.7]
    switched_on()
    after = candidates([reader.person.pk])[reader.person.pk]
    assert [each.match_id for each in after] == [near.pk, far.pk]
    assert after[0].probability > 0.9 > after[1].probability
    assert {each.match_id: each.score for each in after} == {each.match_id: each.score for each in before}


def test_a_match_of_an_older_engine_keeps_the_engines_probability() -> None:
    reader, far, _near = near_and_far()
    assert reader.person
    Match.objects.filter(pk=far.pk).update(parts={})
    switched_on()
    found = {each.match_id: each.probability for each in candidates([reader.person.pk])[reader.person.pk]}
    assert found[far.pk] == 0.85


def test_operators_see_the_learned_probability_beside_each_match(
    admin_user: User, django_assert_max_num_queries: Any
) -> None:
    near_and_far()
    page = reverse("admin:matching_match_changelist")
    client = signed_in(admin_user)
    with override("en"):
        assert '"field-interest">0.70' in client.get(page).content.decode()
        switched_on()
        with django_assert_max_num_queries(14):
            assert '"field-interest">0.95' in client.get(page).content.decode()
    assert client.get(reverse("admin:matching_learnedmodel_changelist")).status_code == 200


def test_operators_train_now_and_see_the_measures(
    monkeypatch: pytest.MonkeyPatch,
    answers: list[Event],
    capsys: pytest.CaptureFixture[str],
    settings: Any,
) -> None:
    with override("en"):
        call_command("train_matching")
        assert "off: 0 yes, 0 no, 0 silent. There are too few answers" in capsys.readouterr().out
        call_command("evaluate_matching", learning=True)
        assert "Too few answers: 0 yes, 0 no, 0 silent." in capsys.readouterr().out
        said(monkeypatch, answers)
        monkeypatch.setattr(timezone, "now", lambda: NOW)
        call_command("evaluate_matching", learning=True, format="markdown")
        printed = capsys.readouterr().out
        assert "| untrained engine |" in printed
        assert "expected and seen" in printed
        call_command("train_matching")
        assert "log loss" in capsys.readouterr().out
        settings.HELICE_LEARNING = False
        with pytest.raises(CommandError, match="HELICE_LEARNING"):
            call_command("train_matching")
        with pytest.raises(CommandError, match="Name a set"):
            call_command("evaluate_matching")


def test_the_timetables_task_learns_once_a_week_and_says_nothing_of_nothing() -> None:
    tasks.learn()
    tasks.learn()
    assert LearnedModel.objects.count() == 1


def test_who_accepts_a_place_in_a_consortium_is_interested(owner: User) -> None:
    challenge = factories.make_challenge()
    profile = factories.make_researcher(owner)
    match = make_match(profile, challenge)
    assert owner.person
    consortium = Consortium.objects.create(challenge=challenge, name="Agua clara")
    member = Member.objects.create(
        consortium=consortium, profile=profile, role="member", lapses_at=timezone.now() + timedelta(days=3)
    )
    answer_invitation(member=member, accept=True, by=owner)
    event = MatchEvent.objects.get()
    assert (event.kind, event.answer, event.via) == ("answer", "interested", "team")
    assert (event.profile, event.challenge, event.parts) == (profile, challenge, match.parts)


def test_the_page_says_whether_it_is_on_and_why_to_operators_and_national_curators_only(
    monkeypatch: pytest.MonkeyPatch, answers: list[Event], owner: User, stranger: User
) -> None:
    factories.make_hub("nation", curator=owner)
    address = reverse("matching:learning")
    assert signed_in(stranger).get(address).status_code == 404
    client = signed_in(owner)
    assert address in client.get(reverse("matching:round_list")).content.decode()

    def page(now: datetime | None = None) -> str:
        keep_learning(now, again=True)
        with override("en"):
            return client.get(address.replace("/es/", "/en/")).content.decode()

    found = client.get(address.replace("/es/", "/en/")).content.decode()
    assert "Nothing was learned yet" in found
    assert FEW in page()
    said(monkeypatch, answers)
    found = page(NOW)
    assert "In use" in found
    assert "Log loss" in found
    assert LearnedModel.objects.filter(is_on=True).exists()
