"""Accounts, and the persons that records point at, who outlive their accounts without a name."""

from typing import TYPE_CHECKING, Any, ClassVar, cast

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from .base import Language, PublicModel

if TYPE_CHECKING:
    from ..standing import Standing


class UserManager(BaseUserManager["User"]):
    """Users are named by their e-mail address alone."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractUser):
    """A means to sign in. Whoever acts is a `Person`; erasing the account leaves the person nameless."""

    username = None  # type: ignore[assignment]
    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    email = models.EmailField(_("e-mail"), unique=True)
    language = models.CharField(_("language"), max_length=2, choices=Language, default=Language.ES)
    time_zone = models.CharField(_("time zone"), max_length=40, default="America/Mexico_City")

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = UserManager()  # type: ignore[misc,assignment]

    person: "Person"
    standing: "Standing"  # while a page is made; see accounts/standing.py

    @transaction.atomic
    def save(self, *args: Any, **kwargs: Any) -> None:
        """Every account has a person from its first moment."""
        new = self._state.adding
        super().save(*args, **kwargs)
        if new and not Person.objects.filter(user=self).exists():
            Person.objects.create(user=self)

    def get_full_name(self) -> str:
        return self.person.name or self.email

    def get_short_name(self) -> str:
        return self.get_full_name()


class PersonQuerySet(models.QuerySet["Person"]):
    def reachable(self) -> "PersonQuerySet":
        """Those with an account whose primary address was verified, and takes letters."""
        from .news import Suppression

        stopped = Suppression.objects.filter(address=Lower(models.OuterRef("email")))
        verified = EmailAddress.objects.filter(~models.Exists(stopped), verified=True, primary=True).values(
            "user"
        )
        return self.filter(user__in=verified, user__is_active=True)


class Person(PublicModel):
    """Someone that records point at. Erasing takes the name away and leaves the row."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="person"
    )
    name = models.CharField(_("name"), max_length=120, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "people"
        constraints = [
            models.CheckConstraint(
                name="erased_person_is_nameless",
                condition=models.Q(erased_at=None) | models.Q(name="", user=None),
            )
        ]

    def __str__(self) -> str:
        # Never the address: a nameless person is shown on pages.
        return self.name or str(_("Someone"))

    @property
    def language(self) -> str:
        return self.user.language if self.user else settings.LANGUAGE_CODE

    def verified_address(self) -> str | None:
        """The only address that letters may go to."""
        address = EmailAddress.objects.filter(user=self.user_id, verified=True, primary=True).first()
        return cast(str, address.email) if address and self.user_id else None


class Consent(models.Model):
    """One person's yes or no to one purpose of one version of the notice; never overwritten."""

    class Purpose(models.TextChoices):
        ACCOUNT = "account", _("running the account (necessary)")
        MATCHING = "matching", _("automatic matching on our own machines")
        LETTERS = "letters", _("letters about matches")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="consents")
    purpose = models.CharField(max_length=20, choices=Purpose)
    granted = models.BooleanField()
    notice_version = models.CharField(max_length=20)
    ip_hash = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.person}: {self.purpose} {self.granted}"
