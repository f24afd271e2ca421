"""Indicators of the country, of hubs and of states, and who works with whom."""

from django.urls import path

from .views import indicators

urlpatterns = [
    path("indicators/", indicators.indicators, name="indicators"),
    path("indicators/figures.csv", indicators.indicators_file, name="indicators_file"),
    path("indicators/network/", indicators.network, name="network"),
    path("indicators/network.csv", indicators.network_file, name="network_file"),
    path("indicators/hubs/<slug:hub>/", indicators.indicators, name="indicators_hub"),
    path("indicators/hubs/<slug:hub>/figures.csv", indicators.indicators_file, name="indicators_hub_file"),
    path("indicators/states/<slug:state>/", indicators.indicators, name="indicators_state"),
    path(
        "indicators/states/<slug:state>/figures.csv", indicators.indicators_file, name="indicators_state_file"
    ),
]
