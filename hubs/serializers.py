"""How hubs and challenges look to programs. Contacts never appear: they can only be written."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.countries import get_pack
from accounts.models import Language, Organisation, Profile
from accounts.serializers import (
    CodeField,
    CodeListField,
    OrganisationBrief,
    TranslationSerializer,
    label,
    page_of,
)

from .models import Challenge, ChallengeStep, Hub, Need, Status
from .zones import YEARS

PHASES = ["open", "upcoming", "closed"]
MOST_NEEDS: dict[str, Any] = {"max_length": 40}  # as many as the wizard has rows for


class OffsetDateTimeField(serializers.DateTimeField):
    """ISO 8601 with an offset; without one nobody could say which time zone was meant."""

    def enforce_timezone(self, value: datetime) -> datetime:
        if timezone.is_naive(value):
            message = _("Give the time with its offset, like 2026-11-22T18:00:00-06:00.")
            raise serializers.ValidationError(message)
        if value.year not in YEARS:
            self.fail("overflow")
        return super().enforce_timezone(value)


class HubBrief(serializers.ModelSerializer[Hub]):
    id = serializers.UUIDField(source="public_id", read_only=True)

    class Meta:
        model = Hub
        fields = ["id", "slug", "name"]
        read_only_fields = ["slug", "name"]


class HubLabels(serializers.Serializer[Hub]):
    """Codes in the reader's language."""

    kind = serializers.CharField(source="get_kind_display", read_only=True)
    state = serializers.CharField(source="state_name", read_only=True)


class HubSerializer(serializers.ModelSerializer[Hub]):
    id = serializers.UUIDField(source="public_id", read_only=True)
    open_challenges = serializers.IntegerField(source="open_count", read_only=True)
    translations = TranslationSerializer(many=True, read_only=True)
    labels = HubLabels(source="*", read_only=True)
    page = serializers.SerializerMethodField()

    class Meta:
        model = Hub
        fields = [
            "id",
            "slug",
            "kind",
            "name",
            "summary",
            "language",
            "translations",
            "country",
            "state",
            "open_challenges",
            "labels",
            "page",
            "created_at",
            "updated_at",
        ]
        read_only_fields = fields

    @extend_schema_field({"type": "string", "format": "uri"})
    def get_page(self, hub: Hub) -> str:
        return page_of(self, hub)


class NeedSerializer(serializers.ModelSerializer[Need]):
    """One thing that is needed, how much it matters and from whom it is sought."""

    translations = TranslationSerializer(many=True, read_only=True)

    class Meta:
        model = Need
        fields = ["text", "weight", "sought", "translations"]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        # A PATCH asks nothing of nested rows, yet each of them is given whole.
        if not attrs.get("text"):
            raise serializers.ValidationError({"text": [_("This field is required.")]})
        return attrs


class ChallengeLabels(serializers.Serializer[Challenge]):
    """Codes in the reader's language."""

    status = serializers.CharField(source="get_status_display", read_only=True)
    state = serializers.CharField(source="state_name", read_only=True)
    sector = serializers.SerializerMethodField()
    fields_of_science = serializers.SerializerMethodField()
    sdgs = serializers.SerializerMethodField()

    def get_sector(self, challenge: Challenge) -> str:
        return challenge.sector_name

    def get_fields_of_science(self, challenge: Challenge) -> list[str]:
        return challenge.field_names

    def get_sdgs(self, challenge: Challenge) -> list[str]:
        return [label(challenge.country, "sdgs", code) for code in challenge.sdgs]


class ChallengeSerializer(serializers.ModelSerializer[Challenge]):
    id = serializers.UUIDField(source="public_id", read_only=True)
    phase = serializers.SerializerMethodField()
    language = serializers.ChoiceField(choices=Language.choices, required=False)
    needs = NeedSerializer(many=True, required=False, **MOST_NEEDS)
    state = CodeField("states", allow_blank=True)
    sector = CodeField("sectors", allow_blank=True)
    fields_of_science = CodeListField("fields", source="fields")
    sdgs = CodeListField("sdgs")
    eligible_kinds = serializers.ListField(
        child=serializers.ChoiceField(choices=Profile.Kind.choices), required=False, max_length=4
    )
    opens_at = OffsetDateTimeField(required=False, allow_null=True)
    closes_at = OffsetDateTimeField(required=False, allow_null=True)
    offer_currency = serializers.SerializerMethodField()
    organisation = serializers.SerializerMethodField()
    organisation_shown = serializers.CharField(read_only=True)
    hub = HubBrief(read_only=True)
    hub_id = serializers.SlugRelatedField(
        slug_field="public_id", queryset=Hub.objects.all(), source="hub", write_only=True, required=False
    )
    is_own = serializers.SerializerMethodField()
    translations = TranslationSerializer(many=True, read_only=True)
    labels = ChallengeLabels(source="*", read_only=True)
    page = serializers.SerializerMethodField()
    contact_name = serializers.CharField(write_only=True, max_length=120, required=False, allow_blank=True)
    contact_email = serializers.EmailField(write_only=True, max_length=254, required=False, allow_blank=True)

    class Meta:
        model = Challenge
        fields = [
            "id",
            "status",
            "phase",
            "title",
            "summary",
            "description",
            "language",
            "translations",
            "needs",
            "offer_money",
            "offer_currency",
            "offer_data",
            "offer_site",
            "offer_purchase",
            "country",
            "state",
            "only_in_state",
            "eligible_kinds",
            "sector",
            "fields_of_science",
            "sdgs",
            "trl_from",
            "trl_to",
            "opens_at",
            "closes_at",
            "time_zone",
            "organisation",
            "organisation_shown",
            "poster_shown",
            "hub",
            "hub_id",
            "is_own",
            "contact_name",
            "contact_email",
            "terms_ip",
            "terms_confidentiality",
            "labels",
            "page",
            "published_at",
            "created_at",
            "updated_at",
        ]
        read_only_fields = ["status", "country", "published_at", "created_at", "updated_at"]

    @extend_schema_field({"type": "string", "enum": PHASES, "nullable": True})
    def get_phase(self, challenge: Challenge) -> str | None:
        """Where it stands by the clock, at this moment; null unless published."""
        if challenge.is_open():
            return "open"
        if challenge.is_upcoming():
            return "upcoming"
        return "closed" if challenge.is_closed() else None

    def get_offer_currency(self, challenge: Challenge) -> str:
        return get_pack(challenge.country).currency

    @extend_schema_field(OrganisationBrief(allow_null=True))
    def get_organisation(self, challenge: Challenge) -> Any:
        """Null where the poster is shown by its kind only; its own people always see it."""
        named = challenge.poster_shown == Challenge.PosterShown.NAME
        return OrganisationBrief(challenge.organisation).data if named or self.get_is_own(challenge) else None

    def get_is_own(self, challenge: Challenge) -> bool:
        """Posted by an organisation that the reader belongs to, alone or with others."""
        return challenge.pk in self.context.get("own_challenges", ())

    @extend_schema_field({"type": "string", "format": "uri"})
    def get_page(self, challenge: Challenge) -> str:
        return page_of(self, challenge)

    def validate_eligible_kinds(self, value: list[str]) -> list[str]:
        return list(dict.fromkeys(value))

    def validate_time_zone(self, value: str) -> str:
        states = get_pack(settings.HELICE_COUNTRY).states
        if value not in {states.value(code, "time_zone") for code in states.codes}:
            raise serializers.ValidationError(_("This is not a time zone of the country."))
        return value

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        def value(name: str) -> Any:
            return attrs.get(name, getattr(self.instance, name, None))

        opens, closes, low, high = value("opens_at"), value("closes_at"), value("trl_from"), value("trl_to")
        if opens and closes and closes <= opens:
            raise serializers.ValidationError({"closes_at": [_("It must close after it opens.")]})
        if value("only_in_state") and not value("state"):
            raise serializers.ValidationError({"state": [_("Choose the state that they must be in.")]})
        if low and high and low > high:
            message = _("The second level must not be below the first.")
            raise serializers.ValidationError({"trl_to": [message]})
        return attrs


class NewChallengeSerializer(ChallengeSerializer):
    """A draft's first words: whose it is, and a title; all the rest may follow."""

    organisation_id = serializers.SlugRelatedField(
        slug_field="public_id", queryset=Organisation.objects.none(), source="organisation", write_only=True
    )

    class Meta(ChallengeSerializer.Meta):
        fields = ["organisation_id", *ChallengeSerializer.Meta.fields]

    def get_fields(self) -> dict[str, Any]:
        fields: dict[str, Any] = dict(super().get_fields())
        request = self.context.get("request")
        if request is not None and request.user.is_authenticated:
            fields["organisation_id"].queryset = Organisation.objects.of(request.user)
        return fields


class StepSerializer(serializers.ModelSerializer[ChallengeStep]):
    """A line of history: from where to where, by whom, when and why."""

    from_status = serializers.ChoiceField(choices=[("", ""), *Status.choices], read_only=True)
    by = serializers.SerializerMethodField()

    class Meta:
        model = ChallengeStep
        fields = ["from_status", "to_status", "by", "note", "at"]
        read_only_fields = fields

    def get_by(self, step: ChallengeStep) -> str:
        return str(step.actor or _("Someone"))


class MoveSerializer(serializers.Serializer[ChallengeStep]):
    """A step to take."""

    to_status = serializers.ChoiceField(choices=Status.choices)
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")
    seen = serializers.DateTimeField(
        required=False,
        allow_null=True,
        default=None,
        help_text=gettext_lazy("The challenge's `updated_at` as it was when you read it."),
    )
