"""The lineage of a figure as a document: its quarters, its lines, and what versions that were replaced had said."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from services.aggregation.domain.figures import Figures, major_units
from services.aggregation.domain.lineage import Cell, FiledLine, QuarterSums, Reader, summed
from services.aggregation.domain.names import Names
from shared.report import Column, Document, Row, Table, french
from shared.report.french import typeset

TITLE = typeset("D’où vient ce chiffre ?")
WITHHELD = typeset(
    "Un tiret à la place de la version et de la ligne : le dépôt est celui d’une autre Plate-forme ; seul est donné ce "
    "que les tableaux disent de chaque CIL/CCI."
)


@dataclass(frozen=True, slots=True)
class Lineage:
    """A figure as printed, and all that makes it; `lines` from number `first` on."""

    cell: Cell
    edition: str | None
    total: int
    quarters: QuarterSums
    lines: Sequence[FiledLine]
    first: int
    replaced: Sequence[FiledLine]
    reader: Reader
    names: Names

    @property
    def sum(self) -> int:
        return self.cell.of(summed(self.quarters).figures)

    @property
    def count(self) -> int:
        return summed(self.quarters).lines

    @property
    def agrees(self) -> bool:
        return self.sum == self.total

    @property
    def withholds(self) -> bool:
        return not all(map(self.reader.may_read, self.lines))

    def value(self, figures: Figures) -> int | Decimal:
        return self.major(self.cell.of(figures))

    def major(self, units: int) -> int | Decimal:
        return major_units(units, self.cell.measure.scale)


def whose(cell: Cell, names: Names) -> str:
    """The row in which the figure stands."""
    match cell.scope.level:
        case "national":
            return "total national"
        case "member":
            return f"{names.member(cell.code)} ({cell.code})"
        case level:
            group = names.group(level, cell.code)
    return f"{names.member(cell.member)} ({cell.member}) – {group}" if cell.member else f"total – {group}"


def when(cell: Cell) -> str:
    title = cell.scope.period.title
    return title if cell.span == "quarter" else f"cumul depuis le 01/01, jusqu’au {title}"


def label(lineage: Lineage) -> str:
    cell = lineage.cell
    return f"{cell.measure.label} – {cell.scope.form.service_title}, {when(cell)}, {whose(cell, lineage.names)}"


def verdict(lineage: Lineage) -> str:
    """Whether the lines come to what is printed, in a sentence."""
    count, total = lineage.count, written(lineage, lineage.total)
    if not lineage.agrees:
        found = written(lineage, lineage.sum)
        return typeset(f"Les lignes gardées font {found} et le chiffre publié est {total} : l’écart est à expliquer.")
    if not count:
        return f"Aucune ligne n’a été reçue pour ce chiffre{typeset(' : ')}il est de {total}."
    if count == 1:
        return f"Une ligne fait ce chiffre{typeset(' : ')}{total}."
    return f"La somme des {french.number(count)} lignes est exactement ce chiffre{typeset(' : ')}{total}."


def written(lineage: Lineage, units: int) -> str:
    value = lineage.major(units)
    return french.amount(value) if lineage.cell.measure.scale else french.number(value)


def lineage_document(lineage: Lineage) -> Document:
    issued = f"édition {lineage.edition}" if lineage.edition else "situation du jour"
    notes = [verdict(lineage), *([WITHHELD] if lineage.withholds else [])]
    tables = [_lines(lineage), *_quarters(lineage), *_replaced(lineage)]
    return Document(title=TITLE, subtitle=f"{label(lineage)} – {issued}", notes=notes, tables=tables)


def _value_column(lineage: Lineage) -> Column:
    return Column(
        key="value", label=lineage.cell.measure.label, kind="amount" if lineage.cell.measure.scale else "count"
    )


def _head_columns(lineage: Lineage) -> list[Column]:
    heads = (("period", "Trimestre"), ("platform", "Plate-forme"), ("department", "Dpt."), ("region", "Région"))
    found = [Column(key=key, label=text) for key, text in (*heads, ("name", "CIL/CCI"), ("code", "Code"))]
    return [*found, _value_column(lineage), Column(key="version", label="Version", kind="count"),
            Column(key="line", label="Ligne du fichier", kind="count"),
            Column(key="received_on", label="Reçue le", kind="date")]  # fmt: skip


def _cells(lineage: Lineage, line: FiledLine) -> list[str | int | Decimal | None]:
    head = [line.period, line.platform, line.department, line.region or "", lineage.names.member(line.member)]
    return [*head, line.member, lineage.value(line.figures)]


def _lines(lineage: Lineage) -> Table:
    columns = [*_head_columns(lineage), Column(key="corrected", label="Correction"), _submission()]
    rows = [Row(cells=list(_line_cells(lineage, line))) for line in lineage.lines]
    if len(lineage.lines) == lineage.count:
        blank = [None] * 5
        rows.append(Row(cells=["Somme", *blank, lineage.major(lineage.sum), *blank], style="total"))
    return Table(key="figures", title="Les lignes de ce chiffre", columns=columns, rows=rows)


def _submission() -> Column:
    return Column(key="submission", label="Dépôt")


def _line_cells(lineage: Lineage, line: FiledLine) -> Iterator[object]:
    yield from _cells(lineage, line)
    if not lineage.reader.may_read(line):
        yield from [None] * 5
        return
    yield from (line.version, line.line, line.received_on, "oui" if line.version > 1 else "non", str(line.submission))


def _quarters(lineage: Lineage) -> list[Table]:
    """Where a cumul sums them."""
    if lineage.cell.span == "quarter":
        return []
    columns = [Column(key="period", label="Trimestre"), Column(key="lines", label="Lignes", kind="count")]
    rows = [
        Row(cells=[str(period), one.lines, lineage.value(one.figures)])
        for period, one in sorted(lineage.quarters.items())
    ]
    rows.append(Row(cells=["Somme", lineage.count, lineage.major(lineage.sum)], style="total"))
    title = "Les trimestres de ce cumul"
    return [Table(key="quarters", title=title, columns=[*columns, _value_column(lineage)], rows=rows)]


def _replaced(lineage: Lineage) -> list[Table]:
    if not lineage.replaced:
        return []
    columns = [*_head_columns(lineage), Column(key="replaced_on", label="Remplacée le", kind="date"), _submission()]
    rows = [
        Row(cells=[*_cells(lineage, line), line.version, line.line, line.received_on, line.replaced_on,
                   str(line.submission)])
        for line in lineage.replaced
    ]  # fmt: skip
    return [Table(key="replaced", title="Ce que disaient les versions remplacées", columns=columns, rows=rows)]
