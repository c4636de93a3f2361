"""Rules that look at the file and the registry alone."""

from collections.abc import Iterator

from services.ingestion.domain.warnings.catalogue import Setting
from services.ingestion.domain.warnings.raised import Raised
from services.ingestion.domain.warnings.reported import Reported
from shared.report import french

_MEMBER_COLUMN = "organisme"


def missing_member(reported: Reported, _: Setting) -> Iterator[Raised]:
    """An annual file without any line says that there is nothing to report, of anybody."""
    there = {line.member for line in reported.lines}
    if not there:
        return
    for member in reported.performers(reported.period.last_day):
        if member not in there:
            yield Raised(member, column=_MEMBER_COLUMN)


def more_commitments_than_diagnoses(reported: Reported, setting: Setting) -> Iterator[Raised]:
    commitments, diagnoses = setting.columns
    for line in reported.lines:
        signed, made = line.values[commitments], line.values[diagnoses]
        if signed > made:
            details = {"commitments": french.number(signed), "diagnoses": french.number(made)}
            yield Raised(line.member, line.line, commitments, details)


def no_amount_with_cases(reported: Reported, setting: Setting) -> Iterator[Raised]:
    cases, amount = setting.columns
    for line in reported.lines:
        if line.values[cases] and not line.values[amount]:
            yield Raised(line.member, line.line, amount, {"cases": french.number(line.values[cases])})


def no_service(reported: Reported, setting: Setting) -> Iterator[Raised]:
    """Once per member; the lines are named, nothing that they hold."""
    for member, count in sorted(reported.cases.items()):
        if count.without_service:
            told = _lines_told(count.lines[: setting.whole("lines")], count.without_service)
            cases = french.count(count.without_service, "dossier", "dossiers")
            yield Raised(member, count.lines[0], details={"cases": cases, "lines": told})


def _lines_told(lines: tuple[int, ...], many: int) -> str:
    numbers = ", ".join(map(str, lines))
    return f"{'ligne' if many == 1 else 'lignes'} {numbers}{', …' if many > len(lines) else ''}"
