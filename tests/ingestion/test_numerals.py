"""Numbers as the French write them: read exactly, and nothing else is one."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingestion.domain.numerals import read_number

NOT_NUMBERS = (
    *("", "5.", ".5", ",5", "5,", "+5", "- 5", "--5", "−5", "5-", "(5)", "1e3", "1_000", "0x10", "x", "12 €"),
    *("٣", "３", "²", "½", "NaN", "Infinity", "1\n2", "1\t234", "1\u2009234", "1'234"),
    *("1 23", "12 34", "1234 567", "1  234", "1 234 5", "1.234,5", "1,234.5", "1.234.567", "1 234, 5", "0,1 23"),
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", "0"),
        ("007", "7"),
        ("1234,5", "1234.5"),
        ("1234.50", "1234.50"),
        ("1 234", "1234"),
        ("1\u00a0234\u202f567 890", "1234567890"),
        (" 12\u00a0", "12"),
        ("-3", "-3"),
        ("-1 000,5", "-1000.5"),
        ("1,000", "1.000"),
    ],
)
def test_a_number(text: str, value: str) -> None:
    number = read_number(text)
    assert number is not None
    assert number.value == Decimal(value)


@pytest.mark.parametrize("text", NOT_NUMBERS)
def test_not_a_number(text: str) -> None:
    assert read_number(text) is None


@given(
    st.decimals(min_value=-(10**9), max_value=10**9, allow_nan=False, places=2),
    st.sampled_from([",", "."]),
    st.sampled_from(["", " ", "\u00a0", "\u202f"]),
)
def test_what_is_written_is_read_back_exactly(value: Decimal, point: str, space: str) -> None:
    written = f"{value:,.2f}".replace(".", "p").replace(",", space).replace("p", point)
    number = read_number(written)
    assert number is not None
    assert number.value == value
    assert (number.has_minus, number.decimals) == (written[0] == "-", written[-2:])


@given(st.text(alphabet="0123456789 ,.-+e_\u00a0\u202f٣"))
def test_whatever_is_read_is_what_a_french_reader_sees(text: str) -> None:
    number = read_number(text)
    if number is not None:
        plain = "".join(text.split()).replace(",", ".")
        assert number.value == Decimal(plain)
        assert plain.lstrip("-").replace(".", "").isascii()
