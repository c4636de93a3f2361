"""Rules that look at what the same platform reported of the same member in other periods."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from math import ceil, floor
from statistics import median

from services.ingestion.domain.verdicts import Line
from services.ingestion.domain.warnings.bands import Band, band_of_counts
from services.ingestion.domain.warnings.catalogue import Setting
from services.ingestion.domain.warnings.raised import Raised
from services.ingestion.domain.warnings.reported import Figures, Reported, quarters_of
from shared.forms import FORMS, Column
from shared.report import french


def zero_after_activity(reported: Reported, setting: Setting) -> Iterator[Raised]:
    """Once per member, on the first column that fell to zero."""
    for line, past in _with_past(reported, setting):
        for column in setting.columns:
            usual = median(_figure(figures, column) for figures in past)
            if line.values[column] == 0 and usual >= setting.thresholds["usual"]:
                label = reported.form.by_name[column].label
                details = {"label": label, "usual": french.number(floor(usual)), "quarters": str(len(past))}
                yield Raised(line.member, line.line, column, details)
                break


def large_variation(reported: Reported, setting: Setting) -> Iterator[Raised]:
    """A fall to zero is another rule's."""
    for line, past in _with_past(reported, setting):
        for name in setting.columns:
            unit = _unit(name, past, setting)
            if not line.values[name] or not unit:
                continue
            counts = [_figure(figures, name) / unit for figures in past]
            band = band_of_counts(counts, setting.thresholds["deviations"], setting.thresholds["share"])
            if not band.holds(float(line.values[name]) / unit):
                column = reported.form.by_name[name]
                told = _told(column, line.values[name], Band(band.low * unit, band.high * unit))
                yield Raised(line.member, line.line, name, {**told, "quarters": str(len(past))})


def volume_mismatch(reported: Reported, setting: Setting) -> Iterator[Raised]:
    """Only where every quarter in which the member performed for the platform has its line."""
    for member, total in _year_totals(reported, setting):
        count = reported.cases.get(member)
        cases = count.cases if count else 0
        band = band_of_counts([total], setting.thresholds["deviations"], 0)
        factor = setting.thresholds["factor"]
        wide = Band(min(band.low, total / factor), max(band.high, total * factor))
        if not wide.holds(cases):
            told = french.count(cases, "dossier", "dossiers") if cases else "aucun dossier"
            details = {"cases": told, "total": french.number(total)}
            yield Raised(member, details={**details, **_bounds(wide), "label": _compared_label(setting)})


def _with_past(reported: Reported, setting: Setting) -> Iterator[tuple[Line, Sequence[Figures]]]:
    """The lines of members that have been known for long enough."""
    for line in reported.lines:
        past = reported.past_of(line.member, setting.whole("quarters"))
        if len(past) >= setting.whole("at_least"):
            yield line, past


def _figure(figures: Figures, column: str) -> float:
    return float(figures.get(column, 0))


def _unit(column: str, past: Sequence[Figures], setting: Setting) -> float:
    """What one of a column is: 1 of a count; of an amount what a case has usually cost, 0 where none did."""
    if column not in setting.per:
        return 1.0
    counted = sum(_figure(figures, setting.per[column]) for figures in past)
    return sum(_figure(figures, column) for figures in past) / counted if counted else 0.0


def _told(column: Column, value: int | Decimal, band: Band) -> dict[str, str]:
    if column.type == "amount":
        low, high = french.euros(floor(band.low)), french.euros(ceil(band.high))
        return {"label": column.label, "value": french.euros(value), "low": low, "high": high}
    return {"label": column.label, "value": french.number(value), **_bounds(band)}


def _bounds(band: Band) -> dict[str, str]:
    """Of counts that are usual themselves."""
    return {"low": french.number(ceil(band.low)), "high": french.number(floor(band.high))}


def _year_totals(reported: Reported, setting: Setting) -> Iterator[tuple[str, int]]:
    assert reported.history is not None
    owed: dict[str, int] = {}
    quarters = quarters_of(reported.period.year)
    for quarter in quarters:
        for member in reported.performers(quarter.last_day):
            owed[member] = owed.get(member, 0) + 1
    for member, many in owed.items():
        past = reported.history.past.get(member, {})
        known = [past[quarter] for quarter in quarters if quarter in past]
        if len(known) >= many:
            yield member, sum(int(_figure(figures, setting.columns[0])) for figures in known)


def _compared_label(setting: Setting) -> str:
    assert setting.compared is not None
    return FORMS[setting.compared].by_name[setting.columns[0]].label
