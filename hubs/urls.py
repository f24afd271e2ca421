"""Pages of hubs, challenges, their review and introductions; all under a language prefix."""

from django.urls import path

from . import (
    challenge_urls,
    consortium_urls,
    contact_urls,
    desk_urls,
    diaspora_urls,
    event_urls,
    indicator_urls,
    programme_urls,
    response_urls,
    views,
    workspace_urls,
)
from .discover import urls as discover_urls

app_name = "hubs"
urlpatterns = [
    path("", views.home, name="home"),
    path("challenges/", views.challenge_list, name="challenge_list"),
    *challenge_urls.urlpatterns,
    *discover_urls.urlpatterns,
    path("challenges/new/", views.challenge_new, name="challenge_new"),
    path("challenges/<uuid:public_id>/", views.challenge, name="challenge"),
    path("challenges/<uuid:public_id>/edit/<slug:step>/", views.challenge_edit, name="challenge_edit"),
    path("challenges/<uuid:public_id>/preview/", views.challenge_preview, name="challenge_preview"),
    path("challenges/<uuid:public_id>/step/", views.challenge_step, name="challenge_step"),
    *desk_urls.urlpatterns,
    *diaspora_urls.urlpatterns,
    path("review/<uuid:public_id>/", views.review, name="review"),
    path("hubs/", views.hub_list, name="hub_list"),
    path("hubs/<slug:slug>/", views.hub, name="hub"),
    *event_urls.urlpatterns,
    *programme_urls.urlpatterns,
    *indicator_urls.urlpatterns,
    path("hubs/<slug:slug>/membership/", views.hub_membership, name="hub_membership"),
    *contact_urls.urlpatterns,
    *consortium_urls.urlpatterns,
    *response_urls.urlpatterns,
    *workspace_urls.urlpatterns,
]
