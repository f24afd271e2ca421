"""Pages of proposed teams."""

from django.urls import path

from . import team_views

urlpatterns = [
    path("challenges/<uuid:public_id>/teams/", team_views.teams, name="teams"),
    path("challenges/<uuid:public_id>/teams/begin/", team_views.begin_from_team, name="begin_from_team"),
    path("consortia/<uuid:public_id>/partners/", team_views.missing_partner, name="missing_partner"),
]
