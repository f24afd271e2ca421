"""How one's matches look to programs: what fits, how well, and why."""

from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.serializers import ProfileBrief
from hubs.introduction_serializers import ChallengeBrief, NeedShown, reason_shown
from hubs.models import Introduction

from .models import Answer, Match, Strength
from .showing import Items, needs_shown
from .stronger import KINDS, hints


class HintSerializer(serializers.Serializer[Any]):
    """One thing that would make a match stronger: what kind, and the need or the item that it speaks of."""

    kind = serializers.ChoiceField(choices=KINDS)
    about = serializers.CharField(allow_blank=True)
    language = serializers.CharField(allow_blank=True)
    year = serializers.IntegerField(allow_null=True)


class MatchSerializer(serializers.ModelSerializer[Match]):
    profile = ProfileBrief(source="subject.profile", read_only=True)
    challenge = ChallengeBrief(source="target.challenge", read_only=True)
    strength_label = serializers.CharField(source="get_strength_display", read_only=True)
    needs = serializers.SerializerMethodField()
    would_strengthen = serializers.SerializerMethodField()
    answer = serializers.ChoiceField(choices=Answer.Choice.choices, read_only=True, allow_null=True)
    introduction = serializers.UUIDField(source="introduction_id", read_only=True, allow_null=True)

    class Meta:
        model = Match
        fields = [
            "profile",
            "challenge",
            "strength",
            "strength_label",
            "score",
            "needs",
            "would_strengthen",
            "answer",
            "introduction",
            "engine",
            "first_made_at",
            "made_at",
        ]
        read_only_fields = fields

    @property
    def items(self) -> Items:
        found: Items = self.context["items"]
        return found

    @extend_schema_field(NeedShown(many=True))
    def get_needs(self, match: Match) -> Any:
        """Why: each need of the challenge beside what of the profile answers it."""
        return reason_shown(still_said(match.reason, self.items.kept_out))

    @extend_schema_field(HintSerializer(many=True))
    def get_would_strengthen(self, match: Match) -> Any:
        """At most two things that the profile could add."""
        profile, challenge = match.subject.profile, match.target.challenge
        assert profile is not None and challenge is not None  # noqa: S101, PT018 - matches join a profile and a challenge
        covered, uncovered, _ = needs_shown(match.reason, challenge, self.items)
        return HintSerializer(hints(profile, challenge, covered, uncovered), many=True).data


def still_said(reason: dict[str, Any], kept_out: Collection[int]) -> dict[str, Any]:
    """A reason without what its owner has kept out of matching since; the match is about to be made anew."""
    nothing: dict[str, Any] = {"covered": False, "strength": None, "evidence": None, "marks": []}
    needs = [
        {**row, **nothing} if row["evidence"] and row["evidence"].get("item_id") in kept_out else row
        for row in reason.get("needs", [])
    ]
    return {**reason, "needs": needs}


class AnswerSerializer(serializers.ModelSerializer[Answer]):
    """The last word of a profile on a challenge."""

    class Meta:
        model = Answer
        fields = ["answer", "at"]
        read_only_fields = ["at"]


class AskSerializer(serializers.Serializer[Introduction]):
    """A request for an introduction: the reason of the match goes with it."""

    brings = serializers.CharField(max_length=500, help_text=_("What you bring."))
    needs = serializers.CharField(max_length=500, help_text=_("What you need from the poster."))
    who = serializers.CharField(max_length=500, help_text=_("Who you are, without your name."))


AT_LEAST = {
    name: Strength.values[: place + 1] for place, name in enumerate(Strength.values)
}  # strongest first
