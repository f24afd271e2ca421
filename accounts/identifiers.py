"""Identifiers that mean the same in every country: ORCID for people, ROR for organisations."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

ORCID_SITE = "https://orcid.org/"
ROR_SITE = "https://ror.org/"

_ORCID = re.compile(r"([0-9]{4})-?([0-9]{4})-?([0-9]{4})-?([0-9]{3}[0-9X])")
_ROR = re.compile(r"0[a-hj-km-np-tv-z0-9]{6}[0-9]{2}")
_CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"
# PDFs and word processors turn the hyphens of a pasted iD into other dashes.
_DASHES = {ord(dash): "-" for dash in "\u2010\u2011\u2012\u2013\u2014\u2212"}


def _bare(value: str, host: str) -> str:
    """`value` without the address of its registry and without blanks around it."""
    return re.sub(rf"^(https?://)?(www\.)?{re.escape(host)}/", "", value.strip(), flags=re.I).rstrip("/")


def _orcid_check_digit(digits: str) -> str:
    """ISO 7064 mod 11-2 over the first 15 digits."""
    total = 0
    for digit in digits:
        total = (total + int(digit)) * 2
    remainder = (12 - total % 11) % 11
    return "X" if remainder == 10 else str(remainder)


def orcid(value: str) -> str:
    """The bare iD, `0000-0002-1825-0097`, of one typed bare or as its address; ValidationError otherwise."""
    found = _ORCID.fullmatch(_bare(value, "orcid.org").translate(_DASHES).upper())
    if found is None:
        raise ValidationError(
            _("“%(value)s” is not an ORCID iD: it has 16 digits, like 0000-0002-1825-0097."),
            code="orcid_form",
            params={"value": value},
        )
    digits = "".join(found.groups())
    if _orcid_check_digit(digits[:-1]) != digits[-1]:
        raise ValidationError(
            _("“%(value)s” is not an ORCID iD: its last digit does not fit. Copy it again from orcid.org."),
            code="orcid_checksum",
            params={"value": value},
        )
    return "-".join(found.groups())


def orcid_url(value: str) -> str:
    """The address under which ORCID asks that an iD be shown."""
    return ORCID_SITE + value


def _ror_checksum(body: str) -> str:
    """Two digits over the first seven characters, read as a number in Crockford's base 32."""
    number = 0
    for character in body:
        number = number * 32 + _CROCKFORD.index(character)
    return f"{98 - (number * 100) % 97:02d}"


def ror(value: str) -> str:
    """The bare identifier, `01tmp8f25`, of one typed bare or as its address; ValidationError otherwise."""
    bare = _bare(value, "ror.org").lower()
    if not _ROR.fullmatch(bare):
        raise ValidationError(
            _("“%(value)s” is not a ROR identifier: it has nine characters, like 01tmp8f25."),
            code="ror_form",
            params={"value": value},
        )
    if _ror_checksum(bare[:7]) != bare[7:]:
        raise ValidationError(
            _("“%(value)s” is not a ROR identifier: its last digits do not fit. Copy it again from ror.org."),
            code="ror_checksum",
            params={"value": value},
        )
    return bare


def ror_url(value: str) -> str:
    """The address under which ROR asks that an identifier be shown."""
    return ROR_SITE + value


def validate_orcid(value: str) -> None:
    """For model fields, which check and do not normalise."""
    orcid(value)


def validate_ror(value: str) -> None:
    ror(value)
