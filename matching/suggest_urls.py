"""Pieces of pages that a worker reads texts for."""

from django.urls import path

from .suggest_views import challenge_suggestions

urlpatterns = [
    path("suggestions/<uuid:public_id>/", challenge_suggestions, name="challenge_suggestions"),
]
