"""Pages of consortia and of partner requests."""

from django.urls import path

from .views import consortia, partners

urlpatterns = [
    path("consortia/", consortia.consortium_list, name="consortium_list"),
    path("challenges/<uuid:public_id>/consortium/", consortia.consortium_new, name="consortium_new"),
    path("consortia/<uuid:public_id>/", consortia.consortium, name="consortium"),
    path("consortia/<uuid:public_id>/edit/", consortia.consortium_edit, name="consortium_edit"),
    path("consortia/<uuid:public_id>/invite/", consortia.consortium_invite, name="consortium_invite"),
    path("consortia/<uuid:public_id>/step/", consortia.consortium_step, name="consortium_step"),
    path("consortia/member/<uuid:public_id>/", consortia.consortium_member, name="consortium_member"),
    path("partners/", partners.partner_list, name="partner_list"),
    path("challenges/<uuid:public_id>/partner/", partners.partner_new, name="partner_new"),
    path("partners/<uuid:public_id>/", partners.partner_request, name="partner_request"),
    path("partners/<uuid:public_id>/edit/", partners.partner_edit, name="partner_edit"),
    path("partners/<uuid:public_id>/close/", partners.partner_close, name="partner_close"),
    path("partners/offer/<uuid:public_id>/", partners.partner_offer, name="partner_offer"),
]
