"""The demo's mailbox; routed only in the demo. A slug has neither dots nor slashes."""

from django.urls import path

from . import mailbox_views

urlpatterns = [
    path("", mailbox_views.mailbox, name="mailbox"),
    path("<slug:name>/", mailbox_views.letter, name="mailbox_letter"),
    path("<slug:name>/html/", mailbox_views.letter_html, name="mailbox_letter_html"),
]
