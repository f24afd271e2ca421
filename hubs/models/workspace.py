"""After the award: what those who were selected do, month by month, and what came of it."""

from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Person, Profile, PublicModel

from .challenges import Challenge, Status
from .consortia import Member
from .responses import Response

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User

LEVEL = [MinValueValidator(1), MaxValueValidator(9)]
SOON = timedelta(days=7)
RUNNING = (Status.AWARDED, Status.IN_PROGRESS)


class ProjectQuerySet(models.QuerySet["Project"]):
    def of(self, user: "User | AnonymousUser") -> "ProjectQuerySet":
        """Those of the user's own responses: of an own profile, or of a consortium that one is in."""
        return self.filter(response__in=Response.objects.of(user).values("pk"))

    def for_poster(self, user: "User | AnonymousUser") -> "ProjectQuerySet":
        return self.filter(challenge__in=Challenge.objects.of(user).values("pk"))

    def visible_to(self, user: "User | AnonymousUser") -> "ProjectQuerySet":
        """Whoever works on it, advisers too, and whoever posted the challenge; nobody else."""
        if not user.is_authenticated:
            return self.none()
        ways = Q(pk__in=Project.objects.of(user).values("pk"))
        ways |= Q(pk__in=Project.objects.for_poster(user).values("pk"))
        return self.filter(ways)

    def written_by(self, user: "User | AnonymousUser") -> "ProjectQuerySet":
        """Whoever keeps it: all of a profile's people, and of a consortium its coordinator and members."""
        return self._kept(user, Member.Role.COORDINATOR, Member.Role.MEMBER)

    def led_by(self, user: "User | AnonymousUser") -> "ProjectQuerySet":
        """Whoever may say that it is over: the profile's people, or the consortium's coordinator."""
        return self._kept(user, Member.Role.COORDINATOR)

    def _kept(self, user: "User | AnonymousUser", *roles: str) -> "ProjectQuerySet":
        own = Profile.objects.of(user).values("pk")
        places = Member.objects.filter(profile__in=own, state=Member.State.ACCEPTED, role__in=roles)
        together = Q(response__consortium__in=places.values("consortium"))
        return self.filter(Q(response__profile__in=own) | together)

    def running(self) -> "ProjectQuerySet":
        """Neither completed nor ended by the poster."""
        return self.filter(completed_at=None, challenge__status__in=RUNNING)

    def told(self) -> "ProjectQuerySet":
        """Those whose results everybody may read: they are completed, and the poster said so too."""
        over = [Status.COMPLETED, Status.ARCHIVED]
        return self.filter(completed_at__isnull=False, challenge__status__in=over)


class Project(PublicModel):
    """The work on an awarded response."""

    response = models.OneToOneField(Response, on_delete=models.CASCADE, related_name="project")
    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="projects")
    trl_start = models.PositiveSmallIntegerField(
        _("TRL at the start"), null=True, blank=True, validators=LEVEL
    )
    trl_now = models.PositiveSmallIntegerField(_("TRL today"), null=True, blank=True, validators=LEVEL)
    started_at = models.DateTimeField(auto_now_add=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    report = models.TextField(_("what was delivered"), max_length=8000, blank=True)
    lessons = models.TextField(_("what others should know"), max_length=4000, blank=True)
    lessons_public = models.BooleanField(_("everybody may read what others should know"), default=False)
    cost = models.DecimalField(
        _("what it cost (MXN)"),
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    report_asked_at = models.DateTimeField(null=True, blank=True)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="completed_projects_have_a_report", condition=Q(completed_at=None) | ~Q(report="")
            ),
            models.CheckConstraint(
                name="project_trl_is_1_to_9",
                condition=(Q(trl_start=None) | Q(trl_start__range=(1, 9)))
                & (Q(trl_now=None) | Q(trl_now__range=(1, 9))),
            ),
        ]

    def __str__(self) -> str:
        return str(self.response)

    def get_absolute_url(self) -> str:
        return reverse("hubs:workspace", args=[self.public_id])

    @property
    def is_running(self) -> bool:
        return self.completed_at is None and self.challenge.status in RUNNING


class MilestoneQuerySet(models.QuerySet["Milestone"]):
    def open(self) -> "MilestoneQuerySet":
        running = Project.objects.running().values("pk")
        return self.filter(done_at=None, project__in=running)

    def to_remind(self, today: date) -> "MilestoneQuerySet":
        """Open ones whose owner is told now: a week before, and once more when it is over."""
        near = Q(due__range=(today, today + SOON), reminded_at=None)
        late = Q(due__lt=today, overdue_told_at=None)
        return self.open().filter(near | late, owner__isnull=False)


class Milestone(PublicModel):
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="milestones")
    title = models.CharField(_("title"), max_length=160)
    due = models.DateField(_("due"))
    owner = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)  # that it is near
    overdue_told_at = models.DateTimeField(null=True, blank=True)
    form_key = models.UUIDField(null=True, editable=False)  # a double click adds one

    objects = MilestoneQuerySet.as_manager()

    class Meta:
        ordering = ["due", "pk"]
        constraints = [models.UniqueConstraint("project", "form_key", name="one_milestone_per_form")]

    def __str__(self) -> str:
        return self.title

    @property
    def is_late(self) -> bool:
        return self.done_at is None and self.due < timezone.localdate()


class Update(PublicModel):
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="updates")
    author = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    text = models.TextField(_("what is new"), max_length=4000)
    link = models.URLField(_("link to a document"), max_length=500, blank=True)
    link_label = models.CharField(_("what the link is"), max_length=120, blank=True)
    form_key = models.UUIDField(null=True, editable=False)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint("project", "form_key", name="one_update_per_form"),
            models.CheckConstraint(name="updates_say_something", condition=~Q(text="")),
        ]

    def __str__(self) -> str:
        return self.text[:60]


class Result(PublicModel):
    class Kind(models.TextChoices):
        JOBS = "jobs", _("jobs")
        PATENT = "patent", _("patents")
        PUBLICATION = "publication", _("publications")
        PURCHASE = "purchase", _("public purchases")
        AGREEMENT = "agreement", _("agreements")
        RETAINED = "retained", _("people who stayed")
        RETURNED = "returned", _("people who came back")
        ADOPTER = "adopter", _("adopters")

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="results")
    kind = models.CharField(_("kind"), max_length=11, choices=Kind)
    number = models.PositiveIntegerField(_("how many"), default=1)
    amount = models.DecimalField(_("amount (MXN)"), max_digits=14, decimal_places=2, null=True, blank=True)
    on = models.DateField(_("on"))
    note = models.CharField(_("note"), max_length=300, blank=True)
    link = models.URLField(_("link"), max_length=500, blank=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    form_key = models.UUIDField(null=True, editable=False)

    class Meta:
        ordering = ["-on", "-pk"]
        constraints = [
            models.CheckConstraint(name="results_count_something", condition=Q(number__gt=0)),
            models.UniqueConstraint("project", "form_key", name="one_result_per_form"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.number}"
