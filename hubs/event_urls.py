"""The people and the events of a hub."""

from django.urls import path

from .views import events, hub_people

urlpatterns = [
    path("hubs/<slug:slug>/people/", hub_people.hub_people, name="hub_people"),
    path("hubs/<slug:slug>/calendar.ics", events.hub_calendar, name="hub_calendar"),
    path("hubs/<slug:slug>/events/", events.event_list, name="event_list"),
    path("hubs/<slug:slug>/events/new/", events.event_new, name="event_new"),
    path("hubs/<slug:slug>/events/<uuid:public_id>/", events.event, name="event"),
    path("hubs/<slug:slug>/events/<uuid:public_id>/visit/", events.event_visit, name="event_visit"),
    path("hubs/<slug:slug>/events/<uuid:public_id>/edit/", events.event_edit, name="event_edit"),
    path("hubs/<slug:slug>/events/<uuid:public_id>/cancel/", events.event_cancel, name="event_cancel"),
    path("hubs/<slug:slug>/events/<uuid:public_id>/guests.csv", events.event_guests, name="event_guests"),
    path("hubs/<slug:slug>/events/<uuid:public_id>/event.ics", events.event_calendar, name="event_calendar"),
]
