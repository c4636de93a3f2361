"""Totals of the long table, from the standing version of each platform, form and period."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from services.cli.recomputation.reading import Figures as LineFigures
from services.cli.recomputation.reading import Line, lines_of
from services.cli.recomputation.registry import RegistryReading

MEASURES: dict[str, tuple[str, ...]] = {
    "assistance-trimestriel": ("diagnostics_prealables", "engagements_reciproques", "diagnostics_complementaires"),
    "mobilite-trimestriel": ("dossiers_individuels", "entreprises_concernees", "montant_facture_ht"),
}
NATIONAL_CODE = "FR"
NO_REGION = ""


class KeptFile(NamedTuple):
    """A submission as it was kept: its verdict and its original bytes."""

    platform: str
    form: str
    period: str
    version: int
    verdict: str
    content: bytes


class Cell(NamedTuple):
    """One cell of the long table."""

    form: str
    period: str
    level: str
    code: str
    measure: str


class Figures(NamedTuple):
    """The quarter, and the sum since 1 January."""

    quarter: Decimal
    ytd: Decimal


Tables = dict[Cell, Figures]
_Group = tuple[str, str]  # level, code
_Quarters = dict[_Group, dict[int, LineFigures]]
_ByFormAndYear = dict[tuple[str, int], _Quarters]


def recompute(network: Mapping[str, Any], files: Iterable[KeptFile]) -> Tables:
    """The whole long table, from the registry and every file kept."""
    return recompute_with_assumed(network, files)[0]


def recompute_with_assumed(network: Mapping[str, Any], files: Iterable[KeptFile]) -> tuple[Tables, Tables]:
    """The long table, and what of its régions is only assumed.

    A line that writes no département was judged by the registry of its day, which is not kept: its région is that of
    today's registry (`NO_REGION` where that no longer knows the member), and can have been another.
    """
    registry = RegistryReading(network)
    standing = _standing_versions(files)
    last_quarter = _last_quarters(standing)
    whole, assumed = _sums(registry, standing)
    return _tables(whole, last_quarter), _tables(assumed, last_quarter)


def _tables(sums: _ByFormAndYear, last_quarter: Mapping[str, tuple[int, int]]) -> Tables:
    tables: Tables = {}
    for (form, year), groups in sums.items():
        last = 4 if year < last_quarter[form][0] else last_quarter[form][1]
        for group, quarters in groups.items():
            tables.update(_rows_of_a_year(form, year, group, quarters, last))
    return tables


def _standing_versions(files: Iterable[KeptFile]) -> list[KeptFile]:
    """The highest accepted version of each platform, form and period."""
    standing: dict[tuple[str, str, str], KeptFile] = {}
    for file in files:
        if file.verdict != "accepted" or file.form not in MEASURES:
            continue
        known = standing.setdefault((file.platform, file.form, file.period), file)
        if file.version > known.version:
            standing[known.platform, known.form, known.period] = file
    return list(standing.values())


def _year_and_quarter(period: str) -> tuple[int, int]:
    year, quarter = period.split("-T")
    return int(year), int(quarter)


def _last_quarters(standing: Iterable[KeptFile]) -> dict[str, tuple[int, int]]:
    """For each form, the last quarter of which anybody has an accepted line."""
    last: dict[str, tuple[int, int]] = {}
    for file in standing:
        last[file.form] = max(last.get(file.form, (0, 0)), _year_and_quarter(file.period))
    return last


def _sums(registry: RegistryReading, standing: Iterable[KeptFile]) -> tuple[_ByFormAndYear, _ByFormAndYear]:
    """What each group has in each quarter that brought it a line; and what each région has of lines assumed there."""
    whole: _ByFormAndYear = {}
    assumed: _ByFormAndYear = {}
    for file in standing:
        year, quarter = _year_and_quarter(file.period)
        key = file.form, year
        for line in lines_of(file.content, MEASURES[file.form]):
            region = registry.region_code(line.member, line.department, year, quarter)
            for group in _groups(registry.member_code(line.member), file.platform, region):
                _add(whole.setdefault(key, {}).setdefault(group, {}), quarter, line)
            if not line.department:
                _add(assumed.setdefault(key, {}).setdefault(("region", region or NO_REGION), {}), quarter, line)
    return whole, assumed


def _groups(member: str, platform: str, region: str | None) -> list[_Group]:
    groups = [("member", member), ("platform", platform), ("national", NATIONAL_CODE)]
    return [*groups, ("region", region)] if region else groups


def _add(quarters: dict[int, LineFigures], quarter: int, line: Line) -> None:
    known = quarters.get(quarter)
    quarters[quarter] = tuple(a + b for a, b in zip(known, line.figures, strict=True)) if known else line.figures


def _rows_of_a_year(form: str, year: int, group: _Group, quarters: dict[int, LineFigures], last: int) -> Tables:
    """From the group's first quarter of the year to the last reported by anybody, zero where nothing came."""
    rows: Tables = {}
    for position, measure in enumerate(MEASURES[form]):
        ytd = Decimal(0)
        for quarter in range(min(quarters), last + 1):
            value = quarters[quarter][position] if quarter in quarters else Decimal(0)
            ytd += value
            rows[Cell(form, f"{year}-T{quarter}", *group, measure)] = Figures(value, ytd)
    return rows
