"""Events for the tests: a small network, its submissions, its deadlines, an issue."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from shared.events import (
    CentralRecorded,
    DayBegan,
    DeadlineExtended,
    Event,
    IssuedEdition,
    LateListed,
    LateSubmission,
    MemberRecorded,
    OwedForm,
    PlatformRecorded,
    ReceptionClosed,
    RegistryRecorded,
    ReminderDue,
    ReportedError,
    RestitutionIssued,
    SubmissionAccepted,
    SubmissionRejected,
    SubmittedLine,
)
from shared.network import Central, Member, Platform
from shared.report.model import Column, Document, Row, Table

FORM = "assistance-trimestriel"
OTHER = "mobilite-trimestriel"
PERIOD = "2005-T1"
DUE = date(2005, 4, 30)


def registry(members: int = 3, version: int = 1, whole: bool = True) -> list[Event]:
    """UESL, two platforms, some members; the second platform has no address."""
    said: list[Event] = [
        CentralRecorded(version=version, central=Central(name="UESL", emails=("pilotage@uesl.example",))),
        _platform("PF01", "Plate-forme Armor", ("pf01@reseau.example", "suivi.pf01@reseau.example"), version),
        _platform("PF02", "Plate-forme Beauce", (), version),
    ]
    for number in range(1, members + 1):
        code = f"CIL-{number:03}"
        member = Member(code=code, kind="CIL", name=f"CIL {number}", department="35", emails=(f"{code}@r.example",))
        said.append(MemberRecorded(version=version, member=member))
    return [*said, RegistryRecorded(version=version, first_period=PERIOD)] if whole else said


def _platform(code: str, name: str, emails: tuple[str, ...], version: int) -> Event:
    return PlatformRecorded(version=version, platform=Platform(code=code, name=name, emails=emails))


def _received(on: date, **other: Any) -> dict[str, Any]:
    return {
        "submission": uuid4(),
        "platform": "PF01",
        "form": FORM,
        "period": PERIOD,
        "received_at": datetime(on.year, on.month, on.day, 10, 5, tzinfo=UTC),
        "received_on": on,
        "door": "http",
        "file_name": "assistance-trimestriel_PF01_2005-T1.csv",
        "sha256": "ab" * 32,
        **other,
    }


def accepted(on: date = date(2005, 4, 6), version: int = 1, **other: Any) -> SubmissionAccepted:
    line = SubmittedLine(line=2, member="CIL-001", department="35", values={"diagnostics_prealables": Decimal(4)})
    return SubmissionAccepted(**_received(on, **other), version=version, lines=(line, line))


def rejected(errors: int = 2, on: date = date(2005, 4, 6), **other: Any) -> SubmissionRejected:
    found = tuple(
        ReportedError(
            line=n,
            column="<b>x</b>",
            code="not_a_number",
            message=f"Ligne {n}, colonne « x »\u00a0: « {n} » n’est pas un nombre. Attendu\u00a0: des chiffres.",
            value=f"<i>{n}</i>" + "9" * 200,
            expected="des chiffres",
        )
        for n in range(2, min(errors, 1000) + 2)
    )
    return SubmissionRejected(**_received(on, **other), error_count=errors, errors=found)


def day_begins(day: date, received_before: int = 0) -> list[Event]:
    return [ReceptionClosed(day=day - timedelta(days=1), submissions=received_before), DayBegan(day=day)]


def reminder_due(
    day: date, platform: str = "PF01", forms: tuple[str, ...] = (FORM, OTHER), due: date = DUE, level: int = 1
) -> ReminderDue:
    owed = tuple(OwedForm(form=form, period=PERIOD, due=due, step=(day - due).days, level=level) for form in forms)
    return ReminderDue(day=day, platform=platform, owed=owed)


def extended(due: date, version: int, platform: str = "PF01", form: str = FORM) -> DeadlineExtended:
    return DeadlineExtended(
        platform=platform, form=form, period=PERIOD, due=due, ordinary_due=DUE, reason="grève", version=version
    )


def late_listed(day: date, *late: tuple[str, str]) -> LateListed:
    listed = tuple(LateSubmission(platform=platform, form=form, period=PERIOD, due=DUE) for platform, form in late)
    return LateListed(day=day, late=listed)


def edition(number: str, by: str = "national", edition: int = 1, complete: bool = True, rows: int = 3) -> IssuedEdition:
    columns = (Column(key="name", label="Qui"), Column(key="count", label="Diagnostics", kind="count"))
    table = Table(
        key="totals",
        title="Suivi trimestriel de l’activité",
        columns=columns,
        rows=[Row(cells=(f"Ligne {n}", n)) for n in range(rows)],
    )
    missing = Table(key="missing", title="Ce qui manque", columns=columns, rows=[Row(cells=("PF02", 1))])
    notes = ["Tableau complet." if complete else "Tableau incomplet : manquent PF02, PF05."]
    notes += [f"Depuis l’édition {edition - 1} : 2 lignes modifiées."] if edition > 1 else []
    tables = (table,) if complete else (table, missing)
    document = Document(title=f"Tableau {number}", reference=number, notes=notes, tables=tables)
    return IssuedEdition.model_validate(
        {
            "number": number,
            "form": FORM,
            "period": PERIOD,
            "by": by,
            "edition": edition,
            "complete": complete,
            "sha256": document.sha256,
            "document": document,
        }
    )


def issue(day: date, *parts: tuple[IssuedEdition, ...]) -> list[RestitutionIssued]:
    return [
        RestitutionIssued(day=day, part=number, parts=len(parts), editions=editions)
        for number, editions in enumerate(parts, start=1)
    ]
