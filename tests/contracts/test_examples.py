"""Every recorded example is read, and said again word for word; what cannot be read is refused."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from shared.events import EVENTS, RestitutionIssued
from shared.wire import Malformed, decode, headers_of
from tests.contracts.recorded import ALL_NAMES, Recorded, outbox_row, recorded, recorded_names

# The wire types: a class renamed is another event.
WIRE_TYPES = {
    "AuditAnswerAwaited",
    "AuditPlanned",
    "AuditSigned",
    "CasesReported",
    "CentralRecorded",
    "CredentialIssued",
    "SessionEnded",
    "DayBegan",
    "DeadlineApproaching",
    "DeadlineExtended",
    "DeadlineMet",
    "DeadlineMissed",
    "EvidenceRequested",
    "LateListed",
    "MemberRecorded",
    "MessageFailed",
    "MessageSent",
    "ObjectivesSet",
    "OperatorRecorded",
    "PeriodClosed",
    "PeriodReopened",
    "PlatformRecorded",
    "ReceptionClosed",
    "RegistryRecorded",
    "ReminderDue",
    "RestitutionIssued",
    "SubmissionAccepted",
    "SubmissionRejected",
    "WarningsExplained",
}
# Objects without fields of their own: any name in them is data.
MAPS = {"values", "texts"}
# The frozen document is refused with fields its reader does not know: its SHA-256 would no longer be its own.
CLOSED = {"document"}


def test_the_wire_types_are_these() -> None:
    assert set(EVENTS) == WIRE_TYPES
    assert all(kind.__name__ == name for name, kind in EVENTS.items())


def test_every_event_has_an_example() -> None:
    assert recorded_names("examples") == ALL_NAMES


@pytest.mark.parametrize("name", ALL_NAMES)
def test_an_example_is_read(name: str) -> None:
    example = recorded(name)
    identity, event = decode(example.raw_headers, example.value)
    assert identity == example.identity
    assert type(event) is EVENTS[name]


@pytest.mark.parametrize("name", ALL_NAMES)
async def test_an_example_is_said_again_word_for_word(name: str) -> None:
    example = recorded(name)
    _, event = decode(example.raw_headers, example.value)
    row = await outbox_row(event)
    assert (row["types"], row["keys"], row["topics"]) == (name, example.key, event.topic.name)
    assert json.loads(row["bodies"]) == example.body


@pytest.mark.parametrize("name", ALL_NAMES)
def test_the_headers_are_those_the_relay_writes(name: str) -> None:
    example = recorded(name)
    written = headers_of(example.identity, name, EVENTS[name].topic.writer, example.headers["ce_time"])
    assert example.raw_headers == written


def _objects(node: Any, passed_over: set[str]) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for name, child in children:
        if name not in passed_over:
            yield from _objects(child, passed_over)


@pytest.mark.parametrize("name", ALL_NAMES)
def test_fields_that_come_later_are_passed_over(name: str) -> None:
    example, later = recorded(name), recorded(name)
    for part in list(_objects(later.body, MAPS | CLOSED)):
        part["added_later"] = {"anything": [1, None]}
    assert later.body != example.body
    assert decode(later.raw_headers, later.value) == decode(example.raw_headers, example.value)


@pytest.mark.parametrize("name", recorded_names("older"))
def test_an_example_from_before_a_field_was_added_is_read(name: str) -> None:
    older = recorded(name, "older")
    _, event = decode(older.raw_headers, older.value)
    absent = type(event).model_fields.keys() - older.body.keys()
    assert absent
    assert all(getattr(event, field) == type(event).model_fields[field].default for field in absent)


@pytest.mark.parametrize("name", recorded_names("wrong"))
def test_a_wrong_example_is_refused_without_showing_its_values(name: str) -> None:
    wrong = recorded(name, "wrong")
    with pytest.raises(Malformed) as refusal:
        decode(wrong.raw_headers, wrong.value)
    assert "dossiers_individuels" in str(refusal.value)
    assert "douze" not in str(refusal.value)


@pytest.mark.parametrize("name", ALL_NAMES)
def test_an_example_is_refused_without_a_field_that_must_be_there(name: str) -> None:
    example = recorded(name)
    for field, about in EVENTS[name].model_fields.items():
        if about.is_required():
            body = {key: value for key, value in example.body.items() if key != field}
            with pytest.raises(Malformed):
                decode(example.raw_headers, Recorded(example.headers, example.key, body).value)


@pytest.mark.parametrize(
    "changed",
    [
        {"ce_type": "TotalsTampered"},
        {"ce_type": "submissionaccepted"},
        {"ce_type": "Event"},
        {"ce_type": "_Submission"},
        {"ce_type": "DayBegan\xff"},
        {"ce_id": "not a uuid"},
        {"ce_id": ""},
    ],
)
def test_unknown_types_and_unreadable_headers_are_refused(changed: dict[str, str]) -> None:
    example = recorded("DayBegan")
    headers = [(name, value.encode("latin-1")) for name, value in (example.headers | changed).items()]
    with pytest.raises(Malformed):
        decode(headers, example.value)


@pytest.mark.parametrize("value", [None, b"", b"null", b"[]", b"{", b"\xff", b'{"day": "2005-02-30"}'])
def test_a_body_that_is_no_such_event_is_refused(value: bytes | None) -> None:
    with pytest.raises(Malformed):
        decode(recorded("DayBegan").raw_headers, value)


def test_the_example_of_a_restitution_has_its_own_fingerprint() -> None:
    example = recorded("RestitutionIssued")
    _, event = decode(example.raw_headers, example.value)
    assert isinstance(event, RestitutionIssued)
    assert all(edition.sha256 == edition.document.sha256 for edition in event.editions)
