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


def test_things_are_counted_with_their_plural() -> None:
    """Zero is singular, and a compound has its own plural."""
    words = ("Plate-forme", "Plates-formes")
    assert french.count(0, *words) == "0\u00a0Plate-forme"
    assert french.count(1, *words) == "1\u00a0Plate-forme"
    assert french.count(2, *words) == "2\u00a0Plates-formes"
    assert french.count(1200, "ligne", "lignes") == "1\u202f200\u00a0lignes"


def test_sentences_get_their_spaces() -> None:
    """No sign stands alone at the start of a line."""
    assert french.typeset("L'essai : « oui » ; non ?") == ("L’essai\u00a0: «\u00a0oui\u00a0»\u202f; non\u202f?")


def test_long_texts_are_cut() -> None:
    """What is too long ends on an ellipsis, within the length asked for."""
    assert french.shorten("abc", 3) == "abc"
    assert french.shorten("abcd", 3) == "ab…"
    assert french.shorten("ab cd", 4) == "ab…"


def test_names_are_in_the_order_of_a_dictionary() -> None:
    """Accents and case do not send a name behind the others."""
    names = ["Rhône-Alpes", "Île-de-France", "île", "Œuvre", "Alsace", "Pays de la Loire", "Oise", "Ile"]
    assert sorted(names, key=french.sort_key) == [
        "Alsace",
        "Ile",
        "île",
        "Île-de-France",
        "Œuvre",
        "Oise",
        "Pays de la Loire",
        "Rhône-Alpes",
    ]
