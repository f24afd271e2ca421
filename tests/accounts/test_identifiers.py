"""ORCID and ROR: what is taken, what is stored, and that a slip of the finger is caught."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from accounts.identifiers import _orcid_check_digit, _ror_checksum, orcid, orcid_url, ror, ror_url

CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"
ORCID_BODIES = st.text("0123456789", min_size=15, max_size=15)
ROR_BODIES = st.text(CROCKFORD, min_size=6, max_size=6).map(lambda tail: "0" + tail)


def _whole_orcid(body: str) -> str:
    digits = body + _orcid_check_digit(body)
    return "-".join(digits[start : start + 4] for start in (0, 4, 8, 12))


@pytest.mark.parametrize(
    "typed",
    [
        "0000-0002-1825-0097",
        "  https://orcid.org/0000-0002-1825-0097 ",
        "http://www.orcid.org/0000-0002-1825-0097/",
        "orcid.org/0000-0002-1825-0097",
        "0000000218250097",
        "0000–0002–1825–0097",
    ],
)
def test_an_orcid_is_stored_bare_however_it_was_pasted(typed: str) -> None:
    assert orcid(typed) == "0000-0002-1825-0097"


def test_a_lower_case_x_is_a_check_digit_too() -> None:
    assert orcid("0000-0002-1694-233x") == "0000-0002-1694-233X"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "0000-0002-1825-009",
        "0000-0002-1825-00977",
        "https://example.org/0000-0002-1825-0097",
        "٠٠٠٠-0002-1825-0097",
    ],
)
def test_what_has_not_the_form_of_an_orcid_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        orcid(typed)
    assert refusal.value.code == "orcid_form"
    assert typed in refusal.value.messages[0]


@given(ORCID_BODIES, st.integers(0, 15), st.integers(1, 9))
def test_an_orcid_with_one_digit_changed_is_refused(body: str, place: int, shift: int) -> None:
    digits = body + _orcid_check_digit(body)
    assert orcid(digits) == _whole_orcid(body)
    new = "0" if digits[place] == "X" else str((int(digits[place]) + shift) % 10)
    with pytest.raises(ValidationError) as refusal:
        orcid(digits[:place] + new + digits[place + 1 :])
    assert refusal.value.code == "orcid_checksum"


@pytest.mark.parametrize("known", ["01tmp8f25", "03ayjn504", "059sp8j34", "02mhbdp94"])
@pytest.mark.parametrize("before", ["", "https://ror.org/", "ror.org/", " HTTPS://ROR.ORG/"])
def test_known_ror_identifiers_pass_bare_or_as_addresses(known: str, before: str) -> None:
    assert ror(before + known) == known
    assert ror(before + known.upper()) == known


@pytest.mark.parametrize("typed", ["", "11tmp8f25", "01tmp8f2", "01tmp8f255", "01tml8f25", "grid.9486.3"])
def test_what_has_not_the_form_of_a_ror_identifier_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        ror(typed)
    assert refusal.value.code == "ror_form"


@given(ROR_BODIES, st.integers(1, 6), st.integers(1, 31))
def test_a_ror_identifier_with_one_character_changed_is_refused(body: str, place: int, shift: int) -> None:
    whole = body + _ror_checksum(body)
    assert ror(whole) == whole
    new = CROCKFORD[(CROCKFORD.index(body[place]) + shift) % 32]
    with pytest.raises(ValidationError) as refusal:
        ror(whole[:place] + new + whole[place + 1 :])
    assert refusal.value.code == "ror_checksum"


@given(ROR_BODIES, st.integers(7, 8), st.integers(1, 9))
def test_a_ror_identifier_with_one_check_digit_changed_is_refused(body: str, place: int, shift: int) -> None:
    whole = body + _ror_checksum(body)
    new = str((int(whole[place]) + shift) % 10)
    with pytest.raises(ValidationError):
        ror(whole[:place] + new + whole[place + 1 :])


def test_addresses_are_the_full_ones() -> None:
    assert orcid_url("0000-0002-1825-0097") == "https://orcid.org/0000-0002-1825-0097"
    assert ror_url("01tmp8f25") == "https://ror.org/01tmp8f25"
