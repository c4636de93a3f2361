"""What differs between the tables shown and the tables recomputed, each difference a line of French."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple

from services.cli.recomputation.totals import Cell, Figures, Tables

_LEVELS = {"member": "organisme", "region": "région", "platform": "plate-forme", "national": "national"}


class Difference(NamedTuple):
    """A cell of the long table that is not shown as it is recomputed; None = no such row on that side."""

    cell: Cell
    recomputed: Figures | None
    shown: Figures | None

    def __str__(self) -> str:
        form, period, level, code, measure = self.cell
        where = f"{form} {period}, {_LEVELS.get(level, level)} {code}, {measure}"
        if self.shown is None:
            return f"{where} : ligne absente des tableaux, recalculée à {_written(self.recomputed)}"
        if self.recomputed is None:
            return f"{where} : ligne de trop dans les tableaux, affichée à {_written(self.shown)}"
        return f"{where} : affiché {_written(self.shown)}, recalculé {_written(self.recomputed)}"


def differences(recomputed: Tables, shown: Iterable[Mapping[str, str]]) -> list[Difference]:
    """Compares cell by cell with the rows of the long table, as its CSV gives them; in the table's order of words."""
    shown_tables: Tables = {}
    twice: list[Difference] = []
    for row in shown:
        cell, figures = _read(row)
        if cell in shown_tables:
            twice.append(Difference(cell, None, figures))
        shown_tables.setdefault(cell, figures)
    cells = sorted(recomputed.keys() | shown_tables.keys())
    compared = (Difference(cell, recomputed.get(cell), shown_tables.get(cell)) for cell in cells)
    return [found for found in compared if found.recomputed != found.shown] + twice


def _read(row: Mapping[str, str]) -> tuple[Cell, Figures]:
    cell = Cell(row["form"], row["period"], row["level"], row["code"], row["measure"])
    return cell, Figures(Decimal(row["quarter"]), Decimal(row["ytd"]))


def _written(figures: Figures | None) -> str:
    return f"{_number(figures.quarter)} (cumul {_number(figures.ytd)})" if figures else "rien"


def _number(value: Decimal) -> str:
    """`1 234,56`: groups parted by a narrow no-break space, decimal comma."""
    return f"{value:,f}".replace(",", "\u202f").replace(".", ",")
