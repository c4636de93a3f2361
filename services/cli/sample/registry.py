"""An invented network in the registry's format: platforms, members, operators, and how they changed."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice
from random import Random
from typing import Any

from services.cli.sample.names import places, platform_names
from services.cli.sample.years import Years
from shared.network import SERVICES
from shared.regions import DEPARTMENTS, NoRegionOnThatDay, region_on

Entry = dict[str, Any]


def invent_network(draw: Random, members: int, platforms: int, years: Years) -> Entry:
    """The content of `network.json`."""
    names = places(draw)
    offices = [_platform(number, name, platforms, years) for number, name in enumerate(_first(platforms))]
    codes = [office["code"] for office in offices]
    bodies = [
        _member(draw, number, next(names), department)
        for number, department in enumerate(_departments(draw, members, years), start=1)
    ]
    for position, body in enumerate(bodies):
        _join(draw, body, codes, position * platforms // members, years)
    _change(draw, bodies, codes, years)
    return {
        "central": {"name": "UESL", "emails": ["pilotage@uesl.example"]},
        "first_period": f"{years.first}-T1",
        "platforms": offices,
        "members": bodies,
        "operators": _operators(bodies, names),
    }


def _first(platforms: int) -> Iterator[str]:
    return islice(platform_names(), platforms)


def _platform(number: int, name: str, platforms: int, years: Years) -> Entry:
    code = f"PF{number + 1:02}"
    return {
        "code": code,
        "name": f"Plate-forme {name}",
        "agreements": _agreements(number, platforms, years),
        "emails": [f"{code.lower()}@reseau.example"],
    }


def _agreements(number: int, platforms: int, years: Years) -> list[Entry]:
    """One in four is renewed in time; the last platform lets its own lapse over the end of a quarter."""
    end = f"{years.last + 1}-12-31"
    if platforms > 2 and number == platforms - 1:
        until, again = f"{years.last}-06-15", f"{years.last}-08-01"
    elif number % 4 == 0:
        until, again = f"{years.first}-06-30", f"{years.first}-07-01"
    else:
        return [{"from": years.opening, "to": end}]
    return [{"from": years.opening, "to": until}, {"from": again, "to": end}]


def _departments(draw: Random, members: int, years: Years) -> list[str]:
    """Every département in turn, in their order, so that platforms are made of neighbours."""
    known = [department for department in sorted(DEPARTMENTS) if _has_region(department, years.first_day)]
    rounds, rest = divmod(members, len(known))
    return sorted(known * rounds + draw.sample(known, rest))


def _has_region(department: str, day: date) -> bool:
    try:
        return bool(region_on(department, day))
    except NoRegionOnThatDay:
        return False


def _member(draw: Random, number: int, place: str, department: str) -> Entry:
    kind = "CCI" if draw.random() < 0.25 else "CIL"
    code = f"{kind}-{number:03}"
    return {
        "code": code,
        "kind": kind,
        "name": f"{kind} {place}",
        "department": department,
        "emails": [f"{code.lower()}@reseau.example"],
        "memberships": [],
        "delegations": [],
    }


def _join(draw: Random, body: Entry, platforms: list[str], home: int, years: Years) -> None:
    """Mostly one platform for both services; some have a neighbour for mobilité, some do not offer it."""
    chance = draw.random()
    homes = {"assistance": home, "mobilite": (home + 1) % len(platforms) if chance < 0.1 else home}
    for service in SERVICES:
        if service == "assistance" or chance < 0.94:
            span = {"from": years.opening, "to": None}
            body["memberships"].append({"service": service, "platform": platforms[homes[service]], **span})


def _change(draw: Random, bodies: list[Entry], platforms: list[str], years: Years) -> None:
    """Each body changes in one way at most; who takes over a service for others does not change at all."""
    if len(bodies) < 8:
        return
    shares = {"move": 16, "arrive": 32, "leave": 40, "relocate": 60, "entrust": 12}
    sizes = {change: max(1, len(bodies) // share) for change, share in shares.items()}
    order = draw.sample(bodies, len(bodies))
    parts = {change: [order.pop() for _ in range(size)] for change, size in sizes.items()}
    for body in parts["move"]:
        _move(draw, body, platforms, years)
    for body in parts["arrive"]:
        _date(body, "from", years.day_within_a_quarter(draw))
    for body in parts["leave"]:
        _date(body, "to", years.day_within_a_quarter(draw))
    for body in parts["relocate"]:
        _relocate(draw, body, years)
    for body in parts["entrust"]:
        _entrust(draw, body, order, years)


def _date(body: Entry, end: str, day: date) -> None:
    for membership in body["memberships"]:
        membership[end] = day.isoformat()


def _move(draw: Random, body: Entry, platforms: list[str], years: Years) -> None:
    """To the next platform in mid-quarter, for every service at once."""
    day = years.day_within_a_quarter(draw)
    before = body["memberships"]
    after = [{**held, "platform": _next(platforms, held["platform"]), "from": day.isoformat()} for held in before]
    for held in before:
        held["to"] = (day - timedelta(days=1)).isoformat()
    body["memberships"] = before + after


def _next(codes: list[str], code: str) -> str:
    return codes[(codes.index(code) + 1) % len(codes)] if code in codes else codes[0]


def _relocate(draw: Random, body: Entry, years: Years) -> None:
    """To the next département, in mid-quarter; Mayotte has no région before 2011, so nobody settles there."""
    day = years.day_within_a_quarter(draw)
    until = (day - timedelta(days=1)).isoformat()
    body["departments"] = [{"department": body["department"], "from": years.opening, "to": until}]
    body["department"] = _next(sorted(DEPARTMENTS - {"976"}), body["department"])


def _entrust(draw: Random, body: Entry, steady: list[Entry], years: Years) -> None:
    """To a neighbour of the same platform that performs the service throughout; some agreements begin or end within."""
    held = draw.choice(body["memberships"])
    takers = [other["code"] for other in steady if _same_platform(other, held)]
    if not takers:
        return
    day = years.day_within_a_quarter(draw).isoformat()
    start, end = draw.choice([(years.opening, None), (years.opening, None), (years.opening, day), (day, None)])
    body["delegations"] = [{"service": held["service"], "member": draw.choice(takers), "from": start, "to": end}]


def _same_platform(other: Entry, held: Entry) -> bool:
    return any(
        membership["service"] == held["service"] and membership["platform"] == held["platform"]
        for membership in other["memberships"]
    )


def _operators(bodies: list[Entry], names: Iterator[str]) -> list[Entry]:
    """Title V subsidiaries, each for a handful of members that offer mobilité."""
    movers = [body["code"] for body in bodies if any(held["service"] == "mobilite" for held in body["memberships"])]
    size = 7
    groups = [movers[start : start + size] for start in range(0, len(movers), size)]
    return [
        {"code": f"OP-{number:02}", "name": f"Mobilité {next(names)}", "members": group}
        for number, group in enumerate(groups, start=1)
    ]
