"""Pages about who was told of what."""

from django.urls import path

from . import learning_views, round_views

urlpatterns = [
    path("review/letters/", round_views.round_list, name="round_list"),
    path("review/learning/", learning_views.learning, name="learning"),
    path("review/letters/<slug:period>/", round_views.round_report, name="round"),
]
