"""The page of a challenge beside its words: course, calendar, ways to pass it on; and its query count."""

from datetime import timedelta

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from hubs.models import Challenge
from tests import factories
from tests.conftest import signed_in


def page(challenge: Challenge, client: Client | None = None, language: str = "en") -> str:
    response = (client or Client()).get(f"/{language}/challenges/{challenge.public_id}/")
    assert response.status_code == 200
    return response.content.decode()


def test_the_course_is_told_to_everybody_without_names(owner: User) -> None:
    now = timezone.now()
    challenge = factories.make_challenge(
        factories.make_organisation(owner=owner), published_at=now - timedelta(days=3), status="closed"
    )
    challenge.steps.create(
        actor=owner.person, from_status="published", to_status="closed", note="Ya lo resolvimos", at=now
    )
    text = page(challenge)
    assert text.index("Published") < text.index("Opened") < text.index("Closed before its date")
    assert "Dueña" not in text
    assert "Ya lo resolvimos" not in text


def test_what_is_still_to_come_is_marked_as_next(db: None) -> None:
    challenge = factories.make_challenge(opens_at=timezone.now() + timedelta(days=2))
    text = page(challenge)
    assert text.count("(next)") == 1
    assert "course__step--later" in text


def test_closed_by_the_clock_it_says_closed_and_offers_no_calendar(db: None) -> None:
    now = timezone.now()
    challenge = factories.make_challenge(opens_at=now - timedelta(days=9), closes_at=now - timedelta(days=1))
    text = page(challenge)
    assert "Closed before its date" not in text
    assert "deadline.ics" not in text
    assert "deadline.ics" in page(factories.make_challenge())


def test_it_is_passed_on_by_plain_links_that_do_not_name_a_hidden_poster(db: None) -> None:
    poster = factories.make_organisation(name="Secretaría Reservada")
    challenge = factories.make_challenge(poster, poster_shown="kind", title='Agua & "sol" 100 %', summary="")
    text = page(challenge)
    assert "mailto:?subject=Agua%20%26%20%22sol%22%20100%20%25&amp;body=" in text
    assert f"%2Fen%2Fchallenges%2F{challenge.public_id}%2F" in text
    assert "https://wa.me/?text=" in text
    assert "Reservada" not in text
    for script in text.split("<script")[1:]:
        assert 'src="/static/' in script or "application/ld+json" in script


def test_sector_fields_and_goals_lead_to_their_lists(db: None) -> None:
    text = page(factories.make_challenge(sector="22", fields=["2.7"], sdgs=["6"]))
    assert "?sector=22" in text
    assert "?field=2.7" in text
    assert "?sdg=6" in text


def test_the_page_takes_few_queries_whoever_reads_it(owner: User, stranger: User) -> None:
    challenge = factories.make_challenge(
        factories.make_organisation(owner=owner), needs=("Medir", "Filtrar", "Avisar"), sector="22"
    )
    for who in (Client(), signed_in(stranger), signed_in(owner)):
        with CaptureQueriesContext(connection) as made:
            page(challenge, who)
        assert len(made) <= 12, "\n".join(query["sql"][:160] for query in made)
