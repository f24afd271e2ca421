"""Settings of the engine that cannot be, said at start and not by the first worker that trips over them."""

from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.core.exceptions import ImproperlyConfigured

from .parts import active


@register()
def known_facts(**_: Any) -> list[CheckMessage]:
    """HELICE_FACTS names parts that there are."""
    try:
        active()
    except ImproperlyConfigured as error:
        return [Error(str(error), id="matching.E001")]
    return []
