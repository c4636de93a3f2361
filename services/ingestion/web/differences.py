"""Two versions side by side: what the routes and pages of differences share."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from services.ingestion.domain.difference import Change
from services.ingestion.domain.filed import Row
from services.ingestion.tables.differing import Difference, TooDifferent, differ
from services.ingestion.tables.filed_lines import pages_of_version
from services.ingestion.tables.filing import FiledPage
from services.ingestion.tables.models import Submission
from services.ingestion.tables.submissions import find
from services.ingestion.tables.versions import Place, find_version, standing_version, version_before
from services.ingestion.web.change_told import KINDS
from services.ingestion.web.version_model import MemberCount, ToldDifference, told_change, told_version
from shared.database import Database
from shared.forms import FORMS, Form
from shared.report.inert import inert
from shared.security import Viewer
from shared.transaction import Transaction
from shared.web import Problem, not_found

_TOO_DIFFERENT = "Ces deux versions sont trop grandes pour être comparées ligne à ligne ; lisez-en les fichiers."


@dataclass(frozen=True, slots=True)
class Compared:
    """Two versions of one place; `before` is None where there was none."""

    form: Form
    before: Submission | None
    after: Submission
    standing: UUID | None
    difference: Difference


async def compare(database: Database, viewer: Viewer, submission: UUID, other: UUID | None) -> Compared:
    """Against the other version, or the one before it. Raises 404, 410, 422, 503 in French."""
    async with database.transaction(viewer.sees) as work:
        after, before = await _versions(work, submission, other)
        pages = await _pages(work, before), await _pages(work, after)
        standing = await standing_version(work, Place.of(after))
    form = FORMS[after.form]
    try:
        difference = await differ(form, *pages)
    except TooDifferent:
        raise too_different() from None
    return Compared(form, before, after, standing.id if standing else None, difference)


def too_different() -> Problem:
    return Problem(503, _TOO_DIFFERENT, code="too_different")


async def _versions(work: Transaction, submission: UUID, other: UUID | None) -> tuple[Submission, Submission | None]:
    if (after := await find(work, submission)) is None:
        raise not_found()
    if after.version is None:
        raise Problem(422, "Ce fichier a été refusé : il n’est pas une version.", code="no_version")
    if other is None:
        return after, await version_before(work, after)
    if (before := await find_version(work, other, Place.of(after))) is None:
        raise not_found()
    return after, before


async def _pages(work: Transaction, submission: Submission | None) -> list[FiledPage]:
    if submission is None:
        return []
    pages = await pages_of_version(work, submission.id)
    if not pages and submission.rows_accepted:
        raise lines_not_kept(submission)
    return pages


def lines_not_kept(submission: Submission) -> Problem:
    return Problem(
        410, f"Les lignes du dépôt n° {submission.number} ne sont pas, ou plus, conservées.", code="not_kept"
    )


def told_difference(
    form: Form, found: Difference, sides: tuple[Submission | None, Submission | None], first: int, many: int
) -> ToldDifference:
    """Without what leads further, which its door knows."""
    before, after = (side and told_version(side, stands=False) for side in sides)
    return ToldDifference(
        before=before,
        after=after,
        matched_by=list(form.key),
        added=found.count("added"),
        removed=found.count("removed"),
        changed=found.count("changed"),
        members=[MemberCount.model_validate(member) for member in found.members],
        total=found.total,
        first=first,
        changes=[told_change(change, found) for change in found.some(first, many)],
        next=None,
    )


def csv_pieces(form: Form, found: Difference, lang: Literal["en", "fr"]) -> Iterator[bytes]:
    """A line per added or removed row, two per changed one; in French as a French spreadsheet opens it."""
    write = _Written(form, found, lang)
    yield write.head()
    for changes in found.pages():
        yield write.changes(changes)


class _Written:
    def __init__(self, form: Form, found: Difference, lang: Literal["en", "fr"]) -> None:
        self._french, self._columns = lang == "fr", found.columns
        self._labels = [form.by_name[name].label if name in form.by_name else name for name in found.columns]

    def head(self) -> bytes:
        if not self._french:
            return self._lines([["change", "side", "line", "changed_columns", *self._columns]])
        return b"\xef\xbb\xbf" + self._lines([["Changement", "Version", "Ligne", "Colonnes modifiées", *self._labels]])

    def changes(self, changes: Sequence[Change]) -> bytes:
        return self._lines([row for change in changes for row in self._rows(change)])

    def _rows(self, change: Change) -> Iterator[Row]:
        kind = KINDS[change.kind] if self._french else change.kind
        names = dict(zip(self._columns, self._labels, strict=True))
        changed = change.changed(self._columns)
        told = ", ".join(names[name] for name in changed) if self._french else " ".join(changed)
        sides = (("avant", "après") if self._french else ("before", "after"), (change.before, change.after))
        for side, row in zip(*sides, strict=True):
            if row:
                yield [kind, side, row[0], told, *row[1:]]

    def _lines(self, rows: Sequence[Row]) -> bytes:
        text = io.StringIO()
        how = {"delimiter": ";", "lineterminator": "\r\n"} if self._french else {"lineterminator": "\n"}
        writer = csv.writer(text, **how)  # type: ignore[arg-type]
        writer.writerows([[inert(cell) if isinstance(cell, str) else cell for cell in row] for row in rows])
        return text.getvalue().encode()
