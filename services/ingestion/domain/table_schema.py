"""The published description of a form: a Table Schema (datapackage.org), with what it cannot say under our own keys."""

from typing import Any

from services.ingestion.domain.cells import FLAGS_READ, POSTCODE
from services.ingestion.domain.form_told import columns_told, due_told, nothing_told, refusals_told, rules_told
from services.ingestion.domain.numerals import read_number
from services.ingestion.domain.sheet import MAX_CELL_CHARACTERS
from shared.forms import FLAGS, Column, Form
from shared.forms.validity import Valid

PROFILE = "https://datapackage.org/profiles/2.0/tableschema.json"


def _written(flag: str) -> list[str]:
    """In capitals, small or mixed; the standard has no word for « whatever the case »."""
    words = [word for word, read in FLAGS_READ.items() if read == flag]
    return [way for word in words for way in dict.fromkeys((word, word.lower(), word.capitalize()))]


# Figures are described as a French file writes them; the point is read too, which the standard cannot say.
_TYPES: dict[str, dict[str, Any]] = {
    "count": {"type": "integer", "groupChar": " "},
    "amount": {"type": "number", "decimalChar": ",", "groupChar": " "},
    "flag": {"type": "boolean", "trueValues": _written("O"), "falseValues": _written("N")},
    "date": {"type": "date"},
}


def published(form: Form) -> dict[str, Any]:
    """As it holds; a file of which it finds nothing wrong may still be refused, by what needs the registry."""
    return {
        "$schema": PROFILE,
        "name": form.code,
        "title": form.title,
        "description": f"Une ligne par {form.row}. {due_told(form)} {nothing_told(form)}",
        "fields": [_field(form, column) for column in form.columns],
        "fieldsMatch": "superset",
        **_keys(form),
        "missingValues": [""],
        "kind": form.kind,
        "services": list(form.services),
        "due_days": form.due_days,
        "anonymous": form.anonymous,
        "source": form.source,
        "codes": {name: dict(codes) for name, codes in form.codes.items()},
        "comparisons": [{"column": rule.column, "code": rule.code, "rule": rule.told} for rule in rules_told(form)],
        "refusals": [
            {"code": code.code, "stage": code.stage, "title": code.title, "sentence": code.sentence}
            | {"expected": code.expected, "source": code.source}
            for code in refusals_told(form)
        ],
        "examples": [dict(row) for row in form.examples],
    }


def _keys(form: Form) -> dict[str, Any]:
    """A primary key bears no empty cell; ours may."""
    if not form.key:
        return {}
    if all(form.by_name[name].required for name in form.key):
        return {"primaryKey": list(form.key)}
    return {"uniqueKeys": [list(form.key)]}


def _field(form: Form, column: Column) -> dict[str, Any]:
    told = next(one for one in columns_told(form) if one.name == column.name)
    field: dict[str, Any] = {"name": column.name, "title": column.label, "description": told.note or told.essence}
    field |= _TYPES.get(column.type, {"type": "string"})
    if example := next((row[column.name] for row in form.examples if column.name in row), None):
        field["example"] = _example(column, example)
    if codes := form.codes_of(column):
        field["categories"] = [{"value": code, "label": label} for code, label in codes.items()]
    return field | {"constraints": _constraints(form, column)} | _own(column, told.essence)


def _example(column: Column, written: str) -> str | float:
    """An amount as a number: readers of the standard do not agree on how its text is to be read."""
    number = read_number(written) if column.type == "amount" else None
    return float(number.value) if number else written


def _constraints(form: Form, column: Column) -> dict[str, Any]:
    found: dict[str, Any] = {"required": column.required}
    match column.type:
        case "count":
            found |= {"minimum": int(column.minimum), "maximum": int(column.maximum)}
        case "amount":
            found |= {"minimum": float(column.minimum), "maximum": float(column.maximum)}
        case "code":
            found["enum"] = [code for code in form.codes_of(column) if code != column.never]
        case "flag" if column.never:
            found["enum"] = [flag == "O" for flag in FLAGS if flag != column.never]
        case "postcode":
            # In brackets: some readers anchor it without, and then only its first and last alternatives.
            found["pattern"] = f"({POSTCODE})"
        case "text":
            found["maxLength"] = MAX_CELL_CHARACTERS
    return found


def _own(column: Column, essence: str) -> dict[str, Any]:
    """What the standard has no words for."""
    own: dict[str, Any] = {"kind": column.type, "expected": essence}
    if column.measure:
        own["measure"] = True
    if column.codes_by:
        own["codes_by"] = {"column": column.codes_by.column, "lists": dict(column.codes_by.lists)}
    elif column.codes:
        own["codes"] = column.codes
    if column.at_most:
        own["at_most"] = column.at_most
    if column.required_where:
        own["required_where"] = {"column": column.required_where.column, "is": column.required_where.is_}
    if not column.valid.is_always:
        own["valid"] = _valid(column.valid)
    return own


def _valid(valid: Valid) -> dict[str, str | None]:
    return {name: None if value is None else str(value) for name, value in valid}


def row_schema(form: Form) -> dict[str, Any]:
    """A row as JSON Schema, for whoever sends JSON: as lenient as the reading, figures as text too."""
    return {
        "title": form.code,
        "description": form.title,
        "type": "object",
        "required": [column.name for column in form.columns if column.required],
        "properties": {
            told.name: {"title": told.label, "description": f"{told.essence}.", "type": ["string", "number", "null"]}
            for told in columns_told(form)
        },
        "additionalProperties": False,
    }
