"""The pages of what nobody covers: who sees what of them, and who is invited, once."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import LetterPreference, NewsItem, Profile, User
from hubs.models import Challenge
from matching.models import Answer, Gap, GapInvitation, GapNeed, NeedCoverage
from tests import factories
from tests.conftest import signed_in

pytestmark = pytest.mark.django_db
NEED = "Separar tierras raras de relaves mineros"


def make_gap(
    challenge: Challenge, *, abroad: tuple[Profile, ...] = (), here: tuple[Profile, ...] = ()
) -> Gap:
    needs = list(challenge.needs.all())
    near = {
        side: [{"id": one.pk, "value": 0.5, "needs": [needs[0].pk]} for one in people]
        for side, people in (("abroad", abroad), ("here", here))
    }
    gap = Gap.objects.create(
        label=needs[0].text,
        language="es",
        size=len(needs),
        closers=near,
        found_at=timezone.now() - timedelta(days=3),
    )
    for place, need in enumerate(needs):
        GapNeed.objects.create(gap=gap, need=need, position=place)
    return gap


@pytest.fixture
def challenge(owner: User) -> Challenge:
    organisation = factories.make_organisation(owner=owner)
    return factories.make_challenge(organisation, needs=(NEED,), title="Relaves que valen")


@pytest.fixture
def abroad() -> Profile:
    user = factories.make_user(name="Ana Lejos")
    return factories.make_researcher(user, lives_abroad="DE", abroad_place="Freiberg")


def read(url: str, user: User | None = None) -> str:
    client = signed_in(user) if user else Client()
    return client.get(url).content.decode()


def test_the_list_leads_to_each_gap_with_the_challenges_that_ask(challenge: Challenge) -> None:
    gap = make_gap(challenge)
    page = read(reverse("matching:gap_list"))
    assert NEED in page
    assert "Relaves que valen" in page
    assert gap.get_absolute_url() in page


@pytest.mark.parametrize("status", ["draft", "withdrawn"])
def test_a_need_of_a_challenge_that_is_not_public_is_nowhere(challenge: Challenge, status: str) -> None:
    gap = make_gap(challenge)
    private = factories.make_challenge(needs=("Secreto de la agencia",), status="draft")
    if status == "withdrawn":
        factories.put_at(private, "withdrawn")
    GapNeed.objects.create(gap=gap, need=private.needs.get(), position=5)
    alone = make_gap(factories.make_challenge(needs=("Otro secreto",), status="draft"))
    for url in (reverse("matching:gap_list"), gap.get_absolute_url()):
        assert "secreto" not in read(url).lower()
    assert Client().get(alone.get_absolute_url()).status_code == 404


def test_who_comes_near_is_named_to_posters_and_curators_alone(
    challenge: Challenge, abroad: Profile, owner: User, stranger: User
) -> None:
    gap = make_gap(challenge, abroad=(abroad,))
    curator = factories.make_user()
    factories.make_hub("nation", curator=curator)
    for user in (owner, curator):
        assert "Ana Lejos" in read(gap.get_absolute_url(), user)
    for reader in (None, stranger):
        page = read(gap.get_absolute_url(), reader)
        assert "Ana Lejos" not in page
        assert reverse("matching:gap_invite", args=[gap.public_id]) not in page


@pytest.mark.parametrize(
    "change",
    [{"visibility": "nobody"}, {"match_automatically": False}, {"lives_abroad": ""}],
    ids=str,
)
def test_who_hides_opts_out_or_came_home_is_gone_at_once(
    challenge: Challenge, abroad: Profile, owner: User, change: dict[str, object]
) -> None:
    gap = make_gap(challenge, abroad=(abroad,))
    Profile.objects.filter(pk=abroad.pk).update(**change)
    assert "Ana Lejos" not in read(gap.get_absolute_url(), owner)


def test_who_said_never_to_a_challenge_is_not_asked_for_its_gap(
    challenge: Challenge, abroad: Profile, owner: User
) -> None:
    assert abroad.person is not None
    Answer.objects.create(profile=abroad, challenge=challenge, person=abroad.person, answer="never")
    gap = make_gap(challenge, abroad=(abroad,))
    assert "Ana Lejos" not in read(gap.get_absolute_url(), owner)


def test_of_people_in_the_country_only_those_who_began_lately_are_juniors(
    challenge: Challenge, owner: User
) -> None:
    year = timezone.localdate().year
    people = []
    for name, first in (("Junior Reciente", year - 2), ("Experta Antigua", year - 20), ("Sin Fecha", None)):
        profile = factories.make_researcher(factories.make_user(name=name))
        factories.add_item(profile, "evidence", "Flotación", year=first)
        people.append(profile)
    page = read(make_gap(challenge, here=tuple(people)).get_absolute_url(), owner)
    assert "Junior Reciente" in page
    assert "Experta Antigua" not in page
    assert "Sin Fecha" not in page


def invite(gap: Gap, user: User, *profiles: Profile) -> int:
    url = reverse("matching:gap_invite", args=[gap.public_id])
    keys = [str(profile.public_id) for profile in profiles]
    return signed_in(user).post(url, {"profile": keys}).status_code


def test_whoever_is_invited_hears_of_it_once(challenge: Challenge, abroad: Profile, owner: User) -> None:
    gap = make_gap(challenge, abroad=(abroad,))
    assert [invite(gap, owner, abroad) for _ in range(2)] == [302, 302]
    told = NewsItem.objects.get(kind="gap_invitation")
    assert (told.person, told.params["title"], told.url) == (abroad.person, NEED, gap.get_absolute_url())
    assert GapInvitation.objects.get().by == owner.person
    assert NEED in read(reverse("accounts:news"), abroad.person.user if abroad.person else None)


def test_who_wants_no_letters_about_programmes_gets_none(
    challenge: Challenge, abroad: Profile, owner: User
) -> None:
    assert abroad.person is not None
    LetterPreference.objects.update_or_create(
        person=abroad.person, family="programmes", defaults={"cadence": "never"}
    )
    invite(make_gap(challenge, abroad=(abroad,)), owner, abroad)
    assert NewsItem.objects.get(kind="gap_invitation").mailed_at is None
    assert mail.outbox == []


def test_nobody_is_invited_who_does_not_come_near_or_by_whom_it_does_not_concern(
    challenge: Challenge, abroad: Profile, owner: User, stranger: User
) -> None:
    gap = make_gap(challenge, abroad=(abroad,))
    other = factories.make_researcher(factories.make_user())
    assert invite(gap, owner, other) == 302
    assert invite(gap, stranger, abroad) == 404
    assert not GapInvitation.objects.exists()


def test_the_invited_find_on_the_page_what_to_do(challenge: Challenge, abroad: Profile, owner: User) -> None:
    gap = make_gap(challenge, abroad=(abroad,))
    invite(gap, owner, abroad)
    assert abroad.person is not None
    assert abroad.person.user is not None
    assert "Te invitaron a cerrar esta brecha" in read(f"/es/gaps/{gap.public_id}/", abroad.person.user)


def test_a_covered_gap_says_how_many_days_it_took_and_invites_nobody(
    challenge: Challenge, abroad: Profile, owner: User
) -> None:
    gap = make_gap(challenge, abroad=(abroad,))
    Gap.objects.update(covered_at=gap.found_at + timedelta(days=9))
    page = read(f"/en/gaps/{gap.public_id}/", owner)
    assert "Covered in 9 days" in page
    assert "Ana Lejos" not in page
    assert "Covered in 9 days" in read("/en/gaps/?show=covered")
    assert NEED not in read("/en/gaps/")
    invite(gap, owner, abroad)
    assert not GapInvitation.objects.exists()


def test_the_middle_of_the_days_is_told_from_five_gaps_on_and_without_invented_ones() -> None:
    now = timezone.now()
    for days in (1, 2, 30, 40):
        Gap.objects.create(
            label="x", language="es", size=1, found_at=now - timedelta(days=days), covered_at=now
        )
    Gap.objects.create(
        label="x", language="es", size=1, found_at=now - timedelta(days=7), covered_at=now, is_demo=True
    )
    words = "days until half of them were covered"
    assert words not in read("/en/gaps/")
    Gap.objects.create(label="x", language="es", size=1, found_at=now - timedelta(days=20), covered_at=now)
    page = read("/en/gaps/")
    assert words in page
    assert ">20<" in page


def test_training_that_takes_nobody_any_more_is_not_shown(challenge: Challenge) -> None:
    gap = make_gap(challenge)
    course = factories.make_programme(kind="training", title="Curso de hidrometalurgia")
    Gap.objects.update(closers={"programmes": [{"id": course.pk, "value": 0.5, "needs": []}]})
    assert "Curso de hidrometalurgia" in read(gap.get_absolute_url())
    type(course).objects.filter(pk=course.pk).update(status="ended")
    assert "Curso de hidrometalurgia" not in read(gap.get_absolute_url())


def test_it_says_whether_data_and_computing_are_lacking(challenge: Challenge) -> None:
    gap = make_gap(challenge)
    url = f"/en/gaps/{gap.public_id}/"
    page = read(url)
    assert "Data are lacking" in page
    assert "Computing is lacking" in page
    Challenge.objects.filter(pk=challenge.pk).update(offer_data="Muestras de cien relaves")
    factories.make_programme(kind="computing", title="Horas de GPU", gpu_hours=10)
    page = read(url)
    assert "1 of the challenges brings data" in page
    assert "Horas de GPU" in page


def test_the_pages_ask_little_however_much_there_is(
    challenge: Challenge, owner: User, django_assert_max_num_queries: Any
) -> None:
    people = tuple(factories.make_researcher(factories.make_user(), lives_abroad="DE") for _ in range(5))
    gap = make_gap(challenge, abroad=people)
    for number in range(6):
        make_gap(factories.make_challenge(needs=(f"Otra {number}",)))
    client = signed_in(owner)
    for url in (reverse("matching:gap_list"), gap.get_absolute_url()):
        client.get(url)
        with django_assert_max_num_queries(12):
            client.get(url)


def test_operators_read_what_was_measured_and_change_nothing(challenge: Challenge) -> None:
    make_gap(challenge)
    NeedCoverage.objects.create(need=challenge.needs.get(), value=0.41, checked_at=timezone.now())
    client = signed_in(factories.make_user(is_staff=True, is_superuser=True))
    needs = client.get(reverse("admin:matching_needcoverage_changelist")).content.decode()
    assert "0.41" in needs or "0,41" in needs
    assert NEED in client.get(reverse("admin:matching_gap_changelist")).content.decode()
    assert client.get(reverse("admin:matching_gap_add")).status_code == 403
