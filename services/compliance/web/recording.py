"""Under which moment a change is recorded: now, or in a simulation noon of its day, as all that happens on it."""

from datetime import datetime
from typing import Any

from fastapi import Request

from shared.clock import Clock, midnight, noon
from shared.network import Network
from shared.periods import Period
from shared.readings import current_day
from shared.transaction import Transaction
from shared.web import settings_of


async def recorded_at(request: Request, work: Transaction, document: Any = None) -> datetime:
    """Before the first day of a simulation, the registry is known from the beginning of its first period."""
    clock: Clock = request.app.state.clock
    if not settings_of(request).simulation:
        return clock()
    if day := await current_day(work):
        return noon(day)
    try:
        return midnight(Period.parse(Network.model_validate(document).first_period).first_day)
    except ValueError:  # no registry: it is refused with every fault where it is read
        return clock()
