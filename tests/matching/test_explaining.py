"""Reasons in full: when they are made, of what, and what happens when something comes in between."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from accounts.actions import set_item_use
from accounts.models import Cadence, Letter, Profile, ProfileItem, User
from hubs.models import Challenge, Need
from matching import pipeline
from matching.digests import write_due_letters
from matching.emails import described, fill_match
from matching.encoder import HashEncoder, Kind
from matching.models import Explanation, LetterItem, Match, Subject
from matching.pipeline import explaining, subjects
from matching.ranking.contributions import Parts
from tests import factories
from tests.matching.letters import make_match, wants
from tests.matching.test_pipeline import WATER, match_of, others, refresh_all, water_challenge, water_profile

pytestmark = pytest.mark.django_db
LONG = f"Trabajamos en la costa desde 2011. {WATER} Cada año publicamos un informe."


def publish(challenge: Challenge) -> None:
    """As its poster's click does: a person waits for its matches."""
    subjects.note_challenge(challenge.pk)
    pipeline.refresh(Subject.objects.get(challenge=challenge).pk)


def the_match(profile: Profile, challenge: Challenge) -> Match:
    found = match_of(profile, challenge)
    assert found is not None
    return found


@pytest.fixture
def pair() -> tuple[Profile, Challenge]:
    """Matched a moment ago, with somebody waiting."""
    others()
    profile, challenge = water_profile(LONG), water_challenge()
    refresh_all()
    publish(challenge)
    return profile, challenge


def shown(match: Match) -> tuple[str, list[str], list[str]]:
    row = match.reason["needs"][0]
    sentence = row["evidence"]["sentence"]
    marks = [sentence[a:b] for a, b in row["evidence"].get("marks", [])]
    return sentence, marks, [row["text"][a:b] for a, b in row.get("marks", [])]


def test_what_a_person_waits_for_is_shown_at_once_and_explained_soon_after(
    pair: tuple[Profile, Challenge],
) -> None:
    match = the_match(*pair)
    assert match.explain_at is not None
    assert shown(match) == (WATER, [], [])
    assert not pipeline.explain_slice()
    match.refresh_from_db()
    assert match.explain_at is None
    assert match.reason["explained"]
    sentence, evidence, need = shown(match)
    assert sentence == WATER
    assert "arsénico" in evidence[0]
    assert "arsénico" in need[0]


def test_nothing_is_explained_for_an_import_until_somebody_looks(owner: User) -> None:
    others()
    match = make_up(owner)
    assert match.explain_at is None
    assert not explaining.anything_waiting()
    assert explaining.ask_for([match])
    assert explaining.anything_waiting()
    pipeline.explain_slice()
    match.refresh_from_db()
    assert match.reason["explained"]
    assert not explaining.ask_for([match])


def make_up(owner: User) -> Match:
    profile, challenge = water_profile(LONG, user=owner), water_challenge()
    refresh_all()
    return the_match(profile, challenge)


class Counting(HashEncoder):
    """Remembers what it was asked to read, and chokes on one word."""

    def __init__(self, chokes_on: str = "") -> None:
        self.read: list[str] = []
        self.chokes_on = chokes_on

    def parts(self, texts: Sequence[str], kind: Kind) -> list[Parts]:
        self.read += texts
        if self.chokes_on and any(self.chokes_on in text for text in texts):
            raise RuntimeError("cannot read that")
        return super().parts(texts, kind)


def test_the_same_words_are_explained_once(pair: tuple[Profile, Challenge]) -> None:
    pipeline.explain_slice()
    twin = water_profile(LONG)
    refresh_all()
    assert shown(the_match(twin, pair[1])) == shown(the_match(*pair))  # known while it was matched
    match = the_match(*pair)
    Match.objects.filter(pk=match.pk).update(reason=plain(match.reason), explain_at=timezone.now())
    encoder = Counting()
    explaining.explain(explaining.claim(), encoder)
    assert encoder.read == []
    assert shown(the_match(*pair)) == shown(match)


def plain(reason: dict[str, Any]) -> dict[str, Any]:
    """As it was before it was explained."""
    needs = [row | {"marks": [], "evidence": row["evidence"] | {"marks": []}} for row in reason["needs"]]
    return {**reason, "needs": needs, "explained": False}


def test_matched_again_it_keeps_its_marks_from_either_side(pair: tuple[Profile, Challenge]) -> None:
    pipeline.explain_slice()
    before = the_match(*pair)
    for subject in Subject.objects.order_by("pk"):
        subjects.mark(Subject.objects.filter(pk=subject.pk), interactive=False)
        pipeline.refresh(subject.pk)
    after = the_match(*pair)
    assert after.made_at > before.made_at
    assert after.reason == before.reason
    assert not explaining.anything_waiting()


def test_what_was_matched_anew_meanwhile_keeps_its_new_reason(pair: tuple[Profile, Challenge]) -> None:
    claimed = explaining.claim()
    Match.objects.update(reason={"needs": []}, made_at=timezone.now(), explain_at=timezone.now())
    explaining.explain(claimed, pipeline.encoder())
    match = the_match(*pair)
    assert match.reason == {"needs": []}
    assert match.explain_at is not None


def test_two_workers_never_take_the_same_and_a_dead_one_loses_it(pair: tuple[Profile, Challenge]) -> None:
    assert len(explaining.claim()) == 1
    assert explaining.claim() == []
    assert not explaining.anything_waiting()
    with time_machine.travel(timezone.now() + timedelta(minutes=10)):
        assert len(explaining.claim()) == 1


def test_words_that_cannot_be_read_stop_nobody_else_and_are_tried_again_later() -> None:
    others()
    good, odd = water_profile(LONG), water_profile(f"{WATER} Atragantada.")
    challenge = water_challenge()
    refresh_all()
    publish(challenge)
    explaining.explain(explaining.claim(), Counting("Atragantada"))
    assert the_match(good, challenge).reason["explained"]
    failed = the_match(odd, challenge)
    assert shown(failed) == (WATER, [], [])  # as spelling found it
    assert failed.explain_at is None
    assert "cannot read that" in Explanation.objects.exclude(error="").get().error
    assert explaining.ask_for([failed])
    explaining.explain(explaining.claim(), pipeline.encoder())
    assert not the_match(odd, challenge).reason.get("explained")  # too soon
    with time_machine.travel(timezone.now() + timedelta(hours=7)):
        explaining.ask_for([failed])
        explaining.explain(explaining.claim(), pipeline.encoder())
    assert the_match(odd, challenge).reason["explained"]
    assert not Explanation.objects.exclude(error="").exists()


def test_what_somebody_looks_at_comes_before_what_waits(pair: tuple[Profile, Challenge]) -> None:
    later = water_challenge(needs=("Sensores ópticos portátiles para medir arsénico en agua",))
    refresh_all()
    looked_at = the_match(pair[0], later)
    explaining.ask_for([looked_at])
    assert [match.pk for match in explaining.claim()] == [looked_at.pk, the_match(*pair).pk]


def test_only_the_first_of_a_long_list_are_chosen() -> None:
    rows = [Match(score=-place, strength="possible", reason={"needs": []}) for place in range(30)]
    rows += [Match(score=-100 - place, strength="good", reason={"needs": []}) for place in range(100)]
    explaining.choose(rows)
    chosen = [row.explain_at is not None for row in rows]
    assert chosen[:30] == [True] * 20 + [False] * 10
    assert chosen[30:] == [True] * 70 + [False] * 30  # those that may be mailed, to the hundredth


def test_a_sentence_cut_out_of_a_longer_one_says_so_and_marks_stay_in_place() -> None:
    words = [f"palabra{number}" for number in range(100)]
    words[70] = "arsénico"
    text = " ".join(words)
    row = {
        "text": "Medir arsénico",
        "language": "es",
        "evidence": {"text": text, "title": "", "language": "es", "sentence": text},
    }
    reason: dict[str, Any] = {"needs": [row]}
    key = explaining.key_of(row)
    assert key
    full = explaining.filled(reason, explaining.Explainer(HashEncoder()).explain({key: row}))
    found = full["needs"][0]["evidence"]
    assert found["sentence"].startswith("… palabra")
    assert [found["sentence"][a:b] for a, b in found["marks"]] == ["arsénico"]


def test_old_explanations_are_forgotten_and_those_shown_stay(pair: tuple[Profile, Challenge]) -> None:
    pipeline.explain_slice()
    with time_machine.travel(timezone.now() + timedelta(days=200)):
        pipeline.explain_slice()
    assert not Explanation.objects.exists()
    assert the_match(*pair).reason["explained"]


def test_a_letter_waits_a_moment_for_its_reasons_and_no_longer(pair: tuple[Profile, Challenge]) -> None:
    profile, challenge = pair
    Match.objects.update(strength="good")
    reader = factories.make_user()
    profile.person = reader.person
    profile.save()
    wants(reader.person, Cadence.AT_ONCE)
    assert write_due_letters() == 0
    with time_machine.travel(timezone.now() + timedelta(minutes=3)):
        assert write_due_letters() == 1
    item = LetterItem.objects.get(challenge=challenge)
    assert not item.reason.get("explained")
    pipeline.explain_slice()
    assert described(item)["covered"][0].evidence_marks  # found out between writing and sending


def test_an_explained_match_is_written_about_at_once(pair: tuple[Profile, Challenge]) -> None:
    Match.objects.update(strength="good")
    reader = factories.make_user()
    Profile.objects.filter(pk=pair[0].pk).update(person=reader.person)
    wants(reader.person, Cadence.AT_ONCE)
    pipeline.explain_slice()
    assert write_due_letters() == 1


def exclude(item: ProfileItem, owner: User) -> None:
    set_item_use(profile=item.profile, item=item, used=False, by=owner)
    subjects.note_profile(item.profile_id)
    pipeline.refresh(Subject.objects.get(profile=item.profile_id).pk)


def test_without_the_item_it_was_made_by_a_match_goes_and_comes_back(owner: User) -> None:
    others()
    match = make_up(owner)
    item = ProfileItem.objects.get(pk=match.reason["needs"][0]["evidence"]["item_id"])
    profile = Profile.objects.get(person=owner.person)
    exclude(item, owner)
    assert not Match.objects.current().filter(subject__profile=profile).exists()
    set_item_use(profile=profile, item=item, used=True, by=owner)
    subjects.note_profile(profile.pk)
    pipeline.refresh(Subject.objects.get(profile=profile).pk)
    assert Match.objects.current().filter(subject__profile=profile).exists()


def test_without_its_best_item_a_match_names_the_next_one(owner: User) -> None:
    others()
    profile = water_profile(user=owner)
    factories.add_item(profile, text="Medimos arsénico en pozos de agua con sensores portátiles.")
    challenge = water_challenge()
    refresh_all()
    items = set(profile.items.values_list("pk", flat=True))
    first = the_match(profile, challenge).reason["needs"][0]["evidence"]["item_id"]
    exclude(ProfileItem.objects.get(pk=first), owner)
    assert {the_match(profile, challenge).reason["needs"][0]["evidence"]["item_id"]} == items - {first}


def test_a_letter_says_nothing_of_an_item_that_was_withdrawn_meanwhile(owner: User) -> None:
    profile, challenge = factories.make_researcher(owner), factories.make_challenge()
    item = factories.add_item(profile, text="Medimos arsénico en 40 pozos.")
    match = make_match(profile, challenge)
    match.reason["needs"][0]["evidence"]["item_id"] = item.pk
    match.save()
    wants(owner.person, Cadence.AT_ONCE)
    write_due_letters()
    ProfileItem.objects.update(represents=False)
    letter = Letter.objects.get()
    assert fill_match(letter) is None


def test_a_need_from_the_text_of_a_challenge_is_explained_too() -> None:
    others()
    profile = water_profile(LONG)
    challenge = water_challenge(needs=(), description=WATER)
    assert not Need.objects.filter(challenge=challenge).exists()
    refresh_all()
    publish(challenge)
    pipeline.explain_slice()
    assert shown(the_match(profile, challenge))[1]
