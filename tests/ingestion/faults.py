"""Files of every form with one fault, made from right ones: for each code of the format, and where it is said."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from shared.forms import FORMS, Column, Form
from tests.ingestion.filling import WRONG
from tests.ingestion.kinds import WRITERS, Cell

Cells = dict[str, Cell]
Place = tuple[int | None, str | None]

ADDRESSES = ("jean.dupont@exemple.fr", "06 12 34 56 78", "1 85 05 78 006 084 36", "12 rue des Lilas")
IDENTITY_COLUMNS = ("nom", "Prénom", "courriel", "téléphone", "nir", "adresse", "date_naissance")
# By kind of file, the writer that stands for it here; `test_same_verdict_any_kind.py` knows the others.
KINDS = {"csv": "csv", "xlsx": "xlsxwriter", "ods": "odfpy", "json": "json"}


@dataclass(frozen=True)
class Fault:
    """A file that raises one code alone, at these places; `asked` is what it is sent as, where that is not usual."""

    code: str
    form: str
    at: tuple[Place, ...]
    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    asked: Mapping[str, Any] = field(default_factory=dict)

    def written(self, kind: str) -> bytes:
        return WRITERS[KINDS[kind]](self.header, self.rows, self.form)


def right_rows(form: Form) -> list[Cells]:
    """Those that the form gives as its examples, of one member; a survey has its optional item, too."""
    rows: list[Cells] = [dict(example) for example in form.examples]
    return [*rows, {**rows[0], "item": "ensemble"}] if form.whole else rows[:1]


def made(code: str, form: Form, rows: list[Cells], *at: Place, **asked: Any) -> Fault:
    names = tuple(column.name for column in form.columns)
    return Fault(code, form.code, at, names, tuple(tuple(row.get(name) for name in names) for row in rows), asked)


def spoilt(code: str, form: Form, column: str, **changes: Cell) -> Fault:
    """With these cells in the last row, of which one column is at fault."""
    rows = right_rows(form)
    rows[-1] |= changes
    return made(code, form, rows, (len(rows) + 1, column))


def all_faults() -> list[Fault]:
    makers = (of_period, of_structure, of_cells, of_members, of_keys, of_comparisons)
    return [fault for form in FORMS.values() for make in makers for fault in make(form)]


def of_period(form: Form) -> Iterator[Fault]:
    other_kind, next_one, before = (
        ("2005-T1", "2006", "2004") if form.kind == "annual" else ("2005", "2005-T3", "2004-T4")
    )
    for unknown in (other_kind, before, "2005-T5", "hier"):
        yield made("unknown_period", form, right_rows(form), (None, None), period=unknown)
    yield made("period_not_open", form, right_rows(form), (None, None), period=next_one)
    yield made("period_closed", form, right_rows(form), (None, None), closed=True)
    yield made("agreement_expired", form, right_rows(form), (None, None), platform="PF99")


def of_structure(form: Form) -> Iterator[Fault]:
    right = made("", form, right_rows(form))
    yield _with_column("duplicate_column", right, form.columns[0].name.upper())
    yield _with_column("unknown_column", right, "Bonus")
    for name in IDENTITY_COLUMNS:
        yield _with_column("identifying_data" if form.anonymous else "unknown_column", right, name)
    for place, column in enumerate(form.columns):
        if column.required:
            yield _without_column(right, place)
    if form.kind == "quarterly":
        yield made("empty_file", form, [], (1, None))


def _with_column(code: str, right: Fault, name: str) -> Fault:
    rows = tuple((*row, "1") for row in right.rows)
    return Fault(code, right.form, ((1, name.lower()),), (*right.header, name), rows)


def _without_column(right: Fault, place: int) -> Fault:
    def without(row: tuple[Any, ...]) -> tuple[Any, ...]:
        return (*row[:place], *row[place + 1 :])

    rows = tuple(map(without, right.rows))
    return Fault("missing_column", right.form, ((1, right.header[place]),), without(right.header), rows)


def of_cells(form: Form) -> Iterator[Fault]:
    """Every code that a column's type can break, and in a case file what names a person."""
    right = made("", form, right_rows(form))
    long = (*right.rows[:-1], (*right.rows[-1], "de trop"))
    yield Fault("wrong_field_count", form.code, ((len(long) + 1, None),), right.header, long)
    for column in form.columns:
        if column.required:
            yield spoilt("missing_value", form, column.name, **{column.name: None})
        for value, code in [*WRONG.get(column.type, []), *_out_of_its_bounds(column)]:
            if code != "unknown_member":
                yield spoilt(code, form, column.name, **{column.name: value})
        for value in ADDRESSES if form.anonymous else ():
            yield spoilt("identifying_data", form, column.name, **{column.name: value})
        if column.never:
            yield spoilt("out_of_scope", form, column.name, **{column.name: column.never})


def _out_of_its_bounds(column: Column) -> list[tuple[Cell, str]]:
    beyond: list[Cell] = [int(column.minimum) - 1] if column.minimum > 0 else []
    if column.type in ("count", "amount"):
        beyond.append(int(column.maximum) + 1)
    return [(value, "out_of_bounds") for value in beyond]


def of_members(form: Form) -> Iterator[Fault]:
    """Said in every row of the member: a survey that lacks items would be at fault for that, too."""
    if "organisme" not in form.by_name:
        return
    others = [("unknown_member", "CIL-999", "PF01"), ("unknown_member", "OP-01", "PF01")]
    others += [("foreign_member", "CIL-002", "PF01"), ("delegated_member", _delegator(form), "PF02")]
    for code, member, platform in others:
        rows = [{**row, "organisme": member, "departement": None} for row in right_rows(form)]
        if "service" in form.by_name and code == "delegated_member":
            rows = [{**row, "service": "assistance"} for row in rows]
        places: list[Place] = [(line, "organisme") for line in range(2, len(rows) + 2)]
        yield made(code, form, rows, *places, platform=platform)
    if "departement" in form.by_name:
        yield spoilt("wrong_department", form, "departement", departement="02")


def _delegator(form: Form) -> str:
    """A member of PF02 that has entrusted the service to another."""
    return "CIL-086" if form.services == ("mobilite",) else "CCI-026"


def of_keys(form: Form) -> Iterator[Fault]:
    rows = right_rows(form)
    if form.key:
        again = {**rows[-1], form.key[0]: f" {str(rows[-1][form.key[0]]).upper()} "}
        yield made("duplicate_line", form, [*rows, again], (len(rows) + 2, form.key[0]))
    if form.whole:
        yield made("missing_item", form, [*rows[:2], *rows[3:]], (None, "item"))


def of_comparisons(form: Form) -> Iterator[Fault]:
    names = form.by_name
    if "entreprises_concernees" in names:
        yield spoilt("more_companies_than_cases", form, "entreprises_concernees", entreprises_concernees=25)
        nothing: Cells = {"dossiers_individuels": 0, "entreprises_concernees": 0}
        yield spoilt("amount_without_case", form, "montant_facture_ht", montant_facture_ht="0,01", **nothing)
    if "total" in names:
        yield spoilt("total_mismatch", form, "total", total=25)
        yield spoilt("more_answers_than_services", form, "total", prestations_realisees=23)
        yield spoilt("unknown_code", form, "item", item="mise_en_service")
    if "revenus_foyer" in names:
        yield spoilt("out_of_bounds", form, "revenus_foyer", personnes_foyer=2, revenus_foyer=3)
    if "date_signature" in names:
        yield spoilt("missing_value", form, "date_signature", formalise="O", date_signature=None)


USUAL = {"quarterly": ("2005-T2", date(2005, 7, 10)), "annual": ("2005", date(2006, 2, 10))}


def usual(form: str) -> dict[str, Any]:
    """A sending of PF01 in time."""
    period, today = USUAL[FORMS[form].kind]
    return {"period": period, "today": today, "platform": "PF01"}
