"""Tables of an issue made to be told apart: each has a title that says which it is, and a sheet's short name."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from services.notification.domain.words import SYNTHESIS, short_form, table_title
from shared.events import IssuedEdition
from shared.report import french
from shared.report.model import Document, Table

# What a sheet is called, where all names must stay within 31 signs, none of them a slash.
LEVELS_ON_SHEETS = {"national": "national", "platform": "Plate-forme", "region": "région", "member": "CIL-CCI"}
OTHER_SHEETS = {
    "missing": "manquants",
    "five": "5 trimestres",
    "objectives": "objectifs",
    "coverage": "couverture",
    "coverage_platform": "couv. PF",
    "coverage_region": "couv. région",
    "bounds": "bornes",
    "bounds_platform": "bornes PF",
    "bounds_region": "bornes rég.",
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table, its sheet's name, and what is noted of the whole edition."""

    name: str
    table: Table
    remarks: tuple[str, ...] = ()


def sheets(editions: Sequence[IssuedEdition]) -> list[Sheet]:
    """Form by form and period: first the figures of each level, then, once, what all levels say alike."""
    found: list[Sheet] = []
    for _, group in groupby(editions, key=lambda edition: (edition.period, edition.form)):
        levels = list(group)
        found += [_figures(edition, table) for edition in levels for table in edition.document.tables[:1]]
        found += _others(levels)
    return found


def _figures(edition: IssuedEdition, table: Table) -> Sheet:
    title = f"{table_title(edition.form, edition.by)} – {french.period(edition.period)}"
    number = f"Tableau n° {edition.number}, édition {edition.edition}."
    remarks = (*edition.document.notes, number)
    return Sheet(_sheet_name(edition, LEVELS_ON_SHEETS[edition.by]), _retitled(edition, table, title), remarks)


def _others(editions: Sequence[IssuedEdition]) -> Iterator[Sheet]:
    said_by: dict[Table, IssuedEdition] = {}
    for edition in editions:
        for table in edition.document.tables[1:]:
            said_by.setdefault(table, edition)
    for table, edition in said_by.items():
        title = f"{table.title} – {_of(edition)}, {french.period(edition.period)}"
        what = OTHER_SHEETS.get(table.key, table.title)
        yield Sheet(_sheet_name(edition, what), _retitled(edition, table, title))


def _of(edition: IssuedEdition) -> str:
    return "Synthèse" if edition.form == SYNTHESIS else short_form(edition.form)


def _sheet_name(edition: IssuedEdition, what: str) -> str:
    """« Assistance région T1 2005 »."""
    form = _of(edition).removeprefix("CIL-PASS ")
    year, _, quarter = edition.period.partition("-")
    return " ".join(word for word in (form[:1].upper() + form[1:], what, quarter, year) if word)


def _retitled(edition: IssuedEdition, table: Table, title: str) -> Table:
    return table.model_copy(update={"key": f"{edition.number}/{table.key}", "title": title})


def workbook_name(day: date) -> str:
    return f"restitution-{day}.xlsx"


def workbook(day: date, tables: Sequence[Sheet]) -> Document:
    """All tables as one document; the figures say their number and what their edition notes."""
    noted = [sheet.table.model_copy(update={"notes": (*sheet.table.notes, *sheet.remarks)}) for sheet in tables]
    return Document(title=f"Restitution du {french.day(day)}", tables=noted)
