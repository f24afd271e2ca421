"""The country's figures, published once a month is over."""

from django.utils import timezone

from ..actions.releases import release_month
from ..indicators.facts import zone
from ..indicators.figures import month_before


def keep_time() -> None:
    release_month(period=month_before(timezone.localdate(timezone=zone())))
