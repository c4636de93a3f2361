"""Sheets: what a file holds whatever its kind, a header and numbered rows, within the limits of the format."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Protocol, runtime_checkable

from services.ingestion.domain.reasons import TOO_LARGE, UNREADABLE

MAX_BYTES = 256 * 1024 * 1024
MAX_ROWS = 2_000_000
MAX_COLUMNS = 200
MAX_CELL_CHARACTERS = 2_000

Record = list[str]
# What is read of a workbook at once: few enough for rows as long as they may be.
_TOGETHER = 100


@dataclass(frozen=True, slots=True)
class Columns:
    """Rows read together, column by column, each as long as the header; cells may be anything, rows may be blank."""

    columns: Sequence[Sequence[str]]

    def __len__(self) -> int:
        return len(self.columns[0])

    def records(self) -> Iterator[Record]:
        return map(list, zip(*self.columns, strict=True))


@runtime_checkable
class Bulk(Protocol):
    """Records that can be read together."""

    def together(self, width: int) -> Iterator[Columns | list[Record]]:
        """All that follow, as columns where each is so wide."""


class FileRefused(Exception):
    """The file does not get as far as its rows."""

    code: str

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class UnreadableFile(FileRefused):
    """It is not a readable file of the kinds that are taken."""

    code = "unreadable_file"

    def __init__(self, reason: str) -> None:
        super().__init__(UNREADABLE[reason])


class FileTooLarge(FileRefused):
    """It is over a limit."""

    code = "too_large"

    def __init__(self, reason: str) -> None:
        super().__init__(TOO_LARGE[reason])


class Sheet:
    """A file as it is read, once, record by record: the first that is not blank is the header.

    Only after the last row is it known that the file is readable and within the limits: until then FileRefused may be
    raised, and what was drawn from its rows must be forgotten.
    """

    def __init__(self, records: Iterable[Record]) -> None:
        self.header: Record = []
        self.header_line = self.row_count = self.blank_count = 0
        self._over: str | None = None
        self._source, self._records = records, iter(records)
        for line, record in enumerate(self._records, start=1):
            self._hold_limits(record)
            if any(record) and not _is_blank_before_header(record):
                self.header, self.header_line = record, line
                break
            self._count_blank()
        else:
            self._end()

    def rows(self) -> Iterator[tuple[int, Record]]:
        """The rows that are not blank, each with its line; blank ones keep their number."""
        for line, some in self.together():
            yield from self.rows_of(line, some)

    def together(self) -> Iterator[tuple[int, Columns | list[Record]]]:
        """All rows, some at a time, with the line of their first; each goes to `rows_of` or `take`, and is counted."""
        if not self.header_line:
            return
        line = self.header_line + 1
        for some in self._parts():
            yield line, some
            line += len(some)
        self._end()

    def _parts(self) -> Iterator[Columns | list[Record]]:
        width = len(self.header)
        if isinstance(self._source, Bulk):
            yield from self._source.together(width)
            return
        while some := list(islice(self._records, _TOGETHER)):
            yield in_columns(some, width)

    def rows_of(self, first_line: int, some: Columns | list[Record]) -> Iterator[tuple[int, Record]]:
        records = some.records() if isinstance(some, Columns) else some
        for line, record in enumerate(records, start=first_line):
            self._hold_limits(record)
            if record and (record[0].strip() or not _is_blank(record)):
                yield line, self._counted(record)
            else:
                self._count_blank()

    def _counted(self, record: Record) -> Record:
        self.take(1)
        return record

    def take(self, many: int) -> None:
        """So many more rows, none of them blank, all within the limits of a row."""
        self.row_count += many
        if self.row_count + self.blank_count > MAX_ROWS:
            raise FileTooLarge("rows")

    def read_to_the_end(self) -> None:
        for _ in self.rows():
            pass

    def _count_blank(self) -> None:
        self.blank_count += 1
        if self.row_count + self.blank_count > MAX_ROWS:
            raise FileTooLarge("rows")

    def _hold_limits(self, record: Record) -> None:
        if len(record) > MAX_COLUMNS:
            self._over = self._over or "columns"
        elif record and len(max(record, key=len)) > MAX_CELL_CHARACTERS:
            self._over = self._over or "cell"

    def _end(self) -> None:
        """What is unreadable further on is said before what is too large."""
        if self._over:
            raise FileTooLarge(self._over)


def in_columns(records: list[Record], width: int) -> Columns | list[Record]:
    """As columns where each record is so wide."""
    if set(map(len, records)) != {width}:
        return records
    return Columns(list(zip(*records, strict=True)))


def _is_blank(record: Record) -> bool:
    return not "".join(record).strip()


def _is_blank_before_header(record: Record) -> bool:
    """Before the header a blank row may be parted by another separator than the header's."""
    return not "".join(record).replace(";", "").replace(",", "").strip()
