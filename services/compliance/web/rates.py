"""Reporting and punctuality, by platform, member, service, form, period or year; each figure opens on what is in it."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel

from services.compliance.domain.rates import DIMENSIONS, Dimension, Item, Rate, fitting, items_due, overall, rates
from services.compliance.web.doors import RoomDatabase, SignedIn
from services.compliance.web.obligations import AnyYear, Seen, read_standings, shown
from shared.database import Database
from shared.forms import FORMS
from shared.network import Network
from shared.network_facts import SERVICE_TITLES
from shared.pages.words import Link
from shared.periods import Period
from shared.security import Viewer
from shared.web import page_context, pages_of

router = APIRouter(tags=["obligations"])

LABELS: dict[Dimension, str] = {
    "platform": "Plate-forme",
    "member": "CIL/CCI",
    "service": "Service",
    "form": "Formulaire",
    "period": "Période",
    "year": "Année",
}
# Where a figure leads: what it is shown by next.
NEXT: dict[Dimension, Dimension] = {
    "year": "period",
    "period": "platform",
    "platform": "period",
    "service": "platform",
    "form": "platform",
    "member": "period",
}
_MOST = 200
Text = Annotated[str, Query(max_length=100)]


class ShownRate(BaseModel):
    """Of what was due before today: how much has come, in time, and whole; shares of 1, null where nothing was due."""

    key: str
    due: int
    received: int
    on_time: int
    complete: int
    reporting: float | None
    punctuality: float | None


@dataclass(frozen=True, slots=True)
class Asked:
    """By what, of what; a year or everything."""

    by: Dimension
    wanted: tuple[tuple[Dimension, str], ...]
    year: int | None

    @property
    def by_member(self) -> bool:
        return self.by == "member" or any(dimension == "member" for dimension, _ in self.wanted)


def _asked(by: Dimension, year: int | None, **named: str) -> Asked:
    wanted = tuple((dimension, named[dimension]) for dimension in DIMENSIONS if named.get(dimension))
    period = named.get("period", "")
    if year is None and period[:4].isascii() and period[:4].isdigit():
        year = int(period[:4])
    return Asked(by, wanted, year)


async def _read(request: Request, database: Database, viewer: Viewer, asked: Asked) -> tuple[Seen, list[Item]]:
    """What is seen, and what of it is asked for."""
    seen = await read_standings(request, database, viewer, asked.year)
    return seen, fitting(items_due(seen.standings, seen.day, by_member=asked.by_member), asked.wanted)


@router.get("/api/v1/obligations/rates", summary="Lire les taux de transmission et de ponctualité")
async def get_rates(
    request: Request,
    database: RoomDatabase,
    viewer: SignedIn,
    by: Dimension = "platform",
    year: AnyYear = None,
    platform: Text = "",
    member: Text = "",
    service: Text = "",
    form: Text = "",
    period: Text = "",
) -> list[ShownRate]:
    """Counts what was due before today; by member: each expected member's line, in the forms that have one each."""
    asked = _asked(by, year, platform=platform, member=member, service=service, form=form, period=period)
    _, items = await _read(request, database, viewer, asked)
    return [ShownRate.model_validate(one, from_attributes=True) for one in rates(items, asked.by, asked.wanted)]


@router.get("/echeances/taux", include_in_schema=False)
async def rates_page(
    request: Request,
    database: RoomDatabase,
    viewer: SignedIn,
    by: Dimension = "platform",
    year: Text = "",
    platform: Text = "",
    member: Text = "",
    service: Text = "",
    form: Text = "",
    period: Text = "",
) -> HTMLResponse:
    """A table of rates, each row of which opens on its own; below, the obligations that are counted."""
    chosen = int(year) if year.isascii() and year.isdigit() and len(year) == 4 else None
    asked = _asked(by, chosen, platform=platform, member=member, service=service, form=form, period=period)
    seen, items = await _read(request, database, viewer, asked)
    opened = {(item.platform, item.form, item.period) for item in items}
    counted = [one for one in seen.standings if one.obligation.owed in opened]
    return pages_of(request).render(
        request,
        "compliance/rates.html",
        asked=asked,
        labels=LABELS,
        rows=[
            (one, _name(seen.network, asked.by, one.key), _drill(asked, one))
            for one in rates(items, asked.by, asked.wanted)
        ],
        total=overall(items),
        filters=[(LABELS[d], _as_asked(d, value), _without(asked, d)) for d, value in asked.wanted],
        views=[(dimension, label, _query(asked, by=dimension)) for dimension, label in LABELS.items()],
        years=_years(seen),
        all_years=_query(asked, year=None),
        counted=[shown(one, seen.day) for one in counted[:_MOST]],
        counted_total=len(counted),
        forms=FORMS,
        period_title=lambda text: Period.parse(text).title,
        breadcrumb=(Link("Échéances", "/echeances"), Link("Taux")),
        **await page_context(request, database, viewer),
    )


def _years(seen: Seen) -> list[int]:
    return list(range(seen.day.year, Period.parse(seen.network.first_period).year - 1, -1))


def _name(network: Network, dimension: Dimension, key: str) -> str:
    if dimension == "platform":
        platform = network.platform(key)
        return f"{key} – {platform.name}" if platform else key
    if dimension == "member":
        member = network.member(key)
        return f"{key} – {member.name}" if member else key
    if dimension == "form":
        return FORMS[key].title if key in FORMS else key
    if dimension == "period":
        return Period.parse(key).title
    return SERVICE_TITLES.get(key, key)


def _as_asked(dimension: Dimension, value: str) -> str:
    """What the viewer limits the page to, in words where they tell nothing that the viewer did not say."""
    if dimension == "form" and value in FORMS:
        return FORMS[value].title
    return SERVICE_TITLES.get(value, value) if dimension == "service" else value


def _query(asked: Asked, **changes: Any) -> dict[str, str]:
    query: dict[str, str] = {"by": asked.by, "year": str(asked.year or "")}
    query |= {str(dimension): value for dimension, value in asked.wanted}
    query |= {name: "" if value is None else str(value) for name, value in changes.items()}
    return {name: value for name, value in query.items() if value}


def _drill(asked: Asked, rate: Rate) -> dict[str, str]:
    return _query(asked, **{asked.by: rate.key}, by=NEXT[asked.by])


def _without(asked: Asked, dimension: Dimension) -> dict[str, str]:
    return _query(asked, **{dimension: ""})
