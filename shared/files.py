"""Documents as files to download."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Literal

from fastapi.responses import Response

from shared.report import Document
from shared.report.document_pdf import render_document_pdf
from shared.report.figures import render_figures_csv
from shared.report.xlsx import render_xlsx

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
PDF = "application/pdf"

FileKind = Literal["csv", "xlsx", "pdf"]
RENDERED: Mapping[FileKind, Callable[[Document], bytes]] = {
    "pdf": render_document_pdf,
    "xlsx": render_xlsx,
    "csv": render_figures_csv,
}
_MEDIA_TYPES: Mapping[FileKind, str] = {"pdf": PDF, "xlsx": XLSX, "csv": CSV}


def file_response(content: bytes, media_type: str, name: str) -> Response:
    return Response(content, media_type=media_type, headers={"content-disposition": f'attachment; filename="{name}"'})


async def document_response(document: Document, name: str, kind: FileKind) -> Response:
    """Made in a thread: a large document must not hold up other requests."""
    content = await asyncio.to_thread(RENDERED[kind], document)
    return file_response(content, _MEDIA_TYPES[kind], f"{name}.{kind}")
