"""The search, under the name that every page's head links to."""

from django.urls import path

from . import search_views

urlpatterns = [path("search/", search_views.search, name="search")]
