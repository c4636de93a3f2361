"""Documents as files to download."""

import asyncio
from collections.abc import Callable
from typing import Literal

from fastapi.responses import Response

from shared.report import Column, Document, Row, Table
from shared.report.csv import render_csv
from shared.report.document_pdf import render_document_pdf
from shared.report.layout import blocks, section_label
from shared.report.xlsx import render_xlsx

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"

FileKind = Literal["csv", "xlsx", "pdf"]


def file_response(content: bytes, media_type: str, name: str) -> Response:
    return Response(content, media_type=media_type, headers={"content-disposition": f'attachment; filename="{name}"'})


async def document_response(document: Document, name: str, kind: FileKind) -> Response:
    """Made in a thread: a large document must not hold up other requests."""
    render, media_type = _MADE[kind]
    return file_response(await asyncio.to_thread(render, document), media_type, f"{name}.{kind}")


def _figures_csv(document: Document) -> bytes:
    return render_csv(with_group_column(document.table("figures")))


def with_group_column(table: Table) -> Table:
    """The headings under which a table lists its rows, as a first column: a CSV has no headings."""
    parts = blocks(table.rows)
    if not any(part.section for part in parts):
        return table
    rows = [
        Row(
            cells=["" if part.section is None or row.style == "total" else section_label(part.section), *row.cells],
            style=row.style,
        )
        for part in parts
        for row in part.rows
    ]
    columns = [Column(key="group", label="Groupe"), *table.columns]
    return table.model_copy(update={"columns": tuple(columns), "rows": tuple(rows)})


_MADE: dict[FileKind, tuple[Callable[[Document], bytes], str]] = {
    "csv": (_figures_csv, CSV),
    "xlsx": (render_xlsx, XLSX),
    "pdf": (render_document_pdf, "application/pdf"),
}
