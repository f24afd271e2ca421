"""Programmes beside the challenges: computing, funding, talent and training; and rounds of computing."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.contrib.contenttypes.fields import GenericRelation
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.fields import CodesField
from accounts.models import Language, Organisation, Person, Profile, PublicModel, Translation

from .consortia import Consortium

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User

HOURS = {"max_digits": 12, "decimal_places": 1, "default": 0, "validators": [MinValueValidator(0)]}


class ProgrammeQuerySet(models.QuerySet["Programme"]):
    def published(self) -> "ProgrammeQuerySet":
        return self.filter(is_published=True)

    def open(self, now: datetime | None = None) -> "ProgrammeQuerySet":
        """Operating, and within its dates to the minute; one without dates is always open."""
        now = now or timezone.now()
        begun, not_over = Q(opens_at=None) | Q(opens_at__lte=now), Q(closes_at=None) | Q(closes_at__gt=now)
        return self.published().filter(begun, not_over, status=Programme.Status.OPERATING)

    def visible_to(self, user: "User | AnonymousUser") -> "ProgrammeQuerySet":
        if not user.is_authenticated:
            return self.published()
        return self.filter(
            Q(is_published=True) | Q(organisation__in=Organisation.objects.of(user).values("pk"))
        )


class Programme(PublicModel):
    class Kind(models.TextChoices):
        COMPUTING = "computing", _("computing")
        FUNDING = "funding", _("funding")
        TALENT = "talent", _("talent")
        TRAINING = "training", _("training")

    class Status(models.TextChoices):
        ANNOUNCED = "announced", _("announced")
        OPERATING = "operating", _("operating")
        PAUSED = "paused", _("paused")
        ENDED = "ended", _("ended")

    class Form(models.TextChoices):
        """What a programme of talent offers, or one of funding gives."""

        GRANT = "grant", _("grant")
        LOAN = "loan", _("loan")
        EQUITY = "equity", _("equity")
        VOUCHER = "voucher", _("voucher")
        POSITION = "position", _("position")
        RESIDENCY = "residency", _("residency")
        RETURN = "return", _("return or diaspora programme")
        MENTORING = "mentoring", _("mentoring")
        COURSE = "course", _("course")

    kind = models.CharField(_("kind"), max_length=9, choices=Kind)
    form = models.CharField(_("form"), max_length=9, choices=Form, blank=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="programmes")
    author = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    language = models.CharField(_("language"), max_length=2, choices=Language, default=Language.ES)
    title = models.CharField(_("title"), max_length=160)
    summary = models.CharField(_("in one line"), max_length=300)
    description = models.TextField(_("description"), max_length=8000, blank=True)
    url = models.URLField(_("its page"), max_length=500, blank=True)

    # Who may apply; what is empty bars nobody.
    who_may = CodesField(verbose_name=_("who may apply"), max_length=60)
    states = CodesField(verbose_name=_("states"))
    sectors = CodesField(verbose_name=_("sectors"))
    stages = CodesField(verbose_name=_("stages of a startup"))
    abroad_only = models.BooleanField(_("only for people abroad"), default=False)

    amount_min = models.DecimalField(_("from (MXN)"), max_digits=14, decimal_places=2, null=True, blank=True)
    amount_max = models.DecimalField(_("to (MXN)"), max_digits=14, decimal_places=2, null=True, blank=True)
    gpu_hours = models.DecimalField(_("GPU hours offered"), **HOURS)  # type: ignore[arg-type]
    cpu_hours = models.DecimalField(_("CPU hours offered"), **HOURS)  # type: ignore[arg-type]
    queue_policy = models.CharField(_("queue policy"), max_length=500, blank=True)
    data_classes = CodesField(verbose_name=_("classes of data admitted"), max_length=60)
    review_rhythm = models.CharField(_("how often requests are reviewed"), max_length=120, blank=True)

    status = models.CharField(_("status"), max_length=9, choices=Status, default=Status.OPERATING)
    checked_on = models.DateField(_("last checked"), default=timezone.localdate)
    checked_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    opens_at = models.DateTimeField(_("opens"), null=True, blank=True)
    closes_at = models.DateTimeField(_("closes"), null=True, blank=True)
    is_published = models.BooleanField(default=False)
    is_demo = models.BooleanField(default=False)
    search_text = models.TextField(editable=False, default="")
    translations = GenericRelation(Translation)

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        ordering = [F("closes_at").asc(nulls_last=True), "pk"]
        constraints = [
            models.CheckConstraint(
                name="programme_amounts_in_order",
                condition=Q(amount_min=None) | Q(amount_max=None) | Q(amount_min__lte=F("amount_max")),
            ),
            models.CheckConstraint(
                name="programme_closes_after_it_opens",
                condition=Q(opens_at=None) | Q(closes_at=None) | Q(closes_at__gt=F("opens_at")),
            ),
            models.CheckConstraint(
                name="programme_hours_not_negative", condition=Q(gpu_hours__gte=0, cpu_hours__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("hubs:programme", args=[self.public_id])


class ComputingRound(PublicModel):
    """A period of allocation: so many hours, requests until a date, decided together."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="rounds")
    title = models.CharField(_("title"), max_length=120)
    gpu_hours = models.DecimalField(_("GPU hours"), **HOURS)  # type: ignore[arg-type]
    cpu_hours = models.DecimalField(_("CPU hours"), **HOURS)  # type: ignore[arg-type]
    opens_at = models.DateTimeField(_("opens"))
    closes_at = models.DateTimeField(_("closes"))
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-closes_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="round_closes_after_it_opens", condition=Q(closes_at__gt=F("opens_at"))
            ),
            models.CheckConstraint(
                name="round_hours_not_negative", condition=Q(gpu_hours__gte=0, cpu_hours__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return self.title


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
    """Hours used until a day, as reported."""

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
