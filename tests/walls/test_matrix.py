"""Every route, every asker, everything in the world: what is another's is answered as what does not exist."""

import re
from collections.abc import Iterator
from uuid import uuid4

import httpx
import pytest
from fastapi.routing import APIRoute

from shared.described import right_of
from tests.walls.rights import HARMLESS, NAMING, RIGHTS, Owned, may, may_at_all
from tests.walls.world import SENDERS, Asker, World, names_asked, thing_of

pytestmark = pytest.mark.infra

DENIED = (303, 401, 403, 404)
# What these would change, the next test needs as it is; what the admin may do is tried elsewhere.
ONCE = (
    "PUT ",
    "POST /api/v1/calendar",
    "POST /api/v1/tokens",
    "DELETE ",
    "POST /deconnexion",
    "GET /api/v1/status",
    "POST /compte/",
)
# What is gone can be asked for no more: what comes of them is seen where webhooks are tested.
ENDS = ("DELETE /api/v1/webhooks/{webhook}", "POST /webhooks/{webhook}/suppression")
SIGN_IN = ("POST /connexion", "POST /api/v1/sessions")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def told(answer: httpx.Response) -> tuple[int, str, dict[str, str]]:
    """All that an answer tells, but for the name that was asked for."""
    headers = {name: _UUID.sub("…", value) for name, value in answer.headers.items() if name != "content-length"}
    return answer.status_code, _UUID.sub("…", answer.text), headers


def is_denied(answer: httpx.Response) -> bool:
    """303 leads to the sign-in, or else says that it was done."""
    if answer.status_code == 303:
        return answer.headers["location"].startswith("/connexion")
    return answer.status_code in DENIED


def test_every_route_has_its_right_stated(world: World) -> None:
    routes = dict(world.routes())
    assert routes.keys() == RIGHTS.keys()
    for name, route in routes.items():
        assert names_asked(route) <= NAMING | HARMLESS, name
        guard = right_of(route)
        right = RIGHTS[name]
        named = {"audited": "signed_in"}
        expected = right if right in ("anybody", "signed_in", "uesl", "admin") else named.get(right, "network")
        assert guard == expected, name


def test_the_world_has_something_of_each_kind(world: World) -> None:
    there = {(thing.kind, thing.platform) for thing in world.things}
    assert there == {
        (kind, code)
        for kind in ("submission", "identity", "message", "webhook", "audit", "piece")
        for code in ("PF01", "PF03")
    }


def naming(world: World) -> Iterator[tuple[str, list[Owned]]]:
    """The routes whose path names something, each with what it can name."""
    for route in RIGHTS:
        if (kind := thing_of(route)) and kind not in ("token", "account", "invitation"):
            yield route, [thing for platform in SENDERS for thing in _two_of(world, kind, platform)]


def _two_of(world: World, kind: str, platform: str) -> list[Owned]:
    """The first and the last: of what was sent, a version that was corrected and a refused file."""
    found = [thing for thing in world.things if (thing.kind, thing.platform) == (kind, platform)]
    return found[:1] + found[1:][-1:]


async def test_what_is_anothers_is_answered_as_what_does_not_exist(world: World) -> None:
    cells = 0
    for route, things in naming(world):
        kind = things[0].kind
        for asker in world.askers:
            missing = told(await world.ask(asker, route, **{kind: str(uuid4())}))
            for thing in things:
                if may(RIGHTS[route], asker.role, asker.name, thing):
                    continue
                answer = await world.ask(asker, route, **{kind: thing.id})
                assert is_denied(answer), (route, asker.name, thing, answer.status_code)
                assert told(answer) == missing, (route, asker.name, thing)
                cells += 1
    assert cells > 500


async def test_what_is_malformed_is_answered_alike_to_all(world: World) -> None:
    """Whoever asks, an identifier that is none tells nothing but that."""
    for route, things in naming(world):
        for wrong in ("x", "%00"):
            answers = {
                asker.name: told(await world.ask(asker, route, **{things[0].kind: wrong}))[:2]
                for asker in world.askers
                if asker.role != "nobody"
            }
            assert all(status in (403, 404, 405, 422) for status, _ in answers.values()), (route, wrong, answers)


async def test_what_is_ones_own_is_there(world: World) -> None:
    """Otherwise walls would be easy."""
    for route, things in naming(world):
        if RIGHTS[route] in ("uesl", "admin") or route in ENDS:
            continue
        allowed = {
            (asker.role, bool(thing.members)): (asker, thing)
            for asker in world.askers
            for thing in reversed(things)
            if may(RIGHTS[route], asker.role, asker.name, thing)
        }
        answers = [(await world.ask(asker, route, **{thing.kind: thing.id})) for asker, thing in allowed.values()]
        assert any(answer.is_success or answer.status_code in (303, 409) for answer in answers), route
        assert not any(answer.status_code in (401, 403) for answer in answers if "avertissements" not in route), route


async def test_where_nothing_is_named_each_role_has_its_right(world: World) -> None:
    for route, right in RIGHTS.items():
        if thing_of(route) or right in ("filed", "reader") or route.startswith(ONCE) or route in SIGN_IN:
            continue
        for asker in world.askers:
            if asker.name == "PF04":  # who sends has something then
                continue
            answer = await world.ask(asker, route)
            assert is_denied(answer) == (not may_at_all(right, asker.role) or _is_missing(route)), (
                route, asker.name, answer.status_code,
            )  # fmt: skip


def _is_missing(route: str) -> bool:
    """No edition has that name; no invitation, none."""
    return "{number}" in route or "{secret}" in route or route == "GET /invitation"


async def test_what_is_uesls_or_the_admins_is_nobody_elses(world: World) -> None:
    for route, right in RIGHTS.items():
        if right not in ("uesl", "admin"):
            continue
        for asker in world.askers:
            if asker.role in ("admin", right):
                continue
            names = {kind: str(uuid4()) for kind in ("submission", "message", "token", "account", "invitation")}
            answer = await world.ask(asker, route, **names)
            expected = 401 if asker.role == "nobody" else 403
            if expected == 401 and "/api/" not in route:
                expected = 303
            assert answer.status_code == expected, (route, asker.name)


async def test_a_name_in_the_query_opens_nothing(world: World) -> None:
    """Asked with another's name, a route tells what it tells of one that does not exist."""
    routes: dict[str, APIRoute] = dict(world.routes())
    things = {kind: [one for one in world.things if one.kind == kind] for kind in ("submission", "message")}
    for route, right in RIGHTS.items():
        if right in ("anybody", "uesl", "admin") or route.startswith(ONCE):
            continue
        for name in sorted(names_asked(routes[route]) & NAMING - {thing_of(route)}):
            for asker in world.askers:
                if asker.role in ("nobody", "uesl", "admin"):
                    continue
                own = next((one.id for one in things["submission"] if one.platform == asker.name), str(uuid4()))
                for value, no_such in _others(name, asker, things["submission"]):
                    path = {"submission": own, "message": str(uuid4())}
                    there = await world.ask(asker, route, {name: value}, **path)
                    nowhere = await world.ask(asker, route, {name: no_such}, **path)
                    assert _without(there, value) == _without(nowhere, no_such), (route, name, asker.name)


def _others(name: str, asker: Asker, submissions: list[Owned]) -> list[tuple[str, str]]:
    """Names of what is another's, each beside one of the same kind that is nobody's."""
    if name in ("submission", "with", "avec"):
        others = [one.id for one in submissions if asker.name not in (one.platform, *one.members)]
        return [(one, str(uuid4())) for one in others[:2]]
    codes = {"platform": ("PF01", "PF03"), "recipient": ("PF01", "PF03"), "member": ("CIL01", "CIL05")}[name]
    no_such = {"platform": "PF98", "recipient": "PF98", "member": "CIL98"}[name]
    mine = {
        "PF01": ("PF01", "CIL01"),
        "PF03": ("PF03", "CIL05"),
        "CIL01": ("CIL01", "PF01"),
        "CIL05": ("CIL05", "PF03"),
    }
    return [(code, no_such) for code in codes if code not in mine.get(asker.name, ())]


def _without(answer: httpx.Response, name: str) -> tuple[int, str]:
    return answer.status_code, _UUID.sub("…", answer.text.replace(name, "…"))


async def test_no_answer_holds_what_is_anothers(world: World) -> None:
    """Whatever the route: the marks of a platform are read by nobody else."""
    seen: dict[str, set[str]] = {}
    for route in RIGHTS:
        if not route.startswith("GET ") or thing_of(route) or route in ("GET /health", "GET /api/v1/status"):
            continue
        for asker in world.askers:
            text = (await world.ask(asker, route)).text
            for platform, marks in world.marks.items():
                held = {mark for mark in marks if mark in text}
                seen.setdefault(asker.name, set()).update(held)
                if asker.role in ("uesl", "admin") or asker.name == platform:
                    continue
                filed = {one.id for one in world.things if asker.name in one.members}
                assert held <= filed, (route, asker.name, held)
    assert seen["PF01"] == world.marks["PF01"] - _unlisted(world)
    assert seen["admin"] >= (world.marks["PF01"] | world.marks["PF03"]) - _unlisted(world)


def _unlisted(world: World) -> set[str]:
    """No list shows what is underway, nor an audit's pieces."""
    return {one.id for one in world.things if one.kind in ("identity", "piece")}
