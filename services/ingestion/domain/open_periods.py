"""Open periods: what can be reported on a day, and the oldest of it that a platform still owes."""

from collections.abc import Collection
from datetime import date

from services.ingestion.domain.guessing import Sender
from shared.forms import FORMS, Form
from shared.network import Network
from shared.periods import Period

_MOST = 40
_LAST_QUARTER = 4


def open_periods(first_period: str, day: date) -> list[Period]:
    """The quarters and years that have ended, the newest first."""
    first = Period.parse(first_period)
    found: list[Period] = []
    period = Period.quarter_of(day).previous()
    while period >= first and len(found) < _MOST:
        found += [Period(period.year), period] if period.quarter == _LAST_QUARTER else [period]
        period = period.previous()
    return found


def sender_on(day: date, platform: str, network: Network, accepted: Collection[tuple[str, str]]) -> Sender:
    """`accepted`: form and period of every file of the platform that stands."""
    ended = open_periods(network.first_period, day)
    by_form = {form.code: [period for period in ended if form.fits(period)] for form in FORMS.values()}
    oldest = {
        code: next((one for one in reversed(some) if _owes(network, platform, FORMS[code], one, accepted)), None)
        for code, some in by_form.items()
    }
    return Sender(platform, by_form, {code: period for code, period in oldest.items() if period})


def _owes(network: Network, platform: str, form: Form, period: Period, accepted: Collection[tuple[str, str]]) -> bool:
    return (form.code, str(period)) not in accepted and network.owes(platform, form, period)
