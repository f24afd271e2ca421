"""How people, organisations and profiles look to programs. Addresses and keys of imports never appear."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from . import identifiers
from .countries import get_pack
from .countries.tables import Table
from .models import Language, Organisation, Profile, ProfileItem, Translation

MOST_ITEMS: dict[str, Any] = {"max_length": 300}  # of one role: a long list of publications, and no flood


class CodeField(serializers.CharField):
    """A code of one table of the country pack."""

    def __init__(self, table: str, **kwargs: Any) -> None:
        self.table = table
        kwargs.setdefault("required", False)
        super().__init__(**kwargs)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        code = super().run_validation(data)
        if code and code not in pack_table(self.table):
            raise serializers.ValidationError(_("“%(code)s” is not a known code.") % {"code": code})
        return code


class CodeListField(serializers.ListField):
    """Codes of one table, each once, in the order given."""

    child = serializers.CharField(max_length=12)

    def __init__(self, table: str, **kwargs: Any) -> None:
        self.table = table
        kwargs.setdefault("required", False)
        kwargs.setdefault("max_length", 20)
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> list[str]:
        codes = list(dict.fromkeys(super().to_internal_value(data)))
        known = {row.code for row in pack_table(self.table)} | {row.parent for row in pack_table(self.table)}
        for code in codes:
            if code not in known:
                raise serializers.ValidationError(_("“%(code)s” is not a known code.") % {"code": code})
        return codes


def pack_table(name: str, country: str = "") -> Table:
    table: Table = getattr(get_pack(country or settings.HELICE_COUNTRY), name)
    return table


def label(country: str, table: str, code: str) -> str:
    """A code in the reader's language; nothing for nothing."""
    return pack_table(table, country).label(code) if code else ""


class TranslationSerializer(serializers.ModelSerializer[Translation]):
    """One field in one more language, written by its author."""

    class Meta:
        model = Translation
        fields = ["field", "language", "text"]


class OrganisationBrief(serializers.ModelSerializer[Organisation]):
    id = serializers.UUIDField(source="public_id", read_only=True)

    class Meta:
        model = Organisation
        fields = ["id", "name"]
        read_only_fields = ["name"]


class OrganisationLabels(serializers.Serializer[Organisation]):
    """Codes in the reader's language."""

    kind = serializers.CharField(source="get_kind_display", read_only=True)
    state = serializers.CharField(source="state_name", read_only=True)
    size = serializers.SerializerMethodField()
    government_level = serializers.SerializerMethodField()

    def get_size(self, organisation: Organisation) -> str:
        return label(organisation.country, "sizes", organisation.size)

    def get_government_level(self, organisation: Organisation) -> str:
        return label(organisation.country, "government_levels", organisation.government_level)


class OrganisationSerializer(serializers.ModelSerializer[Organisation]):
    id = serializers.UUIDField(source="public_id", read_only=True)
    state = CodeField("states", allow_blank=True)
    size = CodeField("sizes", allow_blank=True)
    government_level = CodeField("government_levels", allow_blank=True)
    ror = serializers.CharField(max_length=60, allow_blank=True, required=False)
    profile = serializers.SerializerMethodField()
    labels = OrganisationLabels(source="*", read_only=True)
    page = serializers.SerializerMethodField()

    class Meta:
        model = Organisation
        fields = [
            "id",
            "kind",
            "name",
            "country",
            "state",
            "municipality",
            "size",
            "government_level",
            "website",
            "ror",
            "profile",
            "labels",
            "page",
            "created_at",
            "updated_at",
        ]
        read_only_fields = ["kind", "country", "created_at", "updated_at"]

    @extend_schema_field({"type": "string", "format": "uuid", "nullable": True})
    def get_profile(self, organisation: Organisation) -> str | None:
        """The id of its profile, where the reader may see it."""
        profile = getattr(organisation, "shown_profile", None)
        return str(profile.public_id) if profile else None

    @extend_schema_field({"type": "string", "format": "uri"})
    def get_page(self, organisation: Organisation) -> str:
        return page_of(self, organisation)

    def validate_ror(self, value: str) -> str:
        value = identifiers.ror(value) if value else ""
        others = Organisation.objects.filter(ror=value)
        if self.instance:
            others = others.exclude(pk=self.instance.pk)
        if value and others.exists():
            raise serializers.ValidationError(_("Another organisation has this ROR identifier."))
        return value


class RoleList(serializers.ListSerializer[ProfileItem]):
    """Those of the profile's items that stand in the child's role, out of one prefetch."""

    child: "ItemSerializer"

    def get_attribute(self, instance: Any) -> list[ProfileItem]:
        return [item for item in instance.items.all() if item.role == self.child.role]


class ItemSerializer(serializers.ModelSerializer[ProfileItem]):
    """Something offered or sought, in the language it was written in."""

    role = ""
    language = serializers.ChoiceField(choices=Language.choices, required=False)
    translations = TranslationSerializer(many=True, read_only=True)

    class Meta:
        model = ProfileItem
        fields = ["text", "language", "translations"]
        list_serializer_class = RoleList
        extra_kwargs = {"text": {"required": True, "allow_blank": False}}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        # A PATCH asks nothing of nested rows, yet each of them is given whole.
        if not attrs.get("text"):
            raise serializers.ValidationError({"text": [_("This field is required.")]})
        return attrs


class UsableSerializer(ItemSerializer):
    """What matching may use; whether it does is for its owner to say, and to know."""

    used_for_matching = serializers.BooleanField(source="represents", required=False)


class OfferSerializer(UsableSerializer):
    role = ProfileItem.Role.OFFER

    class Meta(ItemSerializer.Meta):
        fields = [*ItemSerializer.Meta.fields, "used_for_matching"]


class SeekSerializer(ItemSerializer):
    role = ProfileItem.Role.SEEK


class EvidenceSerializer(UsableSerializer):
    """A publication, project, product or another thing that can be shown."""

    role = ProfileItem.Role.EVIDENCE
    kind = serializers.ChoiceField(choices=ProfileItem.EvidenceKind.choices)
    kind_label = serializers.CharField(source="get_kind_display", read_only=True)

    class Meta(ItemSerializer.Meta):
        fields = ["kind", "kind_label", "title", "text", "year", "link", "language", "translations"]
        fields += ["used_for_matching"]
        extra_kwargs = {}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs.get("kind"):
            raise serializers.ValidationError({"kind": [_("This field is required.")]})
        if not (attrs.get("title") or attrs.get("text")):
            raise serializers.ValidationError({"title": [_("Give a title or a text.")]})
        return attrs


class ProfileBrief(serializers.ModelSerializer[Profile]):
    id = serializers.UUIDField(source="public_id", read_only=True)
    name = serializers.CharField(read_only=True)

    class Meta:
        model = Profile
        fields = ["id", "kind", "name"]
        read_only_fields = ["kind"]


class ProfileLabels(serializers.Serializer[Profile]):
    """Codes in the reader's language."""

    kind = serializers.CharField(source="get_kind_display", read_only=True)
    state = serializers.CharField(source="state_name", read_only=True)
    sector = serializers.CharField(source="sector_name", read_only=True)
    fields_of_science = serializers.ListField(
        source="field_names", child=serializers.CharField(), read_only=True
    )
    stage = serializers.SerializerMethodField()
    size = serializers.SerializerMethodField()
    government_level = serializers.SerializerMethodField()

    def get_stage(self, profile: Profile) -> str:
        return label(profile.country, "stages", profile.stage)

    def get_size(self, profile: Profile) -> str:
        return label(profile.country, "sizes", profile.size)

    def get_government_level(self, profile: Profile) -> str:
        return label(profile.country, "government_levels", profile.government_level)


# What a profile's kind has to say; other facts of other kinds are refused.
RESEARCHER_FACTS = (
    "institution_name",
    "fields_of_science",
    "orcid",
    "availability",
    "lives_abroad",
    "abroad_place",
)
ORGANISATION_FACTS = ("sector", "stage", "size", "government_level", "trl")
# What only the profile's own people read.
OWN = ("visibility", "match_automatically")


class ProfileSerializer(serializers.ModelSerializer[Profile]):
    id = serializers.UUIDField(source="public_id", read_only=True)
    name = serializers.CharField(read_only=True)
    helix = serializers.ChoiceField(choices=Organisation.Kind.choices, read_only=True)
    organisation = OrganisationBrief(read_only=True, allow_null=True)
    institution_name = serializers.CharField(max_length=160, allow_blank=True, required=False)
    state = CodeField("states", allow_blank=True)
    fields_of_science = CodeListField("fields", source="fields")
    orcid = serializers.CharField(max_length=60, allow_blank=True, required=False)
    sector = CodeField("sectors", allow_blank=True)
    stage = CodeField("stages", allow_blank=True)
    size = CodeField("sizes", allow_blank=True)
    government_level = CodeField("government_levels", allow_blank=True)
    offers = OfferSerializer(many=True, required=False, **MOST_ITEMS)
    seeks = SeekSerializer(many=True, required=False, **MOST_ITEMS)
    evidence = EvidenceSerializer(many=True, required=False, **MOST_ITEMS)
    is_claimed = serializers.BooleanField(read_only=True)
    is_own = serializers.SerializerMethodField()
    translations = TranslationSerializer(many=True, read_only=True)
    labels = ProfileLabels(source="*", read_only=True)
    page = serializers.SerializerMethodField()

    class Meta:
        model = Profile
        fields = [
            "id",
            "kind",
            "helix",
            "name",
            "organisation",
            "summary",
            "language",
            "translations",
            "country",
            "state",
            "municipality",
            "institution_name",
            "fields_of_science",
            "orcid",
            "availability",
            "lives_abroad",
            "abroad_place",
            "sector",
            "stage",
            "size",
            "government_level",
            "trl",
            "offers",
            "seeks",
            "evidence",
            "visibility",
            "match_automatically",
            "is_claimed",
            "is_own",
            "source",
            "labels",
            "page",
            "created_at",
            "updated_at",
        ]
        read_only_fields = ["kind", "country", "source", "created_at", "updated_at"]

    def get_is_own(self, profile: Profile) -> bool:
        return profile.pk in self.context.get("own_profiles", ())

    @extend_schema_field({"type": "string", "format": "uri"})
    def get_page(self, profile: Profile) -> str:
        return page_of(self, profile)

    def validate_orcid(self, value: str) -> str:
        return identifiers.orcid(value) if value else ""

    def to_internal_value(self, data: Any) -> Any:
        self.refuse_facts_of_other_kinds(data)
        return super().to_internal_value(data)

    def refuse_facts_of_other_kinds(self, data: Any) -> None:
        if self.instance is None or not isinstance(data, dict):
            return
        person = self.instance.kind == Profile.Kind.RESEARCHER
        foreign = ORGANISATION_FACTS if person else RESEARCHER_FACTS
        message = _("A profile of this kind has no such fact.")
        found = {name: [message] for name in foreign if data.get(name) not in (None, "", [])}
        if found:
            raise serializers.ValidationError(found)

    def to_representation(self, profile: Profile) -> dict[str, Any]:
        shown = super().to_representation(profile)
        shown["institution_name"] = profile.institution_shown
        if not shown["is_own"]:
            for name in OWN:
                del shown[name]
            for item in [*shown["offers"], *shown["evidence"]]:
                del item["used_for_matching"]
        return shown


def page_of(serializer: serializers.BaseSerializer[Any], record: Any) -> str:
    """Where people read the same thing, in the language of the request."""
    request = serializer.context.get("request")
    path: str = record.get_absolute_url()
    return str(request.build_absolute_uri(path)) if request else path
