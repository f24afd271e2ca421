"""The API's hubs, challenges and introductions."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import django_filters
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import PublicView, Search, signed_in, visitor
from accounts.folding import sort_key
from accounts.models import Language, Profile

from . import actions, queries
from .actions.challenges import MOVED
from .introduction_serializers import DecisionSerializer, IntroductionSerializer
from .models import Challenge, ChallengeStep, Hub, Introduction, Need, Status
from .models.challenges import ChallengeQuerySet
from .permissions import belongs_to_poster, curates, may_edit
from .serializers import (
    PHASES,
    ChallengeSerializer,
    HubSerializer,
    MoveSerializer,
    NewChallengeSerializer,
    StepSerializer,
)


class HubFilter(django_filters.FilterSet):
    search = django_filters.CharFilter(method="by_name", help_text="Part of the name; accents do not matter.")
    kind = django_filters.ChoiceFilter(choices=Hub.Kind.choices)
    state = django_filters.CharFilter(help_text="INEGI's code, 01 to 32.")
    slug = django_filters.CharFilter()

    class Meta:
        model = Hub
        fields: list[str] = []

    def by_name(self, hubs: QuerySet[Hub], name: str, value: str) -> QuerySet[Hub]:
        return hubs.filter(sort_key__contains=sort_key(value))


@extend_schema_view(
    list=extend_schema(description="Hubs, newest first."), retrieve=extend_schema(description="One hub.")
)
class HubViewSet(mixins.ListModelMixin, PublicView[Hub]):
    serializer_class = HubSerializer
    filterset_class = HubFilter
    queryset = Hub.objects.none()

    def get_queryset(self) -> QuerySet[Hub]:
        return queries.hubs_with_counts()


class ChallengeFilter(django_filters.FilterSet):
    search = Search()
    phase = django_filters.ChoiceFilter(
        choices=[(phase, phase) for phase in PHASES],
        method="by_clock",
        help_text="By the clock, at this moment.",
    )
    status = django_filters.MultipleChoiceFilter(choices=Status.choices)
    language = django_filters.ChoiceFilter(
        choices=Language.choices, method="as_on_pages", help_text="Written in, or translated into."
    )
    state = django_filters.CharFilter(
        method="as_on_pages", help_text="INEGI's code, 01 to 32; finds the national ones as well."
    )
    sdg = django_filters.CharFilter(method="as_on_pages", help_text="Sustainable Development Goal, 1 to 17.")
    sought = django_filters.ChoiceFilter(
        choices=Need.Sought.choices,
        method="as_on_pages",
        help_text="With a need sought from these, or from anyone.",
    )
    hub = django_filters.UUIDFilter(field_name="hub__public_id")
    own = django_filters.BooleanFilter(method="only_own", help_text="Only one's own, or only others'.")

    class Meta:
        model = Challenge
        fields: list[str] = []

    def by_clock(self, challenges: ChallengeQuerySet, name: str, value: str) -> ChallengeQuerySet:
        found: ChallengeQuerySet = getattr(challenges, value)()
        return found

    def as_on_pages(self, challenges: ChallengeQuerySet, name: str, value: str) -> ChallengeQuerySet:
        return queries.filtered(challenges, {name: value})

    def only_own(self, challenges: ChallengeQuerySet, name: str, value: bool) -> ChallengeQuerySet:
        own = Challenge.objects.of(visitor(self.request)).values("pk")
        return challenges.filter(pk__in=own) if value else challenges.exclude(pk__in=own)


KEY = OpenApiParameter(
    "Idempotency-Key",
    OpenApiTypes.UUID,
    OpenApiParameter.HEADER,
    description="Sent again with the same key, a draft is not made twice.",
)


@extend_schema_view(
    list=extend_schema(description="Challenges that the reader may see, newest first."),
    retrieve=extend_schema(description="One challenge with its needs."),
)
class ChallengeViewSet(mixins.ListModelMixin, PublicView[Challenge]):
    serializer_class = ChallengeSerializer
    filterset_class = ChallengeFilter
    queryset = Challenge.objects.none()

    def get_queryset(self) -> QuerySet[Challenge]:
        needs = Prefetch("needs", Need.objects.prefetch_related("translations"))
        challenges = Challenge.objects.visible_to(visitor(self.request))
        return challenges.select_related("organisation", "hub").prefetch_related(needs, "translations")

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "own_challenges": own_challenges(self.request)}

    @extend_schema(
        description="Start a draft for an organisation that one belongs to. Publishing takes a curator.",
        request=NewChallengeSerializer,
        responses={201: ChallengeSerializer},
        parameters=[KEY],
    )
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        serializer = NewChallengeSerializer(data=request.data, context=self.get_serializer_context())
        serializer.is_valid(raise_exception=True)
        values = dict(serializer.validated_data)
        organisation, needs = values.pop("organisation"), values.pop("needs", None)
        with transaction.atomic():
            challenge = actions.start_draft(
                organisation=organisation, form_key=form_key(request), values=values, by=signed_in(request)
            )
            save_needs(challenge, needs, request)
        response = self.shown(challenge)
        response.status_code = status.HTTP_201_CREATED
        return response

    @extend_schema(
        description="Change one's own draft, or one that changes were requested for. "
        "A list of needs replaces the one that is there; what is left out stays.",
    )
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        challenge = self.get_object()
        if not may_edit(visitor(request), challenge):
            raise PermissionDenied(_("Only its poster may change a challenge, and only while it is a draft."))
        serializer = self.get_serializer(challenge, data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        values = dict(serializer.validated_data)
        needs = values.pop("needs", None)
        with transaction.atomic():
            challenge = actions.save_draft(challenge=challenge, values=values, by=signed_in(request))
            save_needs(challenge, needs, request)
        return self.shown(challenge)

    @extend_schema(
        methods=["GET"],
        responses=StepSerializer(many=True),
        filters=False,
        description="Its history; for its poster and its curators.",
    )
    @extend_schema(
        methods=["POST"],
        request=MoveSerializer,
        responses=ChallengeSerializer,
        description="Move it: submit, take back, close, withdraw or archive as its poster; "
        "publish or request changes as a curator. With `seen` it is refused where the text changed since.",
    )
    @action(detail=True, methods=["get", "post"], pagination_class=None)
    def steps(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        challenge = self.get_object()
        if request.method == "POST":
            return self.move(request, challenge)
        if not (belongs_to_poster(visitor(request), challenge) or curates(visitor(request), challenge)):
            raise PermissionDenied(_("Only its poster and its curators read a challenge's history."))
        lines = ChallengeStep.objects.filter(challenge=challenge).select_related("actor")
        return Response(StepSerializer(lines, many=True).data)

    def move(self, request: Request, challenge: Challenge) -> Response:
        asked = MoveSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        to, note = asked.validated_data["to_status"], asked.validated_data["note"]
        with transaction.atomic():
            refuse_changed(challenge, asked.validated_data["seen"])
            actions.move_challenge(challenge=challenge, to=to, by=signed_in(request), note=note)
        # A curator who sent it back to its poster may no longer see it; what was done is told all the same.
        return Response(self.get_serializer(challenge).data)


def own_challenges(request: Request) -> frozenset[int]:
    """Those that the reader's organisations post, alone or with others."""
    return frozenset(Challenge.objects.of(visitor(request)).order_by().values_list("pk", flat=True))


def refuse_changed(challenge: Challenge, seen: datetime | None) -> None:
    """Whoever decides on a text decides on the one that they read."""
    now = Challenge.objects.select_for_update().values_list("updated_at", flat=True).get(pk=challenge.pk)
    if seen is not None and seen != now:
        raise ValidationError({"seen": [_(MOVED)]}, code="moved")


def form_key(request: Request) -> UUID:
    try:
        return UUID(request.headers["Idempotency-Key"]) if "Idempotency-Key" in request.headers else uuid4()
    except ValueError:
        raise ValidationError({"Idempotency-Key": [_("It must be a UUID.")]}) from None


def save_needs(challenge: Challenge, needs: list[dict[str, Any]] | None, request: Request) -> None:
    if needs is None:
        return
    plain = {"weight": Need.Weight.MUST, "sought": Need.Sought.ANYONE}
    actions.save_needs(challenge=challenge, rows=[plain | need for need in needs], by=signed_in(request))


class IntroductionFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(choices=Introduction.State.choices)
    direction = django_filters.ChoiceFilter(
        choices=[("asked", "asked"), ("received", "received")], method="by_direction"
    )
    challenge = django_filters.UUIDFilter(field_name="challenge__public_id")

    class Meta:
        model = Introduction
        fields: list[str] = []

    def by_direction(
        self, introductions: QuerySet[Introduction], name: str, value: str
    ) -> QuerySet[Introduction]:
        received = Introduction.objects.received_by(visitor(self.request)).values("pk")
        if value == "received":
            return introductions.filter(pk__in=received)
        return introductions.exclude(pk__in=received)


@extend_schema_view(
    list=extend_schema(description="Introductions that one's own side asked for or received, newest first."),
    retrieve=extend_schema(description="One introduction."),
)
class IntroductionViewSet(mixins.ListModelMixin, PublicView[Introduction]):
    """Asking for one is `POST /matches/{profile}/{challenge}/introduction/`."""

    serializer_class = IntroductionSerializer
    filterset_class = IntroductionFilter
    permission_classes = [IsAuthenticated]
    queryset = Introduction.objects.none()

    def get_queryset(self) -> QuerySet[Introduction]:
        seen = Profile.objects.visible_to(visitor(self.request)).filter(pk=OuterRef("profile"))
        received = Introduction.objects.received_by(visitor(self.request)).filter(pk=OuterRef("pk"))
        own = Introduction.objects.visible_to(visitor(self.request))
        own = own.annotate(profile_visible=Exists(seen), received=Exists(received))
        return own.select_related("challenge__organisation", "profile__person", "profile__organisation")

    @extend_schema(
        request=DecisionSerializer,
        responses=IntroductionSerializer,
        description="Accept what one's own side was asked, put it off, or decline it. Both sides hear of it.",
    )
    @action(detail=True, methods=["post"])
    def answer(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        introduction = self.get_object()
        asked = DecisionSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        decision = asked.validated_data
        words = {"introduction": introduction, "by": signed_in(request), "reply": decision["reply"]}
        if decision["state"] == Introduction.State.LATER:
            actions.postpone_introduction(on=decision["later_on"], **words)
        else:
            accept = decision["state"] == Introduction.State.ACCEPTED
            actions.answer_introduction(accept=accept, reason=decision["decline_reason"], **words)
        return self.shown(introduction)
