"""Identifiers of Mexico; `pack.yaml` names each check."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from stdnum.exceptions import InvalidChecksum
from stdnum.exceptions import ValidationError as NumberError
from stdnum.mx import rfc as number

# The tax office gives these to the general public and to foreigners; their check digits do not fit.
GENERIC_RFCS = frozenset({"XAXX010101000", "XEXX010101000"})


def rfc(value: str) -> str:
    """The RFC without blanks or dashes, in capitals: 12 characters of a legal person, 13 of a natural one."""
    compact = number.compact(unicodedata.normalize("NFC", value))
    if compact in GENERIC_RFCS:
        return compact
    if len(compact) not in (12, 13):
        raise ValidationError(
            _("“%(value)s” is not an RFC: it has 12 characters, or 13 if it is a person's."),
            code="rfc_length",
            params={"value": value},
        )
    try:
        return number.validate(compact, validate_check_digits=True)
    except InvalidChecksum as error:
        message = _(
            "“%(value)s” is not an RFC: its last character does not fit. Copy it from the tax record."
        )
        raise ValidationError(message, code="rfc_checksum", params={"value": value}) from error
    except NumberError as error:
        message = _("“%(value)s” is not an RFC: it has letters, a date as YYMMDD and three more characters.")
        raise ValidationError(message, code="rfc_form", params={"value": value}) from error


def cvu(value: str) -> str:
    """The CVU number as digits. It has no public check digit, so that it stays unverified."""
    digits = value.strip()
    if not re.fullmatch(r"[0-9]{4,8}", digits):
        raise ValidationError(
            _("“%(value)s” is not a CVU number: it has 4 to 8 digits and nothing else."),
            code="cvu_form",
            params={"value": value},
        )
    return digits
