"""Reported period: the rules on the period that a file is sent for, of which the first that applies is said alone."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from services.ingestion.domain.verdicts import Error, refusal
from shared.forms import Form
from shared.network import Network
from shared.periods import Period
from shared.report import french


@dataclass(frozen=True, slots=True)
class Sending:
    """A file sent by a platform, on a day, for a form and a period that exists."""

    form: Form
    period: Period
    platform: str
    network: Network
    today: date
    closed: bool


def is_unknown(sending: Sending) -> bool:
    """Another form's kind, or before the registry's first period."""
    first = Period.parse(sending.network.first_period)
    return not sending.form.fits(sending.period) or sending.period.last_day < first.first_day


def is_not_open(sending: Sending) -> bool:
    """Open from the day after its last day."""
    return sending.today <= sending.period.last_day


def is_closed(sending: Sending) -> bool:
    return sending.closed


def is_not_covered(sending: Sending) -> bool:
    """A platform that the registry does not know has no agreement."""
    platform = sending.network.platform(sending.platform)
    return platform is None or not platform.agreed_on(sending.period.last_day)


_RULES: dict[str, Callable[[Sending], bool]] = {
    "unknown_period": is_unknown,
    "period_not_open": is_not_open,
    "period_closed": is_closed,
    "agreement_expired": is_not_covered,
}


def parse_period(text: str) -> Period | None:
    try:
        return Period.parse(text)
    except ValueError:
        return None


def unknown_period(text: str, form: Form, network: Network) -> Error:
    expected = "un trimestre comme 2005-T1" if form.kind == "quarterly" else "une année comme 2005"
    return refusal("unknown_period", value=text, expected=expected, first=network.first_period)


def period_error(sending: Sending) -> Error | None:
    """The first that applies, in the order of the table."""
    code = next((code for code, breaks in _RULES.items() if breaks(sending)), None)
    if code is None:
        return None
    if code == "unknown_period":
        return unknown_period(str(sending.period), sending.form, sending.network)
    last_day = sending.period.last_day
    return refusal(
        code,
        value=str(sending.period),
        opening=french.short_day(last_day + timedelta(days=1)),
        last_day=french.short_day(last_day),
    )
