"""The API's matches: one's own, their answers, and the request for an introduction."""

from collections.abc import Sequence
from typing import Any, cast
from uuid import UUID

import django_filters
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status, viewsets
from rest_framework.exceptions import NotFound
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import Conditional, signed_in, visitor
from hubs.introduction_serializers import IntroductionSerializer
from hubs.models import Introduction

from . import actions, queries
from .models import Answer, Match, Strength
from .pipeline.reasons import tell
from .serializers import AT_LEAST, AnswerSerializer, AskSerializer, MatchSerializer
from .showing import Items

VIA = "api"


class ByScore(CursorPagination):
    """The best first."""

    ordering = ("-score", "pk")
    page_size_query_param = "page_size"
    max_page_size = 100

    def decode_cursor(self, request: Request) -> Cursor | None:
        """A cursor that somebody wrote by hand holds no score: it is refused as any other broken one."""
        cursor = super().decode_cursor(request)
        try:
            float(cursor.position if cursor and cursor.position is not None else 0)
        except ValueError:
            raise NotFound(self.invalid_cursor_message) from None
        return cursor


def rank_of(page: list[Match], found: QuerySet[Match]) -> int:
    """How many stand before this page, and one; a cursor does not know."""
    if not page:
        return 1
    first = page[0]
    before = Q(score__gt=first.score) | Q(score=first.score, pk__lt=first.pk)
    return found.filter(before).count() + 1


class MatchFilter(django_filters.FilterSet):
    profile = django_filters.UUIDFilter(field_name="subject__profile__public_id")
    challenge = django_filters.UUIDFilter(field_name="target__challenge__public_id")
    strength = django_filters.ChoiceFilter(
        choices=Strength.choices, method="at_least", help_text="At least this."
    )
    answered = django_filters.ChoiceFilter(
        choices=[("open", "open"), *Answer.Choice.choices],
        method="by_answer",
        help_text="The answer given; `open` finds those without one.",
    )

    class Meta:
        model = Match
        fields: list[str] = []

    def at_least(self, matches: QuerySet[Match], name: str, value: str) -> QuerySet[Match]:
        return matches.filter(strength__in=AT_LEAST[value])

    def by_answer(self, matches: QuerySet[Match], name: str, value: str) -> QuerySet[Match]:
        # An annotation of `my_matches`, which the plugin for Django does not know here.
        return matches.filter(answer=None if value == "open" else value)  # type: ignore[misc]


class MatchViewSet(Conditional, mixins.ListModelMixin, viewsets.GenericViewSet[Match]):
    """A match has no name of its own: it is that of a profile and a challenge."""

    serializer_class = MatchSerializer
    filterset_class = MatchFilter
    pagination_class = ByScore
    permission_classes = [IsAuthenticated]
    queryset = Match.objects.none()

    def get_queryset(self) -> QuerySet[Match]:
        asked = Introduction.objects.filter(
            profile=OuterRef("subject__profile"), challenge=OuterRef("target__challenge")
        )
        mine = queries.with_what_cards_show(queries.my_matches(visitor(self.request)))
        mine = mine.prefetch_related(
            "target__challenge__translations", "target__challenge__needs__translations"
        )
        return mine.annotate(introduction_id=Subquery(asked.values("public_id")[:1]))

    def get_object(self) -> Match:
        profile, challenge = self.kwargs["profile_id"], self.kwargs["challenge_id"]
        found = self.get_queryset().filter(subject__profile__public_id=profile)
        return get_object_or_404(found, target__challenge__public_id=challenge)

    @extend_schema(description="Matches of one's own profiles, the best first. Being shown one is recorded.")
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        found = self.filter_queryset(self.get_queryset())
        page = tell(cast(list[Match], self.paginate_queryset(found)))
        actions.record_page(matches=page, first_rank=rank_of(page, found), by=signed_in(request))
        return self.get_paginated_response(self.shown(page))

    @extend_schema(description="The match of one's own profile with a challenge.")
    def retrieve(self, request: Request, profile_id: UUID, challenge_id: UUID) -> Response:
        return Response(self.shown(tell([self.get_object()]))[0])

    def shown(self, matches: Sequence[Match]) -> Any:
        """What their reasons name is looked up once for all; words not marked yet are marked next."""
        actions.ask_for_reasons(matches=matches)
        items = Items.of(match.reason for match in matches)
        context = {**self.get_serializer_context(), "items": items}
        return self.get_serializer(matches, many=True, context=context).data

    @extend_schema(
        request=AnswerSerializer,
        responses=AnswerSerializer,
        description="Interested, not now, or never show this again. A further answer replaces the last.",
    )
    def answer(self, request: Request, profile_id: UUID, challenge_id: UUID) -> Response:
        profile, challenge = queries.answerable(signed_in(request), profile_id, challenge_id)
        given = AnswerSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        word = given.validated_data["answer"]
        answer = actions.record_answer(
            profile=profile, challenge=challenge, answer=word, by=signed_in(request), via=VIA
        )
        return Response(AnswerSerializer(answer).data)

    @extend_schema(description="Take one's answer back.", responses={204: None})
    def undo(self, request: Request, profile_id: UUID, challenge_id: UUID) -> Response:
        profile, challenge = queries.answerable(signed_in(request), profile_id, challenge_id)
        actions.undo_answer(profile=profile, challenge=challenge, by=signed_in(request), via=VIA)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(
        request=AskSerializer,
        responses={201: IntroductionSerializer},
        description="Interested, and asks the poster for an introduction, with the reason of the match.",
    )
    def introduction(self, request: Request, profile_id: UUID, challenge_id: UUID) -> Response:
        profile, challenge = queries.answerable(signed_in(request), profile_id, challenge_id)
        asked = AskSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        made: Any = actions.ask_introduction(
            profile=profile, challenge=challenge, by=signed_in(request), via=VIA, **asked.validated_data
        )
        made.profile_visible = True  # one's own
        shown = IntroductionSerializer(made, context=self.get_serializer_context())
        return Response(shown.data, status=status.HTTP_201_CREATED)
