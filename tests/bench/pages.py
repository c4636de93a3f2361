"""Pages of the registry, of obligations and of reminders over ten years of a large network, timed at the server."""

import gc
import json
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from services.cli.sample.registry import invent_network
from services.cli.sample.years import Years
from services.cli.screens import step
from services.compliance.domain.obligations import obligations_on
from services.compliance.domain.standing import expected_members
from services.compliance.tables.registry import record_registry
from shared.forms import FORMS
from shared.migrations import migrate
from shared.network import Network
from shared.periods import Period
from shared.topics import ROOMS
from tests.bench.results import Figure, Part, percentile, spread
from tests.bench.sizes import Sizes
from tests.infrastructure import own_database, real_servers, settings_for
from tests.shared.house import House, open_house

METHOD = """\
An invented network of {members} members and {platforms} platforms that has reported for {years} years ({owed}
obligations, one in twelve late or missing, one in five corrected; {versions} versions of the registry; {reminders}
lines in the ledger of reminders), put into PostgreSQL at once. Each page is asked for {times} times in the process that
serves it, beside nothing else; the time is from the request to the last byte, pages and JSON complete. The first time,
which reads the registry, is left out and told apart."""

YEARS = Years(2015, 10)
TODAY = date(2025, 2, 20)
LIMIT_MS = 300
_ARRIVAL = """
INSERT INTO arrival (platform, form, period, first_accepted, versions, standing_version, to_confirm, members)
VALUES (:platform, :form, :period, :day, :versions, :versions, :confirm, CAST(:members AS text[]))
"""
_REMINDER = """
INSERT INTO reminder (platform, form, period, step, day, due, level, decided_at, reason)
VALUES (:platform, :form, :period, :step, :day, :due, 1, now(), 'accepté avant le jour du rappel')
"""
PAGES = (
    "/annuaire",
    "/annuaire?on=2016-03-31&known_on=2015-06-30",
    "/annuaire?genre=platforms",
    "/annuaire?q=35",
    "/annuaire/versions",
    "/annuaire/differences?from_on=2015-01-01&on=2024-12-31",
    "/annuaire/cil-cci/{member}",
    "/annuaire/cil-cci/{member}/modifier",
    "/annuaire/plates-formes/PF01",
    "/echeances",
    "/echeances?annee=2019",
    "/echeances/decisions",
    "/echeances/echelle",
    "/echeances/taux?by=platform&year=2024",
    "/echeances/taux?by=platform",
    "/echeances/taux?by=member&year=2024",
    "/echeances/taux?by=member",
    "/echeances/taux?by=period&platform=PF01",
    "/rappels",
    "/rappels?page=20",
    "/api/v1/registry?on=2016-03-31",
    "/api/v1/registry/versions",
    "/api/v1/obligations?year=2024",
    "/api/v1/obligations",
    "/api/v1/obligations/rates?by=member",
    "/api/v1/reminders/ledger?limit=100",
)


async def measure_pages(sizes: Sizes) -> Part:
    """Sizes of the network apart: ten years of a thousand members are what is aimed at."""
    times = 100 if sizes.seconds > 10 else 12
    async with _lived() as (house, about):
        part = Part("Pages of compliance over ten years", METHOD.format(**about, times=times))
        for page in PAGES:
            path = page.format(member=about["member"])
            step(path)
            first, found = await _timed(house, path, times, part)
            name = f"`{page}`: p50 / p99 / longest (first: {1000 * first:.0f} ms)"
            is_met = 1000 * percentile(found, 0.99) <= LIMIT_MS
            part.figures.append(Figure(name, spread(found), f"p99 ≤ {LIMIT_MS} ms", is_met))
        return part


async def _timed(house: House, path: str, times: int, part: Part) -> tuple[float, list[float]]:
    headers = {**house.admin, **({} if path.startswith("/api/") else {"Accept": "text/html"})}
    found: list[float] = []
    for _ in range(times + 1):
        began = time.perf_counter()
        answer = await house.http.get(path, headers=headers)
        found.append(time.perf_counter() - began)
        if answer.status_code != 200:
            part.faults.append(f"{path}: {answer.status_code}")
            break
    return found[0], found[1:] or found


@asynccontextmanager
async def _lived() -> AsyncIterator[tuple[House, dict[str, Any]]]:
    with tempfile.TemporaryDirectory() as folder:
        async with real_servers(Path(folder)) as servers, own_database(servers.database_url) as url:
            step("Tables")
            for room in ROOMS:
                await migrate(url, room)
            async with open_house(settings_for(servers, url), ("compliance", "notification")) as house:
                about = await _fill(house)
                gc.collect()
                yield house, about


async def _fill(house: House) -> dict[str, Any]:
    draw = Random(1)
    document = invent_network(draw, 1000, 40, YEARS)
    step("Annuaire")
    versions = await _change_often(house, document, draw)
    network = Network.model_validate(document)
    await house.carry()
    async with house.rooms["compliance"].database.transaction() as work:
        # Once: a calendar of ten years would be said day by day.
        await work.execute("INSERT INTO day_begun (day, worked_at) VALUES (:day, now())", {"day": TODAY})
    step("Dix ans de dépôts")
    arrivals, reminders = _ten_years(network, draw)
    async with house.rooms["compliance"].database.transaction() as work:
        for n in range(0, len(arrivals), 500):
            await work.execute(_ARRIVAL, arrivals[n : n + 500])
    async with house.rooms["notification"].database.transaction() as work:
        for n in range(0, len(reminders), 500):
            await work.execute(_REMINDER, reminders[n : n + 500])
    for room in ("compliance", "notification"):
        async with house.rooms[room].database.engine.connect() as connection:
            await connection.exec_driver_sql("SELECT 1")
    return {
        "members": len(network.members),
        "platforms": len(network.platforms),
        "years": YEARS.count,
        "owed": len(obligations_on(network, {}, TODAY)),
        "versions": versions,
        "reminders": len(reminders),
        "member": network.members[500].code,
    }


async def _change_often(house: House, document: Any, draw: Random) -> int:
    """A change every five months."""
    async with house.rooms["compliance"].database.transaction() as work:
        await record_registry(work, document, by="admin", at=datetime(2015, 1, 1, tzinfo=UTC))
    moment = datetime(2015, 1, 15, tzinfo=UTC)
    for n in range(24):
        changed = draw.choice(document["members"])
        changed["emails"] = [f"nouvelle{n}@reseau.example"]
        moment += timedelta(days=150)
        async with house.rooms["compliance"].database.transaction() as work:
            copy = json.loads(json.dumps(document))
            await record_registry(work, copy, by="admin", at=moment, reason=f"nouvelle adresse {n}")
    return 25


def _ten_years(network: Network, draw: Random) -> tuple[Sequence[dict[str, Any]], Sequence[dict[str, Any]]]:
    arrivals, reminders = [], []
    for one in obligations_on(network, {}, TODAY):
        about = {"platform": one.platform, "form": one.form, "period": one.period}
        late = draw.random() < 1 / 12
        for day in (-10, -3, *((0, 3, 7, 14) if late else ())):
            reminders.append({**about, "step": day, "day": one.due + timedelta(days=day), "due": one.due})
        if late and draw.random() < 0.2:
            continue
        members = list(expected_members(network, one.platform, FORMS[one.form], Period.parse(one.period)))
        if draw.random() < 0.1:
            del members[:1]
        versions = 2 if draw.random() < 0.2 else 1
        day = one.due + timedelta(days=12 if late else -draw.randrange(1, 12))
        confirm = draw.random() < 0.1
        arrivals.append({**about, "day": day, "versions": versions, "confirm": confirm, "members": members})
    return arrivals, reminders
