"""The peer of the judge: a general validator of tables, given the form as a Table Schema."""

import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

import frictionless
from frictionless.formats import CsvControl

from shared.forms import Column, Form

_TYPES = {"count": "integer", "amount": "number"}


def frictionless_seconds(path: Path, form: Form) -> tuple[float, str]:
    """How long it takes over the file, which must be right for it too; and its version."""
    schema = frictionless.Schema.from_descriptor({"fields": [_field(form, column) for column in form.columns[:-1]]})
    resource = frictionless.Resource(path=str(path), schema=schema, control=CsvControl(delimiter=";"))
    began = time.perf_counter()
    with frictionless.system.use_context(trusted=True):
        report = frictionless.validate(resource)
    took = time.perf_counter() - began
    assert report.valid, report.flatten(["rowNumber", "fieldName", "note"])[:3]
    return took, version("frictionless")


def _field(form: Form, column: Column) -> dict[str, Any]:
    constraints: dict[str, Any] = {"required": column.required}
    if column.type in _TYPES:
        constraints |= {"minimum": float(column.minimum), "maximum": float(column.maximum)}
        if column.type == "count":
            constraints |= {"minimum": int(column.minimum), "maximum": int(column.maximum)}
    elif column.type == "flag":
        constraints["enum"] = ["O", "N"]
    elif column.type == "code":
        constraints["enum"] = list(form.codes_of(column))
    elif column.type == "postcode":
        constraints["pattern"] = "[0-9]{5}"
    return {"name": column.name, "type": _TYPES.get(column.type, "string"), "constraints": constraints}
