"""Submissions for the tests: made of a few figures, or read from a golden network's files."""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

from services.aggregation.handlers.accepted import Accepted, read_accepted
from shared.clock import noon
from shared.events import SubmissionAccepted, SubmittedLine
from shared.forms import FORMS
from shared.network import Network
from shared.periods import Period

QUARTERLY = {code: form for code, form in FORMS.items() if form.kind == "quarterly"}
GOLDEN = Path(__file__).parents[1] / "golden"
NUMBER = str.maketrans({" ": None, "\u00a0": None, "\u202f": None, ",": "."})


def accepted(
    lines: Mapping[str, Sequence[int | str]],
    *,
    platform: str = "PF01",
    form: str = "assistance-trimestriel",
    period: str = "2005-T1",
    version: int = 1,
    day: date = date(2005, 4, 6),
    departments: Mapping[str, str] | None = None,
    comments: Mapping[str, str] | None = None,
) -> SubmissionAccepted:
    names = [column.name for column in FORMS[form].measures]
    return SubmissionAccepted(
        submission=uuid4(),
        platform=platform,
        form=form,
        period=period,
        received_at=noon(day),
        received_on=day,
        door="http",
        file_name="file.csv",
        sha256="0" * 64,
        version=version,
        lines=tuple(
            SubmittedLine(
                line=number,
                member=member,
                department=(departments or {}).get(member, "75"),
                values={name: Decimal(value) for name, value in zip(names, values, strict=True)},
                comment=(comments or {}).get(member),
            )
            for number, (member, values) in enumerate(lines.items(), start=2)
        ),
    )


def read(event: SubmissionAccepted) -> Accepted:
    """As aggregation reads it from the wire."""
    return read_accepted(event.model_dump_json().encode())


class Sent(NamedTuple):
    """A row of a plan."""

    file: str
    platform: str
    form: str
    period: str
    sent: str
    expect: str


def network_of(golden: str) -> Network:
    return Network.model_validate(json.loads((GOLDEN / golden / "network.json").read_text()))


def golden_events(golden: str) -> Iterator[SubmissionAccepted]:
    """What ingestion says of the plan's accepted quarterly files, in the order sent."""
    network, versions = network_of(golden), dict[tuple[str, str, str], int]()
    with (GOLDEN / golden / "plan.csv").open() as plan:
        for row in csv.DictReader(plan):
            sent = Sent(*(row[name] for name in Sent._fields))
            if sent.form in QUARTERLY and sent.expect == "accepted":
                key = (sent.platform, sent.form, sent.period)
                versions[key] = versions.get(key, 0) + 1
                yield _event(network, sent, versions[key], GOLDEN / golden / "submissions" / sent.file)


def _event(network: Network, sent: Sent, version: int, file: Path) -> SubmissionAccepted:
    last_day = Period.parse(sent.period).last_day
    lines, departments = {}, {}
    for row in _rows(file.read_bytes()):
        code = row["organisme"].strip().upper()
        member = network.member(code)
        assert member is not None
        lines[code] = [row[column.name].strip().translate(NUMBER) for column in FORMS[sent.form].measures]
        departments[code] = member.department_on(last_day)
    day = date.fromisoformat(sent.sent)
    return accepted(
        lines,
        platform=sent.platform,
        form=sent.form,
        period=sent.period,
        version=version,
        day=day,
        departments=departments,
    )


def _rows(content: bytes) -> Iterator[dict[str, str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252")
    first = next(line for line in text.splitlines() if line.strip(" ;,\t"))
    separator = max(";,\t", key=first.count)
    records = [record for record in csv.reader(io.StringIO(text), delimiter=separator) if any(map(str.strip, record))]
    names = [name.strip().lower() for name in records[0]]
    return (dict(zip(names, record, strict=True)) for record in records[1:])
