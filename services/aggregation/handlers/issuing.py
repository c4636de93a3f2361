"""What the issues of a day share: the years as they stood when it began, each read once, and what is to be kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from services.aggregation.domain.agreeing import Running
from services.aggregation.domain.coverage import Arrival, Past, past_of, years_of_past
from services.aggregation.domain.objectives import Objective
from services.aggregation.domain.year import Year
from services.aggregation.tables.arrivals import arrivals_of
from services.aggregation.tables.editions import KeptEdition
from services.aggregation.tables.group_totals import running_and_recounted
from services.aggregation.tables.lines import read_year
from services.aggregation.tables.objectives import objectives_of
from shared.forms import Form
from shared.periods import Period
from shared.report import Document
from shared.transaction import Transaction

IssuedTable = tuple[KeptEdition, Document]
Issued = list[IssuedTable]


@dataclass(frozen=True, slots=True)
class QuarterRead:
    """All that the tables of a quarter are made from; `running`: its totals as they run, beside their lines' sums."""

    year: Year
    arrivals: Mapping[str, Arrival]
    past: Past
    running: Running
    objectives: Sequence[Objective]


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

    async def read(self, form: Form, period: Period) -> QuarterRead:
        years = [await self.of(form.code, year) for year in years_of_past(period)]
        arrivals = await arrivals_of(self._work, form.code, str(period), before=self._day)
        running = await running_and_recounted(self._work, form.code, str(period))
        objectives = await objectives_of(self._work, form.code, period.year, before=self._day)
        return QuarterRead(years[-1], arrivals, past_of(years, period), running, objectives)
