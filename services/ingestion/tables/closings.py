"""Which periods are closed, as compliance has said; without a word of it, a period stays open."""

from datetime import date, timedelta

from shared.events import PeriodClosed, PeriodReopened
from shared.periods import Period
from shared.transaction import Transaction

_SETTLE = """
INSERT INTO period_closing (platform, form, period, version, closed_from)
VALUES (:platform, :form, :period, :version, :closed_from)
ON CONFLICT (platform, form, period) DO UPDATE
SET version = excluded.version, closed_from = excluded.closed_from
WHERE period_closing.version < excluded.version
"""
# What was said of the platform itself comes before what was said of all.
CLOSED_FROM = """
SELECT closed_from FROM period_closing
WHERE platform IN (:platform, '') AND form = :form AND period = :period ORDER BY platform DESC LIMIT 1
"""


async def settle_period(work: Transaction, event: PeriodClosed | PeriodReopened) -> None:
    """Kept unless something newer was said."""
    if isinstance(event, PeriodClosed):
        closed_from: date | None = event.closed_from
    else:
        closed_from = event.until and event.until + timedelta(days=1)
    fields = {"platform": event.platform, "form": event.form, "period": event.period, "version": event.version}
    await work.execute(_SETTLE, {**fields, "closed_from": closed_from})


async def is_closed(work: Transaction, platform: str, form: str, period: str, day: date) -> bool:
    """Whether nothing is received for it on that day."""
    values = {"platform": platform, "form": form, "period": period_as_said(period)}
    closed_from: date | None = (await work.execute(CLOSED_FROM, values)).scalar_one_or_none()
    return closed_from is not None and closed_from <= day


def period_as_said(written: str) -> str:
    """As compliance writes it; empty for what is no period, of which nothing is said."""
    try:
        return str(Period.parse(written))
    except ValueError:
        return ""
