"""What the site's header needs to know about its reader: asked with all else that a page asks of them."""

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts import standing
from accounts.models import User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


def reader(request: HttpRequest) -> dict[str, Any]:
    """Whether they curate a hub, and how many of their news are unread."""
    user: User | AnonymousUser | None = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"curates": False, "news_unread": 0}
    known = standing.known(user) or standing.Standing(user.pk)
    return {
        "curates": SimpleLazyObject(lambda: bool(known.of("curated hub"))),
        "news_unread": SimpleLazyObject(lambda: sum(known.of("unread news"))),
    }
