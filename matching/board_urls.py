"""Pages of a challenge's candidates."""

from django.urls import path

from . import board_views

urlpatterns = [
    path("challenges/<uuid:public_id>/candidates/", board_views.candidates, name="candidates"),
    path("challenges/<uuid:public_id>/fits/", board_views.fits, name="challenge_fits"),
    path("challenges/<uuid:public_id>/candidates.csv", board_views.candidates_csv, name="candidates_csv"),
]
