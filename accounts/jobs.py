"""Long work with a row: started on a page, done by a worker, watched by whoever asked, even after they have
closed the page.

Floors above register their kinds of work (`register`). A worker claims the row until a moment; each step it
reports renews the claim, in the same transaction as what the step wrote. If it falls, the claim lapses and
another worker calls the same function again, which goes on from `work.done`: nothing is written twice.
"""

import logging
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import F
from django.forms import Form
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from .models import Job, JobFile
from .models.jobs import kept_until
from .queue import after_commit

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from .models import User

logger = logging.getLogger(__name__)
TRIES = 3  # of a job whose workers fall
MOST_OPEN = 3  # jobs that somebody may have open at a time
SHOWN_ROWS = 500
Words = str | Promise


class LostError(Exception):
    """Another worker has taken this job over, or it was stopped."""


class RefusedError(Exception):
    """The job cannot be done as it was asked for; says why, to whoever asked."""


@dataclass(frozen=True)
class Kind:
    """One kind of work. `run` does it; `may` says who may ask for it; `form` asks for what it needs: its
    field `file`, if it has one, is the upload, and the others become `params`."""

    name: str
    title: Words
    lead: Words
    run: Callable[["Work"], str]
    may: "Callable[[User | AnonymousUser], bool]"
    form: type[Form] = Form
    button: Words = ""
    listed: bool = True  # offered on the page of jobs; others are started elsewhere


kinds: dict[str, Kind] = {}


@dataclass
class Progress:
    """Long work of a floor above that keeps rows of its own, as the page of jobs shows it."""

    title: str
    state: str
    percent: int
    said: str = ""
    is_open: bool = True
    at: Any = None


_elsewhere: "list[Callable[[User], Iterable[Progress]]]" = []


def register(kind: Kind) -> None:
    kinds[kind.name] = kind


def add_progress(told: "Callable[[User], Iterable[Progress]]") -> None:
    """The floors above tell of long work that is no job."""
    _elsewhere.append(told)


def elsewhere(user: "User") -> list[Progress]:
    return [each for told in _elsewhere for each in told(user)]


def offered_to(user: "User") -> list[Kind]:
    return [kind for kind in kinds.values() if kind.listed and kind.may(user)]


@transaction.atomic
def start(
    *,
    kind: str,
    by: "User",
    params: dict[str, Any],
    given: "UploadedFile[bytes] | None" = None,
    total: int | None = None,
) -> Job:
    """Write the job down and tell a worker."""
    from . import tasks  # tasks call this module

    if not kinds[kind].may(by):
        raise PermissionDenied
    job = Job.objects.create(
        kind=kind, by=by.person, language=by.language, params=params, total=total, expires_at=kept_until()
    )
    if given is not None:
        name = (given.name or "file")[-160:]
        JobFile.objects.create(
            job=job, role=JobFile.Role.GIVEN, name=name, content_type="", data=given.read()
        )
    after_commit(tasks.run_job, job.pk)
    return job


def too_many(user: "User") -> bool:
    """Whether somebody has as many open as one may have."""
    return Job.objects.of(user).unfinished().count() >= MOST_OPEN


@transaction.atomic
def stop(*, job: Job, by: "User") -> bool:
    """Let it be; what is written stays. False where it has ended."""
    if job.by_id != by.person.pk:
        raise PermissionDenied
    return _end(Job.objects.unfinished().filter(pk=job.pk), Job.State.STOPPED, _("Stopped before its end."))


def _end(jobs: Any, state: str, outcome: str, **more: Any) -> bool:
    ended = jobs.update(state=state, outcome=outcome, finished_at=timezone.now(), phase="", token="", **more)
    return bool(ended)


class Work:
    """A claimed job, as the function that does it sees it."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.params: dict[str, Any] = job.params

    @property
    def done(self) -> int:
        return self.job.done

    @property
    def by(self) -> "User":
        """Whoever asked: who must still be there, and may still ask for it."""
        user = self.job.by.user
        if user is None or not kinds[self.job.kind].may(user):
            raise RefusedError(_("You may no longer ask for this."))
        return user

    def given(self) -> JobFile:
        return self.job.files.get(role=JobFile.Role.GIVEN)

    def report(self, done: int, total: int | None = None, phase: str = "", rows: Iterable[Any] = ()) -> None:
        """How far it is. Raises LostError where the job is no longer ours: call it in the transaction of what
        was written, so that this is taken back."""
        job = self.job
        job.done, job.phase = done, phase
        job.total = job.total if total is None else total
        job.rows = [*job.rows, *rows][-SHOWN_ROWS:]
        ours = Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, token=job.token)
        if not ours.update(
            done=done, total=job.total, phase=phase, rows=job.rows, kept=job.kept, not_before=_claimed_until()
        ):
            raise LostError

    def made(self, name: str, content_type: str, data: bytes) -> None:
        JobFile.objects.update_or_create(
            job=self.job,
            role=JobFile.Role.MADE,
            defaults={"name": name, "content_type": content_type, "data": data},
        )


def _claimed_until() -> Any:
    return timezone.now() + timedelta(seconds=settings.HELICE_CLAIM_SECONDS)


def waiting() -> list[int]:
    """Keys of the jobs that nobody is at."""
    return list(Job.objects.free().order_by("pk").values_list("pk", flat=True)[:20])


def run(job_id: int) -> bool:
    """Do the job, if nobody else is at it. True where it came to an end."""
    job = _claim(job_id)
    if job is None:
        return False
    ours = Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, token=job.token)
    with translation.override(job.language):
        if job.tries > TRIES:
            return _end(ours, Job.State.FAILED, _("The work broke off several times, so it was given up."))
        try:
            outcome = kinds[job.kind].run(Work(job))
        except LostError:
            return False
        except RefusedError as error:
            return _end(ours, Job.State.FAILED, str(error))
        except Exception as error:
            logger.exception("Job %s (%s) failed", job.pk, job.kind)
            said = _("It failed, and nobody knows why yet. The operators see it in their log.")
            return _end(ours, Job.State.FAILED, said, error=repr(error)[:2000])
        return _end(ours, Job.State.DONE, outcome)


def _claim(job_id: int) -> Job | None:
    token = uuid.uuid4().hex
    now = timezone.now()
    claimed = Job.objects.free().filter(pk=job_id)
    values = {"state": Job.State.RUNNING, "token": token, "not_before": _claimed_until()}
    if not claimed.update(**values, tries=F("tries") + 1):
        return None
    Job.objects.filter(pk=job_id, started_at=None).update(started_at=now)
    return Job.objects.select_related("by__user").get(pk=job_id)


def forget() -> None:
    """Jobs and their files are kept for a week."""
    Job.objects.filter(expires_at__lt=timezone.now()).exclude(state=Job.State.RUNNING).delete()
