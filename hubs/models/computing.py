"""Computing on request: rounds of allocation, what is asked for, reviewed, granted, used and returned."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Language, Person, Profile, PublicModel

from .consortia import Consortium, Member
from .programmes import HOURS, Programme

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User


class ComputingRound(PublicModel):
    """A period of allocation: so many hours, requests until a date, decided together."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="rounds")
    title = models.CharField(_("title"), max_length=120)
    gpu_hours = models.DecimalField(_("GPU hours"), **HOURS)  # type: ignore[arg-type]
    cpu_hours = models.DecimalField(_("CPU hours"), **HOURS)  # type: ignore[arg-type]
    opens_at = models.DateTimeField(_("opens"))
    closes_at = models.DateTimeField(_("closes"))
    decided_at = models.DateTimeField(null=True, blank=True)
    granted_gpu = models.DecimalField(**HOURS)  # type: ignore[arg-type]
    granted_cpu = models.DecimalField(**HOURS)  # type: ignore[arg-type]
    form_key = models.UUIDField(null=True, unique=True)

    class Meta:
        ordering = ["-closes_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="round_closes_after_it_opens", condition=Q(closes_at__gt=F("opens_at"))
            ),
            models.CheckConstraint(
                name="round_hours_not_negative", condition=Q(gpu_hours__gte=0, cpu_hours__gte=0)
            ),
            models.CheckConstraint(
                name="no_round_grants_more_than_it_has",
                condition=Q(granted_gpu__lte=F("gpu_hours"), granted_cpu__lte=F("cpu_hours")),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("hubs:computing_round", args=[self.public_id])

    def is_open(self, now: datetime | None = None) -> bool:
        return self.decided_at is None and self.opens_at <= (now or timezone.now()) < self.closes_at


class ComputingRequestQuerySet(models.QuerySet["ComputingRequest"]):
    def of(self, user: "User | AnonymousUser") -> "ComputingRequestQuerySet":
        """Those of one's own profiles."""
        return self.filter(profile__in=Profile.objects.of(user).values("pk"))

    def received_by(self, user: "User | AnonymousUser") -> "ComputingRequestQuerySet":
        """Those that an organisation of the user decides on, once they were handed in; never one's own."""
        provided = Programme.objects.of(user).values("pk")
        handed_in = self.filter(programme__in=provided).exclude(submitted_at=None)
        return handed_in.exclude(profile__in=Profile.objects.of(user).values("pk"))

    def visible_to(self, user: "User | AnonymousUser") -> "ComputingRequestQuerySet":
        """Whoever asks, those with them in the consortium, and the provider's people."""
        if not user.is_authenticated:
            return self.none()
        joined = Member.objects.filter(
            profile__in=Profile.objects.of(user).values("pk"), state=Member.State.ACCEPTED
        )
        every = ComputingRequest.objects
        found = Q(pk__in=every.of(user).values("pk")) | Q(pk__in=every.received_by(user).values("pk"))
        return self.filter(found | Q(consortium__in=joined.values("consortium")))


class ComputingRequest(PublicModel):
    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        SUBMITTED = "submitted", _("submitted")
        SCIENTIFIC = "scientific", _("in scientific review")
        TECHNICAL = "technical", _("in technical review")
        APPROVED = "approved", _("approved")
        REFUSED = "refused", _("refused")
        ENDED = "ended", _("ended")
        WITHDRAWN = "withdrawn", _("withdrawn")

    class DataClass(models.TextChoices):
        OPEN = "open", _("open data")
        INTERNAL = "internal", _("internal data")
        PERSONAL = "personal", _("personal data")
        SENSITIVE = "sensitive", _("sensitive or restricted data")

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="requests")
    round = models.ForeignKey(
        ComputingRound, on_delete=models.PROTECT, null=True, blank=True, related_name="requests"
    )
    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="computing_requests")
    consortium = models.ForeignKey(
        Consortium, on_delete=models.SET_NULL, null=True, blank=True, related_name="computing_requests"
    )
    by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    language = models.CharField(max_length=2, choices=Language, default=Language.ES)
    title = models.CharField(_("title"), max_length=160)
    purpose = models.TextField(_("what for"), max_length=2000)
    gpu_hours = models.DecimalField(_("GPU hours"), **HOURS)  # type: ignore[arg-type]
    cpu_hours = models.DecimalField(_("CPU hours"), **HOURS)  # type: ignore[arg-type]
    data_class = models.CharField(_("class of data"), max_length=9, choices=DataClass, default=DataClass.OPEN)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    submitted_at = models.DateTimeField(null=True, blank=True)
    granted_gpu = models.DecimalField(_("GPU hours granted"), **HOURS)  # type: ignore[arg-type]
    granted_cpu = models.DecimalField(_("CPU hours granted"), **HOURS)  # type: ignore[arg-type]
    ends_on = models.DateField(_("until"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    returned_gpu = models.DecimalField(**HOURS)  # type: ignore[arg-type]
    returned_cpu = models.DecimalField(**HOURS)  # type: ignore[arg-type]
    form_key = models.UUIDField(null=True, unique=True)

    objects = ComputingRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="no_more_computing_than_was_asked_for",
                condition=Q(granted_gpu__lte=F("gpu_hours"), granted_cpu__lte=F("cpu_hours")),
            ),
            models.CheckConstraint(
                name="no_more_computing_returned_than_granted",
                condition=Q(returned_gpu__lte=F("granted_gpu"), returned_cpu__lte=F("granted_cpu")),
            ),
            models.CheckConstraint(
                name="computing_is_granted_on_approval",
                condition=Q(state__in=["approved", "ended"]) | Q(granted_gpu=0, granted_cpu=0),
            ),
            models.CheckConstraint(
                name="computing_is_returned_at_the_end",
                condition=Q(state="ended") | Q(returned_gpu=0, returned_cpu=0),
            ),
            models.CheckConstraint(
                name="granted_computing_ends",
                condition=~Q(state__in=["approved", "ended"]) | Q(ends_on__isnull=False),
            ),
            models.CheckConstraint(
                name="refused_computing_has_a_reason", condition=~Q(state="refused") | ~Q(reason="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.state})"

    def get_absolute_url(self) -> str:
        return reverse("hubs:computing_request", args=[self.public_id])

    def used(self) -> "Usage | None":
        """The latest report: what was used until its day."""
        return self.usage.order_by("-reported_on", "-pk").first()


class RequestReview(models.Model):
    """What a scientific or technical reviewer says of a request for computing."""

    class Stage(models.TextChoices):
        SCIENTIFIC = "scientific", _("scientific")
        TECHNICAL = "technical", _("technical")

    request = models.ForeignKey(ComputingRequest, on_delete=models.CASCADE, related_name="reviews")
    stage = models.CharField(max_length=10, choices=Stage)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    score = models.PositiveSmallIntegerField(_("score, 1 to 5"))
    text = models.TextField(_("reasons"), max_length=2000)
    at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("request", "stage", "person", name="one_review_of_a_request_each"),
            models.CheckConstraint(name="request_scores_are_1_to_5", condition=Q(score__gte=1, score__lte=5)),
        ]

    def __str__(self) -> str:
        return f"{self.request}: {self.score}"


class Usage(models.Model):
    """Hours used from the beginning until a day, as reported."""

    request = models.ForeignKey(ComputingRequest, on_delete=models.CASCADE, related_name="usage")
    reported_on = models.DateField(default=timezone.localdate)
    gpu_hours = models.DecimalField(_("GPU hours"), **HOURS)  # type: ignore[arg-type]
    cpu_hours = models.DecimalField(_("CPU hours"), **HOURS)  # type: ignore[arg-type]
    note = models.CharField(_("note"), max_length=300, blank=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["reported_on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="used_hours_not_negative", condition=Q(gpu_hours__gte=0, cpu_hours__gte=0)
            )
        ]

    def __str__(self) -> str:
        return f"{self.request}: {self.gpu_hours} / {self.cpu_hours}"
