"""Reading where lines went: the lines of a submission, and the editions that may have printed them."""

from typing import Any
from uuid import UUID

from services.aggregation.domain.destinations import Printed
from services.aggregation.domain.lineage import FiledLine, Reader
from services.aggregation.domain.synthesis import SYNTHESIS
from shared.periods import Period
from shared.transaction import Transaction

_OF_SUBMISSION = """
WITH sent AS (SELECT * FROM version WHERE submission = :submission)
SELECT sent.form, sent.period, platform, l ->> 0 AS member, l ->> 2 AS department, l ->> 3 AS region,
       CAST(l ->> 4 AS bigint) AS m1, CAST(l ->> 5 AS bigint) AS m2, CAST(l ->> 6 AS bigint) AS m3,
       CAST(l ->> 1 AS int) AS line, version, submission, received_on,
       (SELECT min(later.received_on) FROM version AS later
        WHERE (later.form, later.period, later.platform) = (sent.form, sent.period, sent.platform)
          AND later.version > sent.version) AS replaced_on
FROM sent, json_array_elements(lines) AS l
WHERE :reads_all OR platform = :own_platform OR l ->> 0 = :own_member
ORDER BY line
"""
# A line is in the cumuls of its year and, in the synthesis, in those set beside them the year after.
_EDITIONS = """
SELECT number, form, period, by AS level, edition, issued_on, rows,
       CASE WHEN form = :synthesis THEN content ELSE '' END AS content
FROM edition
WHERE (form = :form AND period BETWEEN :period AND :year_end
       OR form = :synthesis AND period BETWEEN :period AND :next_end)
  AND issued_on > :received_on AND (CAST(:replaced_on AS date) IS NULL OR issued_on <= :replaced_on)
ORDER BY form, period, by, edition
"""


async def lines_of_submission(work: Transaction, submission: UUID, reader: Reader) -> tuple[str, list[FiledLine]]:
    """Its form, and its lines as far as whoever asks may read them; none where it is not known here."""
    own = {"reads_all": reader.reads_all, "own_platform": reader.platform, "own_member": reader.member}
    rows = (await work.execute(_OF_SUBMISSION, {"submission": submission, **own})).all()
    return (rows[0].form if rows else ""), [_line(row) for row in rows]


def _line(row: Any) -> FiledLine:
    _, period, platform, member, department, region, m1, m2, m3, *rest = row
    return FiledLine(period, platform, member, department, region, (m1, m2, m3), *rest)


async def editions_since(work: Transaction, form: str, line: FiledLine) -> list[Printed]:
    """Those issued while the line's version stood, of tables that such a line can be in."""
    year = Period.parse(line.period).year
    bounds = {"year_end": f"{year}-T4", "next_end": f"{year + 1}-T4", "synthesis": SYNTHESIS}
    stood = {"received_on": line.received_on, "replaced_on": line.replaced_on}
    rows = await work.execute(_EDITIONS, {"form": form, "period": line.period, **bounds, **stood})
    return [Printed(**row._mapping) for row in rows]
