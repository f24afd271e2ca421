"""Deadline day: two hundred people hand in within the last minute, and the site is slower than they are."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from accounts.models import NewsItem, User
from hubs.actions import save_response, start_response, submit_response
from hubs.models import Challenge, Response
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = 200
AT_ONCE = 16  # requests that a small server reads side by side
WORDS = {"title": "Sensores", "approach": "Medimos cada pozo.", "plan": "Tres meses."}


def hand_in(response: Response, by: User, at: datetime) -> str:
    """Both clicks of somebody in a hurry, as a request does it: save what was typed, then hand it in."""
    said = ""
    try:
        for _click in range(2):
            version = Response.objects.values_list("version", flat=True).get(pk=response.pk)
            saved = save_response(response=response, values=WORDS, version=version, by=by)
            try:
                submit_response(response=response, by=by, at=at, version=saved.version)
            except ValidationError as error:
                said = error.messages[0]
    finally:
        connection.close()
    return said


def test_two_hundred_in_the_last_minute_are_all_in_and_who_is_late_keeps_the_words() -> None:
    challenge = factories.make_challenge()
    users = [factories.make_user() for _ in range(PEOPLE + 2)]
    responses = [
        start_response(challenge=challenge, profile=factories.make_researcher(user), by=user)[0]
        for user in users
    ]
    closes = timezone.now()
    # The call has closed by the time that the first of them is read: what counts is when they came.
    Challenge.objects.filter(pk=challenge.pk).update(closes_at=closes)
    came = [closes - timedelta(minutes=1) * (number + 1) / PEOPLE for number in range(PEOPLE)]
    came += [closes, closes + timedelta(seconds=1)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        said = list(pool.map(hand_in, responses, users, came))
    in_time, late = said[:PEOPLE], said[PEOPLE:]
    assert set(in_time) == {""}
    assert all(late)
    handed_in = Response.objects.submitted()
    assert handed_in.count() == PEOPLE
    assert {one.submitted["title"] for one in handed_in} == {"Sensores"}
    assert set(handed_in.values_list("submitted_at", flat=True)) == set(came[:PEOPLE])
    assert Response.objects.filter(state="draft", title="Sensores", plan=WORDS["plan"]).count() == 2
    assert NewsItem.objects.filter(kind="response_received").count() == PEOPLE
