"""A stored reason as its reader sees it, and what would make it stronger."""

from typing import Any

import pytest
from django.utils import timezone, translation

from accounts.models import Profile, ProfileItem, Translation
from hubs.models import Challenge
from matching.showing import Items, NeedShown, needs_shown
from matching.stronger import hints
from matching.templatetags.matches import bold, marked
from tests import factories

pytestmark = pytest.mark.django_db
TEXT = "Medimos arsénico en 40 pozos. Publicamos los datos."


@pytest.fixture
def challenge() -> Challenge:
    return factories.make_challenge(needs=("Detectar arsénico en pozos",))


@pytest.fixture
def item() -> ProfileItem:
    return factories.add_item(factories.make_researcher(), "evidence", TEXT, title="Pozos del norte")


def reason(challenge: Challenge, item: ProfileItem, **evidence: Any) -> dict[str, Any]:
    need = challenge.needs.get()
    return {
        "needs": [
            {
                "need_id": need.pk,
                "text": need.text,
                "language": "es",
                "weight": "must",
                "covered": True,
                "strength": "good",
                "marks": [[9, 17]],
                "evidence": {
                    "text": f"{item.title}. {item.text}",
                    "sentence": "Medimos arsénico en 40 pozos.",
                    "marks": [[8, 16]],
                    "language": "es",
                    "title": item.title,
                    "source": "",
                    "kind": "project",
                    "year": 2021,
                    "link": "",
                    "item_id": item.pk,
                }
                | evidence,
            }
        ]
    }


def test_marks_go_with_the_words_they_were_made_for(challenge: Challenge, item: ProfileItem) -> None:
    Translation.objects.create(
        record=challenge.needs.get(), field="text", language="en", text="Find arsenic in wells"
    )
    with translation.override("es"):
        (need,), _, _ = needs_shown(reason(challenge, item), challenge)
    assert (need.text[9:17], need.marks, need.evidence_marks) == ("arsénico", [[9, 17]], [[8, 16]])
    with translation.override("en"):
        (need,), _, _ = needs_shown(reason(challenge, item), challenge)
    assert (need.text, need.language, need.marks) == ("Find arsenic in wells", "en", [])
    assert (need.evidence, need.evidence_language) == ("Medimos arsénico en 40 pozos.", "es")
    assert need.evidence_marks == [[8, 16]]


@pytest.mark.parametrize(
    ("theirs", "expected"),
    [
        ("We measure arsenic in 40 wells. We publish the data.", "We measure arsenic in 40 wells."),
        ("We measure arsenic in 40 wells and publish the data.", None),  # short: shown whole
        ("Long. " * 100, ""),  # nobody knows which sentence it is
    ],
)
def test_evidence_is_shown_in_its_authors_translation(
    challenge: Challenge, item: ProfileItem, theirs: str, expected: str | None
) -> None:
    Translation.objects.create(record=item, field="text", language="en", text=theirs)
    Translation.objects.create(record=item, field="title", language="en", text="Northern wells")
    with translation.override("en"):
        (need,), _, _ = needs_shown(reason(challenge, item), challenge)
    if expected == "":
        assert (need.evidence, need.evidence_language) == ("Medimos arsénico en 40 pozos.", "es")
        assert "Pozos del norte" in need.source
        return
    assert (need.evidence, need.evidence_language) == (theirs if expected is None else expected, "en")
    assert need.evidence_marks == []
    assert "Northern wells" in need.source


def test_what_its_owner_keeps_out_is_not_shown_from_that_moment(
    challenge: Challenge, item: ProfileItem
) -> None:
    ProfileItem.objects.update(represents=False)
    covered, uncovered, _ = needs_shown(reason(challenge, item), challenge)
    assert covered == uncovered == []


def test_three_reasons_cost_as_many_queries_as_one(
    challenge: Challenge, item: ProfileItem, django_assert_num_queries: Any
) -> None:
    others = [factories.add_item(item.profile, text=f"Otra cosa {number}") for number in range(2)]
    with translation.override("en"):
        Items.of([reason(challenge, item)])  # the first one reads the content type
        for items in ([item], [item, *others]):
            reasons = [reason(challenge, each) for each in items]
            with django_assert_num_queries(1):
                Items.of(reasons)


def test_reasons_of_before_have_no_marks_and_no_item(challenge: Challenge, item: ProfileItem) -> None:
    old = reason(challenge, item)
    del old["needs"][0]["marks"], old["needs"][0]["evidence"]["marks"], old["needs"][0]["evidence"]["item_id"]
    (need,), _, _ = needs_shown(old, challenge)
    assert (need.marks, need.evidence_marks, need.item) == ([], [], None)


def test_marked_words_are_escaped_like_all_others() -> None:
    text = '<b>a</b> & "agua" <script>'
    assert marked(text, [[3, 4], [12, 16]]) == (
        "&lt;b&gt;<mark>a</mark>&lt;/b&gt; &amp; &quot;<mark>agua</mark>&quot; &lt;script&gt;"
    )
    assert bold("agua", [[0, 4]]) == "<strong>agua</strong>"


@pytest.mark.parametrize("marks", [None, "", [[2, 2]], [[3, 1]], [[0, 99]], [[-1, 2]]])
def test_marks_that_do_not_fit_are_left_out(marks: object) -> None:
    assert marked("a<b", marks) == "a&lt;b"


def test_overlapping_marks_show_each_word_once() -> None:
    assert marked("agua limpia", [[0, 4], [2, 8], [5, 11]]) == "<mark>agua</mark> <mark>limpia</mark>"


def need(text: str = "Medir arsénico", weight: str = "must", **fields: Any) -> NeedShown:
    year = timezone.localdate().year
    found: dict[str, Any] = {"strength": "good", "kind": "project", "year": year, "link": "https://x.example"}
    return NeedShown(text, "es", weight, **found | {"evidence": "Medimos", "title": "Pozos"} | fields)


@pytest.mark.parametrize(
    ("fields", "kind", "about"),
    [
        ({}, None, ""),
        ({"strength": "possible"}, "possible", "Medir arsénico"),
        ({"kind": "offer", "year": None, "link": ""}, "claim", "Medir arsénico"),
        ({"kind": "summary", "year": None, "link": ""}, "claim", "Medir arsénico"),
        ({"year": None}, "year", "Pozos"),
        ({"year": 2001}, "old", "Medir arsénico"),
        ({"link": ""}, "link", "Pozos"),
        ({"link": "", "title": ""}, "link", "Medimos"),
    ],
)
def test_what_is_weak_about_the_evidence_is_said(
    fields: dict[str, Any], kind: str | None, about: str
) -> None:
    found = hints(factories.make_researcher(state="10"), factories.make_challenge(), [need(**fields)], [])
    assert [(hint.kind, hint.about) for hint in found] == ([(kind, about)] if kind else [])


def test_an_open_must_comes_before_all_else_and_two_are_enough() -> None:
    covered = [need("Uno", "nice", strength="possible"), need("Dos", "must", kind="offer")]
    uncovered = [need("Tres", "nice"), need("Cuatro", "must")]
    found = hints(factories.make_researcher(), factories.make_challenge(), covered, uncovered)
    assert [(hint.kind, hint.about) for hint in found] == [("open", "Cuatro"), ("claim", "Dos")]


def test_facts_that_the_challenge_weighs_and_the_profile_does_not_say() -> None:
    startup = factories.make_profile(factories.make_organisation("startup"), state="", trl=None)
    challenge = factories.make_challenge(trl_from=4, trl_to=6, state="10")
    assert [hint.kind for hint in hints(startup, challenge, [], [])] == ["trl", "state"]
    Profile.objects.update(state="10", trl=5)
    startup.refresh_from_db()
    assert hints(startup, challenge, [], []) == []
    researcher = factories.make_researcher(state="", lives_abroad="FR")
    assert hints(researcher, challenge, [], []) == []


def test_a_need_is_spoken_of_once() -> None:
    found = hints(
        factories.make_researcher(), factories.make_challenge(), [need("Uno", kind="offer")], [need("Uno")]
    )
    assert [hint.kind for hint in found] == ["open"]
