"""Addresses of challenges and hubs for search engines."""

from django.db.models import QuerySet

from accounts.real import real
from accounts.sitemaps import Rows

from .models import Challenge, Hub


class Challenges(Rows):
    """Whatever was published, closed ones too: their pages say so."""

    def items(self) -> QuerySet[Challenge]:
        return real(Challenge.objects.published()).only("public_id", "updated_at").order_by("pk")


class Hubs(Rows):
    def items(self) -> QuerySet[Hub]:
        return real(Hub.objects.all()).only("slug", "updated_at").order_by("pk")
