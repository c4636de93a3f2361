"""The synthesis of both services at the national level, set against earlier periods: its content, by codes.

Source: «Principes généraux» of level 1, «Un tableau de synthèse pour les deux services, au plan national avec mise en
perspective par rapport à des périodes précédentes».
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from services.aggregation.domain.group_totals import NATIONAL_CODE
from services.aggregation.domain.missing import MissingLine, missing_lines
from services.aggregation.domain.places import Place, rows_of_level
from services.aggregation.domain.year import Year
from services.aggregation.domain.ytd import Row
from shared.forms import FORMS, Form
from shared.network import Network
from shared.periods import Period, periods_before

# Kept and asked for as a form is, though nobody reports it.
SYNTHESIS = "synthese"
SERVICES = tuple(form for form in FORMS.values() if form.kind == "quarterly")
_PERIODS = 5
_NATIONAL = Place("", NATIONAL_CODE)

Years = Mapping[tuple[str, int], Year]


@dataclass(frozen=True, slots=True)
class National:
    """A service at the national level: the rows of the quarters that have one, and the lines each still misses."""

    form: Form
    rows: Mapping[Period, Row]
    missing: Mapping[Period, tuple[MissingLine, ...]]


@dataclass(frozen=True, slots=True)
class Synthesis:
    """Each service over five quarters; the last is the one that the synthesis is about."""

    period: Period
    services: tuple[National, ...]

    @property
    def missing(self) -> tuple[MissingLine, ...]:
        """Of the quarter itself."""
        return tuple(line for service in self.services for line in service.missing.get(self.period, ()))

    def to_json(self) -> str:
        """What decides whether it has moved; equal contents give equal texts."""
        kept = {
            service.form.code: {
                "rows": {str(period): [*row.quarter, *row.ytd] for period, row in service.rows.items()},
                "missing": {str(period): lines for period, lines in service.missing.items()},
            }
            for service in self.services
        }
        return json.dumps(kept, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def rows_from_json(text: str) -> dict[tuple[str, Period], Row]:
    """The rows that an edition was issued with, by form and quarter."""
    return {
        (form, Period.parse(period)): Row((row[0], row[1], row[2]), (row[3], row[4], row[5]))
        for form, kept in json.loads(text).items()
        for period, row in kept["rows"].items()
    }


def five_quarters(period: Period) -> list[Period]:
    """The quarter and the four before it, the oldest first: that of the year before, and all since."""
    return [*reversed(periods_before(period, _PERIODS - 1)), period]


def years_needed(period: Period) -> list[tuple[str, int]]:
    return [(form.code, year) for form in SERVICES for year in (period.year - 1, period.year)]


def synthesis_of(period: Period, years: Years, network: Network) -> Synthesis:
    """From each service's lines of the year and of the year before."""
    return Synthesis(period, tuple(_national(form, period, years, network) for form in SERVICES))


def _national(form: Form, period: Period, years: Years, network: Network) -> National:
    first = Period.parse(network.first_period)
    rows, missing = {}, {}
    for one in five_quarters(period):
        year, quarter = years[form.code, one.year], one.quarter or 4
        if row := rows_of_level("national", year, quarter).get(_NATIONAL):
            rows[one] = row
        if one >= first:
            missing[one] = missing_lines(network, form, one, year.of_quarter(quarter))
    return National(form, rows, {one: lines for one, lines in missing.items() if lines})


class MovedFigure(NamedTuple):
    """A quarter of a service that an edition changes; None where there was, or is, no row."""

    form: Form
    period: Period
    before: Row | None
    after: Row | None


def moved_figures(before: str, after: Synthesis) -> list[MovedFigure]:
    """Service by service, the oldest quarter first."""
    known = rows_from_json(before)
    return [
        MovedFigure(service.form, period, old, new)
        for service in after.services
        for period in five_quarters(after.period)
        if (old := known.get((service.form.code, period))) != (new := service.rows.get(period))
    ]
