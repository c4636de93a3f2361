"""Decisions on deadlines and periods as they are made: kept, and said to whoever must follow."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from services.compliance.domain.closing import ClosingRule, closed_from, rule_for
from services.compliance.domain.extensions import EVERY_PLATFORM, DueDays, Extension
from services.compliance.domain.obligations import ended_periods
from services.compliance.tables.extensions import (
    Decision,
    due_days,
    keep_closing,
    keep_extension,
    known_rules,
    standing_closings,
)
from shared.clock import system_clock
from shared.events import DeadlineExtended, PeriodClosed, PeriodReopened
from shared.forms import FORMS, Form
from shared.network import Network
from shared.periods import Period
from shared.transaction import Transaction

About = tuple[str, str, str]
# Said before it begins, so that whoever receives knows it by midnight.
_AHEAD = timedelta(days=2)


async def lock_decisions(work: Transaction) -> None:
    await work.execute("SELECT pg_advisory_xact_lock(hashtext('compliance-decisions'))")


async def extend_deadline(work: Transaction, network: Network, extension: Extension, decision: Decision) -> None:
    """Each platform concerned is told of the due day that holds for it now."""
    await lock_decisions(work)
    number = await keep_extension(work, extension, decision)
    days = await due_days(work)
    form, period = FORMS[extension.form], Period.parse(extension.period)
    for platform in network.platforms:
        if extension.platform in (EVERY_PLATFORM, platform.code) and network.owes(platform.code, form, period):
            work.say(
                DeadlineExtended(
                    platform=platform.code,
                    form=form.code,
                    period=str(period),
                    due=days.due(platform.code, form, period),
                    ordinary_due=form.due(period),
                    reason=decision.reason,
                    decided_on=extension.decided_on,
                    version=number,
                )
            )
    await say_closings(work, network, extension.decided_on)


@dataclass(frozen=True, slots=True)
class Settlement:
    """From which day a period is closed; None = it stays open. `reopens`: it was, or will be, closed before."""

    about: About
    closed_from: date | None
    reopens: bool


async def settle_period(work: Transaction, settled: Settlement, decision: Decision, *, by_rule: bool = False) -> None:
    """Keeps a closing or a reopening, and says it; one for every platform takes the place of those for single ones."""
    abouts = [settled.about]
    if settled.about[0] == EVERY_PLATFORM and not by_rule:
        known = await standing_closings(work)
        abouts += [about for about in known if about[1:] == settled.about[1:] and about != settled.about]
    for about in abouts:
        number = await keep_closing(work, about, settled.closed_from, decision, by_rule=by_rule)
        work.say(_said(about, settled, decision.reason, number))


def _said(about: About, settled: Settlement, reason: str, number: int) -> PeriodClosed | PeriodReopened:
    platform, form, period = about
    closed = settled.closed_from
    if closed is None or settled.reopens:
        until = closed and closed - timedelta(days=1)
        return PeriodReopened(platform=platform, form=form, period=period, reason=reason, version=number, until=until)
    return PeriodClosed(platform=platform, form=form, period=period, reason=reason, version=number, closed_from=closed)


async def say_closings(work: Transaction, network: Network, day: date) -> None:
    """What the rule closes soon, or has closed; what was decided by hand is left as it is."""
    rules = await known_rules(work)
    if not rules:
        return
    standing, decision = await standing_closings(work), None
    for about, wanted, concerns_from in _wanted(network, rules, await due_days(work), day):
        said = standing.get(about)
        if said is None and (concerns_from is None or concerns_from > day + _AHEAD):
            continue
        if said is not None and (not said.by_rule or said.closed_from == wanted):
            continue
        decision = decision or Decision("règle", system_clock(), "clôture par la règle en vigueur")
        reopens = said is not None and said.closed_from is not None and said.closed_from <= day
        await settle_period(work, Settlement(about, wanted, reopens), decision, by_rule=True)


def _wanted(
    network: Network, rules: list[ClosingRule], days: DueDays, day: date
) -> Iterator[tuple[About, date | None, date | None]]:
    """For whom, from when it is closed, and from when that concerns anybody: whoever was given more time is told apart
    as soon as the others are."""
    for form in FORMS.values():
        for period in ended_periods(form, network.first_period, day):
            rule = rule_for(rules, period)
            ordinary = closed_from(form.due(period), rule)
            yield (EVERY_PLATFORM, form.code, str(period)), ordinary, ordinary
            for platform, due in _extended(network, form, period, days):
                yield (platform, form.code, str(period)), closed_from(due, rule), ordinary


def _extended(network: Network, form: Form, period: Period, days: DueDays) -> Iterator[tuple[str, date]]:
    if not days.decided:
        return
    for platform in network.platforms:
        due = days.due(platform.code, form, period)
        if due != form.due(period):
            yield platform.code, due
