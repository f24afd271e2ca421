"""Programmes, and computing on request."""

from django.urls import path

from .views import computing, computing_rounds, programmes

urlpatterns = [
    path("programmes/", programmes.programme_list, name="programme_list"),
    path("programmes/mine/", programmes.programme_mine, name="programme_mine"),
    path("programmes/new/", programmes.programme_new, name="programme_new"),
    path("programmes/<uuid:public_id>/", programmes.programme, name="programme"),
    path("programmes/<uuid:public_id>/edit/", programmes.programme_edit, name="programme_edit"),
    path("programmes/<uuid:public_id>/step/", programmes.programme_step, name="programme_step"),
    path("programmes/<uuid:public_id>/request/", computing.request_new, name="computing_new"),
    path("programmes/<uuid:public_id>/rounds/new/", computing_rounds.round_new, name="computing_round_new"),
    path("computing/", computing.request_list, name="computing_list"),
    path("computing/<uuid:public_id>/", computing.request_page, name="computing_request"),
    path("computing/<uuid:public_id>/edit/", computing.request_edit, name="computing_edit"),
    path("computing/rounds/<uuid:public_id>/", computing_rounds.round_page, name="computing_round"),
]
