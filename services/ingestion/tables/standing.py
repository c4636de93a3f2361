"""Standing lines: the figures that later files are compared with; of cases, how many a member has and no more."""

import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from services.ingestion.domain import Line
from services.ingestion.domain.case_counts import CaseCount
from services.ingestion.domain.warnings import Figures, History, Needed
from services.ingestion.tables.models import Submission
from shared.periods import Period
from shared.transaction import Transaction

_FORGET = "DELETE FROM standing_line WHERE platform = :platform AND form = :form AND period = :period"
_KEEP = """
INSERT INTO standing_line (platform, form, period, version, member, values)
SELECT :platform, :form, :period, :version, line.member, CAST(line.figures AS jsonb)
FROM unnest(CAST(:members AS text[]), CAST(:figures AS text[])) AS line (member, figures)
"""
_OWN = """
SELECT period, member, values FROM standing_line
WHERE platform = :platform AND form = :form AND period = ANY(:periods)
"""
_OTHERS = """
SELECT values FROM standing_line WHERE platform <> :platform AND form = :form AND period = ANY(:periods)
"""


async def keep_standing(
    work: Transaction, submission: Submission, lines: Sequence[Line], cases: Mapping[str, CaseCount]
) -> None:
    """A new version's lines in place of all those of the one before."""
    place = {"platform": submission.platform, "form": submission.form, "period": submission.period}
    figures = {line.member: _written(line.values) for line in lines}
    figures |= {member: _written(_counts(count)) for member, count in cases.items()}
    await work.execute(_FORGET, place)
    if figures:
        told = {"members": list(figures), "figures": list(figures.values())}
        await work.execute(_KEEP, {**place, "version": submission.version, **told})


async def own_past(work: Transaction, platform: str, needed: Needed) -> Mapping[str, Mapping[Period, Figures]]:
    """Of each member, what stands of the platform's in the periods needed."""
    if not needed.periods:
        return {}
    parameters = {"platform": platform, "form": needed.form, "periods": _named(needed.periods)}
    found: dict[str, dict[Period, Figures]] = {}
    for row in await work.execute(_OWN, parameters):
        found.setdefault(row.member, {})[Period.parse(row.period)] = _read(row.values)
    return found


async def others_lines(work: Transaction, platform: str, needed: Needed) -> Sequence[Figures]:
    """What stands of all other platforms, nobody's name with it; seen by the room's own view alone."""
    if not needed.network:
        return ()
    parameters = {"platform": platform, "form": needed.form, "periods": _named(needed.network)}
    return [_read(row.values) for row in await work.execute(_OTHERS, parameters)]


async def history_of(work: Transaction, platform: str, needed: Needed, network: Sequence[Figures]) -> History:
    return History(await own_past(work, platform, needed), network)


def _named(periods: Iterable[Period]) -> list[str]:
    return [str(period) for period in periods]


def _counts(count: CaseCount) -> Figures:
    return {"cases": count.cases, "without_service": count.without_service}


def _written(figures: Figures) -> str:
    """Exact, as text: JSON's numbers are not."""
    return json.dumps({name: str(value) for name, value in figures.items()})


def _read(written: Mapping[str, str]) -> Figures:
    return {name: Decimal(value) for name, value in written.items()}
