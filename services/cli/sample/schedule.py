"""Who sends what and when, over the years of a sample: the rows of `plan.csv` in their order."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from services.cli.sample.annual import annual_sendings
from services.cli.sample.refusals import REFUSALS, Inapplicable, Refusal
from services.cli.sample.sendings import Due, Exchange, Sending
from services.cli.sample.years import Years
from shared.forms import FORMS, Form
from shared.network import Network

_QUARTERLY: tuple[Form, ...] = tuple(form for form in FORMS.values() if form.kind == "quarterly")
_Refused = dict[Due, list[Refusal]]


def sendings(network: Network, seed: int, years: Years) -> list[Sending]:
    """Sorted by day; those about one form and period keep their order."""
    draw = Random(f"{seed}/plan")
    dues = list(_dues(network, years))
    refused = _deal_refusals(network, dues, seed, draw)
    habits = {platform.code: draw.randint(6, 24) for platform in network.platforms}
    planned = [
        sending
        for due in dues
        for sending in _exchange(network, due, seed, habits[due.platform], refused.get(due, []))
        if sending.sent <= years.closing
    ]
    planned.extend(_refused_periods(network, dues, seed))
    planned.extend(annual_sendings(network, seed, years))
    return sorted(planned, key=lambda sending: sending.sent)


def _dues(network: Network, years: Years) -> Iterator[Due]:
    for period in years.quarters():
        for platform in network.platforms:
            for form in _QUARTERLY:
                if network.owes(platform.code, form, period):
                    yield Due(platform.code, form, period)


def _deal_refusals(network: Network, dues: list[Due], seed: int, draw: Random) -> _Refused:
    """Every kind once where the network allows it, each to another form and period while there are enough."""
    dealt: _Refused = {}
    order = draw.sample(dues, len(dues))
    for refusal in REFUSALS:
        for due in order:
            if _applies(network, due, seed, refusal):
                dealt.setdefault(due, []).append(refusal)
                order.remove(due)
                order.append(due)
                break
    return dealt


def _applies(network: Network, due: Due, seed: int, refusal: Refusal) -> bool:
    if refusal.form not in (None, due.form.code):
        return False
    try:
        Exchange(network, due, seed, Random(0), due.period.last_day).refuse(refusal)
    except Inapplicable:
        return False
    return True


def _exchange(network: Network, due: Due, seed: int, habit: int, refused: list[Refusal]) -> list[Sending]:
    draw = Random(f"{seed}/{due.platform}/{due.form.code}/{due.period}")
    exchange = Exchange(network, due, seed, draw, _first_day(seed, due, habit))
    before, after = (refused, []) if draw.random() < 0.6 else ([], refused)
    _refuse(exchange, before)
    if draw.random() < 0.03 and not after:
        return exchange.sendings
    _accept(exchange)
    _refuse(exchange, after)
    if after or draw.random() < 0.06:
        exchange.wait(draw.randint(0, 3))
        exchange.repeat()
    return exchange.sendings


def _refuse(exchange: Exchange, refused: list[Refusal]) -> None:
    for refusal in refused:
        exchange.refuse(refusal)
        exchange.wait(1)


def _accept(exchange: Exchange) -> None:
    draw = exchange.draw
    if draw.random() >= 0.12:
        exchange.accept()
    else:
        exchange.correct()
        if draw.random() < 0.15:
            exchange.wait(draw.randint(1, 5))
            exchange.return_to_the_first()
    exchange.wait(draw.randint(1, 2))


def _first_day(seed: int, due: Due, habit: int) -> date:
    """The platform's own pace, the same day for its forms; seldom late, more seldom very late."""
    draw = Random(f"{seed}/{due.platform}/{due.period}")
    chance, limit = draw.random(), due.form.due_days
    days = habit + draw.randint(-3, 4)
    if chance < 0.02:
        days = limit + draw.randint(40, 95)
    elif chance < 0.08:
        days = limit + draw.randint(1, 20)
    return due.period.last_day + timedelta(days=days)


def _refused_periods(network: Network, dues: list[Due], seed: int) -> Iterator[Sending]:
    """Good sheets about a period that cannot be reported."""
    for due in dues[:1]:
        exchange = _on_its_own(network, due, seed, after=9)
        exchange.refuse_period(str(due.period.previous()), "avant-le-debut", "unknown_period")
        exchange.refuse_period(f"{due.period.year}-T5", "trimestre-5", "unknown_period")
        exchange.refuse_period(str(due.period.year), "annee", "unknown_period")
        yield from exchange.sendings
    for due in dues[-1:]:
        exchange = _on_its_own(network, due, seed, after=-2)
        exchange.refuse_period(str(due.period), "trop-tot", "period_not_open")
        yield from exchange.sendings
    yield from _without_agreement(network, dues, seed)


def _without_agreement(network: Network, dues: list[Due], seed: int) -> Iterator[Sending]:
    """A platform whose agreement has lapsed by the last day sends all the same."""
    last = max((due.period for due in dues), default=None)
    for due in dues:
        following = Due(due.platform, due.form, due.period.next())
        platform = network.platform(due.platform)
        if last and following.period <= last and platform and not platform.agreed_on(following.period.last_day):
            exchange = _on_its_own(network, following, seed, after=12)
            exchange.refuse_period(str(following.period), "sans-agrement", "agreement_expired")
            yield from exchange.sendings


def _on_its_own(network: Network, due: Due, seed: int, after: int) -> Exchange:
    """Apart from what is sent about the same form and period in due course."""
    draw = Random(f"{seed}/{due.platform}/{due.form.code}/{due.period}/{after}")
    return Exchange(network, due, seed, draw, due.period.last_day + timedelta(days=after))
