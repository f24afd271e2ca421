"""Consortia: academia, industry and government that answer a challenge together."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Language, Person, Profile, PublicModel

from .challenges import Challenge, Need
from .responses import Response

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User

SMALLEST, LARGEST = 2, 6


class ConsortiumQuerySet(models.QuerySet["Consortium"]):
    def of(self, user: "User | AnonymousUser") -> "ConsortiumQuerySet":
        """Those that the user is in, invited to, or began."""
        if not user.is_authenticated:
            return self.none()
        mine = Member.objects.filter(
            consortium=OuterRef("pk"), profile__in=Profile.objects.of(user).values("pk")
        ).filter(state__in=[Member.State.PENDING, Member.State.ACCEPTED])
        return self.filter(Exists(mine))

    def joined_by(self, user: "User | AnonymousUser") -> "ConsortiumQuerySet":
        """Those that the user speaks for: an invitation alone gives no voice."""
        if not user.is_authenticated:
            return self.none()
        accepted = Member.objects.accepted().of(user)
        return self.filter(pk__in=accepted.values("consortium"))

    def visible_to(self, user: "User | AnonymousUser") -> "ConsortiumQuerySet":
        """Its own people; and, once the call is closed, the poster who reads the response that it handed
        in."""
        if not user.is_authenticated:
            return self.none()
        handed_in = Response.objects.handed_to(user).exclude(consortium=None)
        read = handed_in.filter(pk__in=Response.objects.visible_to(user).values("pk"))
        own = Q(pk__in=Consortium.objects.of(user).values("pk"))
        return self.filter(own | Q(pk__in=read.values("consortium")))

    def coordinated_by(self, user: "User | AnonymousUser") -> "ConsortiumQuerySet":
        mine = Member.objects.filter(
            role=Member.Role.COORDINATOR,
            state=Member.State.ACCEPTED,
            profile__in=Profile.objects.of(user).values("pk"),
        )
        return self.filter(pk__in=mine.values("consortium"))

    def alive(self) -> "ConsortiumQuerySet":
        """Those that still work on something."""
        return self.exclude(state__in=OVER)


OVER = ("completed", "dissolved")


class Consortium(PublicModel):
    class State(models.TextChoices):
        FORMING = "forming", _("forming")
        READY = "ready", _("complete")
        RESPONDING = "responding", _("has responded")
        AWARDED = "awarded", _("awarded")
        WORKING = "working", _("at work")
        COMPLETED = "completed", _("completed")
        DISSOLVED = "dissolved", _("dissolved")

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="consortia")
    name = models.CharField(_("name"), max_length=120)
    acronym = models.CharField(_("acronym"), max_length=20, blank=True)
    about = models.TextField(_("what it wants to do"), max_length=2000, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.FORMING)
    began_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    proposal = models.JSONField(default=dict, blank=True)  # the engine's proposal it began from, as it was
    form_key = models.UUIDField(null=True, editable=False, unique=True)  # a double click begins one

    objects = ConsortiumQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.acronym or self.name

    def get_absolute_url(self) -> str:
        return reverse("hubs:consortium", args=[self.public_id])


class MemberQuerySet(models.QuerySet["Member"]):
    def standing(self) -> "MemberQuerySet":
        """Those who are in, and those who are asked."""
        return self.filter(state__in=[Member.State.PENDING, Member.State.ACCEPTED])

    def accepted(self) -> "MemberQuerySet":
        return self.filter(state=Member.State.ACCEPTED)

    def of(self, user: "User | AnonymousUser") -> "MemberQuerySet":
        """The places of the user's own profiles."""
        return self.filter(profile__in=Profile.objects.of(user).values("pk"))


class Member(PublicModel):
    """A profile's place in a consortium, from the invitation on."""

    class Role(models.TextChoices):
        COORDINATOR = "coordinator", _("coordinator")
        MEMBER = "member", _("member")
        ADVISER = "adviser", _("adviser")

    class State(models.TextChoices):
        PENDING = "pending", _("invited")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")
        LAPSED = "lapsed", _("lapsed")
        LEFT = "left", _("left")

    consortium = models.ForeignKey(Consortium, on_delete=models.CASCADE, related_name="members")
    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="consortium_places")
    role = models.CharField(_("role"), max_length=11, choices=Role, default=Role.MEMBER)
    state = models.CharField(max_length=8, choices=State, default=State.PENDING)
    share = models.CharField(_("its share of the work"), max_length=500, blank=True)
    needs = models.ManyToManyField(Need, blank=True, related_name="+")
    line = models.CharField(max_length=500, blank=True)
    invited_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    answered_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    lapses_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)

    objects = MemberQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint("consortium", "profile", name="one_place_per_consortium_and_profile"),
            models.UniqueConstraint(
                "consortium",
                condition=Q(role="coordinator", state__in=["pending", "accepted"]),
                name="one_coordinator_each",
            ),
            models.CheckConstraint(
                name="pending_places_lapse", condition=~Q(state="pending") | Q(lapses_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.profile} in {self.consortium} ({self.state})"


class PartnerRequestQuerySet(models.QuerySet["PartnerRequest"]):
    def of(self, user: "User | AnonymousUser") -> "PartnerRequestQuerySet":
        """The user's own: written for one of their profiles, or for a consortium that they coordinate."""
        if not user.is_authenticated:
            return self.none()
        mine = Q(profile__in=Profile.objects.of(user).values("pk"))
        return self.filter(mine | Q(consortium__in=Consortium.objects.coordinated_by(user).values("pk")))

    def open(self, now: datetime | None = None) -> "PartnerRequestQuerySet":
        """Those that may be answered at this moment: neither they nor their challenges are over."""
        now = now or timezone.now()
        begun = Challenge.objects.open(now) | Challenge.objects.upcoming(now)
        return self.filter(
            state=PartnerRequest.State.OPEN, closes_at__gt=now, challenge__in=begun.values("pk")
        )

    def visible_to(self, user: "User | AnonymousUser") -> "PartnerRequestQuerySet":
        """Open ones, of profiles that the reader may see; one's own, and those that one answered."""
        shown = Q(
            pk__in=PartnerRequest.objects.open().values("pk"),
            profile__in=Profile.objects.visible_to(user).values("pk"),
        )
        if not user.is_authenticated:
            return self.filter(shown)
        own = Q(pk__in=PartnerRequest.objects.of(user).values("pk"))
        answered = PartnerOffer.objects.filter(profile__in=Profile.objects.of(user).values("pk"))
        return self.filter(shown | own | Q(pk__in=answered.values("request")))


class PartnerRequest(PublicModel):
    """Somebody writes a proposal and looks for who is missing: what work, which skills, which partner."""

    class Kind(models.TextChoices):
        ANYONE = "anyone", _("anyone")
        ACADEMIA = "academia", _("a research group")
        STARTUP = "startup", _("a startup")
        COMPANY = "company", _("a company")
        GOVERNMENT = "government", _("a public agency")

    class State(models.TextChoices):
        OPEN = "open", _("open")
        FILLED = "filled", _("filled")
        WITHDRAWN = "withdrawn", _("withdrawn")

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="partner_requests")
    consortium = models.ForeignKey(
        Consortium, on_delete=models.CASCADE, null=True, blank=True, related_name="partner_requests"
    )
    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="partner_requests")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    title = models.CharField(_("title"), max_length=90)
    outline = models.TextField(_("the proposal in outline, nothing confidential"), max_length=3000)
    work = models.TextField(_("the work to be done"), max_length=2000)
    skills = models.TextField(_("skills needed"), max_length=1000)
    sought = models.CharField(_("kind of partner"), max_length=10, choices=Kind, default=Kind.ANYONE)
    coordinator_sought = models.BooleanField(_("a coordinator is sought"), default=False)
    closes_at = models.DateTimeField(_("closes"))
    state = models.CharField(max_length=9, choices=State, default=State.OPEN)
    language = models.CharField(_("language"), max_length=2, choices=Language, default=Language.ES)
    form_key = models.UUIDField(null=True, editable=False, unique=True)
    told_at = models.DateTimeField(null=True, editable=False)  # when those who fit had heard of it

    objects = PartnerRequestQuerySet.as_manager()

    class Meta:
        ordering = ["closes_at", "pk"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("hubs:partner_request", args=[self.public_id])

    def is_open(self, now: datetime | None = None) -> bool:
        now = now or timezone.now()
        goes_on = self.challenge.is_open(now) or self.challenge.is_upcoming(now)
        return self.state == self.State.OPEN and self.closes_at > now and goes_on


class PartnerOfferQuerySet(models.QuerySet["PartnerOffer"]):
    def visible_to(self, user: "User | AnonymousUser") -> "PartnerOfferQuerySet":
        """Whoever offers, and whoever asked."""
        mine = Q(profile__in=Profile.objects.of(user).values("pk"))
        return self.filter(mine | Q(request__in=PartnerRequest.objects.of(user).values("pk")))


class PartnerOffer(PublicModel):
    """Somebody says to a partner request: that could be us."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting for an answer")
        TAKEN = "taken", _("invited")
        DECLINED = "declined", _("declined")

    request = models.ForeignKey(PartnerRequest, on_delete=models.CASCADE, related_name="offers")
    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="partner_offers")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    line = models.CharField(_("what you would bring"), max_length=500)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    answered_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = PartnerOfferQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "pk"]
        constraints = [
            models.UniqueConstraint("request", "profile", name="one_offer_per_request_and_profile")
        ]

    def __str__(self) -> str:
        return f"{self.profile}: {self.request}"
