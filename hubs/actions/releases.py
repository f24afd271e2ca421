"""The country's figures, published month by month and never changed."""

from collections.abc import Iterable
from datetime import date

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.real import real

from ..indicators.facts import Fact, zone
from ..indicators.figures import COUNTRY, all_facts, month_before, releases
from ..models import Hub, Release


def release_month(*, period: str, today: date | None = None, facts: Iterable[Fact] | None = None) -> bool:
    """Publish the figures of the twelve months that end with `period`, of every place at once; whether they
    were not published before. By nobody: the clock does it once a month is over. Refused for a month that is
    not over. `facts`: what is counted; without it, what the database holds."""
    if period > month_before(today or timezone.localdate(timezone=zone())):
        raise ValidationError(_("A month is counted once it is over."))
    if Release.objects.filter(scope=COUNTRY, period=period).exists():
        return False
    hubs = real(Hub.objects.filter(country=settings.HELICE_COUNTRY)).values_list("slug", flat=True)
    made = releases(all_facts() if facts is None else facts, period, hubs)
    try:
        with transaction.atomic():
            Release.objects.bulk_create(
                Release(scope=scope, period=period, data=data) for scope, data in made.items()
            )
    except IntegrityError:  # two clocks at once: the first one's stand
        return False
    return True
