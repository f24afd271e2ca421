"""Pages of people, profiles and organisations. `secret_links` stand without a language prefix."""

from django.urls import path

from . import bring_urls, job_urls, news_urls, views
from .unsubscribe import unsubscribe
from .webhooks import mail_events

app_name = "accounts"

urlpatterns = [
    path("join/", views.join, name="join"),
    path("join/invited/", views.join_invited, name="join_invited"),
    path("join/<str:kind>/", views.join_kind, name="join_kind"),
    path("account/signup/", views.join_instead, name="signup"),
    path("my/", views.home, name="home"),
    path("my/preferences/", views.preferences, name="preferences"),
    path("my/data/", views.data, name="data"),
    path("my/erase/", views.erase, name="erase"),
    path("kept/", views.kept, name="kept"),
    path("privacy/", views.privacy, name="privacy"),
    path("profiles/", views.profile_list, name="profile_list"),
    path("profiles/new/<str:kind>/", views.profile_new, name="profile_new"),
    path("profiles/<uuid:public_id>/", views.profile, name="profile"),
    path("profiles/<uuid:public_id>/preview/", views.profile_preview, name="profile_preview"),
    *bring_urls.urlpatterns,
    path("profiles/<uuid:public_id>/translations/", views.profile_translations, name="profile_translations"),
    path("profiles/<uuid:public_id>/items/", views.item_use, name="item_use"),
    path("profiles/<uuid:public_id>/claim/", views.claim, name="claim"),
    *job_urls.urlpatterns,
    *news_urls.urlpatterns,
    path("organisations/<uuid:public_id>/", views.organisation, name="organisation"),
    path("organisations/<uuid:public_id>/edit/", views.organisation_edit, name="organisation_edit"),
    path("organisations/<uuid:public_id>/people/", views.organisation_people, name="organisation_people"),
    path("organisations/<uuid:public_id>/invite/", views.organisation_invite, name="organisation_invite"),
]

secret_links = [
    path("hooks/mail/<slug:provider>/", mail_events, name="mail_events"),
    path("u/<str:token>/", unsubscribe, name="unsubscribe"),
    path("i/<str:token>/", views.invitation, name="invitation"),
]
