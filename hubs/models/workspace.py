"""After the award: what a consortium does, month by month, and what came of it."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Person, PublicModel

from .challenges import Challenge
from .responses import Response

LEVEL = [MinValueValidator(1), MaxValueValidator(9)]


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
    report = models.TextField(_("closing report"), max_length=8000, blank=True)
    lessons = models.TextField(_("what others should know"), max_length=4000, blank=True)
    cost = models.DecimalField(
        _("what it cost (MXN)"), max_digits=14, decimal_places=2, null=True, blank=True
    )

    class Meta:
        ordering = ["-started_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="completed_projects_have_a_report", condition=Q(completed_at=None) | ~Q(report="")
            )
        ]

    def __str__(self) -> str:
        return str(self.response)

    def get_absolute_url(self) -> str:
        return reverse("hubs:workspace", args=[self.public_id])


class Milestone(PublicModel):
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="milestones")
    title = models.CharField(_("title"), max_length=160)
    due = models.DateField(_("due"))
    owner = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["due", "pk"]

    def __str__(self) -> str:
        return self.title


class Update(PublicModel):
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="updates")
    author = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    text = models.TextField(max_length=4000)
    link = models.URLField(_("link to a document"), max_length=500, blank=True)
    link_label = models.CharField(_("what the link is"), max_length=120, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]

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

    class Meta:
        ordering = ["-on", "-pk"]
        constraints = [models.CheckConstraint(name="results_count_something", condition=Q(number__gt=0))]

    def __str__(self) -> str:
        return f"{self.kind}: {self.number}"
