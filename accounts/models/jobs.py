"""Long work that somebody asked for: how far it is, what came of it, and its files."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .base import Language, PublicModel
from .people import Person

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from .people import User

KEPT = timedelta(days=7)


def kept_until() -> datetime:
    return timezone.now() + KEPT


class JobQuerySet(models.QuerySet["Job"]):
    def of(self, user: "User | AnonymousUser") -> "JobQuerySet":
        return self.filter(by__user=user.pk) if user.is_authenticated else self.none()

    def unfinished(self) -> "JobQuerySet":
        return self.filter(state__in=[Job.State.WAITING, Job.State.RUNNING])

    def free(self) -> "JobQuerySet":
        """Those that nobody is at: new ones, and those whose worker is gone."""
        return self.unfinished().filter(not_before__lte=timezone.now())


class Job(PublicModel):
    """Its row is the queue: a worker claims it until a moment, and another goes on where that one fell."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("at work")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        STOPPED = "stopped", _("stopped")

    kind = models.CharField(max_length=40)
    by = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="jobs")
    language = models.CharField(max_length=2, choices=Language, default=Language.ES)  # of what it says
    params: Any = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    phase = models.CharField(max_length=200, blank=True)
    total = models.PositiveIntegerField(null=True)
    done = models.PositiveIntegerField(default=0)
    kept: Any = models.JSONField(default=dict)  # what a worker hands to the one that takes over
    outcome = models.TextField(blank=True)
    rows: Any = models.JSONField(default=list)  # [{"title", "url", "ok", "said"}] of single steps
    token = models.CharField(max_length=32, blank=True)  # of the worker that is at it
    not_before = models.DateTimeField(default=timezone.now)  # claimed until then
    tries = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)  # for the operator
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(default=kept_until)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["not_before"], condition=Q(state__in=["waiting", "running"]), name="open_jobs"
            )
        ]
        constraints = [
            models.CheckConstraint(
                name="ended_jobs_say_when",
                condition=Q(state__in=["waiting", "running"], finished_at=None)
                | Q(state__in=["done", "failed", "stopped"], finished_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} ({self.state}, {self.percent} %)"

    def get_absolute_url(self) -> str:
        return reverse("accounts:job", args=[self.public_id])

    @property
    def is_open(self) -> bool:
        return self.state in (self.State.WAITING, self.State.RUNNING)

    @property
    def percent(self) -> int:
        """How much of it is done, 0 to 100."""
        if self.state == self.State.DONE:
            return 100
        return min(100, 100 * self.done // self.total) if self.total else 0


class JobFile(models.Model):
    """What was uploaded for a job, or came of it. In the database, because web and workers may be two
    machines; gone with its job."""

    class Role(models.TextChoices):
        GIVEN = "given", _("uploaded")
        MADE = "made", _("made")

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="files")
    role = models.CharField(max_length=5, choices=Role)
    name = models.CharField(max_length=160)
    content_type = models.CharField(max_length=100)
    data = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint("job", "role", name="one_file_per_job_and_role")]

    def __str__(self) -> str:
        return self.name
