"""The table of docs/security.md: every requirement of levels 1 and 2 is there once, and every test it names exists."""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
# OWASP ASVS 5.0.0, levels 1 and 2: by section, how many requirements; those of level 3 among them are left out.
SECTIONS = {
    "1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2, "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1, "3.2": 2, "3.3": 4,
    "3.4": 6, "3.5": 5, "3.7": 2, "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4, "5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3,
    "6.1": 3, "6.2": 12, "6.3": 4, "6.4": 4, "6.5": 5, "6.6": 3, "6.8": 4, "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5,
    "7.5": 2, "7.6": 2, "8.1": 2, "8.2": 3, "8.3": 1, "8.4": 1, "9.1": 3, "9.2": 4, "10.1": 2, "10.2": 2, "10.3": 4,
    "10.4": 11, "10.5": 5, "10.6": 2, "10.7": 3, "11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4, "11.5": 1, "11.6": 1,
    "12.1": 3, "12.2": 2, "12.3": 4, "13.1": 1, "13.2": 5, "13.3": 2, "13.4": 5, "14.1": 2, "14.2": 4, "14.3": 3,
    "15.1": 3, "15.2": 3, "15.3": 7, "16.1": 1, "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 3, "17.1": 1, "17.2": 4,
    "17.3": 2,
}  # fmt: skip
_ROW = re.compile(r"^\| (\d+\.\d+\.\d+(?:(?:, | – )\d+\.\d+\.\d+)*) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
_TEST = re.compile(r"`(tests/[\w/]+\.py)`")

Number = tuple[int, ...]


def number(text: str) -> Number:
    return tuple(map(int, text.split(".")))


def all_numbers() -> list[Number]:
    return sorted((*number(section), n) for section, many in SECTIONS.items() for n in range(1, many + 1))


def told(cell: str) -> Iterator[Number]:
    """A range runs over every requirement between its ends."""
    for part in cell.split(", "):
        first, _, last = part.partition(" – ")
        yield from (one for one in all_numbers() if number(first) <= one <= number(last or first))


def rows() -> list[tuple[str, str, str]]:
    return _ROW.findall((ROOT / "docs" / "security.md").read_text(encoding="utf-8"))


def test_each_requirement_is_told_once() -> None:
    found = sorted(one for cell, _, _ in rows() for one in told(cell))
    assert len(found) == 253
    assert found == all_numbers()


def test_each_test_that_is_named_exists_and_each_row_says_why() -> None:
    for cell, _, why in rows():
        assert why.strip(), cell
        for path in _TEST.findall(why):
            assert (ROOT / path).is_file(), (cell, path)
