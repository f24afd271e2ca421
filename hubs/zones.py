"""Time zones as people name them."""

from functools import cache

from babel.dates import get_timezone_location


@cache
def zone_city(zone: str, language: str) -> str:
    """The city of a time zone in a language; a zone that nobody knows is shown as it stands."""
    try:
        return get_timezone_location(zone, locale=language, return_city=True)
    except LookupError:
        return zone
