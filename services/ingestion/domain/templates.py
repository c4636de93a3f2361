"""Templates: what a file to be filled in holds already, for one form, platform and period."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shared.forms import Form
from shared.network import Member, Network
from shared.periods import Period
from shared.report.inert import inert

Row = dict[str, str]

_BOM = "\ufeff"
_KNOWN_BEFOREHAND = ("member", "code")
_MOST_PERIODS = 40


@dataclass(frozen=True, slots=True)
class ExpectedMember:
    """A member that the platform reports; `department` as on the period's last day."""

    code: str
    name: str
    department: str
    services: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Template:
    """What is written beforehand; `rows` hold the cells that are known."""

    form: Form
    period: Period
    platform: str
    platform_name: str
    members: tuple[ExpectedMember, ...]
    rows: tuple[Row, ...]

    def file_name(self, kind: str) -> str:
        """As the SFTP door wants it, so that the filled-in file can go through any door."""
        return f"{self.form.code}_{self.platform}_{self.period}.{kind}"


def template_of(form: Form, period: Period, platform: str, network: Network) -> Template:
    """`form` as it holds for the period; the members are those of the period's last day."""
    has_member = any(column.type == "member" for column in form.columns)
    members = tuple(expected_members(form, period, platform, network)) if has_member else ()
    known = network.platform(platform)
    rows = tuple(_rows(form, members))
    return Template(form, period, platform, known.name if known else platform, members, rows)


def expected_members(form: Form, period: Period, platform: str, network: Network) -> list[ExpectedMember]:
    """By département, then by code, as the tables show them."""
    performed: dict[str, tuple[Member, list[str]]] = {}
    for service in form.services:
        for member in network.performers(platform, service, period.last_day):
            performed.setdefault(member.code, (member, []))[1].append(service)
    found = [
        ExpectedMember(member.code, member.name, member.department_on(period.last_day), tuple(services))
        for member, services in performed.values()
    ]
    return sorted(found, key=lambda member: (member.department, member.code))


def _rows(form: Form, members: Sequence[ExpectedMember]) -> Iterator[Row]:
    """None where what there is a row of is only known to the platform."""
    if not form.key or any(form.by_name[name].type not in _KNOWN_BEFOREHAND for name in form.key):
        return
    for member in members:
        for codes in _codes(form, member):
            yield _names(form, member) | codes


def _names(form: Form, member: ExpectedMember) -> Row:
    told = {"member": member.code, "department": member.department}
    return {column.name: told[column.type] for column in form.columns if column.type in told}


def _codes(form: Form, member: ExpectedMember) -> Iterator[Row]:
    """For each service of the member, each of its items but the optional ones, where the form asks for them."""
    if form.whole is None:
        yield {}
        return
    item = form.by_name[form.whole.column]
    assert item.codes_by
    for service in member.services:
        for code in form.codes[item.codes_by.lists[service]]:
            if code not in form.whole.optional:
                yield {item.codes_by.column: service, item.name: code}


def csv_template(template: Template) -> bytes:
    """As a French spreadsheet opens it."""
    text = io.StringIO(newline="")
    names = [column.name for column in template.form.columns]
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(names)
    writer.writerows([inert(row.get(name, "")) for name in names] for row in template.rows)
    return (_BOM + text.getvalue()).encode()


def periods_to_report(form: Form, first_period: str, now: Period) -> list[Period]:
    """Those that have begun by the quarter `now`, the newest first: a template may be wanted before one has ended."""
    first, period = Period.parse(first_period), Period(now.year) if form.kind == "annual" else now
    found: list[Period] = []
    while period.last_day >= first.first_day and len(found) < _MOST_PERIODS:
        found.append(period)
        period = period.previous()
    return found
