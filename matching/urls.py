"""Pages about matches, and the secret links of match letters, which carry no language."""

from django.urls import path

from . import (
    board_urls,
    country_urls,
    curating,
    gap_urls,
    links,
    own_calendar,
    round_urls,
    search_urls,
    suggest_urls,
    team_urls,
    try_urls,
    views,
)

app_name = "matching"
urlpatterns = [
    path("matches/", views.my_matches, name="my_matches"),
    path("matches/set-aside/", views.set_aside, name="set_aside"),
    *board_urls.urlpatterns,
    *country_urls.urlpatterns,
    path("calendar/", own_calendar.calendar, name="calendar"),
    *gap_urls.urlpatterns,
    *round_urls.urlpatterns,
    *search_urls.urlpatterns,
    *suggest_urls.urlpatterns,
    *team_urls.urlpatterns,
    *try_urls.urlpatterns,
    path("review/texts/", curating.suspects, name="suspects"),
    path("review/texts/<int:suspect_id>/", curating.decide_suspect, name="decide_suspect"),
    path("matches/<uuid:profile_id>/<uuid:challenge_id>/answer/", views.answer, name="answer"),
    path(
        "matches/<uuid:profile_id>/<uuid:challenge_id>/introduce/",
        views.ask_introduction,
        name="ask_introduction",
    ),
    path("matches/<uuid:profile_id>/<uuid:challenge_id>/invite/", views.invite, name="invite"),
]

secret_links = [
    path("c/<str:token>/deadlines.ics", own_calendar.own_calendar, name="own_calendar"),
    path("a/<str:token>/", links.match_link, name="match_link"),
    path("a/<str:token>/introduce/", links.introduce, name="match_link_introduce"),
    path("a/<str:token>/<str:answer>/", links.match_link_answer, name="match_link_answer"),
]
