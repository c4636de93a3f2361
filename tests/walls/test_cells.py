"""The whole matrix, role × route × object: each cell that is forbidden is denied as what does not exist is."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from services.compliance.tables.credentials import issue_member_token, issue_token
from shared.security import Viewer
from tests.shared.admin import headers_of
from tests.shared.networks import small_network
from tests.walls.rights import RIGHTS, Owned, Right, may, may_at_all
from tests.walls.test_matrix import is_denied, told
from tests.walls.world import Asker, World, thing_of

pytestmark = pytest.mark.infra

BY_OBJECT = ("own", "audited", "sender", "filed", "reader")
# Whose path names nothing of anybody's, or whose rows are chosen by the query: tried elsewhere.
OPEN = ("anybody", "signed_in", "filed")


async def more_askers(world: World) -> list[Asker]:
    """As many again: what is forbidden does not hang on who was thought of first."""
    house, found = world.house, []
    async with house.rooms["compliance"].database.transaction() as work:
        for code in ("PF02",):
            found.append(Asker("platform", code, (await issue_token(work, code, "cellules"))[1]))
        for code in ("CIL02", "CIL04", "CIL05", "CIL06", "CCI03"):
            found.append(Asker("member", code, (await issue_member_token(work, code, "cellules"))[1]))
    await house.carry()
    databases = [room.database for room in house.rooms.values()]
    for firm in ("CAB02", "CAB03", "PF01"):  # a firm may have any code: it is no platform's
        viewer = Viewer(f"auditeur de {firm}", "auditor", credential=str(uuid4()), firm=firm)
        headers = await headers_of(viewer, house.settings, *databases)
        found.append(Asker("auditor", firm, session=headers["Authorization"].removeprefix("Bearer ")))
    return found


def codes() -> list[str]:
    network = small_network()
    return [one["code"] for kind in ("platforms", "members", "operators") for one in network.get(kind, [])]


def objects_of(world: World, route: str, kept: dict[str, list[str]]) -> Iterator[tuple[dict[str, str], Owned | None]]:
    """What the route's path can name, each with whose it is; one cell where it names nothing."""
    kind = thing_of(route)
    if kind in kept:
        yield from (({kind: one}, None) for one in kept[kind])
    elif kind is not None:
        yield from (({str(kind): one.id}, one) for one in world.things if one.kind == kind)
    elif "{code}" in route and "{level}" not in route:
        yield from (({"code": code}, None) for code in codes())
    else:
        yield {}, None


def is_allowed(right: Right, asker: Asker, thing: Owned | None) -> bool:
    if right in BY_OBJECT:
        return thing is not None and may(right, asker.role, asker.name, thing)
    return may_at_all(right, asker.role)


async def kept_names(world: World) -> dict[str, list[str]]:
    """What the admin's routes can name."""
    queries = {"account": "SELECT id FROM account", "token": "SELECT id FROM credential ORDER BY id LIMIT 8"}
    found = {kind: [str(row.id) for row in await world.house.rows("compliance", sql)] for kind, sql in queries.items()}
    return {**found, "invitation": [str(uuid4()) for _ in range(4)]}


@pytest.mark.timeout(900)  # thousands of requests: a minute where nothing else runs
async def test_every_forbidden_cell_is_denied_as_what_does_not_exist(world: World) -> None:
    askers, kept = [*world.askers, *await more_askers(world)], await kept_names(world)
    cells: dict[str, int] = {}
    for route, right in RIGHTS.items():
        if right in OPEN:
            continue
        for asker in askers:
            missing: Any = None
            for names, thing in objects_of(world, route, kept):
                if is_allowed(right, asker, thing):
                    continue
                answer = await world.ask(asker, route, **names)
                missing = missing or await _of_nothing(world, asker, route, names)
                assert is_denied(answer), (route, asker.name, names, answer.status_code)
                assert _without(told(answer), asker, names) == missing, (route, asker.name, names)
                cells[asker.role] = cells.get(asker.role, 0) + 1
    print(f"forbidden cells denied: {sum(cells.values())} ({cells})")
    assert sum(cells.values()) >= 10_000
    assert set(cells) == {"nobody", "platform", "member", "auditor", "uesl", "admin"}


async def _of_nothing(world: World, asker: Asker, route: str, names: dict[str, str]) -> Any:
    """What is told of a name that nothing has."""
    nobodys = {name: "XX99" if name == "code" else str(uuid4()) for name in names}
    return _without(told(await world.ask(asker, route, **nobodys)), asker, nobodys)


def _without(said: Any, asker: Asker, names: dict[str, str]) -> str:
    """What was said but for the names asked for, and the asker's own, which every page of theirs carries."""
    text = str(said)
    for value in (*names.values(), asker.name):
        text = text.replace(value, "…")
    return text
