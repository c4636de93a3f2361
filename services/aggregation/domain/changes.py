"""What a new edition changes: in one sentence, and row by row."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from services.aggregation.domain.content import Content, Move
from services.aggregation.domain.layout import cells_of, measure_columns
from services.aggregation.domain.missing import MissingLine
from services.aggregation.domain.places import Place
from services.aggregation.domain.snapshot import Snapshot
from shared.report import Column, Row, Table, french
from shared.report.french import typeset

REASON_ALONE = "seul le motif des lignes manquantes a changé"


@dataclass(frozen=True, slots=True)
class Before:
    """The edition that a new one replaces."""

    edition: int
    day: date
    content: Content


def changes_sentence(before: Before, moved: Sequence[Move], content: Content) -> str:
    new = sum(move.before is None for move in moved)
    gone = sum(move.after is None for move in moved)
    missed, misses = _awaited(before.content.missing), _awaited(content.missing)
    counted = (
        (len(moved) - new - gone, "ligne modifiée", "lignes modifiées"),
        (new, "ligne ajoutée", "lignes ajoutées"),
        (gone, "ligne retirée", "lignes retirées"),
        (len(missed - misses), "ligne qui ne manque plus", "lignes qui ne manquent plus"),
        (len(misses - missed), "ligne qui manque désormais", "lignes qui manquent désormais"),
    )
    parts = [french.count(number, singular, plural) for number, singular, plural in counted if number]
    since = typeset(f"Depuis l’édition {before.edition} du {french.day(before.day)} : ")
    return f"{since}{', '.join(parts) or REASON_ALONE}."


def _awaited(missing: Iterable[MissingLine]) -> set[tuple[str, str]]:
    """Why a line is missing is no part of what it is."""
    return {(line.platform, line.member) for line in missing}


def changes_table(table: Snapshot, moved: Sequence[Move], before: Before, edition: int) -> Table:
    """Each row that moved, as it was and as it is."""
    scope, rows = table.scope, []
    for move in moved:
        name = _moved_name(table, move.place)
        for number, row in ((before.edition, move.before), (edition, move.after)):
            figures = cells_of(scope.form, row) if row else [None] * (2 * len(scope.form.measures))
            rows.append(Row(cells=[name, move.place.code, f"édition {number}", *figures]))
    heads = [
        Column(key="name", label="Ligne"),
        Column(key="code", label="Code"),
        Column(key="edition", label="Édition"),
    ]
    title = f"Ce qui a changé depuis l’édition {before.edition}"
    return Table(key="changes", title=title, columns=[*heads, *measure_columns(scope.form, scope.period)], rows=rows)


def _moved_name(table: Snapshot, place: Place) -> str:
    if table.scope.level == "national":
        return "Total national"
    name = table.names.member(place.code)
    return name if table.scope.level == "member" else f"{name} – {table.names.group(table.scope.level, place.group)}"
