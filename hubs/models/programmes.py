"""Programmes beside the challenges: computing, funding, talent and training."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.contrib.contenttypes.fields import GenericRelation
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.fields import CodesField
from accounts.folding import fold
from accounts.models import Language, Organisation, Person, PublicModel, Translation

from .hubs import Hub

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User

STALE_AFTER = timedelta(days=180)  # since somebody last looked whether it is still so
HOURS = {"max_digits": 12, "decimal_places": 1, "default": 0, "validators": [MinValueValidator(0)]}


class ProgrammeQuerySet(models.QuerySet["Programme"]):
    def published(self) -> "ProgrammeQuerySet":
        return self.filter(is_published=True)

    def open(self, now: datetime | None = None) -> "ProgrammeQuerySet":
        """Operating, and within its dates to the minute; one without dates is always open."""
        now = now or timezone.now()
        begun, not_over = Q(opens_at=None) | Q(opens_at__lte=now), Q(closes_at=None) | Q(closes_at__gt=now)
        return self.published().filter(begun, not_over, status=Programme.Status.OPERATING)

    def upcoming(self, now: datetime | None = None) -> "ProgrammeQuerySet":
        """Announced, or operating and not open yet."""
        later = Q(opens_at__gt=now or timezone.now(), status=Programme.Status.OPERATING)
        return self.published().filter(later | Q(status=Programme.Status.ANNOUNCED))

    def others(self, now: datetime | None = None) -> "ProgrammeQuerySet":
        """Paused, ended, or past their closing."""
        over = Q(closes_at__lte=now or timezone.now(), status=Programme.Status.OPERATING)
        stopped = Q(status__in=[Programme.Status.PAUSED, Programme.Status.ENDED])
        return self.published().filter(over | stopped)

    def of(self, user: "User | AnonymousUser") -> "ProgrammeQuerySet":
        """Those of the organisations that the user belongs to."""
        return self.filter(organisation__in=Organisation.objects.of(user).values("pk"))

    def publishable_by(self, user: "User | AnonymousUser") -> "ProgrammeQuerySet":
        """Those that the user decides on as a curator of the nation, or of a hub that the organisation is in;
        never one's own organisation's."""
        mine = Hub.objects.curated_by(user)
        nations = mine.filter(kind=Hub.Kind.NATION).values("country")
        found = Q(organisation__country__in=nations) | Q(organisation__hubs__in=mine.values("pk"))
        own = Organisation.objects.of(user).values("pk")
        return self.filter(pk__in=Programme.objects.filter(found).exclude(organisation__in=own).values("pk"))

    def visible_to(self, user: "User | AnonymousUser") -> "ProgrammeQuerySet":
        if not user.is_authenticated:
            return self.published()
        own = Q(organisation__in=Organisation.objects.of(user).values("pk"))
        curated = Q(pk__in=Programme.objects.publishable_by(user).values("pk"))
        return self.filter(Q(is_published=True) | own | curated)

    def search(self, words: str) -> "ProgrammeQuerySet":
        found = self
        for word in fold(words).split():
            found = found.filter(search_text__contains=word)
        return found


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
    # What rounds that are not decided yet hold, and what was granted and not returned.
    committed_gpu = models.DecimalField(**HOURS)  # type: ignore[arg-type]
    committed_cpu = models.DecimalField(**HOURS)  # type: ignore[arg-type]
    form_key = models.UUIDField(null=True, unique=True)  # a double click makes one programme, not two
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
            models.CheckConstraint(
                name="no_more_computing_than_is_offered",
                condition=Q(
                    committed_gpu__gte=0,
                    committed_cpu__gte=0,
                    committed_gpu__lte=F("gpu_hours"),
                    committed_cpu__lte=F("cpu_hours"),
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: object, **kwargs: object) -> None:
        self.set_search()
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    def set_search(self) -> None:
        """What lists find it by, in every language that it is told in."""
        told = [self.title, self.summary, self.organisation.name]
        if self.pk:
            told += self.translations.values_list("text", flat=True)
        self.search_text = fold(" ".join(told))

    def get_absolute_url(self) -> str:
        return reverse("hubs:programme", args=[self.public_id])

    def is_open(self, now: datetime | None = None) -> bool:
        now = now or timezone.now()
        begun = self.opens_at is None or self.opens_at <= now
        return self.is_published and self.status == self.Status.OPERATING and begun and not self.is_over(now)

    def is_over(self, now: datetime | None = None) -> bool:
        """Past its closing, to the minute."""
        return self.closes_at is not None and self.closes_at <= (now or timezone.now())

    @property
    def checked_days_ago(self) -> int:
        return max((timezone.localdate() - self.checked_on).days, 0)

    @property
    def is_stale(self) -> bool:
        """Nobody looked for so long that what stands here may no longer be so."""
        return self.checked_days_ago > STALE_AFTER.days

    @property
    def takes_requests(self) -> bool:
        return self.kind == self.Kind.COMPUTING and bool(self.gpu_hours or self.cpu_hours)

    @property
    def free_gpu(self) -> Decimal:
        return self.gpu_hours - self.committed_gpu

    @property
    def free_cpu(self) -> Decimal:
        return self.cpu_hours - self.committed_cpu
