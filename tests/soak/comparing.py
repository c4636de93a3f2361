"""Comparing: what the door has answered and kept of a file, against what the second judge makes of it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tests.soak.mutants import Mutant
from tests.soak.reference.judge import Opinion

_UNREAD = {"unreadable_file", "too_large"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, and what was kept: the bodies of the events, and the bytes where they are held."""

    status: int
    body: dict[str, Any]
    seconds: float
    events: Sequence[tuple[str, dict[str, Any]]] = ()


def differences(mutant: Mutant, answer: Answer, opinion: Opinion) -> list[str]:
    """In words; none where both judges say the same, or where the second leaves the first free."""
    accepted = answer.body["verdict"] == "accepted"
    if opinion.faults and accepted:
        return [f"accepted, the second judge refuses: {_few(opinion.faults)}"] if not opinion.loose else []
    if accepted:
        return [*_different_rows(mutant, answer, opinion), *_different_count(answer, opinion)]
    if opinion.loose or opinion.broken:
        return []
    if not opinion.faults and not mutant.is_damaged_book:
        return [f"refused, the second judge accepts: {_few(_said(answer))}"]
    return _different_faults(mutant, answer, opinion)


def _said(answer: Answer) -> Counter[Any]:
    return Counter((error["line"], error["column"], error["code"]) for error in answer.body["errors"])


def _different_faults(mutant: Mutant, answer: Answer, opinion: Opinion) -> list[str]:
    said, found = _said(answer), opinion.faults
    codes, wanted = {code for *_, code in said}, {code for *_, code in found}
    if codes <= _UNREAD and mutant.is_damaged_book:
        return []  # a library has made something of it
    if codes & _UNREAD or wanted & _UNREAD:
        # A file that is both may be called either.
        return [] if codes <= _UNREAD and wanted <= _UNREAD else [f"{_few(said)}, the second judge: {_few(found)}"]
    different = _different_count(answer, opinion)
    if answer.body["error_count"] > len(answer.body["errors"]):
        return different
    if mutant.form.anonymous:
        said, found = _without_doubtful(said, found), _without_doubtful(found, said)
    if opinion.personal and "identifying_data" not in codes:
        different.append("somebody is named, and it was not seen")
    if said != found:
        different.append(f"only said: {_few(said - found)}; only found by the second judge: {_few(found - said)}")
    return different


def _without_doubtful(mine: Counter[Any], theirs: Counter[Any]) -> Counter[Any]:
    """Without the places where either saw somebody named: what is doubtful is not compared."""
    doubtful = {(line, column) for line, column, code in (*mine, *theirs) if code == "identifying_data"}
    return Counter({fault: many for fault, many in mine.items() if (fault[0], fault[1]) not in doubtful})


def _few(faults: Counter[Any]) -> str:
    return " ".join(map(str, sorted(faults, key=str)[:5])) + (" …" if len(faults) > 5 else "")


def _different_count(answer: Answer, opinion: Opinion) -> list[str]:
    body = answer.body
    told = body["rows_accepted"] + body["rows_refused"] + body["rows_blank"]
    return [] if told == opinion.total else [f"{told} rows told, {opinion.total} in the file"]


def _different_rows(mutant: Mutant, answer: Answer, opinion: Opinion) -> list[str]:
    """Cases have no line, and come in whatever order."""
    said = sorted(_cases(answer), key=str) if mutant.form.anonymous else _lines(answer)
    found = [_shown(mutant, line, cells) for line, cells in opinion.rows]
    found = sorted(found, key=str) if mutant.form.anonymous else found
    if said == found:
        return []
    if len(said) != len(found):
        return [f"{len(said)} rows kept, {len(found)} read by the second reader"]
    pairs = next((one, other) for one, other in zip(said, found, strict=True) if one != other)
    return [f"kept {pairs[0]}, read by the second reader {pairs[1]}"]


def _cases(answer: Answer) -> list[Any]:
    return [row for kind, body in answer.events if kind == "CasesReported" for row in body["rows"]]


def _lines(answer: Answer) -> list[Any]:
    [body] = [body for kind, body in answer.events if kind == "SubmissionAccepted"]
    return [(line["line"], _line(line)) for line in body["lines"]]


def _line(line: dict[str, Any]) -> dict[str, Any]:
    values = {name: Decimal(str(value)) for name, value in line["values"].items()}
    return {"organisme": line["member"] or None, "commentaire": line["comment"], **values, **line["texts"]}


def _shown(mutant: Mutant, line: int, cells: dict[str, Any]) -> Any:
    if mutant.form.anonymous:
        written = {name: f"{cell:.2f}" if isinstance(cell, Decimal) else cell for name, cell in cells.items()}
        return [written.get(column.name) for column in mutant.form.columns]
    numbers = {name: Decimal(cell) if isinstance(cell, int) else cell for name, cell in cells.items()}
    kept = {name: cell for name, cell in numbers.items() if cell is not None and name != "departement"}
    return line, {"organisme": cells.get("organisme"), "commentaire": cells.get("commentaire"), **kept}
