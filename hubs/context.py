"""What the site's header needs to know about its reader: one question for all of it."""

from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.models import NewsItem, User

from .models import HubMembership

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


def reader(request: HttpRequest) -> dict[str, Any]:
    """Whether they curate a hub, and how many of their news are unread."""
    user: User | AnonymousUser | None = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"curates": False, "news_unread": 0}
    pk = user.pk
    known: Any = SimpleLazyObject(lambda: _known(pk))
    return {
        "curates": SimpleLazyObject(lambda: known[0]),
        "news_unread": SimpleLazyObject(lambda: known[1]),
    }


def _known(pk: int) -> tuple[bool, int]:
    curated = HubMembership.objects.filter(person__user=OuterRef("pk"), role=HubMembership.Role.CURATOR)
    unread = NewsItem.objects.unread().filter(person__user=OuterRef("pk")).order_by()
    counted = unread.values("person__user").annotate(n=Count("pk")).values("n")
    number = Coalesce(Subquery(counted, output_field=IntegerField()), 0)
    found = User.objects.filter(pk=pk).values_list(Exists(curated), number).first()
    return found or (False, 0)
