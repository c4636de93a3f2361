"""What qualitative remembers: the parts of case files, and which submission's cases stand."""

import json
from datetime import date

from shared.events import CasesReported
from shared.transaction import Transaction

_KEEP = """
INSERT INTO case_part (submission, part, platform, form, period, version, rows, cases)
VALUES (:submission, :part, :platform, :form, :period, :version, CAST(:rows AS jsonb), :cases)
ON CONFLICT DO NOTHING
"""
# Whole: the closing part is there, and so are all the parts and all the cases that it tells of.
_STAND = """
INSERT INTO standing_cases (platform, form, period, submission, version, cases)
SELECT closing.platform, closing.form, closing.period, closing.submission, closing.version, closing.cases
FROM case_part AS closing
WHERE closing.submission = :submission AND closing.cases IS NOT NULL
  AND closing.part = (SELECT count(*) FROM case_part WHERE submission = :submission)
  AND closing.cases = (SELECT coalesce(sum(jsonb_array_length(rows)), 0) FROM case_part WHERE submission = :submission)
ON CONFLICT (platform, form, period) DO UPDATE
SET submission = excluded.submission, version = excluded.version, cases = excluded.cases
WHERE standing_cases.version < excluded.version
"""
_FORGET_OVERTAKEN = """
DELETE FROM case_part USING standing_cases AS standing
WHERE standing.platform = :platform AND standing.form = :form AND standing.period = :period
  AND case_part.platform = standing.platform AND case_part.form = standing.form AND case_part.period = standing.period
  AND case_part.version < standing.version
"""

_DESTROY = """
WITH gone AS (
    DELETE FROM case_part WHERE period ~ '^[0-9]{4}$' AND period <= :year
    RETURNING submission, platform, form, period, version, jsonb_array_length(rows) AS cases
)
INSERT INTO destruction (day, submission, platform, form, period, version, parts, cases, why)
SELECT :day, submission, platform, form, period, version, count(*), sum(cases), 'case_year_over' FROM gone
GROUP BY submission, platform, form, period, version
"""


async def keep_part(work: Transaction, event: CasesReported) -> None:
    await work.execute(
        _KEEP,
        {
            "submission": event.submission,
            "part": event.part,
            "platform": event.platform,
            "form": event.form,
            "period": event.period,
            "version": event.version,
            "rows": json.dumps(event.rows),
            "cases": event.cases,
        },
    )


async def let_whole_stand(work: Transaction, event: CasesReported) -> None:
    """An overtaken version never stands again; its parts go."""
    key = f"{event.platform}/{event.form}/{event.period}"
    await work.execute("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))", {"key": key})
    await work.execute(_STAND, {"submission": event.submission})
    place = {"platform": event.platform, "form": event.form, "period": event.period}
    await work.execute(_FORGET_OVERTAKEN, place)


async def destroy_cases(work: Transaction, day: date, year: int) -> None:
    """The cases of that year and of those before it are no more; how many there were stays, with a record of it."""
    await work.execute(_DESTROY, {"day": day, "year": str(year)})


async def incomplete_cases(work: Transaction) -> dict[str, int]:
    """How many submissions lack a part."""
    query = """
    SELECT count(DISTINCT part.submission) FROM case_part AS part
    WHERE NOT EXISTS (SELECT FROM standing_cases AS standing WHERE standing.submission = part.submission)
    """
    return {"incomplete case files": int((await work.execute(query)).scalar_one())}
