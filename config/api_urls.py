"""The API's URL table."""

from django.http import HttpRequest, JsonResponse
from django.urls import path, re_path
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import DefaultRouter

from accounts.api import OrganisationViewSet, ProfileViewSet
from hubs.api import ChallengeViewSet, HubViewSet, IntroductionViewSet
from matching.api import MatchViewSet


@csrf_exempt
def nothing_here(request: HttpRequest) -> JsonResponse:
    """A program that mistypes an address gets no page made for people."""
    return JsonResponse({"detail": _("Not found.")}, status=404)


router = DefaultRouter(use_regex_path=False)
router.include_format_suffixes = False
router.register("challenges", ChallengeViewSet)
router.register("hubs", HubViewSet)
router.register("introductions", IntroductionViewSet)
router.register("organisations", OrganisationViewSet)
router.register("profiles", ProfileViewSet)

DOCS = SpectacularSwaggerSplitView.as_view(url_name="schema", template_name="api/docs.html")
PAIR = "matches/<uuid:profile_id>/<uuid:challenge_id>/"
urlpatterns = [
    *router.urls,
    path("matches/", MatchViewSet.as_view({"get": "list"}), name="match-list"),
    path(PAIR, MatchViewSet.as_view({"get": "retrieve"}), name="match-detail"),
    path(f"{PAIR}answer/", MatchViewSet.as_view({"put": "answer", "delete": "undo"}), name="match-answer"),
    path(f"{PAIR}introduction/", MatchViewSet.as_view({"post": "introduction"}), name="match-introduction"),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", DOCS, name="docs"),
    re_path(r"^.+/$", nothing_here),
]
