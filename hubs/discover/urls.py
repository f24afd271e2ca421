"""Under a language, for it is part of what they say."""

from django.urls import path

from . import views

urlpatterns = [
    path("challenges/feed.atom", views.challenge_feed, name="challenge_feed"),
    path("challenges/deadlines.ics", views.deadlines, name="challenge_deadlines"),
    path("challenges/open.json", views.open_calls, name="challenge_open"),
]
