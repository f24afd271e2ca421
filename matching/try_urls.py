"""Answer before account."""

from django.urls import path

from . import try_views as views

urlpatterns = [
    path("try/", views.try_it, name="try"),
    path("try/<slug:key>/", views.try_result, name="try_result"),
    path("try/<slug:key>/again/", views.try_again, name="try_again"),
    path("try/<slug:key>/forget/", views.try_forget, name="try_forget"),
    path("try/<slug:key>/profile/", views.keep_profile, name="try_keep_profile"),
    path("try/<slug:key>/challenge/", views.keep_challenge, name="try_keep_challenge"),
]
