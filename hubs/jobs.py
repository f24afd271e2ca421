"""The long work of hubs: importing files, making tables (see tables.py), requesting changes of many."""

import csv
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts import importing
from accounts.countries import get_pack
from accounts.jobs import Kind, RefusedError, Work, register
from accounts.models import Organisation

from . import imports, tables
from .actions import move_challenge
from .actions.imports import write_imported
from .forms.desk import note_of
from .forms.jobs import ChallengesFile, ProfilesFile
from .imports.cells import RowError
from .models import Challenge, Hub, Status

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User

SLICE = 250  # rows that are written, and counted as done, together
SHOWN = 50


def curates_nation(user: "User | AnonymousUser") -> bool:
    return Hub.objects.curated_by(user).filter(kind=Hub.Kind.NATION).exists()


def curates_any(user: "User | AnonymousUser") -> bool:
    return Hub.objects.curated_by(user).exists()


@contextmanager
def _path(work: Work) -> Iterator[Path]:
    """The uploaded file where the readers of commands find it: by a path, with its ending."""
    given = work.given()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"given{Path(given.name).suffix.lower()}"
        path.write_bytes(bytes(given.data))
        yield path


def _refuse(problems: Sequence[str]) -> None:
    if not problems:
        return
    n = len(problems)
    said = ngettext("%(n)d problem; nothing was imported:", "%(n)d problems; nothing was imported:", n) % {
        "n": n
    }
    raise RefusedError("\n".join([said, *problems[:SHOWN]]))


def _in_slices(work: Work, rows: Sequence[Any], write: Callable[[Sequence[Any]], dict[str, int]]) -> str:
    """Write what is left, slice by slice; each is counted in the transaction that writes it."""
    counts: dict[str, int] = work.job.kept.get("counts", {})
    phase = _("Saving")
    work.report(work.done, len(rows), phase)
    while work.done < len(rows):
        part = rows[work.done : work.done + SLICE]
        with transaction.atomic():
            counts = {name: counts.get(name, 0) + n for name, n in write(part).items()}
            work.job.kept = {"counts": counts}
            work.report(work.done + len(part), len(rows), phase)
    return _("New: %(new)d. Brought up to date: %(changed)d. As they were: %(same)d.") % {
        "new": counts.get("new", 0),
        "changed": counts.get("changed", 0),
        "same": counts.get("same", 0),
    }


def import_profiles(work: Work) -> str:
    """As `manage.py import_profiles`: all rows are checked before the first is written."""
    _still(work)
    defaults = importing.Defaults(pack=get_pack(settings.HELICE_COUNTRY), **work.params)
    work.report(work.done, phase=_("Reading and checking"))
    with _path(work) as path:
        records, problems = importing.read(path, defaults)
    problems = sorted([*problems, *importing.conflicts(records)], key=lambda one: one.row)
    _refuse([str(problem) for problem in problems])

    def write(part: Sequence[importing.Record]) -> dict[str, int]:
        done = importing.write(part)
        return {"new": done.new, "changed": done.changed, "same": done.unchanged + done.claimed}

    return _in_slices(work, records, write)


def import_challenges(work: Work) -> str:
    """As `manage.py import_challenges`; a curator publishes nothing of an organisation of their own."""
    user = _still(work)
    hub = Hub.objects.filter(slug=work.params.get("hub")).first()
    defaults = imports.Defaults(status=work.params["status"], language=work.params["language"], hub=hub)
    work.report(work.done, phase=_("Reading and checking"))
    checker = imports.Checker(defaults)
    own = set(Organisation.objects.of(user).values_list("pk", flat=True))
    rows: list[imports.Row] = []
    problems: list[str] = []
    with _path(work) as path:
        try:
            for number, given in imports.read(path):
                try:
                    row = checker.row(number, given)
                    _not_own(row, own)
                    rows.append(row)
                except RowError as error:
                    problems.append(_("line %(line)d: %(error)s") % {"line": number, "error": error})
        except (UnicodeDecodeError, csv.Error) as error:
            raise RefusedError(str(error)) from None
    _refuse(problems)

    def write(part: Sequence[imports.Row]) -> dict[str, int]:
        new, renewed = write_imported(rows=part)
        return {"new": new, "changed": renewed, "same": len(part) - new - renewed}

    return _in_slices(work, rows, write)


def _not_own(row: imports.Row, own: set[int]) -> None:
    if row.values["status"] == Status.PUBLISHED and row.values["organisation"].pk in own:
        raise RowError("organisation", _("you may not publish for an organisation of your own"))


def _still(work: Work) -> "User":
    return work.by


def request_changes(work: Work) -> str:
    """Of each challenge by itself, as on its own page: with its history, its letter, and who may do it. What
    is not possible is said in its row, and holds nobody up."""
    user = work.by
    keys = work.params["challenges"]
    work.report(work.done, len(keys))
    for key in keys[work.done :]:
        with transaction.atomic():
            said = _request(key, user, work.params)
            work.report(work.done + 1, len(keys), rows=[said])
    changed = sum(row["ok"] for row in work.job.rows)
    return _("Changes requested: %(n)d of %(total)d.") % {"n": changed, "total": len(keys)}


def _request(key: str, user: "User", params: dict[str, Any]) -> dict[str, Any]:
    challenge = Challenge.objects.visible_to(user).filter(public_id=key).first()
    if challenge is None:
        return {"title": "—", "url": "", "ok": False, "said": _("It is no longer there for you.")}
    row = {"title": challenge.title, "url": challenge.get_absolute_url(), "language": challenge.language}
    note = note_of(params.get("reasons", []), params["note"], challenge.language)
    try:
        moved = move_challenge(challenge=challenge, to=Status.CHANGES_REQUESTED, by=user, note=note)
    except PermissionDenied:
        return row | {"ok": False, "said": _("It does not wait for your review.")}
    except ValidationError as error:
        return row | {"ok": False, "said": " ".join(error.messages)}
    return row | {"ok": True, "said": _("Changes requested.") if moved else _("Somebody did so already.")}


KINDS = (
    Kind(
        name="import_profiles",
        title=gettext_lazy("Import profiles"),
        lead=gettext_lazy("People and organisations from JSON lines or CSV, unclaimed until they come."),
        run=import_profiles,
        may=curates_nation,
        form=ProfilesFile,
        button=gettext_lazy("Check and import"),
    ),
    Kind(
        name="import_challenges",
        title=gettext_lazy("Import challenges"),
        lead=gettext_lazy("Calls and challenges from JSON lines or CSV."),
        run=import_challenges,
        may=curates_nation,
        form=ChallengesFile,
        button=gettext_lazy("Check and import"),
    ),
    Kind(
        name="export_challenges",
        title=gettext_lazy("Challenges as a table"),
        lead=gettext_lazy("Everything of your hubs that you may read, as CSV."),
        run=tables.export_challenges,
        may=curates_any,
        button=gettext_lazy("Make the table"),
    ),
    Kind(
        name="export_profiles",
        title=gettext_lazy("Directory as a table"),
        lead=gettext_lazy("All profiles that you may see, as CSV, without addresses."),
        run=tables.export_profiles,
        may=curates_any,
        button=gettext_lazy("Make the table"),
    ),
    Kind("request_changes", gettext_lazy("Request changes"), "", request_changes, curates_any, listed=False),
)


def register_all() -> None:
    for kind in KINDS:
        register(kind)
