"""The four annual forms of a sample: satisfaction, cases and partnerships, drawn to agree with one another."""

import csv
import io
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from random import Random

from services.cli.sample.names import COMMENTS
from services.cli.sample.sendings import Due, Sending
from services.cli.sample.writing import Sheet
from services.cli.sample.years import Years
from shared.forms import FORMS
from shared.network import Member, Network
from shared.periods import Period

_ANNUAL = tuple(form for form in FORMS.values() if form.kind == "annual")
_NEVER, _LATE, _NAMED = 0.04, 0.08, 0.1
_GRADES = (0.45, 0.75, 0.92)
_PARTNERS = ("Association Relais", "Banque du Littoral", "Office HLM des Rives", "Fondation Toit", "CCAS du Centre")
_ACTIVITIES = ("hébergement", "banque", "location", "accompagnement social")


def annual_sendings(network: Network, seed: int, years: Years) -> Iterator[Sending]:
    """On time, late, never, or refused because somebody was named, then sent again without the name."""
    for year in range(years.first, years.last + 1):
        for form in _ANNUAL:
            for platform in network.platforms:
                due = Due(platform.code, form, Period(year))
                if network.owes(platform.code, form, due.period):
                    yield from _sent(network, due, Random(f"{seed}/{platform.code}/{form.code}/{year}"), years.closing)


def _sent(network: Network, due: Due, draw: Random, closing: date) -> Iterator[Sending]:
    if (fate := draw.random()) < _NEVER:
        return
    days = draw.randint(47, 70) if fate < _LATE else draw.randint(6, 44)
    day = min(due.period.last_day + timedelta(days=days), closing)
    sheet = Sheet([column.name for column in due.form.columns if column.name != "plan_apurement"])
    sheet.rows = _ROWS[due.form.code](network, due, draw)
    if due.form.anonymous and fate > 1 - _NAMED and sheet.rows:
        yield _sending(due, day, "_refus-nom", _naming(sheet, draw), "identifying_data")
        day += timedelta(days=1)
    yield _sending(due, day, "", _written(sheet))


def _sending(due: Due, day: date, suffix: str, content: bytes, error: str = "") -> Sending:
    file = f"{due.form.code}_{due.platform}_{due.period}{suffix}.csv"
    expect = "rejected" if error else "accepted"
    return Sending(file, due.platform, due.form.code, str(due.period), day, expect, error, content)


def _naming(sheet: Sheet, draw: Random) -> bytes:
    row = draw.randrange(len(sheet.rows))
    rows = [[*cells, "Camille Petit" if number == row else ""] for number, cells in enumerate(sheet.rows)]
    return _written(Sheet([*sheet.columns, "nom"], rows))


def _written(sheet: Sheet) -> bytes:
    """As it stands: a postcode keeps its zero."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows([sheet.columns, *sheet.rows])
    return text.getvalue().encode()


def _performers(network: Network, due: Due, service: str) -> list[Member]:
    return network.performers(due.platform, service, due.period.last_day)


def _satisfaction(network: Network, due: Due, draw: Random) -> list[list[str]]:
    rows = []
    lists = due.form.by_name["item"].codes_by
    for service, items in lists.lists.items() if lists else ():
        for member in _performers(network, due, service):
            services = draw.randint(10, 220)
            for item in due.form.codes[items]:
                if item != "ensemble":
                    rows.append([member.code, service, item, str(services), *_answers(services, draw)])
    return rows


def _answers(services: int, draw: Random) -> list[str]:
    grades = [0, 0, 0, 0]
    for _ in range(draw.randint(0, services)):
        grades[sum(draw.random() > limit for limit in _GRADES)] += 1
    return [str(sum(grades)), *map(str, grades)]


def _flag(draw: Random, share: float) -> str:
    return "O" if draw.random() < share else "N"


def _household(draw: Random) -> list[str]:
    persons = draw.choices((1, 2, 3, 4, 5, 6), (35, 25, 18, 13, 6, 3))[0]
    incomes = min(persons, draw.choice((0, 1, 1, 1, 2)))
    return [str(draw.randint(400, 1500) + 600 * incomes), str(persons), str(incomes), str(draw.randint(18, 64))]


def _postcode(member: Member, draw: Random) -> str:
    department = member.department
    if len(department) == 3:
        return f"{department}{draw.randint(0, 30):02d}"
    return f"{'20' if department in ('2A', '2B') else department}{draw.randint(0, 90) * 10:03d}"


def _assistance_cases(network: Network, due: Due, draw: Random) -> list[list[str]]:
    flags = [column.name for column in due.form.columns if column.type == "flag" and column.required]
    return [
        [
            member.code,
            *_household(draw),
            draw.choice("112239"),
            draw.choice("34556678"),
            _postcode(member, draw),
            draw.choice("123456789"),
            "O",
            "O",
            *(_flag(draw, 0.15) for _ in flags[2:]),
        ]
        for member in _performers(network, due, "assistance")
        for _ in range(draw.randint(2, 25))
    ]


def _mobility_cases(network: Network, due: Due, draw: Random) -> list[list[str]]:
    flags = [column.name for column in due.form.columns if column.type == "flag"]
    members = _performers(network, due, "mobilite")
    return [
        [
            member.code,
            *_household(draw),
            draw.choice("3345566"),
            _postcode(draw.choice(members), draw),
            _postcode(member, draw),
            draw.choice("12"),
            "O",
            *(_flag(draw, 0.3) for _ in flags[1:]),
        ]
        for member in members
        for _ in range(draw.randint(1, 15))
    ]


def _partnerships(_: Network, due: Due, draw: Random) -> list[list[str]]:
    families = list(due.form.codes["famille"])
    return [
        [
            "assistance",
            f"{name} {due.platform}",
            draw.choice(_ACTIVITIES),
            draw.choice(families),
            "O",
            date(due.period.year - draw.randint(0, 2), draw.randint(1, 12), draw.randint(1, 28)).isoformat(),
            draw.choice(("12", "24", "36")),
            f"{draw.randint(5, 200)} nuitées",
            draw.choice(COMMENTS),
            "Région",
            "",
            "Gratuit pour le salarié",
        ]
        for name in draw.sample(_PARTNERS, draw.randint(0, 3))
    ]


_Rows = Callable[[Network, Due, Random], list[list[str]]]
_ROWS: dict[str, _Rows] = {
    "satisfaction": _satisfaction,
    "dossiers-assistance": _assistance_cases,
    "dossiers-mobilite": _mobility_cases,
    "partenariats": _partnerships,
}
