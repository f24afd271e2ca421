"""What every page of the site knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from .brand import face
from .kept import COOKIE, RESENT, kept_for


def site(request: HttpRequest) -> dict[str, Any]:
    return {
        "site_name": settings.HELICE_NAME,
        "brand": face(),
        "site_demo": settings.HELICE_DEMO,
        "site_url": settings.HELICE_URL,
        "site_contact": settings.HELICE_CONTACT,
        "kept_post": kept_for(request) if COOKIE in request.COOKIES else None,
        "kept_resent": RESENT in request.POST,  # a form that fails again must still clear what is kept
    }
