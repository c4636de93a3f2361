"""Tables as plain text, aligned for a reader whose letters all have one width."""

import textwrap
from collections.abc import Iterable, Sequence
from itertools import zip_longest

from shared.report.french import HARD_SPACE, cell_text
from shared.report.layout import has_groups, headings, section_label
from shared.report.model import NUMERIC, Document, Row, Table

GAP = "  "
LABEL_WIDTH = 14
NOTE_WIDTH = 78
MAIL_WIDTH = 100
NARROWEST = 18
ELSEWHERE = (
    f"Ce tableau est trop large pour un message en texte simple{HARD_SPACE}: lisez-le par les liens ci-dessous, ou "
    "dans la pièce jointe s’il y en a une."
)


def render_document_text(document: Document) -> str:
    """Write a whole document, one table after the other."""
    head = [line for line in (document.title, document.subtitle, document.reference) if line]
    parts = ["\n".join(head), *(render_text(table) for table in document.tables), "\n".join(_folded(document.notes))]
    return "\n\n".join(part for part in parts if part) + "\n"


def render_text(table: Table) -> str:
    """Write one table with its title and notes."""
    return _laid_out(table, _widths(table))


def render_mail_text(table: Table) -> str:
    """Write a table for a mail, its longest texts folded; what is too wide even so is to be read elsewhere."""
    widths = _narrowed(table, _widths(table))
    if _span(widths, 0, len(widths)) <= MAIL_WIDTH:
        return _laid_out(table, widths)
    return "\n".join([table.title, "", *_folded([ELSEWHERE])])


def _laid_out(table: Table, widths: Sequence[int]) -> str:
    rule = "-" * (sum(widths) + len(GAP) * (len(widths) - 1))
    lines = [table.title, rule, *_head(table, widths), rule]
    lines += [line for row in table.rows for line in _lines(table, row, widths)]
    return "\n".join([*(line.rstrip() for line in lines), rule, *_folded(table.notes)])


def _folded(notes: Iterable[str]) -> list[str]:
    return [line for note in notes for line in textwrap.wrap(note, NOTE_WIDTH, break_on_hyphens=False)]


def _widths(table: Table) -> list[int]:
    widths = []
    for index, column in enumerate(table.columns):
        cells = [cell_text(row.cells[index], column.kind) for row in table.rows if row.style != "section"]
        words = [*column.label.split(), column.label[:LABEL_WIDTH]]
        widths.append(max(len(text) for text in (*cells, *words)))
    for heading in headings(table.columns):
        last = heading.start + len(heading.columns) - 1
        spare = len(heading.label or "") - _span(widths, heading.start, len(heading.columns))
        widths[last] += max(0, spare)
    return widths


def _narrowed(table: Table, widths: Sequence[int]) -> list[int]:
    """The widest columns of texts give way: between words first, then as far as they stay readable."""
    narrowed = list(widths)
    texts = [index for index, column in enumerate(table.columns) if column.kind == "text"]
    for floors in (_longest_words(table), [NARROWEST] * len(narrowed)):
        while _span(narrowed, 0, len(narrowed)) > MAIL_WIDTH:
            wide = [index for index in texts if narrowed[index] > max(floors[index], NARROWEST)]
            if not wide:
                break
            narrowed[max(wide, key=narrowed.__getitem__)] -= 1
    return narrowed


def _longest_words(table: Table) -> list[int]:
    cells = [[cell_text(row.cells[place], column.kind) for row in table.rows if row.style != "section"]
             for place, column in enumerate(table.columns)]  # fmt: skip
    return [max((len(word) for text in column for word in text.split()), default=0) for column in cells]


def _span(widths: Sequence[int], start: int, count: int) -> int:
    return sum(widths[start : start + count]) + len(GAP) * (count - 1)


def _head(table: Table, widths: Sequence[int]) -> list[str]:
    wrapped = [textwrap.wrap(column.label, width) or [""] for column, width in zip(table.columns, widths, strict=True)]
    height = max(len(lines) for lines in wrapped)
    padded = [[*[""] * (height - len(lines)), *lines] for lines in wrapped]
    lines = [_joined(table, [column[level] for column in padded], widths) for level in range(height)]
    return [_group_line(table, widths), *lines] if has_groups(table) else lines


def _group_line(table: Table, widths: Sequence[int]) -> str:
    spans = ((heading.label or "", _span(widths, heading.start, len(heading.columns)))
             for heading in headings(table.columns))  # fmt: skip
    return GAP.join(label.center(width) for label, width in spans)


def _lines(table: Table, row: Row, widths: Sequence[int]) -> list[str]:
    if row.style == "section":
        return ["", section_label(row)]
    texts = [cell_text(cell, column.kind) for cell, column in zip(row.cells, table.columns, strict=True)]
    cells = [[text] if len(text) <= width else textwrap.wrap(text, width)
             for text, width in zip(texts, widths, strict=True)]  # fmt: skip
    return [_joined(table, line, widths) for line in zip_longest(*cells, fillvalue="")]


def _joined(table: Table, texts: Sequence[str], widths: Sequence[int]) -> str:
    placed = (
        text.rjust(width) if column.kind in NUMERIC else text.ljust(width)
        for text, width, column in zip(texts, widths, table.columns, strict=True)
    )
    return GAP.join(placed)
