"""Excerpts: the rows of a file that somebody has to look at, read again as far as the last of them."""

from dataclasses import dataclass
from typing import BinaryIO

from services.ingestion.domain.files import read_sheet
from services.ingestion.domain.sheet import FileRefused, Record
from shared.forms import Form


@dataclass(frozen=True, slots=True)
class Wanted:
    """So many of the first rows, and those of these lines."""

    form: Form
    first: int
    lines: frozenset[int]


@dataclass(slots=True)
class Excerpt:
    """What was found of it, in the file's order; without a header, nothing of the file can be read."""

    header: Record
    rows: dict[int, Record]


def excerpt(file: BinaryIO, wanted: Wanted) -> Excerpt:
    """A file that turns unreadable is shown as far as it was read."""
    found = Excerpt([], {})
    last = max(wanted.lines, default=0)
    try:
        sheet = read_sheet(file, wanted.form)
        found.header = sheet.header
        for place, (line, record) in enumerate(sheet.rows(), start=1):
            if place <= wanted.first or line in wanted.lines:
                found.rows[line] = record
            if place >= wanted.first and line >= last:
                break
    except FileRefused:
        pass
    return found
