"""Evaluating: every rule in force looks at a file that is accepted; none of them refuses it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from services.ingestion.domain.warnings import file_rules, network_rules, past_rules
from services.ingestion.domain.warnings.catalogue import RULES, Setting
from services.ingestion.domain.warnings.raised import QualityWarning, Raised, worded
from services.ingestion.domain.warnings.reported import Reported, quarters_of
from shared.forms import Form
from shared.periods import Period, periods_before

_LOOKS: dict[str, Callable[[Reported, Setting], Iterator[Raised]]] = {
    "missing_member": file_rules.missing_member,
    "zero_after_activity": past_rules.zero_after_activity,
    "large_variation": past_rules.large_variation,
    "more_commitments_than_diagnoses": file_rules.more_commitments_than_diagnoses,
    "no_amount_with_cases": file_rules.no_amount_with_cases,
    "no_service": file_rules.no_service,
    "volume_mismatch": past_rules.volume_mismatch,
    "outlier": network_rules.outlier,
}
assert _LOOKS.keys() == RULES.keys()


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The warnings in the order of the file's lines; not_evaluated: the rules whose history was not at hand."""

    warnings: tuple[QualityWarning, ...] = ()
    not_evaluated: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Needed:
    """Which lines a file is compared with: its platform's own of one form, and other platforms' of its own form."""

    form: str
    periods: tuple[Period, ...]
    network: tuple[Period, ...]


def evaluate(reported: Reported) -> Evaluation:
    """Looks at an accepted file by every rule that is in force for it."""
    found: list[QualityWarning] = []
    not_evaluated: list[str] = []
    for rule in RULES.values():
        setting = rule.setting(reported.form.code, reported.period, reported.sent_on)
        if rule.needs != "file" and reported.history is None:
            not_evaluated.append(rule.code)
        elif setting:
            found += [worded(rule, raised) for raised in _LOOKS[rule.code](reported, setting)]
    # What is about a whole file, or about who is not in it, comes first.
    found.sort(key=lambda one: one.line or 0)
    return Evaluation(tuple(found), tuple(sorted(not_evaluated)))


def needed_history(form: Form, period: Period, sent_on: date) -> Needed:
    """What must be read for the rules in force to look at everything."""
    own, own_periods, network = form.code, set[Period](), set[Period]()
    for rule in RULES.values():
        setting = rule.setting(form.code, period, sent_on)
        if setting is None or rule.needs == "file":
            continue
        if setting.compared:
            own, own_periods = setting.compared, {*own_periods, *quarters_of(period.year)}
        elif rule.needs == "network":
            network |= {period, *periods_before(period, setting.whole("quarters") - 1)}
        else:
            own_periods |= set(periods_before(period, setting.whole("quarters")))
    return Needed(own, tuple(sorted(own_periods)), tuple(sorted(network)))
