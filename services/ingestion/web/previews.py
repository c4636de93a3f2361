"""The preview of a refused file: its bytes kept, read again where that is soon done, else why there is none."""

import asyncio
from collections.abc import Sequence
from io import BytesIO
from typing import BinaryIO

from services.ingestion.domain.excerpts import Excerpt, Wanted, excerpt
from services.ingestion.domain.files import kind_of
from services.ingestion.domain.previews import FIRST_ROWS, Numbered, Preview, lines_of, preview
from services.ingestion.tables.bytes_kept import copy_bytes, first_piece
from services.ingestion.tables.models import Submission
from services.ingestion.tables.sent import NO_FORM, Spool, spool
from services.ingestion.web.apart import excerpt_apart
from shared.database import Database
from shared.forms import FORMS
from shared.report.french import typeset

_SMALL_BYTES = 5 * 1024 * 1024
# Of a workbook read again as far as its last row; a hundred thousand rows take ten seconds.
_SMALL_WORKBOOK_ROWS = 10_000
_NOTHING_KEPT = typeset(
    "Le fichier n'est pas montré : ses octets ne sont pas gardés. Un fichier de dossiers qui pourrait nommer"
    " quelqu'un, ou qui n'a pas pu être lu jusqu'au bout, ne laisse rien."
)
_TOO_LONG = typeset("Le fichier est trop grand pour être montré ici : ses lignes en erreur sont dans la copie annotée.")
_NOT_READ = typeset("Le fichier n'est pas montré : rien n'a pu en être lu.")


async def preview_of(
    database: Database, viewer: str, found: Submission, numbered: Sequence[Numbered], *, with_first: bool
) -> Preview | str:
    """The rows that these findings are about, and the first of the file; a sentence where they are not shown."""
    wanted = Wanted(
        FORMS.get(found.form, NO_FORM), FIRST_ROWS if with_first else 0, lines_of(finding for _, finding in numbered)
    )
    start = await first_piece(database, viewer, found.id)
    if start is None:
        return _NOTHING_KEPT
    kind = kind_of(start)
    if found.size > _SMALL_BYTES:
        read = await asyncio.to_thread(excerpt, _whole_lines(start), wanted) if kind == "csv" else None
    elif kind == "workbook" and found.rows_refused + found.rows_blank > _SMALL_WORKBOOK_ROWS:
        read = None
    else:
        with spool() as spooled:
            await copy_bytes(database, viewer, found.id, spooled)
            read = await _read(spooled, wanted, is_plain=kind == "csv")
            if read is None or not read.header:
                return _NOT_READ
    is_shown = read and read.header and (read.rows or not wanted.lines)
    return preview(read, numbered) if read and is_shown else _TOO_LONG


def _whole_lines(start: bytes) -> BinaryIO:
    return BytesIO(start[: start.rfind(b"\n") + 1])


async def _read(spooled: Spool, wanted: Wanted, *, is_plain: bool) -> Excerpt | None:
    content = spooled.taken()
    if is_plain:
        return await asyncio.to_thread(excerpt, content.opened(), wanted)
    return await excerpt_apart(content, wanted)
