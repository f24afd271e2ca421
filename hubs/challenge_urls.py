"""What hangs on the page of one challenge."""

from django.urls import path

from .views.challenge_files import deadline

urlpatterns = [
    path("challenges/<uuid:public_id>/deadline.ics", deadline, name="challenge_deadline"),
]
