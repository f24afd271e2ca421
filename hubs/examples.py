"""Examples beside the wizard's fields, from the country's pack."""

from django.conf import settings

from accounts.countries.examples import Example, examples

__all__ = ["Example", "example"]


def example(country: str, field: str) -> Example | None:
    """Of one field of a challenge, in the reader's language; none where the country has none."""
    return examples(country or settings.HELICE_COUNTRY, "challenge").get(field)
