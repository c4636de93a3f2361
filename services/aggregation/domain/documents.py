"""A table of a form's quarter as a document: its figures, what is missing, and what has changed since it was issued."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.aggregation.domain.content import Content, Move, moves
from services.aggregation.domain.layout import cells_of, figures_table, measure_columns
from services.aggregation.domain.missing import MissingLine, silent_platforms
from services.aggregation.domain.names import BY_LEVEL, Names
from services.aggregation.domain.restitution import Place, Scope
from shared.report import Column, Document, Row, Table, french

NAMED = 12
COMPLETE = "Tableau complet : toutes les lignes attendues ont été reçues."
NOT_OVER = "Le trimestre n’est pas terminé : les lignes ne sont attendues qu’à partir du lendemain de son dernier jour."
NOTHING_RECEIVED = "la Plate-forme n’a rien déposé"
LEFT_OUT = "absent du dépôt de la Plate-forme"


@dataclass(frozen=True, slots=True)
class Issue:
    """An edition: its number, and the one before where there is one."""

    number: str
    edition: int
    day: date
    before: "Before | None" = None


@dataclass(frozen=True, slots=True)
class Before:
    """The edition that a new one replaces."""

    edition: int
    day: date
    content: Content


def current_document(scope: Scope, content: Content, names: Names, *, is_over: bool) -> Document:
    """The table as it stands now."""
    status = status_of(content.missing, names) if is_over else NOT_OVER
    return _document(scope, content, names, "situation à l’heure de la lecture", "", [status])


def issued_document(scope: Scope, content: Content, names: Names, issue: Issue) -> Document:
    """The table frozen on the day of its issue: everything received before that day counts."""
    notes = [status_of(content.missing, names)]
    changes: list[Table] = []
    if issue.before:
        moved = moves(issue.before.content, content)
        notes.append(_sentence(issue.before, moved, content))
        changes = [_changes_table(scope, moved, names, issue)] if moved else []
    when = f"édition {issue.edition} du {french.day(issue.day)}"
    return _document(scope, content, names, when, issue.number, notes, changes)


def _document(
    scope: Scope,
    content: Content,
    names: Names,
    when: str,
    reference: str,
    notes: Sequence[str],
    changes: Sequence[Table] = (),
) -> Document:
    missing = [_missing_table(content.missing, names)] if content.missing else []
    return Document(
        title=f"Suivi de l’activité du {scope.form.service_title} {BY_LEVEL[scope.by]}",
        subtitle=f"{scope.period.title} – {when}",
        reference=reference,
        notes=notes,
        tables=[figures_table(scope, content.rows, names), *missing, *changes],
    )


def status_of(missing: Sequence[MissingLine], names: Names) -> str:
    """Complete, or what is missing, named."""
    if not missing:
        return COMPLETE
    silent = [names.platform(code) for code in silent_platforms(missing)]
    left_out = [names.member(line.member) for line in missing if not line.nothing_received]
    behind = len(missing) - len(left_out)
    parts = []
    if silent:
        verb = "n’a" if len(silent) == 1 else "n’ont"
        parts.append(f"{_count(len(silent), 'Plate-forme')} {verb} rien déposé ({_listed(silent)}), "
                     f"soit {_count(behind, 'ligne attendue', 'lignes attendues')}")  # fmt: skip
    if left_out:
        verb = "manque" if len(left_out) == 1 else "manquent"
        parts.append(f"{len(left_out)} CIL/CCI {verb} dans les dépôts reçus ({_listed(left_out)})")
    return f"Tableau incomplet : {' ; '.join(parts)}."


def _count(number: int, singular: str, plural: str | None = None) -> str:
    return f"{french.number(number)} {singular if number == 1 else plural or f'{singular}s'}"


def _listed(found: Sequence[str]) -> str:
    rest = len(found) - NAMED
    named = ", ".join(found[:NAMED])
    return f"{named} et {_count(rest, 'autre')}, voir « Ce qui manque »" if rest > 0 else named


def _missing_table(missing: Sequence[MissingLine], names: Names) -> Table:
    return Table(
        key="missing",
        title="Ce qui manque",
        columns=[
            Column(key="platform", label="Plate-forme"),
            Column(key="department", label="Dpt."),
            Column(key="name", label="CIL/CCI attendu"),
            Column(key="code", label="Code"),
            Column(key="reason", label="Motif"),
        ],
        rows=[Row(cells=_missing_cells(line, names)) for line in missing],
    )


def _missing_cells(line: MissingLine, names: Names) -> list[str]:
    reason = NOTHING_RECEIVED if line.nothing_received else LEFT_OUT
    member = (names.department(line.member), names.member(line.member), line.member)
    return [names.platform(line.platform), *member, reason]


def _sentence(before: Before, moved: Sequence[Move], content: Content) -> str:
    """What a new edition changes, in one sentence."""
    new = sum(move.before is None for move in moved)
    gone = sum(move.after is None for move in moved)
    come = len(set(before.content.missing) - set(content.missing))
    awaited = len(set(content.missing) - set(before.content.missing))
    counted = (
        (len(moved) - new - gone, "ligne modifiée", "lignes modifiées"),
        (new, "ligne ajoutée", "lignes ajoutées"),
        (gone, "ligne retirée", "lignes retirées"),
        (come, "ligne qui ne manque plus", "lignes qui ne manquent plus"),
        (awaited, "ligne qui manque désormais", "lignes qui manquent désormais"),
    )
    parts = [_count(number, singular, plural) for number, singular, plural in counted if number]
    return f"Depuis l’édition {before.edition} du {french.day(before.day)} : {', '.join(parts)}."


def _changes_table(scope: Scope, moved: Sequence[Move], names: Names, issue: Issue) -> Table:
    """Each row that moved, as it was and as it is."""
    assert issue.before
    rows = []
    for move in moved:
        name = _moved_name(scope, move.place, names)
        for edition, row in ((issue.before.edition, move.before), (issue.edition, move.after)):
            figures = cells_of(scope.form, row) if row else [None] * (2 * len(scope.form.measures))
            rows.append(Row(cells=[name, move.place.code, f"édition {edition}", *figures]))
    heads = [
        Column(key="name", label="Ligne"),
        Column(key="code", label="Code"),
        Column(key="edition", label="Édition"),
    ]
    title = f"Ce qui a changé depuis l’édition {issue.before.edition}"
    return Table(key="changes", title=title, columns=[*heads, *measure_columns(scope.form, scope.period)], rows=rows)


def _moved_name(scope: Scope, place: Place, names: Names) -> str:
    if scope.by == "national":
        return "Total national"
    name = names.member(place.code)
    return name if scope.by == "member" else f"{name} – {names.group(scope.by, place.group)}"
