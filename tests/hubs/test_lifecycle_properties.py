"""No way but the table's: not through the actions, not past them."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from hubs import triggers
from hubs.actions import move_challenge
from hubs.models import Challenge, ChallengeStep, Status
from hubs.transitions import TABLE
from tests import factories

ALLOWED = {(step.start, step.to) for step in TABLE}
PAIRS = [(start, to) for start in Status for to in Status if start != to]


@pytest.fixture
def people(db: None, owner: User) -> tuple[Challenge, dict[str, User]]:
    curator = factories.make_user("curadora@example.org")
    challenge = factories.make_challenge(
        factories.make_organisation(owner=owner),
        hub=factories.make_hub(curator=curator),
        status="draft",
        author=owner.person,
        contact_name="Dueña",
        contact_email="duena@example.org",
    )
    return challenge, {"owner": owner, "curator": curator, "stranger": factories.make_user()}


STEPS = st.lists(
    st.tuples(st.sampled_from(["owner", "curator", "stranger"]), st.sampled_from(Status.values)), max_size=25
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(walk=STEPS)
def test_whatever_is_tried_only_the_table_s_steps_are_taken_and_each_leaves_its_line(
    people: tuple[Challenge, dict[str, User]], walk: list[tuple[str, str]]
) -> None:
    challenge, users = people
    who: dict[tuple[str, str], str] = {
        (step.start, step.to): {"poster": "owner", "curator": "curator"}[step.who] for step in TABLE
    }
    with transaction.atomic():
        for name, to in walk:
            before = Challenge.objects.get(pk=challenge.pk)
            lines = ChallengeStep.objects.filter(challenge=challenge).count()
            try:
                moved = move_challenge(challenge=before, to=to, by=users[name], note="Porque sí.")
            except (PermissionDenied, ValidationError):
                moved = False
            after = Challenge.objects.get(pk=challenge.pk)
            steps = ChallengeStep.objects.filter(challenge=challenge)
            assert steps.count() == lines + moved
            if moved:
                line = steps.latest("pk")
                assert who[line.from_status, line.to_status] == name
                assert (line.actor, line.to_status) == (users[name].person, after.status)
                assert (line.note, bool(line.at)) == ("Porque sí.", True)
        transaction.set_rollback(True)


@pytest.mark.parametrize(("start", "to"), PAIRS, ids=lambda status: str(status.value))
def test_the_database_takes_the_table_s_steps_and_no_others(start: Status, to: Status, db: None) -> None:
    challenge = factories.make_challenge(status=start)
    row = Challenge.objects.filter(pk=challenge.pk)
    if (start, to) in ALLOWED:
        assert row.update(status=to) == 1
        return
    with pytest.raises(DatabaseError), transaction.atomic():
        row.update(status=to)
    assert row.get().status == start


def test_a_row_that_stays_where_it_is_may_be_written(db: None) -> None:
    challenge = factories.make_challenge(status="archived")
    challenge.title = "Otro título"
    challenge.save()
    assert Challenge.objects.get(pk=challenge.pk).title == "Otro título"


def test_a_table_that_was_made_anew_is_guarded_again(db: None) -> None:
    challenge = factories.make_challenge(status="archived")
    with connection.cursor() as cursor:
        on = f" ON {Challenge._meta.db_table}" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER {triggers.NAME}{on}")
    call_command("migrate", verbosity=0)
    with pytest.raises(DatabaseError), transaction.atomic():
        Challenge.objects.filter(pk=challenge.pk).update(status="published")
