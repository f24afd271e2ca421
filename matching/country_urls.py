"""The country in figures."""

from django.urls import path

from . import country_views

urlpatterns = [
    path("country/", country_views.country, name="country"),
    path("country/<slug:table>.csv", country_views.country_table, name="country_table"),
    path("country/<slug:state>/", country_views.country_state, name="country_state"),
    path("country/<slug:state>/<slug:table>.csv", country_views.country_table, name="country_state_table"),
]
