"""How introductions look to programs: who asks whom, why, and what came of it. Contacts stay on the page."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import Language
from accounts.serializers import page_of

from .models import Challenge, Introduction, Need


class Marks(serializers.ListField):
    """The words that matter in a text: for each the place of its first character, and of the one after it."""

    child = serializers.ListField(child=serializers.IntegerField(min_value=0), min_length=2, max_length=2)


class EvidenceShown(serializers.Serializer[Any]):
    """What of a profile answers a need: its words, their source, year and link; marks are of the
    sentence."""

    text = serializers.CharField()
    sentence = serializers.CharField(allow_blank=True)
    marks = Marks(default=list)
    language = serializers.ChoiceField(choices=Language.choices)
    title = serializers.CharField(allow_blank=True)
    title_marks = Marks(default=list)
    kind = serializers.CharField()
    source = serializers.CharField(allow_blank=True)  # type: ignore[assignment]
    year = serializers.IntegerField(allow_null=True)
    link = serializers.CharField(allow_blank=True)


class NeedShown(serializers.Serializer[Any]):
    """One need beside what answers it; nothing does where it is not covered."""

    text = serializers.CharField()
    marks = Marks(default=list)
    language = serializers.ChoiceField(choices=Language.choices)
    weight = serializers.ChoiceField(choices=[*Need.Weight.choices, ("", "")])
    sought_elsewhere = serializers.BooleanField(default=False)
    covered = serializers.BooleanField()
    strength = serializers.CharField(allow_null=True)
    evidence = EvidenceShown(allow_null=True)


def reason_shown(reason: dict[str, Any]) -> Any:
    """A stored reason without the keys that only this house knows."""
    return NeedShown(reason.get("needs", []), many=True).data


class ChallengeBrief(serializers.ModelSerializer[Challenge]):
    id = serializers.UUIDField(source="public_id", read_only=True)

    class Meta:
        model = Challenge
        fields = ["id", "title", "summary", "language", "organisation_shown", "closes_at"]
        read_only_fields = fields

    organisation_shown = serializers.CharField(read_only=True)


class ProfileShown(serializers.Serializer[Any]):
    """Named where the reader may see the profile, or once accepted; else only its kind."""

    id = serializers.UUIDField(allow_null=True)
    kind = serializers.CharField()
    name = serializers.CharField(allow_null=True)


class IntroductionSerializer(serializers.ModelSerializer[Introduction]):
    id = serializers.UUIDField(source="public_id", read_only=True)
    direction = serializers.SerializerMethodField()
    asked_as = serializers.ChoiceField(
        source="direction",
        choices=Introduction.Direction.choices,
        read_only=True,
        help_text=_("Whether the profile asked the poster, or the poster invited the profile."),
    )
    challenge = ChallengeBrief(read_only=True)
    profile = serializers.SerializerMethodField()
    reason = serializers.SerializerMethodField()
    decline_reason = serializers.ChoiceField(
        choices=[("", ""), *Introduction.DeclineReason.choices], read_only=True
    )
    page = serializers.SerializerMethodField()

    class Meta:
        model = Introduction
        fields = [
            "id",
            "direction",
            "challenge",
            "profile",
            "asked_as",
            "brings",
            "needs",
            "who",
            "reason",
            "state",
            "decline_reason",
            "reply",
            "decided_at",
            "later_on",
            "lapses_at",
            "page",
            "created_at",
            "updated_at",
        ]
        read_only_fields = fields

    @extend_schema_field({"type": "string", "enum": ["asked", "received"]})
    def get_direction(self, introduction: Introduction) -> str:
        return "received" if getattr(introduction, "received", False) else "asked"

    @extend_schema_field(ProfileShown)
    def get_profile(self, introduction: Introduction) -> dict[str, Any]:
        profile = introduction.profile
        visible = bool(getattr(introduction, "profile_visible", False))
        named = visible or introduction.state == Introduction.State.ACCEPTED
        return {
            "id": str(profile.public_id) if visible else None,
            "kind": profile.kind,
            "name": profile.name if named else None,
        }

    @extend_schema_field(NeedShown(many=True))
    def get_reason(self, introduction: Introduction) -> Any:
        """The match's reason as it stood when it was asked."""
        return reason_shown(introduction.reason)

    @extend_schema_field({"type": "string", "format": "uri"})
    def get_page(self, introduction: Introduction) -> str:
        """Where both find each other's contact details, once accepted."""
        return page_of(self, introduction)


class DecisionSerializer(serializers.Serializer[Introduction]):
    """The answer of whoever was asked; who declines says why, and who says later, when."""

    state = serializers.ChoiceField(
        choices=[Introduction.State.ACCEPTED, Introduction.State.LATER, Introduction.State.DECLINED]
    )
    later_on = serializers.DateField(required=False, allow_null=True, default=None)
    decline_reason = serializers.ChoiceField(
        choices=Introduction.DeclineReason.choices, required=False, allow_blank=True, default=""
    )
    reply = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")
