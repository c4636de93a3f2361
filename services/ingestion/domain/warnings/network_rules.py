"""Rules that look at what others reported; nobody's figure is told to another."""

from collections.abc import Iterator

from services.ingestion.domain.warnings.bands import band_of_rates, rough
from services.ingestion.domain.warnings.catalogue import Setting
from services.ingestion.domain.warnings.raised import Raised
from services.ingestion.domain.warnings.reported import Figures, Reported
from shared.report import french


def outlier(reported: Reported, setting: Setting) -> Iterator[Raised]:
    """Euros per case, against the other platforms' lines of the same period and those before."""
    assert reported.history is not None
    amount, cases = setting.columns
    rates = [rate for figures in reported.history.network if (rate := _rate(figures, setting))]
    if len(rates) < setting.thresholds["at_least"]:
        return
    band = rough(band_of_rates(rates, setting.thresholds["deviations"], setting.thresholds["share"]))
    for line in reported.lines:
        rate = _rate(line.values, setting)
        if rate and not band.holds(rate):
            told = french.count(int(line.values[cases]), "dossier", "dossiers")
            bounds = {"low": french.euros(int(band.low)), "high": french.euros(int(band.high))}
            details = {"value": french.euros(int(rate)), "cases": told, **bounds}
            yield Raised(line.member, line.line, amount, details)


def _rate(figures: Figures, setting: Setting) -> float | None:
    """None of a line without an amount, or with too few cases to tell."""
    amount, cases = (float(figures.get(column, 0)) for column in setting.columns)
    return amount / cases if amount and cases >= setting.thresholds["cases"] else None
