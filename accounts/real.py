"""What counts as real: the demo's invented records do in the demo alone."""

from typing import TypeVar

from django.conf import settings
from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)


def real(rows: QuerySet[M]) -> QuerySet[M]:
    """Without what is only there to show the demo, unless this is the demo; of models with `is_demo`."""
    return rows if settings.HELICE_DEMO else rows.filter(is_demo=False)
