"""Pages of what nobody in the country covers."""

from django.urls import path

from . import gap_views

urlpatterns = [
    path("gaps/", gap_views.gap_list, name="gap_list"),
    path("gaps/<uuid:public_id>/", gap_views.gap, name="gap"),
    path("gaps/<uuid:public_id>/invite/", gap_views.gap_invite, name="gap_invite"),
]
