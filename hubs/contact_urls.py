"""Introductions, what two say once introduced, their meetings, and what is out of place."""

from django.urls import path

from .views import contacts, introductions, meetings

ONE = "introductions/<uuid:public_id>/"
MEETING = f"{ONE}meetings/<uuid:meeting_id>/"

urlpatterns = [
    path("introductions/", introductions.introduction_list, name="introduction_list"),
    path("introductions/blocked/", contacts.blocked, name="blocked"),
    path(ONE, introductions.introduction, name="introduction"),
    path(f"{ONE}back/", introductions.introduction_take_back, name="introduction_take_back"),
    path(f"{ONE}block/", contacts.introduction_block, name="introduction_block"),
    path(f"{ONE}messages/", introductions.message_new, name="message_new"),
    path(f"{ONE}meetings/new/", meetings.meeting_new, name="meeting_new"),
    path(MEETING, meetings.meeting_edit, name="meeting_edit"),
    path(f"{MEETING}answer/", meetings.meeting_answer, name="meeting_answer"),
    path(f"{MEETING}meeting.ics", meetings.meeting_calendar, name="meeting_calendar"),
    path("introductions/messages/<uuid:public_id>/report/", contacts.message_report, name="message_report"),
    path("review/reports/", contacts.reports, name="reports"),
    path("review/reports/<uuid:public_id>/", contacts.report_decide, name="report_decide"),
]
