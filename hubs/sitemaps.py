"""Addresses of challenges, hubs and programmes for search engines."""

from django.db.models import QuerySet

from accounts.real import real
from accounts.sitemaps import Rows

from .models import Challenge, Hub, Programme


class Challenges(Rows):
    """Whatever was published, closed ones too: their pages say so."""

    def items(self) -> QuerySet[Challenge]:
        return real(Challenge.objects.published()).only("public_id", "updated_at").order_by("pk")


class Hubs(Rows):
    def items(self) -> QuerySet[Hub]:
        return real(Hub.objects.all()).only("slug", "updated_at").order_by("pk")


class Programmes(Rows):
    def items(self) -> QuerySet[Programme]:
        return real(Programme.objects.published()).only("public_id", "updated_at").order_by("pk")
