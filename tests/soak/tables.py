"""Tables: right files of any form, made from a seed, before anything spoils them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from shared.forms import FORMS, Column, Form
from tests.shared.networks import member, small_network

Cell = str | int | float | Decimal | date | bool | None
Row = list[Cell]

PLATFORM = "PF01"
SENT_ON = date(2006, 2, 1)
_GRADES = ("tres_satisfait", "satisfait", "peu_satisfait", "pas_satisfait")
_POSTCODES = ("01000", "75018", "20090", "97410", "69003")
_TEXTS = ("Mairie de l’Ain", "Œuvre sociale ; à part", 'dit "le grand"', "deux\nlignes", "x", "=1+1", "Noël, été")
_PERFORMERS = {"assistance": ("CIL01", "CIL02", "CCI03"), "mobilite": ("CIL01", "CIL02", "CIL07")}


@dataclass(slots=True)
class Table:
    """What a file is to hold; `name` is its sheet's."""

    form: Form
    header: list[str]
    rows: list[Row]
    name: str = ""

    @property
    def period(self) -> str:
        return "2005-T4" if self.form.kind == "quarterly" else "2005"


def soak_network() -> dict[str, object]:
    """The small network, where one more member has entrusted its assistance, and one has left."""
    network = small_network()
    entrusted = {"service": "assistance", "member": "CIL01", "from": "2004-01-01", "to": None}
    gone = member("CIL08", PLATFORM)
    gone["memberships"][0]["to"] = gone["memberships"][1]["to"] = "2005-06-30"
    network["members"] += [member("CIL07", PLATFORM, department="01", delegations=[entrusted]), gone]
    return network


def right_table(draw: Random) -> Table:
    """Of any form, with its columns in their order and as many rows as it may well have."""
    form = FORMS[draw.choice(sorted(FORMS))]
    left_out = {column.name for column in form.columns if not column.required and draw.random() < 0.3}
    rows = [_row(draw, form, known) for known in _keys(draw, form)]
    header = [column.name for column in form.columns if column.name not in left_out]
    return Table(form, header, [[row[name] for name in header] for row in rows], form.code)


def _keys(draw: Random, form: Form) -> list[dict[str, Cell]]:
    if form.kind == "quarterly":
        return [{"organisme": code} for code in _PERFORMERS[form.services[0]]]
    if form.code == "satisfaction":
        return [key for service in form.services if draw.random() < 0.8 for key in _surveyed(draw, form, service)]
    return [{} for _ in range(draw.choice((0, 1, 2, 5, 20)))]


def _surveyed(draw: Random, form: Form, service: str) -> list[dict[str, Cell]]:
    items = [item for item in form.codes[f"item_{service}"] if item != "ensemble" or draw.random() < 0.5]
    members = draw.sample(_PERFORMERS[service], draw.randint(1, 3))
    return [{"organisme": code, "service": service, "item": item} for code in members for item in items]


def _row(draw: Random, form: Form, known: dict[str, Cell]) -> dict[str, Cell]:
    cells = {column.name: known.get(column.name, _cell(draw, form, column)) for column in form.columns}
    return _agreed(draw, cells)


def _cell(draw: Random, form: Form, column: Column) -> Cell:
    drawn: dict[str, Callable[[], Cell]] = {
        "count": lambda: draw.randint(int(column.minimum), min(int(column.maximum), 500)),
        "amount": lambda: Decimal(draw.randint(0, 10**7)) / 100,
        "flag": lambda: draw.choice("ON") if column.never is None else draw.choice(("N", None)),
        "code": lambda: draw.choice([code for code in form.codes_of(column) if code != column.never]),
        "postcode": lambda: draw.choice(_POSTCODES),
        "date": lambda: date(1995, 1, 1) + timedelta(days=draw.randint(0, 3900)),
        "member": lambda: draw.choice(_PERFORMERS[form.services[0]]),
        "department": lambda: None,
        "text": lambda: f"{draw.choice(_TEXTS)} {draw.randint(1, 10**6)}",
    }
    return drawn[column.type]()


def _agreed(draw: Random, cells: dict[str, Cell]) -> dict[str, Cell]:
    """Cells that agree with one another."""

    def number(name: str) -> int:
        value = cells[name]
        assert isinstance(value, int)
        return value

    if "entreprises_concernees" in cells:
        cells["entreprises_concernees"] = min(number("entreprises_concernees"), number("dossiers_individuels"))
        cells["montant_facture_ht"] = cells["montant_facture_ht"] if number("dossiers_individuels") else 0
    if "total" in cells:
        cells["total"] = sum(number(grade) for grade in _GRADES)
        cells["prestations_realisees"] = number("total") + draw.randint(0, 5)
    if "revenus_foyer" in cells:
        cells["revenus_foyer"] = min(number("revenus_foyer"), number("personnes_foyer"))
    if cells.get("formalise") == "N":
        cells["date_signature"] = None
    return cells
