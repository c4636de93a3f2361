"""Reading what makes a cell: its lines and those they replaced, now or as they stood when a day began."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from services.aggregation.domain.figures import Figures
from services.aggregation.domain.lineage import Cell, FiledLine, QuarterSum, QuarterSums, Reader
from services.aggregation.domain.scope import Level
from shared.periods import Period
from shared.transaction import Transaction

# Versions are narrowed by their text before their lines are taken apart: that costs ten times as much.
_KNOWN = """
WITH known AS (
    SELECT period, platform, version, submission, received_on, lines,
           lead(received_on) OVER (PARTITION BY period, platform ORDER BY version) AS replaced_on
    FROM version
    WHERE form = :form AND period BETWEEN :first AND :last
      AND (CAST(:platform AS text) IS NULL OR platform = :platform)
      AND (CAST(:before AS date) IS NULL OR received_on < :before)
), placed AS (
    SELECT period, platform, l ->> 0 AS member, l ->> 2 AS department, l ->> 3 AS region, CAST(l ->> 4 AS bigint) AS m1,
           CAST(l ->> 5 AS bigint) AS m2, CAST(l ->> 6 AS bigint) AS m3, CAST(l ->> 1 AS int) AS line, version,
           submission, received_on, replaced_on
    FROM known, json_array_elements(lines) AS l
    WHERE (replaced_on IS NULL) = :standing
      AND (CAST(:member AS text) IS NULL
           OR position(CAST(to_json(CAST(:member AS text)) AS text) IN CAST(lines AS text)) > 0)
      AND (CAST(:member AS text) IS NULL OR l ->> 0 = :member)
      AND (CAST(:region AS text) IS NULL OR coalesce(l ->> 3, '') = :region)
)
"""
_SUMS = f"""{_KNOWN}
SELECT period, count(*) AS lines, CAST(sum(m1) AS bigint) AS m1, CAST(sum(m2) AS bigint) AS m2,
       CAST(sum(m3) AS bigint) AS m3
FROM placed GROUP BY period ORDER BY period
"""
_LINES = f"{_KNOWN} SELECT * FROM placed ORDER BY period, platform, line LIMIT :many OFFSET :offset"
_REPLACED = f"""{_KNOWN}
SELECT * FROM placed WHERE :reads_all OR platform = :own_platform OR member = :own_member
ORDER BY period, platform, version, line
"""
_GROUP = """
SELECT period, CAST(sum(m1) AS bigint) AS m1, CAST(sum(m2) AS bigint) AS m2, CAST(sum(m3) AS bigint) AS m3
FROM group_total WHERE form = :form AND period BETWEEN :first AND :last AND level = :level AND code = :code
GROUP BY period HAVING sum(lines) <> 0
"""
_ISSUED = "SELECT number, form, period, by AS level, edition, issued_on, content FROM edition WHERE number = :number"


@dataclass(frozen=True, slots=True)
class IssuedContent:
    """An edition by its codes."""

    number: str
    form: str
    period: str
    level: Level
    edition: int
    issued_on: date
    content: str


def _asked(cell: Cell, before: date | None, *, standing: bool = True) -> dict[str, Any]:
    scope = cell.scope
    return {
        "form": scope.form.code,
        "first": str(cell.first_period),
        "last": str(scope.period),
        "platform": cell.code if scope.level == "platform" else None,
        "region": cell.code if scope.level == "region" else None,
        "member": cell.code if scope.level == "member" else cell.member,
        "before": before,
        "standing": standing,
    }


async def quarter_sums(work: Transaction, cell: Cell, before: date | None = None) -> QuarterSums:
    """Of each quarter in which the cell has lines."""
    rows = await work.execute(_SUMS, _asked(cell, before))
    return {Period.parse(row.period): QuarterSum(row.lines, _figures(row)) for row in rows}


async def lines_of_cell(
    work: Transaction, cell: Cell, before: date | None = None, *, first: int = 1, many: int | None = None
) -> list[FiledLine]:
    """So many from number `first` on, or all; by quarter, Plate-forme and line of the file."""
    rows = await work.execute(_LINES, {**_asked(cell, before), "many": many, "offset": first - 1})
    return [_line(row) for row in rows]


async def replaced_lines(work: Transaction, cell: Cell, reader: Reader, before: date | None = None) -> list[FiledLine]:
    """What versions that were replaced had said in the cell, as far as whoever asks may read it."""
    own = {"reads_all": reader.reads_all, "own_platform": reader.platform, "own_member": reader.member}
    rows = await work.execute(_REPLACED, {**_asked(cell, before, standing=False), **own})
    return [_line(row) for row in rows]


def _line(row: Any) -> FiledLine:
    period, platform, member, department, region, m1, m2, m3, *rest = row
    return FiledLine(period, platform, member, department, region, (m1, m2, m3), *rest)


def _figures(row: Any) -> Figures:
    return row.m1, row.m2, row.m3


async def running_quarters(work: Transaction, cell: Cell) -> dict[int, Figures]:
    """The quarters of the year up to the cell's, as the tables have them: running totals of a région or the nation."""
    scope = cell.scope
    if scope.level not in ("region", "national") or not cell.code or cell.member:
        whole = Cell(scope, cell.code, cell.measure, "ytd", cell.member)
        return {period.quarter or 4: one.figures for period, one in (await quarter_sums(work, whole)).items()}
    values = {"form": scope.form.code, "level": scope.level, "code": cell.code}
    bounds = {"first": f"{scope.period.year}-T1", "last": str(scope.period)}
    return {int(row.period[-1]): _figures(row) for row in await work.execute(_GROUP, {**values, **bounds})}


async def issued_content(work: Transaction, number: str) -> IssuedContent | None:
    row = (await work.execute(_ISSUED, {"number": number})).one_or_none()
    return IssuedContent(**row._mapping) if row else None
