"""Members abroad."""

from django.urls import path

from .views import diaspora

urlpatterns = [path("abroad/", diaspora.diaspora, name="diaspora")]
