"""Programmes are found by words, and shown only to whom they are open and meant."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import NewsItem, Profile, User
from hubs.actions.programmes import publish_programme
from hubs.eligible import judge
from hubs.models import Consortium, Member, Programme
from matching import pipeline, programmes
from matching.models import ProgrammeMatch, ProgrammePassage, Subject
from matching.pipeline import subjects
from tests import factories
from tests.conftest import signed_in

WATER = "Medir arsénico en pozos rurales con sensores baratos"
GPU = "Horas de GPU para entrenar modelos de lluvia"
OTHERS = ("Reconocer aves por su canto", "Turbinas eólicas con menos ruido", "Reciclar pañales y bolsas")


def matched(profile: Profile, offer: str = WATER, role: str = "offer") -> Profile:
    factories.add_item(profile, role, offer)
    refresh(subjects.note_profile(profile.pk))
    return profile


def refresh(subject: int | None) -> None:
    assert subject is not None
    pipeline.refresh(subject)


def compare() -> None:
    while pipeline.programmes_slice(60):
        pass


@pytest.fixture
def others(db: None) -> None:
    """A catalogue in which words are more or less usual."""
    for text in OTHERS:
        matched(factories.make_researcher(), text)
        challenge = factories.make_challenge(needs=(text,), title=text, summary=text)
        refresh(subjects.note_challenge(challenge.pk))
        factories.make_programme(title=text, summary=text)


def shown_to(user: User) -> list[str]:
    return [row.programme.title for row in programmes.for_person(user)]


def test_a_programme_is_shown_to_whom_its_words_fit(others: None, owner: User, stranger: User) -> None:
    matched(factories.make_researcher(owner))
    matched(factories.make_researcher(stranger), OTHERS[0])
    fitting = factories.make_programme(title=WATER, summary=WATER)
    compare()
    assert shown_to(owner) == [fitting.title]
    assert fitting.title not in shown_to(stranger)


def test_who_seeks_computing_finds_who_gives_it(others: None, owner: User) -> None:
    matched(factories.make_researcher(owner, summary=""), GPU, "seek")
    factories.make_programme(title=GPU, summary=GPU, kind="computing", gpu_hours=100)
    compare()
    assert shown_to(owner) == [GPU]


def test_it_is_told_once_and_only_to_whom_it_is_surely_for(others: None, owner: User, stranger: User) -> None:
    matched(factories.make_researcher(owner, state="14"))
    matched(factories.make_researcher(stranger))
    factories.make_programme(title=WATER, summary=WATER, states=["14"])
    compare()
    Subject.objects.update(programmes_under="")
    compare()
    assert [row.person for row in NewsItem.objects.filter(kind="programme_fits")] == [owner.person]
    assert shown_to(stranger) == [WATER]  # says no state: it may be for them


@pytest.mark.parametrize(
    "change",
    [
        {"status": "announced"},
        {"status": "paused"},
        {"is_published": False},
        {"closes_at": timezone.now() - timedelta(minutes=1)},
        {"opens_at": timezone.now() + timedelta(days=300)},
        {"who_may": ["startup"]},
        {"abroad_only": True},
    ],
)
def test_what_is_not_open_or_not_for_them_goes_without_any_new_matching(
    others: None, owner: User, change: dict[str, Any]
) -> None:
    matched(factories.make_researcher(owner))
    programme = factories.make_programme(title=WATER, summary=WATER)
    compare()
    Programme.objects.filter(pk=programme.pk).update(**change)
    assert ProgrammeMatch.objects.filter(programme=programme).exists()
    assert shown_to(owner) == []


def test_a_rewritten_programme_leaves_its_old_company(others: None, owner: User) -> None:
    matched(factories.make_researcher(owner))
    programme = factories.make_programme(title=WATER, summary=WATER)
    compare()
    programme.title = programme.summary = OTHERS[1]
    programme.save()
    compare()
    assert shown_to(owner) == []
    said = set(ProgrammePassage.objects.filter(programme=programme).values_list("text", flat=True))
    assert any(OTHERS[1] in text for text in said)
    assert not any(WATER in text for text in said)


def test_an_edited_profile_is_compared_again(others: None, owner: User) -> None:
    profile = matched(factories.make_researcher(owner), OTHERS[0])
    factories.make_programme(title=WATER, summary=WATER)
    compare()
    assert WATER not in shown_to(owner)
    matched(profile, WATER)
    compare()
    assert WATER in shown_to(owner)


def test_general_funding_that_names_a_kind_is_shown_to_those_who_may(owner: User) -> None:
    startup = factories.make_organisation("startup", owner=owner)
    factories.make_profile(startup, stage="pilot", state="14")
    factories.make_programme(title="Capital para pilotos", who_may=["startup"], stages=["pilot"])
    factories.make_programme(title="Capital para ventas", who_may=["startup"], stages=["growth"])
    factories.make_programme(title="Para quien sea")
    assert shown_to(owner) == ["Capital para pilotos"]


def test_a_challenge_shows_what_gives_what_it_needs_but_nothing_barred_to_the_reader(
    others: None, owner: User
) -> None:
    challenge = factories.make_challenge(needs=(GPU,), title="Lluvia", summary="Pronósticos")
    refresh(subjects.note_challenge(challenge.pk))
    factories.make_programme(title=GPU, summary=GPU, kind="computing", gpu_hours=10, who_may=["researcher"])
    compare()
    address = reverse("hubs:challenge_around", args=[challenge.public_id])
    assert GPU in titles(Client().get(address))
    factories.make_profile(factories.make_organisation("startup", owner=owner))
    assert GPU not in titles(signed_in(owner).get(address))


def titles(response: Any) -> list[str]:
    found = response.context.get("found", [])
    return [row.programme.title for row in found]


def test_a_consortium_sees_who_has_the_computing_that_no_member_has(others: None, owner: User) -> None:
    challenge = factories.make_challenge(needs=(GPU, WATER), title="Lluvia", summary="Pronósticos")
    refresh(subjects.note_challenge(challenge.pk))
    factories.make_programme(title=GPU, summary=GPU, kind="computing", gpu_hours=10)
    compare()
    consortium = Consortium.objects.create(challenge=challenge, name="Lluvia")
    member = Member.objects.create(
        consortium=consortium, profile=factories.make_researcher(owner), state="accepted"
    )
    assert [row.programme.title for row in programmes.for_consortium(consortium)] == [GPU]
    member.needs.set(challenge.needs.all())
    assert programmes.for_consortium(consortium) == []


def test_publishing_makes_everybody_wait_for_it(others: None, owner: User) -> None:
    curator = factories.make_user()
    factories.make_hub("nation", curator=curator)
    matched(factories.make_researcher(owner))
    programme = factories.make_programme(title=WATER, summary=WATER, is_published=False)
    compare()
    assert not pipeline.programmes.waiting(pipeline.model_name())
    publish_programme(programme=programme, published=True, by=curator)
    assert pipeline.programmes.waiting(pipeline.model_name())
    compare()
    assert shown_to(owner) == [WATER]


SOME = st.lists(st.sampled_from(["startup", "company", "researcher", "agency"]), unique=True, max_size=3)
CODES = st.lists(st.sampled_from(["09", "14", "19"]), unique=True, max_size=2)
STAGES = st.lists(st.sampled_from(["idea", "pilot", "growth"]), unique=True, max_size=2)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    who=SOME,
    states=CODES,
    stages=STAGES,
    sectors=st.lists(st.sampled_from(["11", "22"]), unique=True, max_size=1),
    abroad=st.booleans(),
    state=st.sampled_from(["", "09", "14"]),
    stage=st.sampled_from(["", "idea", "growth"]),
    sector=st.sampled_from(["", "11", "22"]),
)
def test_no_startup_is_ever_shown_a_programme_that_it_may_not_apply_to(
    owner: User,
    who: list[str],
    states: list[str],
    stages: list[str],
    sectors: list[str],
    abroad: bool,
    state: str,
    stage: str,
    sector: str,
) -> None:
    profile = Profile.objects.filter(organisation__memberships__person=owner.person).first()
    profile = profile or factories.make_profile(factories.make_organisation("startup", owner=owner))
    Profile.objects.filter(pk=profile.pk).update(state=state, stage=stage, sector=sector)
    profile.refresh_from_db()
    Programme.objects.all().delete()
    facts: dict[str, Any] = {
        "who_may": who,
        "states": states,
        "stages": stages,
        "sectors": sectors,
        "abroad_only": abroad,
    }
    programme = factories.make_programme(**facts)
    barred = (
        (bool(who) and "startup" not in who)
        or abroad
        or (bool(states) and state not in ("", *states))
        or (bool(stages) and stage not in ("", *stages))
        or (bool(sectors) and sector not in ("", *sectors))
    )
    subject, _ = Subject.objects.get_or_create(profile=profile)
    current, _ = pipeline_statistics()
    ProgrammeMatch.objects.create(
        programme=programme, subject=subject, score=2, strength="strong", statistics=current
    )
    assert (judge(programme, profile).word == "barred") == barred
    assert (programmes.for_person(owner) == []) == barred


def pipeline_statistics() -> Any:
    from matching.models import Statistics

    return Statistics.objects.get_or_create(
        version="v", defaults={"model": "hash", "engine": 1, "data": b"", "passages": 0, "current": True}
    )
