"""Recording a registry: what changed is said, subject by subject, then that it is whole."""

import json
from datetime import datetime
from typing import Any

from services.compliance.domain.registry import parse_registry
from shared.events import CentralRecorded, Event, MemberRecorded, OperatorRecorded, PlatformRecorded, RegistryRecorded
from shared.network import Central, Member, Network, Operator, Platform
from shared.readings import READINGS
from shared.transaction import Transaction

_INSERT = """
INSERT INTO registry_version (version, recorded_at, recorded_by, reason, document)
VALUES (:version, :at, :by, :reason, CAST(:document AS jsonb))
"""

_LAST = "SELECT document FROM registry_version ORDER BY version DESC LIMIT 1"

Subject = Central | Platform | Member | Operator


async def record_registry(
    work: Transaction, document: Any, *, by: str, at: datetime, reason: str = ""
) -> tuple[int, int]:
    """Takes a whole `network.json`; returns (version, subjects changed). Raises ImpossibleRegistry.

    The same registry again changes nothing and says nothing.
    """
    network = parse_registry(document)
    await lock_registry(work)
    version = (await work.execute("SELECT coalesce(max(version), 0) FROM registry_version")).scalar_one()
    known = await _known(work)
    events = _changes(known, network, version + 1)
    if not events:
        return version, 0
    events.append(RegistryRecorded(version=version + 1, first_period=network.first_period))
    values = {"version": version + 1, "at": at, "by": by, "reason": reason, "document": json.dumps(document)}
    await work.execute(_INSERT, values)
    for event in events:
        await READINGS[type(event)](work, event)
        work.say(event)
    return version + 1, len(events) - 1


async def lock_registry(work: Transaction) -> None:
    """Until the transaction ends, nobody else changes the registry."""
    await work.execute("SELECT pg_advisory_xact_lock(hashtext('compliance-registry'))")


async def last_document(work: Transaction) -> Any:
    """The registry as it was last put; None before any."""
    return (await work.execute(_LAST)).scalar_one_or_none()


async def _known(work: Transaction) -> dict[tuple[str, str], Any]:
    rows = await work.execute("SELECT kind, code, body FROM registry_subject WHERE NOT removed")
    return {(row.kind, row.code): row.body for row in rows}


def _subjects(network: Network) -> dict[tuple[str, str], Subject]:
    found: dict[tuple[str, str], Subject] = {("central", "UESL"): network.central}
    found.update({("platform", platform.code): platform for platform in network.platforms})
    found.update({("member", member.code): member for member in network.members})
    found.update({("operator", operator.code): operator for operator in network.operators})
    return found


def _changes(known: dict[tuple[str, str], Any], network: Network, version: int) -> list[Event]:
    now = _subjects(network)
    changed = [_event(subject, version) for place, subject in now.items() if not _is(known.get(place), subject)]
    gone = [place for place in known if place not in now and place[0] != "registry"]
    removed = [_event(_KINDS[kind].model_validate(known[kind, code]), version, removed=True) for kind, code in gone]
    first_period = known.get(("registry", "whole"), {}).get("first_period")
    if not changed and not removed and first_period != network.first_period:
        return [_event(network.central, version)]
    return [*changed, *removed]


def _is(known: Any, subject: Subject) -> bool:
    """A subject kept before a field was added is the same as long as it says nothing in that field."""
    return known is not None and type(subject).model_validate(known) == subject


_KINDS: dict[str, type[Subject]] = {"central": Central, "platform": Platform, "member": Member, "operator": Operator}


def _event(subject: Subject, version: int, *, removed: bool = False) -> Event:
    match subject:
        case Central():
            return CentralRecorded(version=version, removed=removed, central=subject)
        case Platform():
            return PlatformRecorded(version=version, removed=removed, platform=subject)
        case Member():
            return MemberRecorded(version=version, removed=removed, member=subject)
        case Operator():
            return OperatorRecorded(version=version, removed=removed, operator=subject)
