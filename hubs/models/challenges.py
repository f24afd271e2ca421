"""Challenges: a problem in plain words, its needs, and what is offered to whoever meets them."""

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.contrib.contenttypes.fields import GenericRelation
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts import standing
from accounts.countries import get_pack
from accounts.fields import CodesField
from accounts.folding import fold, sort_key
from accounts.models import Language, Organisation, Person, Profile, PublicModel, Translation

from .hubs import Hub

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User

# A review older than this is shown to every curator of the nation.
REVIEW_WORKING_DAYS = 2


class Status(models.TextChoices):
    DRAFT = "draft", _("draft")
    IN_REVIEW = "in_review", _("in review")
    CHANGES_REQUESTED = "changes_requested", _("changes requested")
    PUBLISHED = "published", _("published")
    CLOSED = "closed", _("closed")
    IN_EVALUATION = "in_evaluation", _("in evaluation")
    AWARDED = "awarded", _("awarded")
    IN_PROGRESS = "in_progress", _("in progress")
    COMPLETED = "completed", _("completed")
    WITHDRAWN = "withdrawn", _("withdrawn")
    ARCHIVED = "archived", _("archived")


# What no longer takes responses, by hand or because a later step was taken
OVER = (
    Status.CLOSED,
    Status.IN_EVALUATION,
    Status.AWARDED,
    Status.IN_PROGRESS,
    Status.COMPLETED,
    Status.ARCHIVED,
)
PUBLIC = (Status.PUBLISHED, *OVER)


def answerable(path: str = "", now: datetime | None = None) -> Q:
    """Open or upcoming: what is public closes after it opens. Of rows that join challenges, with the path of
    the join."""
    return Q((f"{path}status", Status.PUBLISHED), (f"{path}closes_at__gt", now or timezone.now()))


def at(when: str, now: datetime | None = None) -> Q:
    """Which challenges are open, upcoming or closed at a moment."""
    now = now or timezone.now()
    published = Q(status=Status.PUBLISHED)
    if when == "open":
        return published & Q(opens_at__lte=now, closes_at__gt=now)
    if when == "upcoming":
        return published & Q(opens_at__gt=now)
    return (published & Q(closes_at__lte=now)) | Q(status__in=OVER)


class ChallengeQuerySet(models.QuerySet["Challenge"]):
    def published(self) -> "ChallengeQuerySet":
        """Everything the public may read: open, upcoming, closed and archived."""
        return self.filter(status__in=PUBLIC)

    def open(self, now: datetime | None = None) -> "ChallengeQuerySet":
        return self.filter(at("open", now))

    def upcoming(self, now: datetime | None = None) -> "ChallengeQuerySet":
        return self.filter(at("upcoming", now))

    def closed(self, now: datetime | None = None) -> "ChallengeQuerySet":
        """Closed by the clock or by hand, at that very moment, everywhere."""
        return self.filter(at("closed", now))

    def approved(self, now: datetime | None = None) -> "ChallengeQuerySet":
        """What a curator approved and whose day to be published has come."""
        return self.filter(
            status=Status.IN_REVIEW, approved_at__isnull=False, publish_at__lte=now or timezone.now()
        )

    def of(self, user: "User | AnonymousUser") -> "ChallengeQuerySet":
        """One's own: those that an organisation posts, or posts together with others, that the person
        belongs to."""
        if not user.is_authenticated:
            return self.none()
        if known := standing.known(user):
            posts = Q(organisation__in=list(known.of("organisation")))
            return self.filter(posts | Q(pk__in=list(known.of("co-posted challenge"))))
        return self.filter(Challenge.posted_by(Organisation.objects.of(user)))

    def reviewable_by(self, user: "User | AnonymousUser", now: datetime | None = None) -> "ChallengeQuerySet":
        """In review in the user's hubs; after two working days, for every curator of the nation;
        never those of the user's own organisations."""
        hubs = Hub.objects.curated_by(user)
        national = hubs.filter(kind=Hub.Kind.NATION, country=OuterRef("country"))
        late = Q(submitted_at__lt=working_days_before(now or timezone.now(), REVIEW_WORKING_DAYS))
        mine = Q(hub__in=hubs.values("pk")) | (late & Q(Exists(national)))
        own = Challenge.objects.of(user).order_by().values("pk")
        return self.filter(mine, status=Status.IN_REVIEW).exclude(pk__in=own)

    def visible_to(self, user: "User | AnonymousUser") -> "ChallengeQuerySet":
        if not user.is_authenticated:
            return self.published()
        own = Q(pk__in=Challenge.objects.of(user).values("pk"))
        to_review = Q(pk__in=Challenge.objects.reviewable_by(user).values("pk"))
        return self.filter(Q(status__in=PUBLIC) | own | to_review)

    def search(self, words: str) -> "ChallengeQuerySet":
        found = self
        for word in fold(words).split():
            found = found.filter(search_text__contains=word)
        return found


def working_days_before(moment: datetime, days: int) -> datetime:
    """The moment that lies so many working days (Monday to Friday) earlier."""
    while days:
        moment -= timedelta(days=1)
        if timezone.localtime(moment).weekday() < 5:
            days -= 1
    return moment


class Challenge(PublicModel):
    Status = Status

    class PosterShown(models.TextChoices):
        NAME = "name", _("its name")
        KIND = "kind", _("only its kind, size and state")

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="challenges")
    author = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    hub = models.ForeignKey(Hub, on_delete=models.PROTECT, related_name="challenges")
    country = models.CharField(max_length=2, default="MX")
    status = models.CharField(max_length=18, choices=Status, default=Status.DRAFT)
    form_key = models.UUIDField(default=uuid.uuid4, unique=True)  # a double click makes one draft, not two

    language = models.CharField(_("language"), max_length=2, choices=Language, default=Language.ES)
    title = models.CharField(_("title"), max_length=90)
    summary = models.CharField(_("in one line"), max_length=200, blank=True)
    description = models.TextField(_("description"), max_length=12000, blank=True)

    offer_money = models.DecimalField(
        _("money (MXN)"),
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    offer_data = models.TextField(_("data"), max_length=1000, blank=True)
    offer_site = models.TextField(_("test site"), max_length=1000, blank=True)
    offer_purchase = models.TextField(_("purchase"), max_length=1000, blank=True)

    state = models.CharField(_("state"), max_length=2, blank=True)  # empty: the whole country
    # Who may answer: kinds of profile, none for all; and whether from that state only
    eligible_kinds = CodesField(verbose_name=_("who may answer"), max_length=60)
    only_in_state = models.BooleanField(_("only those of that state"), default=False)
    sector = models.CharField(_("sector"), max_length=5, blank=True)
    fields = CodesField(verbose_name=_("fields of science"))
    sdgs = CodesField(verbose_name=_("Sustainable Development Goals"))
    trl_from = models.PositiveSmallIntegerField(
        _("TRL from"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(9)]
    )
    trl_to = models.PositiveSmallIntegerField(
        _("TRL to"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(9)]
    )
    opens_at = models.DateTimeField(_("opens"), null=True, blank=True)
    closes_at = models.DateTimeField(_("closes"), null=True, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=40, default="America/Mexico_City")

    contact_name = models.CharField(_("contact's name"), max_length=120, blank=True)
    contact_email = models.EmailField(_("contact's e-mail"), blank=True)
    poster_shown = models.CharField(
        _("what is shown of the poster before an introduction"),
        max_length=4,
        choices=PosterShown,
        default=PosterShown.NAME,
    )
    terms_ip = models.TextField(_("intellectual property"), max_length=2000, blank=True)
    terms_confidentiality = models.TextField(_("confidentiality"), max_length=2000, blank=True)

    # Who is in a team that responds: one of each side of the helix, unless the poster says otherwise
    needs_helices = models.BooleanField(_("academia, industry and government together"), default=True)
    publish_at = models.DateTimeField(
        _("publish on"), null=True, blank=True
    )  # once a curator has approved it
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    taken_over_from = models.ForeignKey(
        "hubs.Response", on_delete=models.SET_NULL, null=True, blank=True, related_name="taken_over_by"
    )
    submitted_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    import_key = models.CharField(max_length=120, null=True, blank=True, unique=True)
    is_demo = models.BooleanField(default=False)
    search_text = models.TextField(editable=False, default="")
    sort_key = models.CharField(max_length=200, editable=False, default="", db_index=True)
    translations = GenericRelation(Translation)

    objects = ChallengeQuerySet.as_manager()

    class Meta:
        ordering = [F("closes_at").asc(nulls_last=True), "pk"]
        indexes = [models.Index(fields=["status", "closes_at"])]
        constraints = [
            models.CheckConstraint(name="challenge_status_is_known", condition=Q(status__in=Status.values)),
            models.CheckConstraint(
                name="only_what_is_in_review_waits_approved",
                condition=Q(approved_at=None) | Q(status=Status.IN_REVIEW),
            ),
            models.CheckConstraint(
                name="challenge_trl_is_1_to_9_and_in_order",
                condition=Q(trl_from=None)
                | Q(trl_to=None)
                | Q(trl_from__gte=1, trl_to__lte=9, trl_from__lte=F("trl_to")),
            ),
            models.CheckConstraint(
                name="only_those_of_a_state_names_the_state", condition=Q(only_in_state=False) | ~Q(state="")
            ),
            models.CheckConstraint(
                name="challenge_closes_after_it_opens",
                condition=Q(opens_at=None) | Q(closes_at=None) | Q(closes_at__gt=F("opens_at")),
            ),
            models.CheckConstraint(
                name="public_challenge_has_its_dates",
                condition=~Q(status__in=PUBLIC) | Q(opens_at__isnull=False, closes_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: object, **kwargs: object) -> None:
        more: list[str] = []
        if self.pk:
            more += self.needs.values_list("text", flat=True)
            more += self.translations.values_list("text", flat=True)
        self.index(more)
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    def index(self, more: Iterable[str] = ()) -> None:
        """Fill the columns that search and order read, with the words of needs and translations in `more`;
        bulk writes call it themselves."""
        words = [self.title, self.summary, self.description, *more]
        if self.poster_shown == self.PosterShown.NAME:
            words.append(self.organisation.name)
        self.search_text = fold(" ".join(words))
        self.sort_key = sort_key(self.title)[:200]

    def get_absolute_url(self) -> str:
        return reverse("hubs:challenge", args=[self.public_id])

    @staticmethod
    def posted_by(organisations: models.QuerySet[Organisation]) -> Q:
        """What any of them posts, alone or as an accepted co-poster."""
        keys = organisations.values("pk")
        joined = Challenge.objects.filter(co_posters__organisation__in=keys, co_posters__state="accepted")
        return Q(organisation__in=keys) | Q(pk__in=joined.order_by().values("pk"))

    def posters(self) -> models.QuerySet[Organisation]:
        """Whoever posts it: first of all, and those that joined."""
        joined = self.co_posters.filter(state="accepted").values("organisation")
        return Organisation.objects.filter(Q(pk=self.organisation_id) | Q(pk__in=joined))

    def letter_readers(self) -> models.QuerySet[Person]:
        """Who gets the letters about it: those whom its posters named."""
        named = Q(
            memberships__receives_letters=True, memberships__organisation__in=self.posters().values("pk")
        )
        return Person.objects.filter(pk__in=Person.objects.filter(named).values("pk"))

    def is_open(self, now: datetime | None = None) -> bool:
        now = now or timezone.now()
        return bool(
            self.status == Status.PUBLISHED
            and self.opens_at
            and self.closes_at
            and self.opens_at <= now < self.closes_at
        )

    def is_upcoming(self, now: datetime | None = None) -> bool:
        return bool(
            self.status == Status.PUBLISHED and self.opens_at and self.opens_at > (now or timezone.now())
        )

    def is_closed(self, now: datetime | None = None) -> bool:
        return self.status in PUBLIC and not self.is_open(now) and not self.is_upcoming(now)

    @property
    def is_public(self) -> bool:
        return self.status in PUBLIC

    @property
    def state_name(self) -> str:
        return get_pack(self.country).states.label(self.state) if self.state else ""

    @property
    def sector_name(self) -> str:
        return get_pack(self.country).sectors.label(self.sector) if self.sector else ""

    @property
    def field_names(self) -> list[str]:
        fields = get_pack(self.country).fields
        return [fields.label(code) for code in self.fields if code in fields.codes]

    @property
    def eligible_names(self) -> list[str]:
        """The kinds of those who may answer, in the reader's language; none for all."""
        names = dict(Profile.Kind.choices)
        return [str(names[kind]) for kind in self.eligible_kinds if kind in names]

    @property
    def organisation_shown(self) -> str:
        """The poster as everybody may see it before an introduction."""
        if self.poster_shown == self.PosterShown.NAME:
            return self.organisation.name
        pack = get_pack(self.country)
        parts = [str(self.organisation.get_kind_display())]
        if self.organisation.size:
            parts.append(pack.sizes.label(self.organisation.size))
        if self.organisation.state:
            parts.append(self.organisation.state_name)
        return capfirst(", ".join(parts))


class Need(models.Model):
    """One thing that the challenge needs, in a sentence or two."""

    class Weight(models.TextChoices):
        MUST = "must", _("indispensable")
        STRONG = "strong", _("important")
        NICE = "nice", _("desirable")

    class Sought(models.TextChoices):
        ANYONE = "anyone", _("anyone")
        ACADEMIA = "academia", _("academia")
        STARTUP = "startup", _("a startup")
        COMPANY = "company", _("a company")
        GOVERNMENT = "government", _("government")

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="needs")
    position = models.PositiveSmallIntegerField(default=0)
    text = models.TextField(_("what is needed"), max_length=600)
    weight = models.CharField(_("how much it matters"), max_length=6, choices=Weight, default=Weight.MUST)
    sought = models.CharField(_("sought from"), max_length=10, choices=Sought, default=Sought.ANYONE)
    translations = GenericRelation(Translation)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.CheckConstraint(name="need_says_something", condition=~Q(text=""))]

    def __str__(self) -> str:
        return self.text[:80]

    @property
    def language(self) -> str:
        return self.challenge.language


class ChallengeStep(models.Model):
    """A line of history: who moved the challenge from where to where, when and why."""

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="steps")
    actor = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    from_status = models.CharField(max_length=18, choices=Status, blank=True)
    to_status = models.CharField(max_length=18, choices=Status)
    note = models.TextField(blank=True, max_length=2000)
    checked = CodesField(max_length=120)  # what of the checklist the curator had ticked
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.from_status} → {self.to_status}"
