"""Changing one subject of the registry: always a new version, with who, when and why; nothing is overwritten."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.compliance.domain.faults import Fault, ImpossibleRegistry
from services.compliance.domain.optional_facts import remarks_on
from services.compliance.domain.registry import parse_registry
from services.compliance.domain.subject_sheets import Kind
from services.compliance.tables.registry import last_document, lock_registry, record_registry
from services.compliance.tables.registry_past import document_at
from shared.readings import NoRegistry, registry_version
from shared.transaction import Transaction


class ChangedMeanwhile(RuntimeError):
    """Somebody has changed the registry since it was read."""


class NoSuchSubject(LookupError):
    """The registry has no subject of that code."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a subject is to be; `subject` None = it leaves the registry. `base`: the version it was read at."""

    kind: Kind
    code: str
    subject: dict[str, Any] | None
    reason: str
    base: int | None = None


async def change_subject(work: Transaction, change: Change, *, by: str, at: datetime) -> int:
    """The version made by it, or the one in force where it changes nothing.

    Raises ImpossibleRegistry with every fault, ChangedMeanwhile, NoSuchSubject, NoRegistry.
    """
    await lock_registry(work)
    document = await last_document(work)
    if document is None:
        raise NoRegistry
    if change.base is not None and change.base != await registry_version(work):
        raise ChangedMeanwhile
    changed = _changed(document, change)
    if faults := [*_own_faults(change), *_new_faults(document, changed)]:
        raise ImpossibleRegistry(faults)
    version, _ = await record_registry(work, changed, by=by, at=at, reason=change.reason.strip())
    return version


def _own_faults(change: Change) -> Iterator[Fault]:
    if not change.reason.strip():
        yield Fault("reason", "Le motif manque : il reste avec la modification.")
    if change.subject is not None and change.subject.get("code") != change.code:
        yield Fault("code", "Un code ne change pas : il nomme tout ce qui a été dit du sujet.")


def _new_faults(before: Any, after: Any) -> list[Fault]:
    """What makes it impossible; of what it may say beside the format, only what was not so before."""
    try:
        network = parse_registry(after)
    except ImpossibleRegistry as error:
        return list(error.faults)
    known = {fault.message for fault in remarks_on(before, parse_registry(before))}
    return [fault for fault in remarks_on(after, network) if fault.message not in known]


def _changed(document: Any, change: Change) -> Any:
    subjects = list(document.get(change.kind) or ())
    places = [n for n, subject in enumerate(subjects) if subject["code"] == change.code]
    if change.subject is None:
        if not places:
            raise NoSuchSubject(change.code)
        del subjects[places[0]]
    elif places:
        subjects[places[0]] = change.subject
    else:
        subjects.append(change.subject)
    return {**document, change.kind: subjects}


async def subject_at(work: Transaction, kind: Kind, code: str, version: int) -> dict[str, Any] | None:
    """As it stood in that version's document; None where it was not in it."""
    document = await document_at(work, version)
    found = (subject for subject in (document or {}).get(kind) or () if subject["code"] == code)
    return next(found, None)
