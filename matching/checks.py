"""Settings of the engine that cannot be, said at start and not by the first worker that trips over them."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from .parts import active


@register()
def known_facts(**_: Any) -> list[CheckMessage]:
    """HELICE_FACTS names parts that there are."""
    try:
        active()
    except ImproperlyConfigured as error:
        return [Error(str(error), id="matching.E001")]
    return []


@register()
def possible_index(**_: Any) -> list[CheckMessage]:
    """HELICE_INDEX names a way that this database has."""
    if settings.HELICE_INDEX not in ("mapped", "pgvector"):
        return [Error("HELICE_INDEX is mapped or pgvector.", id="matching.E002")]
    if settings.HELICE_INDEX == "pgvector" and connection.vendor != "postgresql":
        return [Error("HELICE_INDEX=pgvector needs PostgreSQL.", id="matching.E003")]
    return []
