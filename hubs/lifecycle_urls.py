"""Changes of what is published, comments in review, and posting together."""

from django.urls import path

from .views import lifecycle, revisions

urlpatterns = [
    path("challenges/<uuid:public_id>/change/", revisions.revision, name="revision"),
    path("review/<uuid:public_id>/change/", revisions.revision_review, name="revision_review"),
    path("challenges/<uuid:public_id>/comments/", lifecycle.challenge_comment, name="challenge_comment"),
    path("challenges/<uuid:public_id>/join/", lifecycle.challenge_join, name="challenge_join"),
    path("challenges/<uuid:public_id>/together/", lifecycle.co_poster, name="co_poster"),
    path("challenges/<uuid:public_id>/take-over/", lifecycle.challenge_take_over, name="challenge_take_over"),
]
