"""The page where people see what fits them, and why, and answer."""

from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts.models import Profile, Translation, User
from hubs.models import Challenge, Introduction, Need
from matching import pipeline
from matching.models import Answer, Match, MatchEvent, Subject
from tests import factories
from tests.conftest import signed_in
from tests.matching.test_pipeline import WATER, others, refresh_all, water_challenge, water_profile

pytestmark = pytest.mark.django_db


def matched(user: User, **fields: Any) -> tuple[Profile, Challenge]:
    others()
    profile, challenge = water_profile(user=user), water_challenge(**fields)
    refresh_all()
    return profile, challenge


def page(client: Client, **query: str) -> str:
    with translation.override("en"):
        response = client.get(reverse("matching:my_matches"), query)
    assert response.status_code == 200
    return response.content.decode()


def say(client: Client, profile: Profile, challenge: Challenge, answer: str, **headers: str) -> Any:
    url = reverse("matching:answer", args=[profile.public_id, challenge.public_id])
    return client.post(url, {"answer": answer}, headers=headers or None)


def test_need_and_evidence_stand_side_by_side_in_words_without_a_percentage(owner: User) -> None:
    _, challenge = matched(owner)
    html = page(signed_in(owner))
    assert challenge.title in html
    assert "Medir arsénico en pozos" in html
    assert WATER in html
    assert challenge.organisation.name in html
    assert "%" not in html.split("<main")[1].split("</main>")[0]


def test_a_visitor_is_sent_to_sign_in(client: Client) -> None:
    response = client.get(reverse("matching:my_matches"))
    assert response.status_code == 302
    assert "/account/login" in response["Location"]


def test_other_peoples_matches_are_not_shown_and_cannot_be_answered(owner: User, stranger: User) -> None:
    profile, challenge = matched(owner)
    client = signed_in(stranger)
    assert challenge.title not in page(client)
    assert say(client, profile, challenge, "interested").status_code == 404
    assert not Answer.objects.exists()


def test_an_organisations_matches_are_its_members_matches_too(owner: User, teammate: User) -> None:
    others()
    company = factories.make_organisation("company", owner=owner, member=teammate)
    profile = factories.make_profile(company, summary="")
    factories.add_item(profile, text=WATER)
    challenge = water_challenge()
    refresh_all()
    assert challenge.title in page(signed_in(teammate))
    say(signed_in(teammate), profile, challenge, "not_now")
    assert Answer.objects.get().person == teammate.person


def test_not_now_is_said_on_the_card_and_can_be_taken_back(owner: User) -> None:
    profile, challenge = matched(owner)
    client = signed_in(owner)
    response = say(client, profile, challenge, "not_now")
    assert response.status_code == 302
    assert challenge.title in page(client, answered="not_now")
    assert challenge.title not in page(client, answered="open")
    say(client, profile, challenge, "undone")
    assert not Answer.objects.exists()
    assert challenge.title in page(client, answered="open")
    assert list(MatchEvent.objects.filter(kind="answer").values_list("answer", flat=True)) == [
        "not_now",
        "undone",
    ]


def test_never_takes_it_off_the_page_and_lists_it_to_be_taken_back(owner: User) -> None:
    profile, challenge = matched(owner)
    client = signed_in(owner)
    say(client, profile, challenge, "never")
    assert not Match.objects.exists()
    html = page(client)
    assert f"match-{profile.public_id}-{challenge.public_id}" not in html
    assert challenge.title not in html
    assert challenge.title in client.get(reverse("matching:set_aside")).content.decode()
    say(client, profile, challenge, "undone")
    pipeline.refresh(Subject.objects.get(profile=profile).pk)
    assert Match.objects.filter(subject__profile=profile, target__challenge=challenge).exists()


def test_interested_leads_to_the_request_which_carries_the_reason_and_three_answers(owner: User) -> None:
    profile, challenge = matched(owner)
    client = signed_in(owner)
    response = say(client, profile, challenge, "interested")
    form_url = reverse("matching:ask_introduction", args=[profile.public_id, challenge.public_id])
    assert response["Location"] == form_url
    assert WATER in client.get(form_url).content.decode()
    response = client.post(
        form_url, {"brings": "Tenemos un laboratorio móvil.", "needs": "Pozos.", "who": "Un laboratorio."}
    )
    introduction = Introduction.objects.get()
    assert response["Location"] == introduction.get_absolute_url()
    assert introduction.brings == "Tenemos un laboratorio móvil."
    assert introduction.reason["needs"][0]["evidence"]["text"] == WATER
    assert Answer.objects.get().answer == "interested"
    assert client.get(form_url)["Location"] == introduction.get_absolute_url()


def test_an_answer_that_is_too_long_is_refused_and_kept(owner: User) -> None:
    profile, challenge = matched(owner)
    client = signed_in(owner)
    url = reverse("matching:ask_introduction", args=[profile.public_id, challenge.public_id])
    response = client.post(url, {"brings": "á" * 501, "needs": "Pozos.", "who": "Un laboratorio."})
    assert response.status_code == 422
    assert "á" * 501 in response.content.decode()
    assert not Introduction.objects.exists()


def test_htmx_gets_only_the_card_and_without_it_the_page_is_shown_again(owner: User) -> None:
    profile, challenge = matched(owner)
    html = say(signed_in(owner), profile, challenge, "not_now", **{"HX-Request": "true"}).content.decode()
    assert "<html" not in html
    assert challenge.title in html
    html = say(signed_in(owner), profile, challenge, "never", **{"HX-Request": "true"}).content.decode()
    assert "<html" not in html
    assert 'value="undone"' in html


def test_an_answer_that_leads_elsewhere_stays_on_this_site(owner: User) -> None:
    profile, challenge = matched(owner)
    url = reverse("matching:answer", args=[profile.public_id, challenge.public_id])
    response = signed_in(owner).post(url, {"answer": "not_now", "next": "https://evil.example/"})
    assert response["Location"] == reverse("matching:my_matches")


def test_a_challenge_that_one_was_never_matched_with_cannot_be_answered(owner: User) -> None:
    profile, _ = matched(owner)
    elsewhere = factories.make_challenge(title="Otra cosa", needs=("Bordar manteles",))
    assert say(signed_in(owner), profile, elsewhere, "interested").status_code == 404


def test_each_showing_is_recorded_once_a_day_with_rank_and_parts(owner: User) -> None:
    profile, challenge = matched(owner)
    client = signed_in(owner)
    page(client)
    page(client)
    event = MatchEvent.objects.get()
    match = Match.objects.get()
    assert (event.kind, event.person, event.profile, event.challenge) == (
        "page",
        owner.person,
        profile,
        challenge,
    )
    assert (event.rank, event.score, event.parts) == (1, match.score, match.parts)
    assert (event.engine, event.model, event.statistics) == (match.engine, match.model, match.statistics_id)


def test_filters_keep_to_one_profile_and_one_strength(owner: User) -> None:
    profile, challenge = matched(owner)
    factories.make_profile(factories.make_organisation("startup", owner=owner))
    client = signed_in(owner)
    assert challenge.title in page(client, profile=str(profile.public_id))
    other = Profile.objects.get(kind="startup")
    assert challenge.title not in page(client, profile=str(other.public_id))
    Match.objects.update(strength="possible")
    assert challenge.title not in page(client, strength="good")
    assert challenge.title in page(client, strength="nonsense")


def test_an_empty_list_says_what_would_help(owner: User) -> None:
    client = signed_in(owner)
    assert "You have no profile yet" in page(client)
    profile = factories.make_researcher(owner, summary="Corto", match_automatically=False)
    html = page(client)
    assert "Automatic matching is switched off" in html
    with translation.override("en"):
        assert reverse("accounts:profile_edit", args=[profile.public_id]) in html


def test_own_words_are_shown_in_the_readers_language_where_the_poster_gave_them(owner: User) -> None:
    _, challenge = matched(owner)
    need = challenge.needs.get()
    Translation.objects.create(record=challenge, field="title", language="en", text="Safe water")
    Translation.objects.create(record=need, field="text", language="en", text="Measure arsenic in wells")
    html = page(signed_in(owner))
    assert 'lang="en"' in html
    assert "Safe water" in html
    assert "Measure arsenic in wells" in html


def test_one_match_and_three_take_the_same_number_of_queries(
    owner: User, django_assert_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    matched(owner)
    ContentType.objects.get_for_models(Challenge, Need)  # looked up once by a process
    client = signed_in(owner)
    client.get(reverse("hubs:home"))  # what is counted once for every page
    with CaptureQueriesContext(connection) as one:
        page(client)
    MatchEvent.objects.all().delete()
    for _ in range(2):
        water_challenge()
    refresh_all()
    assert Match.objects.count() == 3
    with django_assert_num_queries(len(one)):
        page(client)


def test_the_poster_sees_who_fits_and_the_public_only_how_many(owner: User, stranger: User) -> None:
    agency = factories.make_organisation("government", owner=owner)
    others()
    profile, challenge = water_profile(), water_challenge(organisation=agency)
    refresh_all()
    url = challenge.get_absolute_url()
    fits = reverse("matching:challenge_fits", args=[challenge.public_id])
    assert fits in signed_in(owner).get(url).content.decode()  # its page loads them from there
    html = signed_in(owner).get(fits).content.decode()
    assert profile.name in html
    assert WATER in html
    for client in (Client(), signed_in(stranger)):
        html = client.get(url).content.decode()
        assert profile.name not in html
        assert WATER not in html
        assert fits not in html
    assert signed_in(stranger).get(fits).status_code == 404
    assert Client().get(fits).status_code == 302


def test_what_people_wrote_is_shown_as_text_and_never_as_markup(owner: User) -> None:
    bad = '"><script>alert(1)</script>'
    profile, challenge = matched(owner, title=f"Agua {bad}")
    factories.add_item(
        profile, "evidence", f"{WATER} Más {bad}", title=bad, link="https://example.org/?a=%22"
    )
    challenge.needs.update(text=f"Medir arsénico en pozos de agua potable {bad} con sensores portátiles")
    pipeline.subjects.note_profile(profile.pk)
    pipeline.subjects.note_challenge(challenge.pk)
    refresh_all()
    client = signed_in(owner)
    assert "alert(1)" in page(client)
    assert bad not in page(client)
    say(client, profile, challenge, "never")
    aside = client.get(reverse("matching:set_aside")).content.decode()
    assert "alert(1)" in aside
    assert bad not in aside


def explained(owner: User) -> tuple[Profile, Challenge]:
    profile, challenge = matched(owner)
    page(signed_in(owner))  # what somebody looks at is explained next
    assert not pipeline.explain_slice(seconds=30)
    return profile, challenge


def test_a_page_never_waits_for_marks_and_has_them_the_next_time(owner: User) -> None:
    matched(owner)
    client = signed_in(owner)
    assert "<mark>" not in page(client)
    assert pipeline.explaining.anything_waiting()
    pipeline.explain_slice(seconds=30)
    html = page(client)
    need, evidence = html.split('class="evidence__tie"')
    assert "<mark>" in need.split('class="evidence__need"')[1]
    assert "<mark>" in evidence
    assert not pipeline.explaining.anything_waiting()


def test_an_item_that_does_not_represent_me_is_gone_at_once_and_can_be_taken_back(
    owner: User, django_capture_on_commit_callbacks: Any
) -> None:
    profile, _ = explained(owner)
    client, item = signed_in(owner), profile.items.get()
    assert "This does not represent me" in page(client)
    with translation.override("en"):
        use, back = reverse("accounts:item_use", args=[profile.public_id]), reverse("matching:my_matches")
    with django_capture_on_commit_callbacks(execute=True):
        said = client.post(use, {"item": item.pk, "use": "0", "next": back}, follow=True)
    assert said.redirect_chain == [(back, 302)]
    html = said.content.decode()
    assert "is no longer used for matching" in html
    assert "evidence__answer" not in html  # before anything was matched anew
    with translation.override("en"):
        aside = client.get(reverse("matching:set_aside")).content.decode()
    assert "1 item that is not used for matching" in aside
    pipeline.refresh(Subject.objects.get(profile=profile).pk)
    assert not Match.objects.current().exists()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(use, {"item": item.pk, "use": "1", "next": back})
    pipeline.refresh(Subject.objects.get(profile=profile).pk)
    html = page(client)
    assert "evidence__answer" in html
    with translation.override("en"):
        assert "item that is not used" not in client.get(reverse("matching:set_aside")).content.decode()


def test_a_member_who_may_not_edit_sees_reasons_and_no_switches(owner: User, teammate: User) -> None:
    others()
    company = factories.make_organisation("company", owner=owner, member=teammate)
    factories.add_item(factories.make_profile(company, summary=""), text=WATER)
    water_challenge()
    refresh_all()
    assert "This does not represent me" in page(signed_in(owner))
    html = page(signed_in(teammate))
    assert WATER in html
    assert "This does not represent me" not in html


def test_what_would_make_it_stronger_is_said_to_ones_own_side_alone(owner: User, stranger: User) -> None:
    profile, challenge = matched(owner)
    assert "For this need there is only your word" in page(signed_in(owner))
    factories.join(challenge.organisation, stranger, "owner")
    fits = reverse("matching:challenge_fits", args=[challenge.public_id])
    html = signed_in(stranger).get(fits).content.decode()
    assert profile.name in html
    assert "only your word" not in html


def test_a_card_opens_with_a_sentence_that_says_what_is_asked_and_why_you(owner: User) -> None:
    _, challenge = matched(owner)
    html = page(signed_in(owner))
    opening = html.split('class="opening"')[1].split("</p>")[0]
    assert challenge.organisation.name in opening
    assert "asks for one thing, and it fits" in opening
    assert "We thought of you" in opening
    assert "for what you offer." in opening
    assert WATER[:60] not in opening  # it stands right below, beside the need


def test_it_says_who_else_would_be_needed_and_hides_small_numbers(owner: User) -> None:
    fitting = "Programamos tableros con mapas y alertas para ayuntamientos."
    others()
    water_profile(user=owner)
    for _ in range(3):
        water_profile(fitting)
    needs = ("Medir arsénico en pozos de agua potable con sensores portátiles", fitting)
    water_challenge(needs=needs)
    refresh_all()
    html = page(signed_in(owner))
    assert "Who else would be needed" in html
    assert "fewer than five could answer so far" in html
    for _ in range(9):
        water_profile(fitting)
    refresh_all()
    html = page(signed_in(owner))
    assert "in the country could answer this" in html
    assert "Persona Importada" not in html  # how many, not who


def test_one_tap_says_interested_and_the_card_leads_to_the_request(owner: User) -> None:
    profile, challenge = matched(owner)
    response = say(signed_in(owner), profile, challenge, "interested", **{"HX-Request": "true"})
    html = response.content.decode()
    assert response.status_code == 200
    assert reverse("matching:ask_introduction", args=[profile.public_id, challenge.public_id]) in html
    assert Answer.objects.get().answer == "interested"
    assert not Introduction.objects.exists()  # nobody is asked for anything by the one tap


@pytest.mark.parametrize(
    ("wanted", "shown"),
    [
        ({"q": "agua segura"}, True),
        ({"q": "drones"}, False),
        ({"state": "14"}, True),
        ({"state": "09"}, False),
        ({"sector": "22"}, True),
        ({"sector": "11"}, False),
        ({"sdg": "6"}, True),
        ({"sdg": "2"}, False),
        ({"closes": "7"}, False),
        ({"closes": "30"}, True),
        ({"closes": "never"}, True),
    ],
)
def test_matches_are_narrowed_by_what_the_challenge_says(
    owner: User, wanted: dict[str, str], shown: bool
) -> None:
    _, challenge = matched(owner, state="14", sector="22", sdgs=["6"])
    assert (challenge.title in page(signed_in(owner), **wanted)) == shown


def test_the_order_is_by_fit_by_closing_or_the_newest_first(owner: User) -> None:
    from datetime import timedelta

    from django.utils import timezone

    others()
    water_profile(user=owner)
    late, soon = (
        water_challenge(title=title, closes_at=timezone.now() + timedelta(days=days))
        for title, days in (("Cierra después", 20), ("Cierra antes", 5))
    )
    refresh_all()
    Match.objects.filter(target__challenge=late).update(first_made_at=timezone.now() + timedelta(hours=1))
    by_closing = page(signed_in(owner), order="closing")
    assert by_closing.index(soon.title) < by_closing.index(late.title)
    newest = page(signed_in(owner), order="new")
    assert newest.index(late.title) < newest.index(soon.title)


def test_whom_nothing_fits_sees_what_is_open_nearby_and_what_else_counts(owner: User) -> None:
    factories.make_researcher(user=owner, fields=["2.7"], state="14", summary="")
    near = factories.make_challenge(title="Riego con agua tratada", fields=["2.7"])
    kin = factories.make_challenge(title="Puentes seguros", fields=["2.1"])
    far = factories.make_challenge(title="Lenguas indígenas", fields=["6.2"])
    html = page(signed_in(owner))
    assert html.index(near.title) < html.index(kin.title)
    assert far.title not in html
    assert "Not a match yet" in html
    assert "No publications? Other things count as much" in html


def test_whoever_has_evidence_is_not_told_what_else_would_count(owner: User) -> None:
    profile, _ = matched(owner)
    assert "Other things count as much" in page(signed_in(owner))
    factories.add_item(profile, role="evidence", title="Tesis", text="Sobre arsénico.", kind="thesis")
    assert "Other things count as much" not in page(signed_in(owner))


def test_ten_matches_cost_as_many_queries_as_one(owner: User) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    matched(owner)
    client = signed_in(owner)
    page(client)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            page(client)
        return len(queries)

    one = cost()
    for _ in range(9):
        water_challenge()
    refresh_all()
    page(client)
    assert cost() == one


def test_a_profile_that_is_just_being_compared_is_not_told_that_nothing_fits(owner: User) -> None:
    Subject.objects.create(profile=water_profile(user=owner))
    client = signed_in(owner)
    waiting = page(client)
    assert "Your profile is being compared" in waiting
    assert "No challenge fits yet" not in waiting
    refresh_all()
    assert "No challenge fits yet" in page(client)
