"""What a correction would change: a file's verdict, its lines against the standing version, the tables it moves."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.ingestion.domain import Asked
from services.ingestion.domain.moves import Deltas, Move, deltas, moves, quarters_moved
from services.ingestion.tables.differing import Difference, differ
from services.ingestion.tables.filed_lines import pages_of_version
from services.ingestion.tables.filing import FiledPage
from services.ingestion.tables.models import Submission
from services.ingestion.tables.sent import Bytes
from services.ingestion.tables.validating import ReadHistory, Validation, validate
from services.ingestion.tables.versions import Place, last_reported, standing_version
from shared.database import Database
from shared.periods import Period


@dataclass(frozen=True, slots=True)
class Correction:
    """What would come of a file if it were sent; nothing of it is kept.

    against: the version that stands, and stays if the file is refused; difference: None where the file is refused, or
    where the lines of that version are no longer kept; deltas: of the quarter, None for an annual form.
    """

    validation: Validation
    against: Submission | None
    difference: Difference | None = None
    deltas: Deltas | None = None
    quarters: Sequence[Period] = ()

    @property
    def is_standing(self) -> bool:
        """The same bytes as the standing version: sent, it would change nothing."""
        return self.against is not None and self.against.sha256 == self.validation.verdict.sha256

    def moves(self) -> list[Move] | None:
        if self.deltas is None:
            return None
        return moves(self.deltas, self.quarters[0], self.quarters[-1])


async def correct(database: Database, content: Bytes, asked: Asked, read_history: ReadHistory) -> Correction:
    """Raises TooDifferent."""
    validation = await validate(content, asked, read_history)
    place = Place(asked.platform, asked.form.code, asked.period)
    async with database.transaction(asked.platform) as work:
        against = await standing_version(work, place)
        before = await pages_of_version(work, against.id) if against else []
    is_known = against is None or bool(before) or not against.rows_accepted
    if validation.verdict.outcome.verdict != "accepted" or not is_known:
        return Correction(validation, against)
    difference = await differ(asked.form, before, validation.filed)
    if asked.form.kind == "annual":
        return Correction(validation, against, difference)
    return await _moving(database, asked, Correction(validation, against, difference), before)


async def _moving(database: Database, asked: Asked, found: Correction, before: Sequence[FiledPage]) -> Correction:
    period = Period.parse(asked.period)
    sides = [[page.filed() for page in side] for side in (before, found.validation.filed)]
    moved = deltas(asked.form, period, asked.platform, *sides)
    async with database.transaction() as work:
        last = await last_reported(work, asked.form.code)
    quarters = quarters_moved(period, max(last or period, period))
    return Correction(found.validation, found.against, found.difference, moved, quarters)
