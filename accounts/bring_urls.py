"""Pages where profiles are filled and changed: what exists is brought, and each step is saved."""

from django.urls import path

from .views.bring import bring, bring_found
from .views.editor import profile_edit, profile_step

urlpatterns = [
    path("profiles/bring/", bring, name="bring"),
    path("profiles/bring/<str:key>/", bring_found, name="bring_found"),
    path("profiles/<uuid:public_id>/edit/", profile_edit, name="profile_edit"),
    path("profiles/<uuid:public_id>/edit/<slug:step>/", profile_step, name="profile_step"),
]
