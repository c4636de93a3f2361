"""Sheets: what a file holds whatever its kind, a header and numbered rows, within the limits of the format."""

from collections.abc import Iterable, Iterator

from services.ingestion.domain.reasons import TOO_LARGE, UNREADABLE

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


class Sheet:
    """A file as it is read, once, record by record: the first that is not blank is the header.

    Only after the last row is it known that the file is readable and within the limits: until then FileRefused may be
    raised, and what was drawn from its rows must be forgotten.
    """

    def __init__(self, records: Iterable[Record]) -> None:
        self.header: Record = []
        self.header_line = self.row_count = self.blank_count = 0
        self._over: str | None = None
        self._records = enumerate(records, start=1)
        for line, record in self._records:
            self._hold_limits(record)
            if any(record) and not _is_blank_before_header(record):
                self.header, self.header_line = record, line
                break
            self._count_blank()
        else:
            self._end()

    def rows(self) -> Iterator[tuple[int, Record]]:
        """The rows that are not blank, each with its line; blank ones keep their number."""
        if not self.header_line:
            return
        for line, record in self._records:
            self._hold_limits(record)
            if record and (record[0].strip() or not _is_blank(record)):
                self.row_count += 1
                yield line, record
                if self.row_count + self.blank_count > MAX_ROWS:
                    raise FileTooLarge("rows")
            else:
                self._count_blank()
        self._end()

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


def _is_blank(record: Record) -> bool:
    return not "".join(record).strip()


def _is_blank_before_header(record: Record) -> bool:
    """Before the header a blank row may be parted by another separator than the header's."""
    return not "".join(record).replace(";", "").replace(",", "").strip()
