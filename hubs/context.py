"""What the site's header needs to know about its reader's hubs."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from .models import Hub


def curator(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"curates": False}
    return {"curates": SimpleLazyObject(lambda: Hub.objects.curated_by(user).exists())}
