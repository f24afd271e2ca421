"""What is known beside words: it bars a pair or orders what words find equal, and each part can be off."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.countries import get_pack
from accounts.models import Cadence, Profile
from hubs.models import Challenge
from matching import actions, digests, parts, pipeline
from matching.emails import still_holds
from matching.models import Answer, LetterItem, Match, Subject
from matching.pipeline import subjects
from matching.ranking import facts
from matching.ranking.facts import PairFacts
from tests import factories
from tests.matching.letters import make_match, wants
from tests.matching.test_pipeline import WATER, match_of, others, refresh_all, water_challenge, water_profile

KNOWN = PairFacts(reach="same", levels=2, age=8, available=False, abroad=True, on_site=True, not_now_days=3)


def test_what_is_not_known_weighs_nothing() -> None:
    assert facts.adjustments(PairFacts()) == {}
    assert facts.barred(PairFacts()) is None


def test_each_fact_moves_the_score_a_little_and_by_its_name() -> None:
    assert facts.adjustments(KNOWN) == {
        "place": 0.05,
        "readiness": -0.04,
        "freshness": -0.04,
        "availability": -0.1,
        "answers": -0.3,
    }


@pytest.mark.parametrize("part", facts.WEIGHTS)
def test_a_part_that_is_off_takes_away_exactly_its_own(part: str) -> None:
    whole = facts.adjustments(KNOWN)
    left = facts.adjustments(KNOWN, set(facts.PARTS) - {part})
    assert left == {name: value for name, value in whole.items() if name != part}
    assert facts.adjustments(KNOWN, {part}) == {part: whole[part]}


def test_no_fact_but_a_persons_own_word_weighs_more_than_words_do() -> None:
    worst = PairFacts(reach="elsewhere", one_state=True, levels=8, age=200, available=False)
    assert all(abs(value) <= 0.1 for value in facts.adjustments(worst).values())


@pytest.mark.parametrize(
    ("pair", "moved"),
    [
        (PairFacts(reach="near", one_state=True), {}),
        (PairFacts(reach="elsewhere", one_state=True), {"place": -0.05}),
        (PairFacts(reach="elsewhere"), {}),
        (PairFacts(levels=0), {}),
        (PairFacts(levels=1), {"readiness": -0.02}),
        (PairFacts(levels=8), {"readiness": -0.1}),
        (PairFacts(age=0), {}),
        (PairFacts(age=-1), {}),
        (PairFacts(age=16), {"freshness": -0.06}),
        (PairFacts(abroad=True), {}),
        (PairFacts(abroad=True, on_site=True), {"availability": -0.05}),
        (PairFacts(not_now_days=29), {"answers": -0.3}),
        (PairFacts(not_now_days=30), {}),
    ],
)
def test_what_moves_a_pair(pair: PairFacts, moved: dict[str, float]) -> None:
    assert facts.adjustments(pair) == moved


@pytest.mark.parametrize(
    ("place", "reach"),
    [
        (("20", False, "20", {"21"}), "same"),
        (("21", False, "20", {"21"}), "near"),
        (("02", False, "20", {"21"}), "elsewhere"),
        (("20", True, "20", {"21"}), "elsewhere"),
        (("", False, "20", {"21"}), None),
        (("20", False, "", set()), None),
    ],
)
def test_reach_is_told_from_states(place: Any, reach: str | None) -> None:
    assert facts.reach(*place) == reach


@pytest.mark.parametrize(
    ("levels", "outside"),
    [
        ((5, 4, 6), 0),
        ((3, 4, 6), 1),
        ((9, 4, 6), 3),
        ((9, 4, None), 0),
        ((2, None, 3), 0),
        ((None, 4, 6), None),
    ],
)
def test_readiness_counts_the_levels_outside_what_is_sought(levels: Any, outside: int | None) -> None:
    assert facts.levels_outside(*levels) == outside
    assert facts.levels_outside(levels[0], None, None) is None


@pytest.mark.parametrize(
    "text",
    ["No disponible", "no estoy disponible.", "Ninguna", "Sin disponibilidad este año", "Not available",
     "None", "Fully booked", "no tengo tiempo"],
)  # fmt: skip
def test_who_says_that_there_is_no_time_is_not_at_hand(text: str) -> None:
    assert facts.availability(text) is False


@pytest.mark.parametrize(
    "text",
    ["Disponible", "Cuatro horas por semana", "No disponible en agosto", "Not available on Mondays",
     "Two half-days a week online; in Mexico every January.", "Unavailable until March", "sin costo", ""],
)  # fmt: skip
def test_whatever_else_is_said_of_time_is_no_refusal(text: str) -> None:
    assert facts.availability(text) is None


def test_eligibility_bars_by_kind_and_by_state_and_unknown_states_pass() -> None:
    kinds = frozenset({"startup"})
    assert facts.barred(PairFacts(kind="company", kinds=kinds)) == "eligibility"
    assert facts.barred(PairFacts(kind="startup", kinds=kinds)) is None
    assert facts.barred(PairFacts(kind="company")) is None
    assert facts.barred(PairFacts(state_only=True, reach="near")) == "eligibility"
    assert facts.barred(PairFacts(state_only=True, reach="same")) is None
    assert facts.barred(PairFacts(state_only=True)) is None
    assert facts.barred(PairFacts(own=True)) == "conflicts"
    assert facts.barred(PairFacts(own=True, kind="company", kinds=kinds), {"place"}) is None


def test_neighbours_are_mutual_and_every_state_has_some() -> None:
    states = get_pack("MX").states
    near = {code: states.value(code, "neighbours").split() for code in states.codes}
    assert all(found for found in near.values())
    assert all(code in near[other] for code, found in near.items() for other in found)
    assert near["20"] == ["07", "12", "21", "30"]


def test_a_fact_that_there_is_not_is_named_at_start(settings: Any) -> None:
    settings.HELICE_FACTS = ["place", "horoscope"]
    with pytest.raises(SystemCheckError, match="horoscope"):
        call_command("check")
    with pytest.raises(ImproperlyConfigured, match="always hold"):
        parts.active()


@pytest.mark.parametrize(
    ("names", "on"), [(["all"], set(facts.PARTS)), (["none"], set()), (["place"], {"place"}), ([], set())]
)
def test_the_setting_names_what_is_on(settings: Any, names: list[str], on: set[str]) -> None:
    settings.HELICE_FACTS = names
    assert parts.active() == on


def score(profile: Profile, challenge: Challenge) -> float:
    match = match_of(profile, challenge)
    assert match is not None
    return match.score


def rematch(*subjects_of: Profile | Challenge) -> None:
    for thing in subjects_of:
        subjects.mark(Subject.objects.filter(pk=thing.subject.pk), interactive=True)
        pipeline.refresh(thing.subject.pk)


# What each part needs to be known of a pair, and what it then adds
CASES: dict[str, tuple[dict[str, Any], dict[str, Any], float]] = {
    "place": ({"state": "20"}, {"state": "20"}, 0.05),
    "readiness": ({"trl": 3}, {"trl_from": 5, "trl_to": 7}, -0.04),
    "freshness": ({"year": 8}, {}, -0.04),
    "availability": ({"availability": "No disponible"}, {}, -0.1),
    "answers": ({"answer": "not_now"}, {}, -0.3),
}


@pytest.mark.django_db
@pytest.mark.parametrize("part", CASES)
def test_a_part_changes_the_score_by_its_own_and_is_stored_by_name(part: str, settings: Any) -> None:
    known, of_challenge, amount = CASES[part]
    known = dict(known)
    years, answer = known.pop("year", None), known.pop("answer", "")
    others()
    profile, challenge = water_profile(**known), water_challenge(**of_challenge)
    profile.items.update(year=timezone.localdate().year - years if years else None)
    if answer:
        person = factories.make_user().person
        Answer.objects.create(profile=profile, challenge=challenge, person=person, answer=answer)
    refresh_all()
    match = match_of(profile, challenge)
    assert match is not None
    assert match.parts["facts"] == {part: amount}
    assert match.score == pytest.approx(match.parts["words"] + amount)
    settings.HELICE_FACTS = [name for name in facts.PARTS if name != part]
    rematch(profile)
    without = match_of(profile, challenge)
    assert without is not None
    assert without.parts["facts"] == {}
    assert without.score == match.parts["words"]
    assert (without.strength, without.probability) == (match.strength, match.probability)


@pytest.mark.django_db
def test_facts_put_equals_in_order_in_both_directions() -> None:
    others()
    challenge = water_challenge(state="20", trl_from=6, trl_to=8, offer_site="Un laboratorio en Oaxaca")
    here, near, far = (water_profile(state=code) for code in ("20", "21", "02"))
    abroad = water_profile(state="20", lives_abroad="DE")
    refresh_all()
    order = Match.objects.filter(target__challenge=challenge).order_by("-score")
    assert [match.subject.profile for match in order] == [here, near, far, abroad]
    stored = {match.pk: (match.score, match.parts) for match in order}
    rematch(challenge)
    rematch(here, near, far, abroad)
    assert {match.pk: (match.score, match.parts) for match in order.all()} == stored


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("helps", "moves"), [([], True), (["mentor", "evaluate"], True), (["colead"], False), (["return"], False)]
)
def test_who_would_join_from_abroad_is_no_farther_from_a_place_to_work_at(
    helps: list[str], moves: bool
) -> None:
    others()
    challenge = water_challenge(offer_site="Un laboratorio en Oaxaca")
    profile = water_profile(lives_abroad="DE", would_help=helps)
    refresh_all()
    match = match_of(profile, challenge)
    assert match is not None
    assert ("availability" in match.parts["facts"]) == moves


@pytest.mark.django_db
def test_the_nearer_of_two_passages_lends_its_year_and_the_rest_theirs_not() -> None:
    others()
    profile, challenge = water_profile(), water_challenge()
    year = timezone.localdate().year
    profile.items.update(year=year - 8)
    factories.add_item(profile, "evidence", "Bordamos manteles.", year=year)
    refresh_all()
    match = match_of(profile, challenge)
    assert match is not None
    assert match.parts["facts"] == {"freshness": -0.04}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("admits", "given"),
    [({"eligible_kinds": ["startup"]}, {}), ({"only_in_state": True, "state": "20"}, {"state": "21"}),
     ({"only_in_state": True, "state": "20"}, {"state": "20", "lives_abroad": "US"})],
)  # fmt: skip
def test_who_may_not_answer_is_never_matched_shown_or_mailed(
    admits: dict[str, Any], given: dict[str, Any], settings: Any
) -> None:
    others()
    reader = factories.make_user()
    wants(reader.person, Cadence.AT_ONCE)
    profile, challenge = water_profile(user=reader, **given), water_challenge()
    rival = water_profile(state="20")
    refresh_all()
    digests.write_due_letters()
    assert match_of(profile, challenge)
    LetterItem.objects.all().delete()
    Challenge.objects.filter(pk=challenge.pk).update(**admits)
    challenge.refresh_from_db()
    # At once, before anything was matched anew
    assert not Match.objects.of(reader).exists()
    digests.write_due_letters()
    assert not LetterItem.objects.exists()
    rematch(challenge)
    assert match_of(profile, challenge) is None
    assert (match_of(rival, challenge) is None) == ("eligible_kinds" in admits)
    settings.HELICE_FACTS = ["place"]
    rematch(profile)
    assert match_of(profile, challenge)
    assert Match.objects.of(reader).exists()


@pytest.mark.django_db
def test_a_letter_that_waits_leaves_out_what_its_reader_may_answer_no_more() -> None:
    reader = factories.make_user()
    profile, challenge = (
        water_profile(user=reader, state="20"),
        water_challenge(state="20", only_in_state=True),
    )
    make_match(profile, challenge)
    wants(reader.person, Cadence.AT_ONCE)
    assert digests.write_due_letters() == 1
    item = LetterItem.objects.get()
    assert still_holds(item)
    Profile.objects.filter(pk=profile.pk).update(state="21")
    assert not still_holds(item)


@pytest.mark.django_db
def test_who_is_of_the_kind_and_the_state_is_matched() -> None:
    others()
    profile = water_profile(state="20")
    challenge = water_challenge(eligible_kinds=["researcher", "startup"], only_in_state=True, state="20")
    stateless = water_profile()
    refresh_all()
    assert match_of(profile, challenge)
    assert match_of(stateless, challenge)
    assert Match.objects.live().count() == 2


@pytest.mark.django_db
def test_only_those_of_a_state_needs_a_state() -> None:
    challenge = water_challenge()
    with pytest.raises(IntegrityError), transaction.atomic():
        Challenge.objects.filter(pk=challenge.pk).update(only_in_state=True)


@pytest.mark.django_db
def test_whose_institution_is_the_poster_by_its_typed_name_is_of_the_house() -> None:
    others()
    poster = factories.make_organisation(name="Universidad Inventada de Oaxaca")
    insider = water_profile(institution_name="universidad inventada  de OAXACA")
    outsider = water_profile(institution_name="Universidad Inventada de Puebla")
    challenge = water_challenge(organisation=poster)
    refresh_all()
    assert match_of(insider, challenge) is None
    assert match_of(outsider, challenge)


@pytest.mark.django_db
def test_conflicts_and_the_helix_can_be_switched_off_and_never_cannot(settings: Any) -> None:
    settings.HELICE_FACTS = ["none"]
    others()
    agency = factories.make_organisation("government")
    insider, refusing = water_profile(institution=agency), water_profile()
    challenge = water_challenge(organisation=agency)
    challenge.needs.update(sought="startup")
    person = factories.make_user().person
    Answer.objects.create(profile=refusing, challenge=challenge, person=person, answer="never")
    hidden = water_profile(match_automatically=False)
    refresh_all()
    assert match_of(insider, challenge)
    assert match_of(refusing, challenge) is None
    assert match_of(hidden, challenge) is None


@pytest.mark.django_db
def test_not_now_lowers_at_once_and_comes_back_after_a_month() -> None:
    others()
    user = factories.make_user()
    profile, challenge = (
        water_profile(user=user),
        water_challenge(closes_at=timezone.now() + timedelta(days=90)),
    )
    refresh_all()
    before = score(profile, challenge)
    actions.record_answer(profile=profile, challenge=challenge, answer="not_now", by=user)
    refresh_all()
    assert score(profile, challenge) == pytest.approx(before - 0.3)
    pipeline.sweep()
    assert Subject.objects.get(profile=profile).stale_since is None
    past = timezone.now() - timedelta(days=31)
    Answer.objects.update(at=past)
    Subject.objects.filter(profile=profile).update(matched_at=past + timedelta(hours=1))
    refresh_all()
    assert score(profile, challenge) == before
    pipeline.sweep()
    assert Subject.objects.get(profile=profile).stale_since is None


@pytest.mark.django_db
def test_taking_not_now_back_or_changing_it_lifts_the_score_again() -> None:
    others()
    user = factories.make_user()
    profile, challenge = water_profile(user=user), water_challenge()
    refresh_all()
    before = score(profile, challenge)
    actions.record_answer(profile=profile, challenge=challenge, answer="not_now", by=user)
    refresh_all()
    actions.record_answer(profile=profile, challenge=challenge, answer="interested", by=user)
    refresh_all()
    assert score(profile, challenge) == before
    actions.record_answer(profile=profile, challenge=challenge, answer="not_now", by=user)
    refresh_all()
    actions.undo_answer(profile=profile, challenge=challenge, by=user)
    refresh_all()
    assert score(profile, challenge) == before


@pytest.mark.django_db
def test_some_challenges_and_profiles_are_read_by_their_ids() -> None:
    profile, challenge = water_profile(text=WATER), water_challenge()
    water_profile()
    water_challenge()
    refresh_all()
    mine, asked = Subject.objects.get(profile=profile).pk, Subject.objects.get(challenge=challenge).pk
    assert list(pipeline.facts.profiles([mine, asked])) == [mine]
    assert list(pipeline.facts.challenges([mine, asked])) == [asked]
    assert len(pipeline.facts.profiles()) == len(pipeline.facts.challenges()) == 2


@pytest.mark.django_db
def test_operators_see_what_each_fact_added(admin_client: Client) -> None:
    others()
    water_profile(state="20")
    water_challenge(state="20")
    refresh_all()
    page = admin_client.get(reverse("admin:matching_match_changelist")).content.decode()
    assert "place +0.05" in page


@pytest.mark.django_db
def test_a_new_year_ages_evidence_by_one() -> None:
    others()
    profile, challenge = water_profile(), water_challenge(closes_at=timezone.now() + timedelta(days=900))
    profile.items.update(year=timezone.localdate().year - 7)
    refresh_all()
    before = match_of(profile, challenge)
    with time_machine.travel(timezone.now() + timedelta(days=366)):
        refresh_all()
        after = match_of(profile, challenge)
        pipeline.sweep()
        assert not Subject.objects.exclude(stale_since=None).exists()
    assert before is not None
    assert after is not None
    assert after.parts["facts"]["freshness"] == -0.04 < before.parts["facts"]["freshness"]
