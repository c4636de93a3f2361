"""Reading what every version of a form's year comes to."""

from services.aggregation.domain.revisions import FiledTotal
from shared.periods import Period
from shared.transaction import Transaction

_TOTALS = """
SELECT period, platform, version, received_on, CAST(coalesce(sum(CAST(l ->> 4 AS bigint)), 0) AS bigint) AS m1,
       CAST(coalesce(sum(CAST(l ->> 5 AS bigint)), 0) AS bigint) AS m2,
       CAST(coalesce(sum(CAST(l ->> 6 AS bigint)), 0) AS bigint) AS m3
FROM version LEFT JOIN LATERAL json_array_elements(lines) AS l ON true
WHERE form = :form AND period BETWEEN :first AND :last
GROUP BY period, platform, version, received_on ORDER BY period, platform, version
"""


async def filed_totals(work: Transaction, form: str, year: int) -> list[FiledTotal]:
    """Of every version, standing or replaced."""
    rows = await work.execute(_TOTALS, {"form": form, "first": f"{year}-T1", "last": f"{year}-T4"})
    return [
        FiledTotal(Period.parse(row.period), row.platform, row.version, row.received_on, (row.m1, row.m2, row.m3))
        for row in rows
    ]
