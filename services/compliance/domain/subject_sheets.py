"""The sheets on which a platform, a member or an operator is written: fields, dated rows, and reading them back."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from shared.network_facts import SERVICE_TITLES

Kind = Literal["platforms", "members", "operators"]
FieldType = Literal["text", "date", "email", "choice", "lines", "several"]
BLANK_ROWS = 2

SERVICES = tuple(SERVICE_TITLES.items())
ROLES = (
    ("referent", "interlocuteur référent"),
    ("deputy", "suppléant"),
    ("management", "direction"),
    ("data", "transmission des fichiers"),
)
WANTED = (
    ("receipt", "accusés de réception"),
    ("reminder", "rappels"),
    ("escalation", "relances de direction"),
    ("restitution", "restitutions"),
)


@dataclass(frozen=True, slots=True)
class Field:
    """A box to fill in. `lines`: a list, one text a line; `several`: a list of codes among the choices."""

    name: str
    label: str
    type: FieldType = "text"
    choices: tuple[tuple[str, str], ...] = ()
    required: bool = False

    @property
    def is_list(self) -> bool:
        return self.type in ("lines", "several")


@dataclass(frozen=True, slots=True)
class Rows:
    """Facts of one kind, one row each."""

    name: str
    label: str
    columns: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything that can be written of a kind of subject."""

    kind: Kind
    title: str
    fields: tuple[Field, ...]
    rows: tuple[Rows, ...]


_FROM, _TO = Field("from", "Du", "date", required=True), Field("to", "Au (inclus)", "date")
_SERVICE = Field("service", "Service", "choice", SERVICES, required=True)
_CODE, _NAME = Field("code", "Code", required=True), Field("name", "Nom", required=True)
_EMAILS = Field("emails", "Adresses électroniques, une par ligne", "lines")
_CONTACTS = Rows(
    "contacts",
    "Interlocuteurs",
    (
        Field("role", "Rôle", "choice", ROLES, required=True),
        Field("name", "Nom"),
        Field("email", "Adresse", "email", required=True),
        Field("receives", "Reçoit", "several", WANTED),
        Field("from", "Du", "date"),
        _TO,
    ),
)
_COMMITMENTS = Rows(
    "commitments", "Engagements aux Chartes (acte d’engagement)", (_SERVICE, _FROM, _TO, Field("document", "Référence"))
)

SHEETS: Mapping[Kind, Sheet] = {
    "platforms": Sheet(
        "platforms",
        "Plate-forme",
        (_CODE, _NAME, _EMAILS, Field("sftp_keys", "Clés SFTP, une par ligne", "lines")),
        (
            Rows("agreements", "Agréments de l’UESL", (_FROM, _TO, Field("letter", "Lettre d’agrément"))),
            Rows(
                "correspondents",
                "Correspondant de l’UESL",
                (Field("name", "Nom", required=True), Field("email", "Adresse", "email", required=True), _FROM, _TO),
            ),
            _CONTACTS,
            _COMMITMENTS,
        ),
    ),
    "members": Sheet(
        "members",
        "CIL/CCI",
        (
            _CODE,
            Field("kind", "Nature", "choice", (("CIL", "CIL"), ("CCI", "CCI")), required=True),
            _NAME,
            Field("department", "Département du siège (INSEE)", required=True),
            _EMAILS,
            Field("created", "Créé le", "date"),
            Field("closed", "Dernier jour d’existence", "date"),
            Field("merged_into", "Absorbé par (code)"),
        ),
        (
            Rows(
                "memberships",
                "Adhésions (convention EA19 ou EM20)",
                (
                    _SERVICE,
                    Field("platform", "Plate-forme (code)", required=True),
                    _FROM,
                    _TO,
                    Field("convention", "Convention"),
                    Field("signed", "Signée le", "date"),
                ),
            ),
            Rows(
                "delegations",
                "Accords formels : service confié à",
                (_SERVICE, Field("member", "CIL/CCI (code)", required=True), _FROM, _TO),
            ),
            Rows(
                "departments",
                "Départements antérieurs du siège",
                (Field("department", "Département", required=True), _FROM, _TO),
            ),
            _CONTACTS,
            _COMMITMENTS,
        ),
    ),
    "operators": Sheet(
        "operators",
        "Opérateur",
        (_CODE, _NAME, Field("members", "CIL/CCI pour lesquels il agit, un code par ligne", "lines")),
        (
            Rows("works_for", "Missions datées", (Field("member", "CIL/CCI (code)", required=True), _FROM, _TO)),
            _CONTACTS,
            _COMMITMENTS,
        ),
    ),
}


def read_sheet(sheet: Sheet, sent: Mapping[str, Sequence[str]], before: Mapping[str, Any]) -> dict[str, Any]:
    """The subject as written on the sheet; what the sheet does not show of it stays as it was before."""
    subject = dict(before)
    for field in sheet.fields:
        _put(subject, field, sent.get(field.name, ()))
    for rows in sheet.rows:
        known = before.get(rows.name)
        written = list(_read_rows(rows, sent, known if isinstance(known, list) else []))
        if written or rows.name in before:
            subject[rows.name] = written
    return subject


def _read_rows(rows: Rows, sent: Mapping[str, Sequence[str]], before: Sequence[Any]) -> Iterator[dict[str, Any]]:
    numbers = {int(name.split("-")[1]) for name in sent if _is_of(rows.name, name)}
    for n in sorted(numbers):
        cells = {column.name: sent.get(f"{rows.name}-{n}-{column.name}", ()) for column in rows.columns}
        if not any(value.strip() for values in cells.values() for value in values):
            continue
        row = dict(before[n]) if n < len(before) and isinstance(before[n], dict) else {}
        for column in rows.columns:
            _put(row, column, cells[column.name])
        yield row


def _is_of(name: str, sent: str) -> bool:
    parts = sent.split("-")
    return len(parts) == 3 and parts[0] == name and parts[1].isascii() and parts[1].isdigit() and len(parts[1]) < 5


def _put(values: dict[str, Any], field: Field, sent: Sequence[str]) -> None:
    """An empty box leaves no trace where there was none."""
    written = [text.strip() for value in sent for text in value.splitlines() if text.strip()]
    if field.is_list:
        value: Any = written
    else:
        value = written[0] if written else None
    if written or field.name in values:
        is_text = field.type != "date" and isinstance(values.get(field.name), str)
        values[field.name] = "" if value is None and is_text else value


def faults_of_sheet(sheet: Sheet, subject: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Boxes that must be filled in and are not, with a French sentence each."""
    found = [
        (field.name, f"{field.label} : cette information manque.")
        for field in sheet.fields
        if field.required and not subject.get(field.name)
    ]
    for rows in sheet.rows:
        for n, row in enumerate(subject.get(rows.name) or ()):
            for column in rows.columns:
                if column.required and not row.get(column.name):
                    said = f"{rows.label}, ligne {n + 1}, {column.label} : cette information manque."
                    found.append((f"{rows.name}-{n}-{column.name}", said))
    return found
