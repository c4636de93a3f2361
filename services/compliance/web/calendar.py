"""The clock of a simulation, driven day by day by a load; absent in production."""

from fastapi import APIRouter, Request
from pydantic import BaseModel

from services.compliance.tables.calendar import DayHasPassed, DayTooFar, say_days_until
from services.compliance.web.doors import Admin, RoomDatabase, Uesl
from shared.described import problems
from shared.network import Day as IsoDay
from shared.readings import current_day
from shared.web import Problem, not_found, settings_of

router = APIRouter(prefix="/api/v1/calendar", tags=["calendar"])


class Day(BaseModel):
    """The day it is now."""

    day: IsoDay | None


class Calendar(Day):
    """The last day said, and whether days are driven by a load."""

    simulation: bool


@router.get("", summary="Lire le jour du calendrier")
async def get_day(request: Request, database: RoomDatabase, _: Uesl) -> Calendar:
    """The last day begun, and whether the calendar is moved by hand."""
    async with database.transaction() as work:
        return Calendar(day=await current_day(work), simulation=settings_of(request).simulation)


@router.post("", summary="Avancer le calendrier (simulation)", responses=problems(404, 409))
async def begin_days(request: Request, wanted: Day, database: RoomDatabase, _: Admin) -> Day:
    """Says every day up to the one given; only where simulation is on."""
    if not settings_of(request).simulation:
        raise not_found()
    if wanted.day is None:
        raise Problem(422, "Le jour manque.")
    try:
        async with database.transaction() as work:
            await say_days_until(work, wanted.day)
    except DayHasPassed as error:
        raise Problem(409, "Le calendrier ne revient pas en arrière.", code="day_has_passed") from error
    except DayTooFar as error:
        raise Problem(422, "Ce jour est trop loin.", code="day_too_far") from error
    return wanted
