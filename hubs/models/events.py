"""What a hub invites to, and who comes."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Language, Person, PublicModel

from .hubs import Hub


class HubEventQuerySet(models.QuerySet["HubEvent"]):
    def coming(self, now: datetime | None = None) -> "HubEventQuerySet":
        """Not over yet, the soonest first; cancelled ones too, so that nobody travels in vain."""
        return self.filter(ends_at__gt=now or timezone.now()).order_by("starts_at", "pk")

    def past(self, now: datetime | None = None) -> "HubEventQuerySet":
        return self.filter(ends_at__lte=now or timezone.now()).order_by("-starts_at", "-pk")

    def with_guests(self) -> "HubEventQuerySet":
        return self.annotate(guests_count=models.Count("guests"))


class HubEvent(PublicModel):
    """A meeting, a visit, a talk: at a place, or behind a link, or both."""

    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="events")
    title = models.CharField(_("title"), max_length=160)
    text = models.TextField(_("what it is about, and for whom"), max_length=4000, blank=True)
    language = models.CharField(_("language"), max_length=2, choices=Language, default=Language.ES)
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    time_zone = models.CharField(_("time zone"), max_length=40, default="America/Mexico_City")
    place = models.CharField(_("place"), max_length=300, blank=True)
    link = models.URLField(_("link to take part from afar"), max_length=500, blank=True)
    capacity = models.PositiveIntegerField(_("places"), null=True, blank=True)  # none: as many as come
    register_until = models.DateTimeField(_("registration ends"), null=True, blank=True)  # none: at its start
    organiser = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    cancel_reason = models.CharField(_("why it is cancelled"), max_length=300, blank=True)
    sequence = models.PositiveIntegerField(default=0)  # iCalendar: rises with each change
    form_key = models.UUIDField(null=True, unique=True)  # a double click makes one event, not two

    objects = HubEventQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "pk"]
        indexes = [models.Index(fields=["hub", "ends_at"])]
        constraints = [
            models.CheckConstraint(
                name="event_ends_after_it_starts", condition=Q(ends_at__gt=F("starts_at"))
            ),
            models.CheckConstraint(
                name="cancelled_events_say_why", condition=Q(cancelled_at=None) | ~Q(cancel_reason="")
            ),
            models.CheckConstraint(name="event_has_a_place_or_a_link", condition=~Q(place="") | ~Q(link="")),
            models.CheckConstraint(
                name="event_has_room_for_somebody", condition=Q(capacity=None) | Q(capacity__gt=0)
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("hubs:event", args=[self.hub.slug, self.public_id])

    @property
    def closes_at(self) -> datetime:
        """When registration ends."""
        return self.register_until or self.starts_at

    def takes_guests(self, now: datetime | None = None) -> bool:
        """Whether somebody may still register, room aside."""
        return self.cancelled_at is None and self.closes_at > (now or timezone.now())

    def is_over(self, now: datetime | None = None) -> bool:
        return self.ends_at <= (now or timezone.now())


class EventGuest(models.Model):
    """Somebody who said that they come."""

    event = models.ForeignKey(HubEvent, on_delete=models.CASCADE, related_name="guests")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="event_visits")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [models.UniqueConstraint("event", "person", name="one_place_per_guest")]

    def __str__(self) -> str:
        return f"{self.person} → {self.event}"
