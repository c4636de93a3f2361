"""What is asked for: a form, a period and a level that exist, or a refusal that says why."""

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
    known = form_of(form)
    try:
        asked = Period.parse(period)
    except ValueError:
        raise _unknown_period() from None
    first = Period.parse(network.first_period)
    if asked.is_annual:
        raise _unknown_period()
    if asked < first:
        raise Problem(422, f"Le suivi commence avec le {first.title}.", code="unknown_period")
    return Scope(known, asked, level)


def _unknown_period() -> Problem:
    return Problem(422, typeset("Une période s’écrit comme « 2005-T1 »."), code="unknown_period")
