"""Spoken periods: quarters and years as people write them in the names of files, « T3 2005 », « 3e trimestre 2005 »."""

import re
import unicodedata

from shared.periods import Period

_YEAR = r"(?P<year>(?:19|20)\d\d)(?!\d)"
_GAP = r"[\s_.,\-/]*"
_NUMBER = r"(?P<quarter>[1-4])"
_MARK = r"(?:t|q|trim|trimestre)"
_RANK = rf"(?<![0-9]){_NUMBER}(?:er|ere|e|eme|nd|d)?{_GAP}{_MARK}(?![a-z])"
_NAMED = rf"(?<![a-z]){_MARK}{_GAP}{_NUMBER}(?!\d)"
_BEFORE = rf"(?<!\d){_YEAR}{_GAP}"
_AFTER = rf"{_GAP}(?:de{_GAP})?(?<!\d){_YEAR}"
_QUARTERS = tuple(
    re.compile(pattern, re.ASCII) for pattern in (_BEFORE + _NAMED, _NAMED + _AFTER, _RANK + _AFTER, _BEFORE + _RANK)
)
_YEARS = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)", re.ASCII)
_RANKS = {"premier": "1er", "deuxieme": "2e", "second": "2e", "troisieme": "3e", "quatrieme": "4e"}


def plain(text: str) -> str:
    """Small letters without accents."""
    parts = unicodedata.normalize("NFKD", text.strip().lower())
    return "".join(letter for letter in parts if not unicodedata.combining(letter))


def quarter_in(text: str) -> Period | None:
    """The one quarter that the text speaks of; None where it speaks of none, or of several."""
    told = plain(text)
    for word, rank in _RANKS.items():
        told = told.replace(word, rank)
    found = {
        Period(int(match["year"]), int(match["quarter"])) for pattern in _QUARTERS for match in pattern.finditer(told)
    }
    return found.pop() if len(found) == 1 else None


def years_in(text: str) -> list[int]:
    """Each year that the text speaks of, once."""
    return list(dict.fromkeys(int(year) for year in _YEARS.findall(text)))
