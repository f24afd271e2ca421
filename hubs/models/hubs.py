"""Hubs: one per region or theme, and the nation as a hub of its own kind."""

from typing import TYPE_CHECKING

from django.contrib.contenttypes.fields import GenericRelation
from django.db import models
from django.db.models import Case, F, Q, When
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts import standing
from accounts.countries import get_pack
from accounts.folding import sort_key
from accounts.models import Language, Organisation, Person, PublicModel, Translation

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User


class HubQuerySet(models.QuerySet["Hub"]):
    def curated_by(self, user: "User | AnonymousUser") -> "HubQuerySet":
        if not user.is_authenticated:
            return self.none()
        if known := standing.known(user):
            return self.filter(pk__in=list(known.of("curated hub")))
        roles = HubMembership.objects.filter(person__user=user.pk, role=HubMembership.Role.CURATOR)
        return self.filter(pk__in=roles.values("hub"))


class Hub(PublicModel):
    class Kind(models.TextChoices):
        NATION = "nation", _("nation")
        REGION = "region", _("region")
        THEME = "theme", _("theme")

    kind = models.CharField(max_length=8, choices=Kind)
    slug = models.SlugField(max_length=60, unique=True)
    country = models.CharField(max_length=2, default="MX")
    state = models.CharField(max_length=2, blank=True)
    name = models.CharField(_("name"), max_length=120)
    summary = models.TextField(_("summary"), max_length=1000)
    language = models.CharField(max_length=2, choices=Language, default=Language.ES)
    is_demo = models.BooleanField(default=False)
    sort_key = models.CharField(max_length=200, editable=False, default="", db_index=True)
    people = models.ManyToManyField(Person, through="HubMembership", related_name="hubs")
    organisations = models.ManyToManyField(Organisation, blank=True, related_name="hubs")
    translations = GenericRelation(Translation)

    objects = HubQuerySet.as_manager()

    class Meta:
        ordering = ["sort_key", "pk"]
        constraints = [
            models.UniqueConstraint("country", condition=Q(kind="nation"), name="one_nation_per_country")
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: object, **kwargs: object) -> None:
        self.sort_key = sort_key(self.name)[:200]
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    def get_absolute_url(self) -> str:
        return reverse("hubs:hub", args=[self.slug])

    @property
    def state_name(self) -> str:
        return get_pack(self.country).states.label(self.state) if self.state else ""


class HubMembership(models.Model):
    class Role(models.TextChoices):
        CURATOR = "curator", _("curator")
        MEMBER = "member", _("member")

    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="memberships")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="hub_memberships")
    role = models.CharField(max_length=8, choices=Role, default=Role.MEMBER)
    since = models.DateTimeField(auto_now_add=True)
    # Whether the profile, as far as its reader may see it, stands among the hub's people: the member's say
    listed = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint("hub", "person", name="one_membership_per_person_and_hub")]

    def __str__(self) -> str:
        return f"{self.person} · {self.hub}"


def _curated(user: int) -> "models.QuerySet[HubMembership]":
    return HubMembership.objects.filter(person__user=user, role=HubMembership.Role.CURATOR)


# With the country of those that are a nation's
_nation = Case(When(hub__kind=Hub.Kind.NATION, then=F("hub__country")), default=models.Value(""))
standing.add_part("curated hub", _curated, "hub", _nation)
