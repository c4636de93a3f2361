"""A room's own reading of the registry, the credentials and the calendar, kept in its schema."""

import json
from collections.abc import MutableMapping
from datetime import date
from typing import Any
from weakref import WeakKeyDictionary

from pydantic import BaseModel

from shared.clock import Clock, paris_day
from shared.events import (
    CentralRecorded,
    CredentialIssued,
    DayBegan,
    Event,
    MemberRecorded,
    OperatorRecorded,
    PlatformRecorded,
    RegistryRecorded,
    SessionEnded,
)
from shared.network import Network
from shared.room import OneByOne
from shared.security import SESSION_SECONDS
from shared.transaction import Transaction

_SUBJECT = """
INSERT INTO registry_history (kind, code, version, removed, body)
VALUES (:kind, :code, :version, :removed, CAST(:body AS jsonb)) ON CONFLICT DO NOTHING
"""
# A version that is still being said is not mixed in.
_AS_OF = """
SELECT kind, body FROM (
    SELECT DISTINCT ON (kind, code) kind, code, removed, body FROM registry_history
    WHERE version <= :version ORDER BY kind, code, version DESC) AS known
WHERE NOT removed ORDER BY kind, code
"""
_CREDENTIAL = """
INSERT INTO credential (id, version, token_sha256, role, platform, name, revoked, member, firm)
VALUES (:id, :version, :token_sha256, :role, :platform, :name, :revoked, :member, :firm)
ON CONFLICT (id) DO UPDATE SET version = excluded.version, revoked = excluded.revoked
WHERE credential.version < excluded.version
"""


_SESSION_END = "INSERT INTO session_ended (session) VALUES (:session) ON CONFLICT DO NOTHING"
_TOO_OLD_ANYWAY = "DELETE FROM session_ended WHERE ended_at < now() - make_interval(secs => :seconds)"


class NoRegistry(RuntimeError):
    """No registry has been put yet: nothing can be judged or owed."""


def _body(subject: BaseModel) -> str:
    return subject.model_dump_json(by_alias=True)


async def _keep(work: Transaction, kind: str, code: str, version: int, removed: bool, body: str) -> None:
    values = {"kind": kind, "code": code, "version": version, "removed": removed, "body": body}
    await work.execute(_SUBJECT, values)


async def keep_central(work: Transaction, event: CentralRecorded) -> None:
    await _keep(work, "central", "UESL", event.version, event.removed, _body(event.central))


async def keep_platform(work: Transaction, event: PlatformRecorded) -> None:
    await _keep(work, "platform", event.platform.code, event.version, event.removed, _body(event.platform))


async def keep_member(work: Transaction, event: MemberRecorded) -> None:
    await _keep(work, "member", event.member.code, event.version, event.removed, _body(event.member))


async def keep_operator(work: Transaction, event: OperatorRecorded) -> None:
    await _keep(work, "operator", event.operator.code, event.version, event.removed, _body(event.operator))


async def open_registry(work: Transaction, event: RegistryRecorded) -> None:
    await _keep(work, "registry", "whole", event.version, False, json.dumps({"first_period": event.first_period}))


async def keep_credential(work: Transaction, event: CredentialIssued) -> None:
    await work.execute(
        _CREDENTIAL,
        {
            "id": event.credential,
            "version": event.version,
            "token_sha256": event.token_sha256,
            "role": event.role,
            "platform": event.platform,
            "name": event.name,
            "revoked": event.revoked,
            "member": event.member,
            "firm": event.firm,
        },
    )


async def keep_session_end(work: Transaction, event: SessionEnded) -> None:
    await work.execute(_SESSION_END, {"session": event.session})
    await work.execute(_TOO_OLD_ANYWAY, {"seconds": 2 * SESSION_SECONDS})


async def begin_day(work: Transaction, event: DayBegan) -> None:
    await work.execute("INSERT INTO day_begun (day) VALUES (:day) ON CONFLICT DO NOTHING", {"day": event.day})


async def current_day(work: Transaction) -> date | None:
    """The last day the calendar has said."""
    found: date | None = (await work.execute("SELECT max(day) FROM day_begun")).scalar_one()
    return found


# By the engine, whose role and database it was read with: the version, and the network as of it.
_whole: MutableMapping[Any, tuple[int, Network]] = WeakKeyDictionary()


async def registry_version(work: Transaction) -> int:
    """Version of the registry this room has read whole; NoRegistry before any."""
    query = "SELECT version FROM registry_subject WHERE kind = 'registry'"
    version = (await work.execute(query)).scalar_one_or_none()
    if version is None:
        raise NoRegistry
    return int(version)


async def read_network(work: Transaction, version: int | None = None) -> Network:
    """The whole network as this room has read it; NoRegistry before any. Cached by version.

    version: of the registry, where this transaction has read it already.
    """
    version = version or await registry_version(work)
    engine = work.session.bind
    known, network = _whole.get(engine, (0, None))
    if network is None or known != version:
        network = await network_as_of(work, version)
        _whole[engine] = version, network
    return network


async def network_as_of(work: Transaction, version: int) -> Network:
    """The network as that version of the registry had it; NoRegistry where it is older than what is kept here."""
    rows = await work.execute(_AS_OF, {"version": version})
    bodies: dict[str, list[Any]] = {"platform": [], "member": [], "operator": [], "central": [], "registry": []}
    for row in rows:
        bodies[row.kind].append(row.body)
    if not (bodies["central"] and bodies["registry"]):
        raise NoRegistry
    return Network.model_validate(
        {
            "central": bodies["central"][0],
            "first_period": bodies["registry"][0]["first_period"],
            "platforms": bodies["platform"],
            "members": bodies["member"],
            "operators": bodies["operator"],
        }
    )


READINGS: dict[type[Event], OneByOne] = {
    CentralRecorded: keep_central,
    PlatformRecorded: keep_platform,
    MemberRecorded: keep_member,
    OperatorRecorded: keep_operator,
    RegistryRecorded: open_registry,
    CredentialIssued: keep_credential,
    SessionEnded: keep_session_end,
    DayBegan: begin_day,
}


async def today(work: Transaction, simulation: bool, clock: Clock) -> date:
    """The day in Paris: the system's, or in a simulation the last one this room has heard of."""
    return (simulation and await current_day(work)) or paris_day(clock())
