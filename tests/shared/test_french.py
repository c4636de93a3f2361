"""Numbers, days and sizes for a French reader."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from shared.report import french


def test_french_words() -> None:
    """Numbers, days and sizes as a French reader writes them."""
    assert french.number(1234567) == "1\u202f234\u202f567"
    assert french.number(-5) == "−5"
    assert french.euros(Decimal("0.5")) == "0,50\u00a0€"
    assert french.day(date(2005, 5, 1)) == "1er\u00a0mai 2005"
    assert french.moment(datetime(2005, 7, 1, 22, 5, tzinfo=UTC)) == "2\u00a0juillet 2005 à 0\u00a0h\u00a005"
    assert french.period("2005-T1") == "1er trimestre 2005"
    assert french.period("2005") == "année 2005"
    assert french.size(1_234_567) == "1,2\u00a0Mo"
    assert french.size(12) == "12\u00a0o"
    with pytest.raises(ValueError, match="time zone"):
        french.moment(datetime(2005, 7, 1, tzinfo=UTC).replace(tzinfo=None))
