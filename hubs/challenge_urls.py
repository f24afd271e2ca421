"""What hangs on the page of one challenge."""

from django.urls import path

from . import lifecycle_urls
from .views.challenge_files import deadline
from .views.challenges import around

urlpatterns = [
    path("challenges/<uuid:public_id>/deadline.ics", deadline, name="challenge_deadline"),
    path("challenges/<uuid:public_id>/around/", around, name="challenge_around"),
    *lifecycle_urls.urlpatterns,
]
