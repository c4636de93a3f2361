"""What is asked for: a form, a period and a level that exist, or a refusal that says why."""

from collections.abc import Iterator
from datetime import date

from services.aggregation.domain.scope import Level, Scope
from shared.forms import FORMS, Form
from shared.network import Network
from shared.periods import Period
from shared.report.french import typeset
from shared.web import Problem

QUARTERLY = tuple(form for form in FORMS.values() if form.kind == "quarterly")


def form_of(code: str) -> Form:
    form = FORMS.get(code)
    if form not in QUARTERLY:
        raise Problem(404, "Aucun formulaire trimestriel ne porte ce code.", code="unknown_form")
    return form


def scope_of(network: Network, form: str, period: str, level: Level) -> Scope:
    return Scope(form_of(form), period_of(network, period), level)


def period_of(network: Network, period: str) -> Period:
    """A quarter since the first one followed."""
    try:
        asked = Period.parse(period)
    except ValueError:
        raise _unknown_period() from None
    first = Period.parse(network.first_period)
    if asked.is_annual:
        raise _unknown_period()
    if asked < first:
        raise Problem(422, f"Le suivi commence avec le {first.title}.", code="unknown_period")
    return asked


def offered_periods(network: Network, day: date, *others: Period) -> list[Period]:
    """From the first period to the current quarter, and to what is reported or asked for; the newest first."""
    return list(_quarters(Period.parse(network.first_period), max(Period.quarter_of(day), *others)))[::-1]


def _quarters(first: Period, last: Period) -> Iterator[Period]:
    while first <= last:
        yield first
        first = first.next()


def _unknown_period() -> Problem:
    return Problem(422, typeset("Une période s’écrit comme « 2005-T1 »."), code="unknown_period")
