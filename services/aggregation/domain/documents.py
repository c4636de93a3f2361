"""A table of a form's quarter as a document: its figures, what is missing, and what has changed since it was issued."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.aggregation.domain.changes import Before, changes_sentence, changes_table
from services.aggregation.domain.content import moves
from services.aggregation.domain.coverage_tables import coverage_tables
from services.aggregation.domain.layout import figures_table
from services.aggregation.domain.missing import MissingLine, silent_platforms
from services.aggregation.domain.names import BY_LEVEL, Names
from services.aggregation.domain.objectives import objectives_tables
from services.aggregation.domain.snapshot import Snapshot
from shared.report import Column, Document, Row, Table, french
from shared.report.french import typeset

NAMED = 12
COMPLETE = typeset("Tableau complet : toutes les lignes attendues ont été reçues.")
INCOMPLETE = typeset("Tableau incomplet : ")
NOT_OVER = typeset(
    "Le trimestre n’est pas terminé : les lignes ne sont attendues qu’à partir du lendemain de son dernier jour."
)
SEE_MISSING = typeset("voir « Ce qui manque »")
NOTHING_RECEIVED = "la Plate-forme n’a rien déposé"
LEFT_OUT = "absent du dépôt de la Plate-forme"
TO_CONFIRM_NOW = "à confirmer"
# An explanation given meanwhile is in no edition: it is received on no day.
TO_CONFIRM_THEN = "à confirmer au dépôt"


@dataclass(frozen=True, slots=True)
class Issue:
    """An edition: its number, and the one before where there is one."""

    number: str
    edition: int
    day: date
    before: Before | None = None


def current_document(table: Snapshot, day: date, *, is_over: bool) -> Document:
    """The table as it stands now."""
    status = status_of(table.content.missing, table.names) if is_over else NOT_OVER
    beside = _beside(table, TO_CONFIRM_NOW)
    return _document(table, f"situation au {french.day(day)}", "", [status], beside)


def issued_document(table: Snapshot, issue: Issue) -> Document:
    """The table frozen on the day of its issue: everything received before that day counts."""
    notes = [status_of(table.content.missing, table.names)]
    changes: list[Table] = []
    if issue.before:
        moved = moves(issue.before.content, table.content)
        notes.append(changes_sentence(issue.before, moved, table.content))
        changes = [changes_table(table, moved, issue.before, issue.edition)] if moved else []
    when = f"édition {issue.edition} du {french.day(issue.day)}"
    return _document(table, when, issue.number, notes, [*_beside(table, TO_CONFIRM_THEN), *changes])


def _beside(table: Snapshot, to_confirm: str) -> list[Table]:
    """What was wanted and what was expected, where it is known."""
    found = objectives_tables(table.scope, table.content, table.objectives, table.names)
    if table.coverage:
        found += coverage_tables(table.scope, table.coverage, table.names, to_confirm=to_confirm)
    return found


def _document(
    table: Snapshot, when: str, reference: str, notes: Sequence[str], beside: Sequence[Table] = ()
) -> Document:
    scope, missing = table.scope, table.content.missing
    return Document(
        title=f"Suivi de l’activité du {scope.form.service_title} {BY_LEVEL[scope.level]}",
        subtitle=f"{scope.period.title} – {when}",
        reference=reference,
        notes=notes,
        tables=[figures_table(table), *([_missing_table(missing, table.names)] if missing else []), *beside],
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
        platforms = french.count(len(silent), "Plate-forme", "Plates-formes")
        lines = french.count(behind, "ligne attendue", "lignes attendues")
        parts.append(f"{platforms} {verb} rien déposé ({_listed(silent)}), soit {lines}")
    if left_out:
        verb = "manque" if len(left_out) == 1 else "manquent"
        members = french.count(len(left_out), "CIL/CCI", "CIL/CCI")
        parts.append(f"{members} {verb} dans les dépôts reçus ({_listed(left_out)})")
    return f"{INCOMPLETE}{typeset(' ; ').join(parts)}."


def _listed(found: Sequence[str]) -> str:
    rest = len(found) - NAMED
    named = ", ".join(found[:NAMED])
    return f"{named} et {french.count(rest, 'autre', 'autres')}, {SEE_MISSING}" if rest > 0 else named


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
