"""Organisations, who belongs to them, and the one-use links that invite others."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .. import standing
from ..countries import get_pack
from ..folding import fold, sort_key
from ..identifiers import validate_ror
from .base import PublicModel
from .people import Person

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from .people import User

INVITATION_DAYS = 31


def hidden_from(user: "User | AnonymousUser") -> list[str]:
    """Whom others' profiles may be shown to, that this reader is none of: values of Profile.Visibility."""
    return ["nobody"] if user.is_authenticated else ["nobody", "members"]


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def of(self, user: "User | AnonymousUser") -> "OrganisationQuerySet":
        """Those that the user belongs to, as an owner or a member."""
        if not user.is_authenticated:
            return self.none()
        if known := standing.known(user):
            return self.filter(pk__in=list(known.of("organisation")))
        return self.filter(pk__in=Membership.objects.filter(person__user=user.pk).values("organisation"))

    def owned_by(self, user: "User | AnonymousUser") -> "OrganisationQuerySet":
        if not user.is_authenticated:
            return self.none()
        if known := standing.known(user):
            roles = known.of("organisation")
            return self.filter(pk__in=[pk for pk, role in roles.items() if role == Membership.Role.OWNER])
        owners = Membership.objects.filter(person__user=user.pk, role=Membership.Role.OWNER)
        return self.filter(pk__in=owners.values("organisation"))

    def visible_to(self, user: "User | AnonymousUser") -> "OrganisationQuerySet":
        """Those confirmed by a verified founder or an import, and one's own. One whose profile is hidden from
        the reader is hidden itself: its page would tell of it all the same."""
        shown = Q(confirmed_at__isnull=False) & ~Q(profile__visibility__in=hidden_from(user))
        if not user.is_authenticated:
            return self.filter(shown)
        return self.filter(shown | Q(pk__in=Organisation.objects.of(user).values("pk")))

    def search(self, words: str) -> "OrganisationQuerySet":
        found = self
        for word in fold(words).split():
            found = found.filter(search_text__contains=word)
        return found


class Organisation(PublicModel):
    class Kind(models.TextChoices):
        ACADEMIA = "academia", _("academia")
        STARTUP = "startup", _("startup")
        COMPANY = "company", _("company")
        GOVERNMENT = "government", _("government")

    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    name = models.CharField(_("name"), max_length=160)
    country = models.CharField(max_length=2, default="MX")
    state = models.CharField(_("state"), max_length=2, blank=True)
    municipality = models.CharField(_("municipality"), max_length=80, blank=True)
    size = models.CharField(_("size"), max_length=12, blank=True)
    government_level = models.CharField(_("level of government"), max_length=12, blank=True)
    website = models.URLField(_("website"), blank=True)
    ror = models.CharField("ROR", max_length=9, blank=True, validators=[validate_ror])
    rfc = models.CharField("RFC", max_length=13, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    import_key = models.CharField(max_length=120, null=True, blank=True, unique=True)
    is_demo = models.BooleanField(default=False)
    search_text = models.TextField(editable=False, default="")
    sort_key = models.CharField(max_length=200, editable=False, default="", db_index=True)
    people = models.ManyToManyField(Person, through="Membership", related_name="organisations")

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["sort_key", "pk"]
        constraints = [
            models.UniqueConstraint("ror", condition=~Q(ror=""), name="ror_names_one_organisation"),
        ]

    def __str__(self) -> str:
        return self.name

    def set_search(self) -> None:
        """What lists find and sort it by; bulk writes call it themselves."""
        self.search_text = fold(f"{self.name} {self.municipality}")
        self.sort_key = sort_key(self.name)[:200]

    def save(self, *args: object, **kwargs: object) -> None:
        self.set_search()
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    def get_absolute_url(self) -> str:
        return reverse("accounts:organisation", args=[self.public_id])

    @property
    def state_name(self) -> str:
        return get_pack(self.country).states.label(self.state) if self.state else ""

    def is_open_to(self, user: "User | AnonymousUser") -> bool:
        """Whether somebody who does not belong to it may open its page; `profile` is best read along."""
        profile = getattr(self, "profile", None)
        hidden = profile is not None and profile.visibility in hidden_from(user)
        return self.confirmed_at is not None and not hidden

    def owners(self) -> models.QuerySet[Person]:
        return Person.objects.filter(memberships__organisation=self, memberships__role=Membership.Role.OWNER)

    def letter_readers(self) -> models.QuerySet[Person]:
        """Who gets the organisation's letters: its owners, and whom they named."""
        return Person.objects.filter(
            memberships__organisation=self, memberships__receives_letters=True
        ).distinct()


class Membership(models.Model):
    class Role(models.TextChoices):
        OWNER = "owner", _("owner")
        MEMBER = "member", _("member")

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="memberships")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=8, choices=Role, default=Role.MEMBER)
    receives_letters = models.BooleanField(_("gets the organisation's letters"), default=False)
    since = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "organisation", "person", name="one_membership_per_person_and_organisation"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.organisation} ({self.get_role_display()})"


standing.add_part(
    "organisation", lambda user: Membership.objects.filter(person__user=user), "organisation", "role"
)


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def usable(self) -> "InvitationQuerySet":
        return self.filter(used_at=None, expires_at__gt=timezone.now())


def a_month_from_now() -> datetime:
    return timezone.now() + timedelta(days=INVITATION_DAYS)


class Invitation(models.Model):
    """A one-use link, stored as its hash: to join an organisation, or to claim an imported profile."""

    token_hash = models.CharField(max_length=64, unique=True)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, null=True, blank=True, related_name="invitations"
    )
    profile = models.ForeignKey(
        "accounts.Profile", on_delete=models.CASCADE, null=True, blank=True, related_name="claim_links"
    )
    role = models.CharField(max_length=8, choices=Membership.Role, default=Membership.Role.MEMBER)
    email = models.EmailField(blank=True)
    invited_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    used_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    used_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(default=a_month_from_now)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="invitation_is_to_join_or_to_claim",
                condition=Q(organisation=None, profile__isnull=False)
                | Q(organisation__isnull=False, profile=None),
            )
        ]

    def __str__(self) -> str:
        return f"{self.organisation or self.profile} · {self.expires_at:%Y-%m-%d}"
