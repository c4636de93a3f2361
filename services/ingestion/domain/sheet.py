"""Sheets: what a file holds whatever its kind, a header and numbered rows, within the limits of the format."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from services.ingestion.domain.codes import TOO_LARGE, UNREADABLE

MAX_BYTES = 256 * 1024 * 1024
MAX_ROWS = 2_000_000
MAX_COLUMNS = 200
MAX_CELL_CHARACTERS = 2_000

Record = list[str]


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


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file read to its end: the first record that is not blank, and where the others are."""

    records: Iterable[Record]
    header: tuple[str, ...]
    header_line: int
    row_count: int
    blank_count: int

    def rows(self) -> Iterator[tuple[int, Record]]:
        """The rows that are not blank, each with its line; blank ones keep their number."""
        for line, record in enumerate(self.records, start=1):
            if line > self.header_line and not _is_blank(record):
                yield line, record


def sheet_of(records: Iterable[Record]) -> Sheet:
    """Read the records to their end, so that nothing further on can make the file unreadable, and hold the limits."""
    header: tuple[str, ...] = ()
    header_line = row_count = blank_count = 0
    over: str | None = None
    for line, record in enumerate(records, start=1):
        over = over or _limit_passed(record)
        if _is_blank(record) or (not header and _is_only_separators(record)):
            blank_count += 1
        elif not header:
            header, header_line = tuple(record), line
        else:
            row_count += 1
        if row_count + blank_count > MAX_ROWS:
            raise FileTooLarge("rows")
    if over:
        raise FileTooLarge(over)
    return Sheet(records, header, header_line, row_count, blank_count)


def _limit_passed(record: Record) -> str | None:
    if len(record) > MAX_COLUMNS:
        return "columns"
    return "cell" if len(max(record, key=len, default="")) > MAX_CELL_CHARACTERS else None


def _is_blank(record: Record) -> bool:
    return not "".join(record).strip()


def _is_only_separators(record: Record) -> bool:
    """Before the header a blank row may be parted by another separator than the header's."""
    return not "".join(record).replace(";", "").replace(",", "").strip()
