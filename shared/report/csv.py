"""Tables as CSV for machines: commas, decimal points, ISO days, UTF-8, CRLF."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from shared.report.inert import inert
from shared.report.model import Cell, Table


def render_csv(table: Table, *, row_styles: bool = True) -> bytes:
    """Write a table under its columns' keys; `row_style` tells totals from plain rows."""
    extra = ["row_style"] if row_styles else []
    header = [*(column.key for column in table.columns), *extra]
    rows = ([*row.cells, *([row.style] if row_styles else [])] for row in table.rows if row.style != "section")
    return b"".join(stream_csv(header, rows))


def stream_csv(header: Sequence[str], rows: Iterable[Sequence[Cell]], *, chunk: int = 500) -> Iterator[bytes]:
    """Write rows as they come, some hundreds at a time."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow([inert(name) for name in header])
    for index, row in enumerate(rows, start=1):
        writer.writerow([_field(cell) for cell in row])
        if index % chunk == 0:
            yield _taken(buffer)
    yield _taken(buffer)


def _field(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return inert(cell)
    return cell.isoformat() if isinstance(cell, date) else f"{cell:f}" if not isinstance(cell, int) else str(cell)


def _taken(buffer: io.StringIO) -> bytes:
    content = buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    return content
