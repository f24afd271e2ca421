"""Promises that no constraint can hold, kept by the database itself: no writer, whatever it is, moves a
challenge past the table of steps, and none changes figures that were released.

Put there after every migration and not by one: SQLite makes a changed table anew, and the triggers of the
old one are gone with it.
"""

from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.signals import post_migrate
from django.dispatch import receiver

from .models import Challenge, Release
from .transitions import TABLE

NAME = "hubs_challenge_step"
REFUSED = "no such step in the table of transitions"
RELEASED = "hubs_release_stays"
STAYS = "what was released is never changed"


@receiver(post_migrate, dispatch_uid="hubs.triggers")
def after_migrating(using: str, **told: Any) -> None:
    if getattr(told.get("app_config"), "label", "") == "hubs":
        install(using)


def install(using: str = "default") -> None:
    """Make the triggers, or make them anew with the steps of today. Nothing where there is no table."""
    connection = connections[using]
    tables = connection.introspection.table_names()
    with connection.cursor() as cursor:
        for model, statements in ((Challenge, _STEPS), (Release, _RELEASES)):
            if model._meta.db_table in tables:
                for statement in statements[connection.vendor](connection):
                    cursor.execute(statement)


def _steps() -> str:
    """As ('from>to', ...); every status is a word of our own."""
    return ", ".join(f"'{step.start.value}>{step.to.value}'" for step in TABLE)


def _postgresql(connection: BaseDatabaseWrapper) -> list[str]:
    """The check stands in the function: a column that a trigger names can be widened by no migration."""
    table = connection.ops.quote_name(Challenge._meta.db_table)
    return [
        f"""
        CREATE OR REPLACE FUNCTION {NAME}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF OLD.status IS DISTINCT FROM NEW.status
                AND OLD.status || '>' || NEW.status NOT IN ({_steps()})
            THEN
                RAISE EXCEPTION '{REFUSED}: % > %', OLD.status, NEW.status
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        END $$
        """,
        f"DROP TRIGGER IF EXISTS {NAME} ON {table}",
        f"CREATE TRIGGER {NAME} BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION {NAME}()",
    ]


def _sqlite(connection: BaseDatabaseWrapper) -> list[str]:
    table = connection.ops.quote_name(Challenge._meta.db_table)
    return [
        f"DROP TRIGGER IF EXISTS {NAME}",
        f"""
        CREATE TRIGGER {NAME} BEFORE UPDATE OF status ON {table} FOR EACH ROW
        WHEN OLD.status <> NEW.status AND OLD.status || '>' || NEW.status NOT IN ({_steps()})
        BEGIN
            SELECT RAISE(ABORT, '{REFUSED}');
        END
        """,
    ]


def _released_postgresql(connection: BaseDatabaseWrapper) -> list[str]:
    table = connection.ops.quote_name(Release._meta.db_table)
    return [
        f"""
        CREATE OR REPLACE FUNCTION {RELEASED}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '{STAYS}' USING ERRCODE = 'check_violation';
        END $$
        """,
        f"DROP TRIGGER IF EXISTS {RELEASED} ON {table}",
        f"CREATE TRIGGER {RELEASED} BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION {RELEASED}()",
    ]


def _released_sqlite(connection: BaseDatabaseWrapper) -> list[str]:
    table = connection.ops.quote_name(Release._meta.db_table)
    return [
        f"DROP TRIGGER IF EXISTS {RELEASED}",
        f"""
        CREATE TRIGGER {RELEASED} BEFORE UPDATE ON {table} FOR EACH ROW
        BEGIN
            SELECT RAISE(ABORT, '{STAYS}');
        END
        """,
    ]


_STEPS = {"postgresql": _postgresql, "sqlite": _sqlite}
_RELEASES = {"postgresql": _released_postgresql, "sqlite": _released_sqlite}
