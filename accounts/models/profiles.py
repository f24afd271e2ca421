"""Profiles: what someone offers, seeks and can show for it, item by item."""

from typing import TYPE_CHECKING

from babel import Locale
from django.contrib.contenttypes.fields import GenericRelation
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from .. import standing
from ..countries import get_pack
from ..fields import CodesField
from ..folding import fold, sort_key
from ..identifiers import validate_orcid
from .base import Language, PublicModel
from .organisations import Organisation, hidden_from
from .people import Person
from .translations import Translation

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from .people import User


OWN = ("own profile", "organisation's profile")  # parts of what is asked once


def visible_to(user: "User | AnonymousUser", path: str = "") -> Q:
    """Which profiles somebody may see; of rows that join them, with the path of the join ("profile__")."""
    others = Q((f"{path}confirmed_at__isnull", False)) & ~Q((f"{path}visibility__in", hidden_from(user)))
    if not user.is_authenticated:
        return others
    known = standing.known(user)
    own = list(known.of(*OWN)) if known else Profile.objects.of(user).values("pk")
    return others | Q((f"{path}pk__in", own))


def matchable(path: str = "") -> Q:
    """Which profiles automatic matching may use: the same."""
    shown = ~Q((f"{path}visibility", Profile.Visibility.NOBODY))
    return Q((f"{path}confirmed_at__isnull", False), (f"{path}match_automatically", True)) & shown


class ProfileQuerySet(models.QuerySet["Profile"]):
    def of(self, user: "User | AnonymousUser") -> "ProfileQuerySet":
        """One's own: the person's, and those of every organisation that the person belongs to."""
        if not user.is_authenticated:
            return self.none()
        if known := standing.known(user):
            return self.filter(pk__in=list(known.of(*OWN)))
        return self.filter(
            Q(person__user=user.pk) | Q(organisation__in=Organisation.objects.of(user).values("pk"))
        )

    def editable_by(self, user: "User | AnonymousUser") -> "ProfileQuerySet":
        """The person's, and those of organisations that the person owns; only once claimed."""
        if not user.is_authenticated:
            return self.none()
        if known := standing.known(user):
            owned = Q(organisation__in=Organisation.objects.owned_by(user).values("pk"))
            return self.filter(Q(pk__in=list(known.of("own profile"))) | owned, claimed_at__isnull=False)
        mine = Q(person__user=user.pk) | Q(organisation__in=Organisation.objects.owned_by(user).values("pk"))
        return self.filter(mine, claimed_at__isnull=False)

    def confirmed(self) -> "ProfileQuerySet":
        """Not those of sign-ups whose address nobody verified."""
        return self.filter(confirmed_at__isnull=False)

    def visible_to(self, user: "User | AnonymousUser") -> "ProfileQuerySet":
        return self.filter(visible_to(user))

    def matchable(self) -> "ProfileQuerySet":
        """Those that automatic matching may use: confirmed, not hidden, not opted out."""
        return self.filter(matchable())

    def search(self, words: str) -> "ProfileQuerySet":
        found = self
        for word in fold(words).split():
            found = found.filter(search_text__contains=word)
        return found


class Profile(PublicModel):
    class Kind(models.TextChoices):
        RESEARCHER = "researcher", _("researcher")
        STARTUP = "startup", _("startup")
        COMPANY = "company", _("company")
        AGENCY = "agency", _("agency")

    class Help(models.TextChoices):
        """What somebody who lives abroad would do."""

        MENTOR = "mentor", _("mentor")
        EVALUATE = "evaluate", _("evaluate proposals")
        COLEAD = "colead", _("lead work together with somebody in the country")
        RETURN = "return", _("come back")

    class Visibility(models.TextChoices):
        PUBLIC = "public", _("everyone")
        MEMBERS = "members", _("members only")
        NOBODY = "nobody", _("nobody")

    HELIX = {
        Kind.RESEARCHER: "academia",
        Kind.STARTUP: "startup",
        Kind.COMPANY: "company",
        Kind.AGENCY: "government",
    }

    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    person = models.OneToOneField(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="profile"
    )
    organisation = models.OneToOneField(
        Organisation, on_delete=models.CASCADE, null=True, blank=True, related_name="profile"
    )
    summary = models.TextField(_("summary"), max_length=2000, blank=True)
    language = models.CharField(_("language"), max_length=2, choices=Language, default=Language.ES)
    visibility = models.CharField(
        _("who may see it"), max_length=8, choices=Visibility, default=Visibility.PUBLIC
    )
    match_automatically = models.BooleanField(_("match me automatically"), default=True)
    country = models.CharField(max_length=2, default="MX")
    state = models.CharField(_("state"), max_length=2, blank=True)
    municipality = models.CharField(_("municipality"), max_length=80, blank=True)

    # A researcher's facts
    institution = models.ForeignKey(
        Organisation, on_delete=models.SET_NULL, null=True, blank=True, related_name="researchers"
    )
    institution_name = models.CharField(_("institution"), max_length=160, blank=True)
    fields = CodesField(verbose_name=_("fields of science"))
    orcid = models.CharField("ORCID", max_length=19, blank=True, validators=[validate_orcid])
    availability = models.CharField(_("availability"), max_length=200, blank=True)
    lives_abroad = models.CharField(_("country of residence, if abroad"), max_length=2, blank=True)
    abroad_place = models.CharField(_("city and institution abroad"), max_length=120, blank=True)
    would_help = CodesField(verbose_name=_("what you would do from abroad"), max_length=60)
    # In how many consortia at once; what teams are proposed by
    capacity = models.PositiveSmallIntegerField(_("in how many teams at once"), default=2)

    # A startup's, company's or agency's facts
    sector = models.CharField(_("sector"), max_length=5, blank=True)
    stage = models.CharField(_("stage"), max_length=12, blank=True)
    size = models.CharField(_("size"), max_length=12, blank=True)
    government_level = models.CharField(_("level of government"), max_length=12, blank=True)
    trl = models.PositiveSmallIntegerField(
        _("technology readiness (TRL)"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(9)],
    )

    # Where it came from
    confirmed_at = models.DateTimeField(null=True, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    claim_email = models.EmailField(blank=True)
    import_key = models.CharField(max_length=120, null=True, blank=True, unique=True)
    source = models.CharField(max_length=160, blank=True)
    is_demo = models.BooleanField(default=False)
    search_text = models.TextField(editable=False, default="")
    sort_key = models.CharField(max_length=200, editable=False, default="", db_index=True)
    translations = GenericRelation(Translation)

    objects = ProfileQuerySet.as_manager()

    class Meta:
        ordering = ["sort_key", "pk"]
        indexes = [
            # What the directory counts and filters by, and imported ones that wait for their owner
            models.Index(
                fields=["visibility", "kind", "state", "sector"],
                condition=Q(confirmed_at__isnull=False),
                name="profiles_shown",
            ),
            models.Index(fields=["claim_email"], condition=~Q(claim_email=""), name="profiles_to_claim"),
        ]
        constraints = [
            models.CheckConstraint(
                name="profile_has_one_owner_of_its_kind",
                condition=Q(kind="researcher", person__isnull=False, organisation=None)
                | Q(kind__in=["startup", "company", "agency"], person=None, organisation__isnull=False),
            ),
            models.CheckConstraint(
                name="profile_trl_is_1_to_9", condition=Q(trl=None) | Q(trl__range=(1, 9))
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def set_search(self) -> None:
        """What lists find and sort it by; bulk writes call it themselves."""
        self.search_text = fold(f"{self.name} {self.institution_shown} {self.summary} {self.municipality}")
        self.sort_key = sort_key(self.name)[:200]

    def save(self, *args: object, **kwargs: object) -> None:
        self.set_search()
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    def get_absolute_url(self) -> str:
        return reverse("accounts:profile", args=[self.public_id])

    @property
    def owner(self) -> Person | Organisation:
        owner = self.person or self.organisation
        assert owner is not None  # noqa: S101 - held by a database constraint
        return owner

    @property
    def name(self) -> str:
        return str(self.owner)

    @property
    def helix(self) -> str:
        """The side of the helix it stands on, in the words that needs are sought in."""
        return self.HELIX[self.Kind(self.kind)]

    @property
    def institution_shown(self) -> str:
        return str(self.institution or self.institution_name)

    @property
    def is_claimed(self) -> bool:
        return self.claimed_at is not None

    @property
    def state_name(self) -> str:
        return get_pack(self.country).states.label(self.state) if self.state else ""

    @property
    def sector_name(self) -> str:
        return get_pack(self.country).sectors.label(self.sector) if self.sector else ""

    @property
    def abroad_name(self) -> str:
        """The country where somebody lives who lives abroad, in the reader's language."""
        names = Locale.parse((get_language() or "es")[:2]).territories
        return str(names.get(self.lives_abroad, self.lives_abroad))

    @property
    def help_names(self) -> list[str]:
        """What somebody abroad would do, in the reader's language."""
        names = dict(self.Help.choices)
        return [str(names[code]) for code in self.would_help if code in names]

    @property
    def field_names(self) -> list[str]:
        fields = get_pack(self.country).fields
        return [fields.label(code) for code in self.fields if code in fields.codes]

    def letter_readers(self) -> models.QuerySet[Person]:
        """Who gets letters about this profile: the person, or the organisation's named readers."""
        if self.organisation:
            return self.organisation.letter_readers()
        return Person.objects.filter(profile=self)


standing.add_part(OWN[0], lambda user: Profile.objects.filter(person__user=user), "pk")
standing.add_part(
    OWN[1],
    lambda user: Profile.objects.filter(organisation__memberships__person__user=user),
    "pk",
)


class ProfileItem(models.Model):
    """One offer, one thing sought, or one piece of evidence, in the language it was written in."""

    class Role(models.TextChoices):
        OFFER = "offer", _("offer")
        SEEK = "seek", _("seek")
        EVIDENCE = "evidence", _("evidence")

    class EvidenceKind(models.TextChoices):
        PUBLICATION = "publication", _("publication")
        PROJECT = "project", _("project")
        PRODUCT = "product", _("product")
        CONTRACT = "contract", _("contract")
        THESIS = "thesis", _("thesis")
        CODE = "code", _("code or data")
        REFERENCE = "reference", _("a supervisor's or client's word")

    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="items")
    role = models.CharField(max_length=8, choices=Role)
    position = models.PositiveSmallIntegerField(default=0)
    language = models.CharField(_("language"), max_length=2, choices=Language, default=Language.ES)
    text = models.TextField(_("text"), max_length=4000, blank=True)
    kind = models.CharField(_("kind of evidence"), max_length=12, choices=EvidenceKind, blank=True)
    title = models.CharField(_("title"), max_length=300, blank=True)
    year = models.PositiveSmallIntegerField(
        _("year"), null=True, blank=True, validators=[MinValueValidator(1900), MaxValueValidator(2100)]
    )
    link = models.URLField(_("link"), max_length=500, blank=True)
    represents = models.BooleanField(_("used for matching"), default=True)  # its owner's say
    translations = GenericRelation(Translation)

    class Meta:
        ordering = ["role", "position", "pk"]
        constraints = [
            models.CheckConstraint(
                name="evidence_has_a_kind_and_others_none",
                condition=(Q(role="evidence") & ~Q(kind="")) | (~Q(role="evidence") & Q(kind="")),
            ),
            models.CheckConstraint(name="item_says_something", condition=~Q(text="") | ~Q(title="")),
        ]

    def __str__(self) -> str:
        return self.title or self.text[:80]
