"""Structure: the rules on the header, whose errors are said on line 1 wherever blank rows have put it."""

from collections.abc import Sequence

from services.ingestion.domain.identity import holds_identity, names_identity
from services.ingestion.domain.verdicts import Error, refusal
from shared.forms import Form


def column_names(header: Sequence[str]) -> list[str]:
    """As the format compares and reports them: case and surrounding space ignored."""
    return [name.strip().lower() for name in header]


def structure_errors(header: Sequence[str], form: Form) -> list[Error]:
    """All of them at once, in the order of the table of codes, each name once per code."""
    names = column_names(header)
    known = [column.name for column in form.columns]
    required = [column.name for column in form.columns if column.required]
    received = dict(zip(reversed(names), reversed(header), strict=True))
    strange = [name for name in names if name not in known]
    identifying = [name for name in strange if form.anonymous and (names_identity(name) or holds_identity(name))]
    found = {
        "duplicate_column": [name for place, name in enumerate(names) if name in names[:place]],
        "identifying_data": identifying,
        "unknown_column": [name for name in strange if name not in identifying],
        "missing_column": [name for name in required if name not in names],
    }
    return [
        _refusal(code, name, received.get(name), ", ".join(known))
        for code, columns in found.items()
        for name in dict.fromkeys(columns)
    ]


def _refusal(code: str, name: str, received: str | None, known: str) -> Error:
    """A header may be somebody's address: then it is repeated nowhere, not even as the column's name."""
    if holds_identity(name):
        return refusal(code, line=1, columns=known)
    return refusal(code, line=1, column=name, value=received, columns=known)
