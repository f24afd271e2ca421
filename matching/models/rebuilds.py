"""Every match made anew, in pieces that a worker can take and another go on with."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class RebuildQuerySet(models.QuerySet["Rebuild"]):
    def running(self) -> "RebuildQuerySet":
        return self.filter(state=Rebuild.State.RUNNING)

    def unfinished(self) -> "RebuildQuerySet":
        """Running, or stopped and able to go on."""
        return self.filter(state__in=[Rebuild.State.RUNNING, Rebuild.State.STOPPED])


class Rebuild(models.Model):
    """Every match made anew under a version of the statistics that nobody sees until all of it is there."""

    class State(models.TextChoices):
        RUNNING = "running", _("running")
        STOPPED = "stopped", _("stopped")
        FINISHED = "finished", _("finished")
        REPLACED = "replaced", _("replaced by another")

    class Why(models.TextChoices):
        ASKED = "asked", _("somebody asked for it")
        GROWN = "grown", _("the catalogue outgrew its statistics")
        ENGINE = "engine", _("another engine or model")

    version = models.CharField(max_length=64, blank=True)  # of its statistics; empty until they are measured
    state = models.CharField(max_length=8, choices=State, default=State.RUNNING)
    why = models.CharField(max_length=8, choices=Why)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    total = models.PositiveIntegerField(null=True)  # challenges; null until its chunks are made
    done = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)  # challenges set aside, each tried again by itself
    started_at = models.DateTimeField(default=timezone.now)
    planned_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    objects = RebuildQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint("state", condition=Q(state="running"), name="one_running_rebuild"),
            models.CheckConstraint(
                name="finished_rebuilds_say_when",
                condition=Q(state="finished", finished_at__isnull=False) | ~Q(state="finished"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version} ({self.get_state_display()}, {self.percent} %)"

    @property
    def percent(self) -> int:
        """How much of it is done, 0 to 100."""
        if self.state == self.State.FINISHED:
            return 100
        return 100 * self.done // self.total if self.total else 0


class RebuildChunk(models.Model):
    """Some challenges of a rebuild: what one worker takes, and another takes over if it dies."""

    rebuild = models.ForeignKey(Rebuild, on_delete=models.CASCADE, related_name="chunks")
    challenges = models.JSONField()  # ids of Subject
    not_before = models.DateTimeField(default=timezone.now)  # claimed until then
    done_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["rebuild", "not_before"], condition=Q(done_at=None), name="open_chunks")
        ]

    def __str__(self) -> str:
        return f"{self.rebuild_id}: {len(self.challenges)}"
