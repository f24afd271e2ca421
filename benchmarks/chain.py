"""The whole chain on real files: import, embed, match, write and send letters, timed step by step.

    python -m benchmarks.chain CHALLENGES.jsonl PROFILES.jsonl \
        --challenge-text title,description --profile-text title,abstract --at-least 400

The files are JSON lines; the options name the fields that hold title and text. The database of this checkout
is not touched: the chain runs in a throw-away one (SQLite, or --database URL).
"""

import argparse
import json
import os
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

LETTER_READERS = 200
LONGEST = 12_000  # characters of a challenge's description; longer ones are cut


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("challenges", type=Path)
    parser.add_argument("profiles", type=Path)
    parser.add_argument("--challenge-text", default="title,text", help="fields of title and text")
    parser.add_argument("--profile-text", default="title,text")
    parser.add_argument("--at-least", type=int, default=0, help="characters a challenge's text must have")
    parser.add_argument("--language", default="en")
    parser.add_argument("--database", default="")
    return parser.parse_args()


def rows(path: Path, fields: str, at_least: int = 0) -> Iterator[tuple[str, str, str]]:
    title, text = fields.split(",")
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            words = (row.get(text) or "")[:LONGEST]
            if len(words) >= at_least:
                yield str(row["id"]), row.get(title) or "", words


class Clock:
    def __init__(self) -> None:
        self.steps: list[tuple[str, int, float]] = []

    @contextmanager
    def step(self, name: str, count: int) -> Iterator[None]:
        started = time.perf_counter()
        yield
        self.steps.append((name, count, time.perf_counter() - started))

    def table(self) -> str:
        lines = ["| step | items | seconds | a second |", "|---|---|---|---|"]
        for name, count, seconds in self.steps:
            lines.append(f"| {name} | {count:,} | {seconds:.1f} | {count / max(seconds, 1e-9):,.0f} |")
        return "\n".join(lines)


def prepare(folder: Path, options: argparse.Namespace) -> tuple[int, int]:
    """Both files in the shape that the import commands read."""
    challenges = list(rows(options.challenges, options.challenge_text, options.at_least))
    profiles = list(rows(options.profiles, options.profile_text))
    with (folder / "challenges.jsonl").open("w") as out:
        for key, title, text in challenges:
            row = {"id": key, "title": title, "text": text, "language": options.language}
            out.write(json.dumps(row) + "\n")
    with (folder / "profiles.jsonl").open("w") as out:
        for key, title, text in profiles:
            documents = [{"title": title[:300], "text": text}]
            out.write(json.dumps({"id": key, "documents": documents, "language": options.language}) + "\n")
    return len(challenges), len(profiles)


def timed(call: Callable[..., Any], spent: list[float]) -> Callable[..., Any]:
    def timing(*args: Any, **kwargs: Any) -> Any:
        started = time.perf_counter()
        try:
            return call(*args, **kwargs)
        finally:
            spent.append(time.perf_counter() - started)

    return timing


def run(folder: Path, options: argparse.Namespace) -> None:
    import django

    django.setup()
    from django.core.management import call_command

    from hubs.models import Hub
    from matching import pipeline
    from matching.models import Match, Passage

    call_command("migrate", verbosity=0)
    Hub.objects.create(kind="nation", slug="nation", name="Nation", summary="For the benchmark.")
    clock = Clock()
    today = date.today()  # noqa: DTZ011 - a call that opens today anywhere
    challenges, profiles = prepare(folder, options)
    from accounts.models import Organisation

    Organisation.objects.create(name="Benchmark", kind="government", confirmed_at=django.utils.timezone.now())
    with clock.step("import profiles", profiles):
        call_command("import_profiles", folder / "profiles.jsonl", verbosity=0)
    with clock.step("import challenges", challenges):
        call_command(
            "import_challenges", folder / "challenges.jsonl", organisation="Benchmark", hub="nation",
            status="published", opens=str(today), closes=str(today + timedelta(days=30)), verbosity=0,
        )  # fmt: skip
    model = pipeline.encoder()
    embedding: list[float] = []
    model.encode = timed(model.encode, embedding)  # type: ignore[method-assign]
    started = time.perf_counter()
    pipeline.sweep()
    while pipeline.refresh_slice():
        pass
    spent = time.perf_counter() - started
    clock.steps.append(("embed", Passage.objects.count(), sum(embedding)))
    clock.steps.append(("match (pairs)", challenges * profiles, spent - sum(embedding)))
    write_letters(clock)
    print(clock.table())
    strengths = Counter(Match.objects.values_list("strength", flat=True))
    print(
        f"\nMatches: {dict(strengths)}; passages: {Passage.objects.count():,}; model: {pipeline.model_name()}"
    )


def write_letters(clock: Clock) -> None:
    """Some of the imported people get an account and want letters at once."""
    from allauth.account.models import EmailAddress
    from django.utils import timezone

    from accounts import mailer
    from accounts.models import Letter, LetterPreference, Profile, User
    from matching.digests import write_due_letters

    matched = Profile.objects.filter(person__isnull=False, subject__matches__isnull=False).distinct()
    for profile in matched[:LETTER_READERS]:
        user = User.objects.create_user(f"p{profile.pk}@example.org", language=profile.language)
        EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
        user.person.delete()
        person = profile.person
        assert person  # noqa: S101 - the queryset asks for it
        person.user = user
        person.save()
        LetterPreference.objects.create(person=person, family="matches", cadence="at_once")
        Profile.objects.filter(pk=profile.pk).update(claimed_at=timezone.now())
    started = time.perf_counter()
    write_due_letters()
    count = Letter.objects.count()
    clock.steps.append(("write letters", count, time.perf_counter() - started))
    with clock.step("send letters (SMTP dialogue left out)", count):
        mailer.send_due(seconds=600)


def main() -> None:
    options = arguments()
    with tempfile.TemporaryDirectory(prefix="helice-chain-") as name:
        folder = Path(name)
        root = Path(__file__).resolve().parent.parent
        os.environ.setdefault("HELICE_MODELS", str(root / "var" / "models"))
        os.environ["HELICE_VAR"] = name
        os.environ["DATABASE_URL"] = options.database or f"sqlite:///{folder / 'chain.sqlite3'}"
        os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
        os.environ["HELICE_ENCODER"] = "default"
        os.environ["LOG_LEVEL"] = "ERROR"
        run(folder, options)


if __name__ == "__main__":
    main()
