"""Reading across audits: how each requirement is kept, nationally, in a platform and by one, and which fail most."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from services.compliance.domain.audits import SEVERITIES, VERDICTS, Audit, Verdict
from services.compliance.domain.standards import Audited, Standard
from shared.report import NOT_APPLICABLE, Column, Document, Row, Table

_TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Conformity:
    """Of one requirement, how often each verdict was given, and how many findings were made."""

    requirement: str
    verdicts: dict[Verdict, int]
    major: int
    minor: int

    @property
    def examined(self) -> int:
        """Where it applied."""
        return sum(self.verdicts.values()) - self.verdicts["sans_objet"]

    @property
    def rate(self) -> Decimal | None:
        """How many in a hundred keep it, to a tenth; None where it applied to nobody."""
        if not self.examined:
            return None
        share = Decimal(100 * self.verdicts["conforme"]) / self.examined
        return share.quantize(_TENTH, ROUND_HALF_UP)


def last_signed(audits: Iterable[Audit]) -> list[Audit]:
    """Of each audited and service the last external audit that was signed."""
    newest: dict[tuple[str, str], Audit] = {}
    for one in sorted(audits, key=lambda audit: (audit.signed_on is not None, audit.signed_on, audit.number)):
        if one.kind == "external" and one.signed_on is not None:
            newest[one.owner, one.service] = one
    return list(newest.values())


def conformity(audits: Sequence[Audit], standard: Standard, kind: Audited) -> list[Conformity]:
    """Requirement by requirement, of the audits under that version."""
    about = (standard.service, standard.version, kind)
    found = [one for one in audits if (one.service, one.standard_version, one.audited_kind) == about]
    return [_of(found, one.number) for one in standard.required_of(kind)]


def _of(audits: Sequence[Audit], number: str) -> Conformity:
    given = [result.verdict for audit in audits if (result := audit.result(number))]
    gaps = [one.severity for audit in audits for one in audit.findings if one.requirement == number]
    return Conformity(
        number, {verdict: given.count(verdict) for verdict in VERDICTS}, gaps.count("major"), gaps.count("minor")
    )


def failing_most(conformities: Sequence[Conformity]) -> list[Conformity]:
    """Those kept by fewer than all, the worst first; of two alike, the one with more major findings."""
    failing = [one for one in conformities if one.rate is not None and one.rate < 100]
    return sorted(failing, key=lambda one: (one.rate, -one.major, -one.minor))


def yearly_report(year: int, audits: Sequence[Audit], standards: Sequence[Standard]) -> Document:
    """What the audits signed in a year say, without naming anybody: an input of the next standard."""
    signed = [one for one in audits if one.kind == "external" and one.signed_on and one.signed_on.year == year]
    tables = [
        _table(signed, standard, kind)
        for standard in standards
        for kind in _KINDS
        if any((one.service, one.standard_version, one.audited_kind) == (standard.service, standard.version, kind)
               for one in signed)
    ]  # fmt: skip
    gaps = {severity: sum(one.count(severity) for one in signed) for severity in SEVERITIES}
    return Document(
        title=f"Audits de l’année {year}",
        subtitle="Conformité aux référentiels, exigence par exigence",
        notes=(
            f"{len(signed)} audit(s) externe(s) signé(s) ; {gaps['major']} écart(s) majeur(s) et "
            f"{gaps['minor']} écart(s) mineur(s).",
            "Taux : part des audités conformes parmi ceux que l’exigence concerne.",
        ),
        tables=tables,
    )


_KINDS: dict[Audited, str] = {"member": "CIL/CCI", "platform": "Plates-formes"}


def _table(audits: Sequence[Audit], standard: Standard, kind: Audited) -> Table:
    columns = [
        Column(key="requirement", label="Exigence"),
        Column(key="text", label="Texte"),
        *(Column(key=verdict, label=label.capitalize(), kind="count") for verdict, label in VERDICTS.items()),
        Column(key="major", label="Écarts majeurs", kind="count"),
        Column(key="minor", label="Écarts mineurs", kind="count"),
        Column(key="rate", label="Taux", kind="text"),
    ]
    rows = [
        Row(cells=(one.requirement, standard.by_number[one.requirement].text, *one.verdicts.values(), one.major,
                   one.minor, written_rate(one.rate)))
        for one in conformity(audits, standard, kind)
    ]  # fmt: skip
    title = f"{standard.title}, version {standard.version} – {_KINDS[kind]}"
    return Table(key=f"{standard.service}-{standard.version}-{kind}", title=title, columns=columns, rows=rows)


def written_rate(rate: Decimal | None) -> str:
    return NOT_APPLICABLE if rate is None else f"{str(rate).replace('.', ',')}\u00a0%"
