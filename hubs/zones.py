"""Time zones as people name them."""

from functools import cache

from babel.dates import get_timezone_location

# At the ends of the calendar no other time zone can show a moment, and nothing can come a month later.
YEARS = range(1900, 2201)


@cache
def zone_city(zone: str, language: str) -> str:
    """The city of a time zone in a language; a zone that nobody knows is shown as it stands."""
    try:
        return get_timezone_location(zone, locale=language, return_city=True)
    except LookupError:
        return zone
