"""The second judge: stages, rows, keys and items of the format, over a grid; members are the registry's own JSON."""

import operator
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from shared.forms import Form
from tests.soak.reference.books import read_book
from tests.soak.reference.cells import Bad, Taken, read_cell
from tests.soak.reference.csv_text import read_csv
from tests.soak.reference.grid import Grid, NotRead
from tests.soak.reference.json_text import read_json
from tests.soak.reference.members import Registry
from tests.soak.reference.personal import is_personal, names_somebody

Fault = tuple[int | None, str | None, str]
_GRADES = ("tres_satisfait", "satisfait", "peu_satisfait", "pas_satisfait")
_ITEMS = {
    "assistance": ("accueil", "diagnostic", "solutions", "reactivite"),
    "mobilite": ("entretien_famille", "logements_proposes", "accompagnement_visite", "mise_en_service"),
}
_KEYS = {
    "assistance-trimestriel": ("organisme",),
    "mobilite-trimestriel": ("organisme",),
    "satisfaction": ("organisme", "service", "item"),
    "partenariats": ("partenaire_nom", "date_signature"),
}
# The column, those that it needs right, the code, and when it is broken.
_COMPARISONS: Sequence[tuple[str, tuple[str, ...], str, Callable[..., bool]]] = (
    ("date_signature", ("formalise",), "missing_value", lambda day, formal: day is None and formal == "O"),
    ("item", ("service",), "unknown_code", lambda item, service: item not in (*_ITEMS[service], "ensemble")),
    ("revenus_foyer", ("personnes_foyer",), "out_of_bounds", operator.gt),
    ("entreprises_concernees", ("dossiers_individuels",), "more_companies_than_cases", operator.gt),
    ("montant_facture_ht", ("dossiers_individuels",), "amount_without_case", lambda paid, cases: paid > 0 == cases),
    ("total", _GRADES, "total_mismatch", lambda total, *grades: total != sum(grades)),
    ("total", ("prestations_realisees",), "more_answers_than_services", operator.gt),
)


@dataclass(slots=True)
class Opinion:
    """The second judge's: the faults, or the rows' values.

    loose: it leaves the first one free to refuse; broken: what a library has made of a broken workbook.
    """

    faults: Counter[Fault] = field(default_factory=Counter)
    rows: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    total: int = 0
    loose: bool = False
    broken: bool = False
    personal: bool = False

    def refuse(self, line: int | None, column: str | None, code: str) -> None:
        self.faults[line, column, code] += 1


def judge(content: bytes, form: Form, registry: Registry) -> Opinion:
    """Raises NoOpinion where the libraries cannot tell."""
    opinion = Opinion()
    try:
        grid = read(content, form)
    except NotRead as refused:
        opinion.refuse(None, None, refused.code)
        return opinion
    opinion.broken = grid.doubtful
    opinion.total = grid.blank + max(0, len(grid.rows) - 1)
    _judge_grid(grid, form, registry, opinion)
    return opinion


def read(content: bytes, form: Form) -> Grid:
    if content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        raise NotRead
    if content.startswith(b"PK\x03\x04"):
        return read_book(content, form.code, {column.name for column in form.columns if column.type == "postcode"})
    if content.removeprefix(b"\xef\xbb\xbf").lstrip().startswith((b"{", b"[")):
        return read_json(content, [column.name for column in form.columns])
    return read_csv(content)


def _judge_grid(grid: Grid, form: Form, registry: Registry, opinion: Opinion) -> None:
    header = [name.strip().lower() for name in grid.rows[0][1]] if grid.rows else []
    if len(grid.rows) < 2 and (form.kind == "quarterly" or not header):
        opinion.refuse(1, None, "empty_file")
        return
    _judge_header(header, form, opinion)
    if opinion.faults:
        return
    judge_of_rows = _Rows(form, header, registry, opinion)
    for line, record in grid.rows[1:]:
        judge_of_rows.judge(line, record)
    if form.code == "satisfaction":
        judge_of_rows.judge_items()


def _judge_header(header: Sequence[str], form: Form, opinion: Opinion) -> None:
    known = {column.name for column in form.columns}
    for name in dict.fromkeys(header):
        if header.count(name) > 1:
            opinion.refuse(1, name, "duplicate_column")
        if name not in known:
            personal = form.anonymous and (names_somebody(name) or is_personal(name))
            opinion.personal = opinion.personal or personal
            # What names somebody is not repeated.
            column = None if is_personal(name) else name
            opinion.refuse(1, column, "identifying_data" if personal else "unknown_column")
    for wanted in form.columns:
        if wanted.required and wanted.name not in header:
            opinion.refuse(1, wanted.name, "missing_column")


class _Rows:
    def __init__(self, form: Form, header: Sequence[str], registry: Registry, opinion: Opinion) -> None:
        self._form, self._header, self._registry, self._opinion = form, header, registry, opinion
        self._keys: set[tuple[Any, ...]] = set()
        self._items: dict[tuple[str, str], set[str]] = {}

    def judge(self, line: int, record: Sequence[str]) -> None:
        if len(record) != len(self._header):
            self._opinion.refuse(line, None, "wrong_field_count")
            return
        cells = {name: self._cell(name, written) for name, written in zip(self._header, record, strict=True)}
        if self._form.code == "partenariats":
            cells.setdefault(
                "date_signature", None
            )  # a column left out is one of empty cells, even where one is needed
        self._opinion.loose = self._opinion.loose or any(isinstance(cell, Taken) for cell in cells.values())
        cells = {name: cell.value if isinstance(cell, Taken) else cell for name, cell in cells.items()}
        bad = {name: cell for name, cell in cells.items() if isinstance(cell, Bad)}
        self._opinion.loose = self._opinion.loose or any(fault.loosely for fault in bad.values())
        self._compare(cells, bad)
        self._judge_member(cells, bad)
        self._note_item(cells, bad)
        self._judge_key(cells, bad)
        for name, fault in bad.items():
            self._opinion.refuse(line, name, fault.code)
        self._opinion.rows.append((line, cells))

    def _cell(self, name: str, written: str) -> Any:
        column = self._form.by_name[name]
        if self._form.anonymous and is_personal(written):
            self._opinion.personal = True
            return Bad("identifying_data")
        value = read_cell(self._form, column, written)
        if column.type != "member" or isinstance(value, Bad):
            return value
        return self._registry.code_of(value) or Bad("unknown_member")

    def _compare(self, cells: Mapping[str, Any], bad: dict[str, Bad]) -> None:
        for column, needs, code, breaks in _COMPARISONS:
            names = (column, *needs)
            if all(name in cells and name not in bad for name in names) and breaks(*(cells[name] for name in names)):
                bad[column] = Bad(code)

    def _judge_member(self, cells: Mapping[str, Any], bad: dict[str, Bad]) -> None:
        if "organisme" not in cells or "organisme" in bad:
            return
        code = cells["organisme"]
        service = self._form.services[0] if len(self._form.services) == 1 else cells.get("service")
        if "service" not in bad and service and (fault := self._registry.fault_of(code, service)):
            bad["organisme"] = Bad(fault)
        said = cells.get("departement")
        if isinstance(said, str) and said.upper().rjust(2, "0") != self._registry.department_of(code):
            bad.setdefault("departement", Bad("wrong_department"))

    def _judge_key(self, cells: Mapping[str, Any], bad: dict[str, Bad]) -> None:
        names = [name for name in _KEYS.get(self._form.code, ()) if name in cells]
        if not names or any(isinstance(cells[name], Bad) for name in names) or any(name in bad for name in names[1:]):
            return
        key = tuple(str(cells[name] or "").casefold() for name in names)
        if key in self._keys:
            bad.setdefault(names[0], Bad("duplicate_line"))
        self._keys.add(key)

    def _note_item(self, cells: Mapping[str, Any], bad: Mapping[str, Bad]) -> None:
        names = ("organisme", "service", "item")
        if self._form.code != "satisfaction" or any(isinstance(cells[name], Bad) for name in names) or "item" in bad:
            return
        self._items.setdefault((cells["organisme"], cells["service"]), set()).add(cells["item"])

    def judge_items(self) -> None:
        for (_, service), present in self._items.items():
            if not present.issuperset(_ITEMS[service]):
                self._opinion.refuse(None, "item", "missing_item")
