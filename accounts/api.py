"""The API's profiles and organisations, and what its other views share: what is hidden answers 404."""

from typing import Any, TypeVar, cast

import django_filters
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Model, Prefetch, QuerySet
from django.utils.cache import get_conditional_response, patch_cache_control, set_response_etag
from django.utils.http import http_date
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, viewsets
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from . import actions
from .models import Language, Organisation, Profile, ProfileItem, User
from .permissions import Visitor, may_edit_organisation, may_edit_profile
from .serializers import OrganisationSerializer, ProfileSerializer

Noun = TypeVar("Noun", bound=Model)
Role = ProfileItem.Role
GROUPS = {"offers": Role.OFFER, "seeks": Role.SEEK, "evidence": Role.EVIDENCE}


class Conditional(APIView):
    """A reader who has the same representation already is told so, in an empty 304.

    The ETag alone decides: whether a call is open changes with the clock, and touches no row. For the same
    reason nothing may be served from a cache without asking.
    """

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Response:
        final = super().finalize_response(request, response, *args, **kwargs)
        patch_cache_control(final, private=True, no_cache=True)
        if request.method in ("GET", "HEAD") and final.status_code == 200:

            def compare(rendered: Any) -> Any:
                set_response_etag(rendered)
                return get_conditional_response(request, etag=rendered["ETag"], response=rendered)

            final.add_post_render_callback(compare)
        return final


class PublicView(Conditional, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Noun]):
    """One noun by its public identifier, out of those that the reader may see."""

    lookup_field = "public_id"
    lookup_url_kwarg = "id"
    lookup_value_converter = "uuid"

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        record: Any = self.get_object()
        response = Response(self.get_serializer(record).data)
        response["Last-Modified"] = http_date(record.updated_at.timestamp())
        return response

    def shown(self, record: Noun) -> Response:
        """The record as it is after a change, read again."""
        fresh = self.get_queryset().get(pk=record.pk)
        return Response(self.get_serializer(fresh).data)


def visitor(request: Any) -> Visitor:
    """Who reads; filters hand over a request that may be a page's or the API's."""
    return cast(Visitor, request.user)


def signed_in(request: Request) -> User:
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


class Search(django_filters.CharFilter):
    """Words, each of which must occur; accents do not matter, ñ does."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 200)
        kwargs.setdefault("help_text", "Words that must all occur; accents do not matter, ñ does.")
        super().__init__(**kwargs)

    def filter(self, records: Any, value: str) -> Any:
        return records.search(value) if value else records


class Code(django_filters.CharFilter):
    """Records whose list of codes holds this one; a broad code ("2") finds all under it ("2.8")."""

    def filter(self, records: Any, value: str) -> Any:
        if not value:
            return records
        exact = records.filter(**{f"{self.field_name}__contains": f",{value},"})
        return exact | records.filter(**{f"{self.field_name}__contains": f",{value}."})


class ProfileFilter(django_filters.FilterSet):
    search = Search()
    kind = django_filters.ChoiceFilter(choices=Profile.Kind.choices)
    language = django_filters.ChoiceFilter(choices=Language.choices)
    state = django_filters.CharFilter(help_text="INEGI's code, 01 to 32.")
    field = Code(field_name="fields", help_text="OECD FORD code; a broad one finds all under it.")
    sector = django_filters.CharFilter(help_text="SCIAN 2023 sector.")
    stage = django_filters.CharFilter()
    organisation = django_filters.UUIDFilter(field_name="organisation__public_id")
    own = django_filters.BooleanFilter(method="only_own", help_text="Only one's own, or only others'.")

    class Meta:
        model = Profile
        fields: list[str] = []

    def only_own(self, profiles: QuerySet[Profile], name: str, value: bool) -> QuerySet[Profile]:
        own = Profile.objects.of(visitor(self.request)).values("pk")
        return profiles.filter(pk__in=own) if value else profiles.exclude(pk__in=own)


@extend_schema_view(
    list=extend_schema(description="Profiles that the reader may see, newest first."),
    retrieve=extend_schema(description="One profile with its offers, seeks and evidence."),
)
class ProfileViewSet(mixins.ListModelMixin, PublicView[Profile]):
    serializer_class = ProfileSerializer
    filterset_class = ProfileFilter
    queryset = Profile.objects.none()

    def get_queryset(self) -> QuerySet[Profile]:
        items = Prefetch("items", ProfileItem.objects.prefetch_related("translations"))
        profiles = Profile.objects.visible_to(visitor(self.request))
        return profiles.select_related("person", "organisation", "institution").prefetch_related(
            items, "translations"
        )

    def get_serializer_context(self) -> dict[str, Any]:
        own = Profile.objects.of(visitor(self.request)).values_list("pk", flat=True)
        return {**super().get_serializer_context(), "own_profiles": frozenset(own)}

    @extend_schema(
        description="Change one's own profile. A list of offers, seeks or evidence replaces the one that is "
        "there; what is left out stays. Imported profiles are written to only once they are claimed.",
    )
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        profile = self.get_object()
        if not may_edit_profile(visitor(request), profile):
            raise PermissionDenied(_("Only its owner may change this profile."))
        serializer = self.get_serializer(profile, data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        facts = dict(serializer.validated_data)
        given = {role: facts.pop(name) for name, role in GROUPS.items() if name in facts}
        with transaction.atomic():
            items = merged_items(profile, given, facts.get("language", profile.language)) if given else None
            actions.save_profile(profile=profile, by=signed_in(request), facts=facts, items=items)
        return self.shown(profile)


def merged_items(profile: Profile, given: dict[Any, list[Any]], language: str) -> list[actions.ItemData]:
    """All items as they shall be: given lists in place of stored ones. An item that says what a stored one
    says is that one, and keeps its translations."""
    stored = list(ProfileItem.objects.filter(profile=profile))
    others = [item for item in stored if item.role not in given]
    wanted: list[dict[str, Any]] = [{"pk": item.pk, "role": item.role} for item in others]
    free = {(item.role, item.title, item.text): item.pk for item in stored}
    blank = {"text": "", "title": "", "year": None, "link": ""}
    for role, rows in given.items():
        for row in rows:
            item = {**blank, "language": language, **row, "role": role}
            wanted.append({**item, "pk": free.pop((role, item["title"], item["text"]), None)})
    return cast(list[actions.ItemData], wanted)


class OrganisationFilter(django_filters.FilterSet):
    search = Search()
    kind = django_filters.ChoiceFilter(choices=Organisation.Kind.choices)
    state = django_filters.CharFilter(help_text="INEGI's code, 01 to 32.")
    size = django_filters.CharFilter()
    government_level = django_filters.CharFilter()
    ror = django_filters.CharFilter()
    own = django_filters.BooleanFilter(method="only_own", help_text="Only one's own, or only others'.")

    class Meta:
        model = Organisation
        fields: list[str] = []

    def only_own(self, found: QuerySet[Organisation], name: str, value: bool) -> QuerySet[Organisation]:
        own = Organisation.objects.of(visitor(self.request)).values("pk")
        return found.filter(pk__in=own) if value else found.exclude(pk__in=own)


@extend_schema_view(
    list=extend_schema(description="Organisations, newest first."),
    retrieve=extend_schema(description="One organisation."),
)
class OrganisationViewSet(mixins.ListModelMixin, PublicView[Organisation]):
    serializer_class = OrganisationSerializer
    filterset_class = OrganisationFilter
    queryset = Organisation.objects.none()

    def get_queryset(self) -> QuerySet[Organisation]:
        seen = Profile.objects.visible_to(visitor(self.request))
        shown = Prefetch("profile", seen, to_attr="shown_profile")
        return Organisation.objects.visible_to(visitor(self.request)).prefetch_related(shown)

    @extend_schema(description="Change an organisation that one owns.")
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        organisation = self.get_object()
        if not may_edit_organisation(visitor(request), organisation):
            raise PermissionDenied(_("Only its owners may change this organisation."))
        serializer = self.get_serializer(organisation, data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        actions.save_organisation(
            organisation=organisation, facts=serializer.validated_data, by=signed_in(request)
        )
        return self.shown(organisation)
