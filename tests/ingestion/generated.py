"""Files of any form, made of right cells and of cells spoilt in every way, as each kind of file."""

import io
import json
from typing import Any

import xlsxwriter
from hypothesis import strategies as st

from shared.forms import FLAGS, FORMS, Column, Form

Table = list[list[str]]

_RIGHT: dict[str, list[str]] = {
    "member": ["CIL01", "cil02", "CCI03"],
    "department": ["35", "2A", ""],
    "count": ["0", "1", "12", "1 234"],
    "amount": ["0", "10,5", "1234.50"],
    "flag": [*FLAGS, "oui"],
    "postcode": ["35000", "01000"],
    "date": ["2005-03-31", "31/03/2005"],
    "text": ["Mairie", "une phrase; à part", 'un "mot"'],
}
_SPOILT = [
    "",
    " ",
    "x",
    "-1",
    "1,5",
    "1,234",
    "99999999999",
    "CIL99",
    "CIL04",
    "=1+1",
    "2005-02-30",
    "é",
    "20",
    "\u202f",
]


def period_of(form: str) -> str:
    return "2005-T1" if FORMS[form].kind == "quarterly" else "2005"


def _cells(form: Form, column: Column) -> st.SearchStrategy[str]:
    right = list(form.codes_of(column)) if column.type == "code" else _RIGHT[column.type]
    return st.one_of(*[st.sampled_from(right)] * 6, st.sampled_from(_SPOILT))


@st.composite
def tables(draw: Any, form: Form) -> Table:
    """A header, most often the form's, and a few rows, some of which are not as long."""
    names = [column.name for column in form.columns]
    if draw(st.integers(0, 9)) == 0:
        names = draw(st.lists(st.sampled_from([*names, "nom", "inconnue"]), min_size=1))
    by_name = [form.by_name.get(name, form.columns[0]) for name in names]
    rows = draw(st.lists(st.tuples(*(_cells(form, column) for column in by_name)), max_size=5))
    return [names, *(list(row)[: draw(st.sampled_from([None] * 6 + [-1]))] for row in rows)]


def as_csv(table: Table) -> bytes:
    def quoted(cell: str) -> str:
        return '"' + cell.replace('"', '""') + '"' if set(cell) & set(';"') else cell

    return "\n".join(";".join(map(quoted, row)) for row in table).encode()


def as_json(table: Table) -> bytes:
    rows = [dict(zip(table[0], row, strict=False)) for row in table[1:]]
    return json.dumps({"rows": rows}, ensure_ascii=False).encode()


def as_xlsx(table: Table) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet()
        for line, row in enumerate(table):
            for place, cell in enumerate(row):
                sheet.write_string(line, place, cell)
    return content.getvalue()


KINDS = (as_csv, as_csv, as_json, as_xlsx)
