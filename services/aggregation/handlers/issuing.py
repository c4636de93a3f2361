"""What the issues of a day share: the years as they stood when it began, each read once, and what is to be kept."""

from datetime import date

from services.aggregation.domain.year import Year
from services.aggregation.tables.editions import KeptEdition
from services.aggregation.tables.lines import read_year
from shared.report import Document
from shared.transaction import Transaction

IssuedTable = tuple[KeptEdition, Document]
Issued = list[IssuedTable]


class YearsRead:
    """Each form's year as it stood when the day began, read once."""

    def __init__(self, work: Transaction, day: date) -> None:
        self._work, self._day = work, day
        self._read: dict[tuple[str, int], Year] = {}

    async def of(self, form: str, year: int) -> Year:
        key = form, year
        if key not in self._read:
            self._read[key] = await read_year(self._work, *key, before=self._day)
        return self._read[key]
