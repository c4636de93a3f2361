"""What an edition given back is called, and the words by which it is found again."""

import unicodedata
from dataclasses import dataclass
from datetime import date

from services.notification.domain.words import form_title, table_title
from shared.events import IssuedEdition
from shared.periods import Period
from shared.report import french

LONGEST_SEARCH = 200


@dataclass(frozen=True, slots=True)
class Archived:
    """An edition as the archives list it."""

    edition: IssuedEdition
    issued_on: date
    period: Period
    title: str

    @property
    def words(self) -> str:
        one, period = self.edition, self.period
        short = f"T{period.quarter} {period.year}" if period.quarter else str(period.year)
        titles = (one.document.title, one.document.subtitle, form_title(one.form), self.title)
        state = "complet" if one.complete else "incomplet"
        issued = (self.issued_on.isoformat(), french.day(self.issued_on))
        parts = one.number.replace("-", " ")
        told = " ".join((one.number, parts, *titles, period.title, short, *issued, f"édition {one.edition}", state))
        return f" {plain(told)} "


def archived(edition: IssuedEdition, day: date) -> Archived:
    return Archived(edition, day, Period.parse(edition.period), table_title(edition.form, edition.by))


def plain(text: str) -> str:
    """Without accents, in small letters, single spaces."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(sign for sign in letters if not unicodedata.combining(sign)).split())


def searched(text: str) -> list[str]:
    """Patterns for LIKE, one per word; each must begin one of the words kept, a number must be one."""
    escaped = plain(text[:LONGEST_SEARCH]).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return [f"% {word} %" if word.isdigit() else f"% {word}%" for word in escaped.split()]
