"""What hangs on the page of one challenge."""

from django.urls import path

from . import lifecycle_urls
from .views.challenge_files import deadline

urlpatterns = [
    path("challenges/<uuid:public_id>/deadline.ics", deadline, name="challenge_deadline"),
    *lifecycle_urls.urlpatterns,
]
