"""Pages of the curators' desk."""

from django.urls import path

from .views import desk

urlpatterns = [
    path("review/", desk.review_queue, name="review_queue"),
    path("review/<uuid:public_id>/hold/", desk.review_hold, name="review_hold"),
]
