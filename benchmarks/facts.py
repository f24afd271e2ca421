"""What each fact does to the lists of the demo country: the ablation table of facts.

    python -m benchmarks.facts [--encoder hash|default|…]

The demo country is loaded into a throw-away database and matched; then it is matched again with one part of
HELICE_FACTS off at a time, and the lists of the published challenges are compared with those of all parts on.
Nobody judged these pairs: the table says how much a part moves, not that it moves the right way.
"""

import argparse
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

TOP = 10

Lists = dict[int, list[int]]  # challenge to profiles, best first


@dataclass(frozen=True)
class Change:
    """Between two sets of lists. `overlap`: mean share of the top places that both have; `added` and
    `removed`: pairs."""

    lists: int
    first: int
    overlap: float
    added: int
    removed: int


def compared(whole: Lists, part: Lists) -> Change:
    keys = sorted(whole.keys() | part.keys())
    pairs = [{(key, profile) for key in keys for profile in lists.get(key, [])} for lists in (whole, part)]
    tops = [(whole.get(key, [])[:TOP], part.get(key, [])[:TOP]) for key in keys]
    shared = [len(set(a) & set(b)) / max(len(a), len(b), 1) for a, b in tops]
    return Change(
        lists=sum(whole.get(key) != part.get(key) for key in keys),
        first=sum(a[:1] != b[:1] for a, b in tops),
        overlap=sum(shared) / max(len(shared), 1),
        added=len(pairs[1] - pairs[0]),
        removed=len(pairs[0] - pairs[1]),
    )


def row(name: str, moved: int | None, change: Change) -> str:
    told = "—" if moved is None else f"{moved:,}"
    return (
        f"| {name} | {told} | {change.lists} | {change.first} | {change.overlap:.3f} "
        f"| +{change.added} −{change.removed} |"
    )


def run(root: Path) -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from django.test.utils import override_settings

    from accounts.models import Profile
    from hubs.demo import loader
    from matching import pipeline
    from matching.ranking.facts import BARS, PARTS

    call_command("migrate", verbosity=0)
    loader.load(root / "hubs" / "demo" / "mx")
    rematch()
    answers = put_in_answers()
    whole = rematch()
    moved = how_many_moved()
    print(
        f"Demo country, {pipeline.model_name()}: {len(whole)} lists, {sum(map(len, whole.values()))} pairs,"
    )
    print(f"with {answers} answers “not now” put in by rule.\n")
    print(f"| off | pairs it moves | lists changed | another first | top {TOP} shared | pairs |")
    print("|---|---|---|---|---|---|")
    for part in PARTS:
        with override_settings(HELICE_FACTS=[name for name in PARTS if name != part]):
            print(row(part, None if part in BARS else moved.get(part, 0), compared(whole, rematch())))
    with override_settings(HELICE_FACTS=["none"]):
        print(row("all of them", None, compared(whole, rematch())))
    Profile.objects.update(match_automatically=True, visibility="public")
    print(row("opting out and hiding (never off)", None, compared(whole, rematch())))


def rematch() -> Lists:
    """Match every challenge by the facts that are on now."""
    from matching import pipeline
    from matching.models import Match, Subject

    pipeline.sweep()
    pipeline.subjects.mark(Subject.objects.filter(challenge__isnull=False), interactive=False)
    while pipeline.refresh_slice(seconds=60):
        pass
    while pipeline.rebuild_slice(seconds=60):
        pass
    found: Lists = {}
    rows = Match.objects.live().order_by("target__challenge", "-score", "subject__profile")
    for challenge, profile in rows.values_list("target__challenge", "subject__profile"):
        found.setdefault(challenge, []).append(profile)
    return found


def put_in_answers() -> int:
    """Every eighth pair is answered with not now, by rule and not by chance."""
    from accounts.models import Person
    from matching.models import Answer, Match

    person = Person.objects.order_by("pk").first()
    pairs = Match.objects.live().order_by("target__challenge", "subject__profile")
    chosen = list(pairs.values_list("subject__profile", "target__challenge"))[::8]
    Answer.objects.bulk_create(
        Answer(profile_id=profile, challenge_id=challenge, person=person, answer="not_now")
        for profile, challenge in chosen
    )
    return len(chosen)


def how_many_moved() -> dict[str, int]:
    """Of how many pairs each part changes the score."""
    from matching.models import Match

    found: dict[str, int] = {}
    for parts in Match.objects.live().values_list("parts", flat=True):
        for name in parts["facts"]:
            found[name] = found.get(name, 0) + 1
    return found


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--encoder", default="default", help="as HELICE_ENCODER takes it; hash is quick")
    options = parser.parse_args()
    root = Path(__file__).resolve().parent.parent
    with tempfile.TemporaryDirectory(prefix="helice-facts-") as name:
        os.environ.setdefault("HELICE_MODELS", str(root / "var" / "models"))
        os.environ["HELICE_VAR"] = name
        os.environ["DATABASE_URL"] = f"sqlite:///{Path(name) / 'facts.sqlite3'}"
        os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
        os.environ["HELICE_ENCODER"] = options.encoder
        os.environ["LOG_LEVEL"] = "ERROR"
        run(root)


if __name__ == "__main__":
    main()
