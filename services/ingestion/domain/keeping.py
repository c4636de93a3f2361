"""How long what a submission brought is kept: refused files, case files, cases on their way."""

from datetime import date, timedelta

REFUSED_DAYS = 90
TRANSPORT_DAYS = 7


def refused_until(day: date) -> date:
    """Refused files received on that day or before it have had their time on `day`."""
    return day - timedelta(days=REFUSED_DAYS)


def sent_on_until(day: date) -> date:
    """Cases received on that day or before it need no longer be kept for their transport."""
    return day - timedelta(days=TRANSPORT_DAYS)


def last_case_year_over(day: date) -> int:
    """The newest year whose cases must be gone by the end of `day`: on 31 December, those of the year before."""
    return day.year - 1 if (day.month, day.day) == (12, 31) else day.year - 2
