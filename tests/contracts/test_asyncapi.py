"""The AsyncAPI document: whole, without a loose end, and what the house really does."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, cast

import httpx
import pytest
from faststream.specification.asyncapi.v3_0_0.schema import ApplicationSchema
from sqlalchemy.ext.asyncio import AsyncSession

from services.cli.contracts.asyncapi import describe_events
from services.cli.house import build_app
from shared.dead_letters import DeadLetter, bury
from shared.events import EVENTS
from shared.topics import PUBLIC_TOPICS, ROOMS, TOPICS, heard_by
from shared.transaction import Transaction
from tests.contracts.recorded import ALL_NAMES, recorded
from tests.infrastructure import Servers, settings_for

Json = dict[str, Any]


@pytest.fixture(scope="module")
def document() -> Json:
    return describe_events()


def _references(node: Any) -> Iterator[str]:
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    if isinstance(node, dict) and isinstance(node.get("$ref"), str):
        yield node["$ref"]
    for child in children:
        yield from _references(child)


def _resolve(document: Json, reference: str) -> Any:
    found: Any = document
    for step in reference.removeprefix("#/").split("/"):
        found = found[step]
    return found


def test_the_document_is_an_asyncapi_3(document: Json) -> None:
    assert document["asyncapi"] == "3.0.0"
    assert document.keys() == {"asyncapi", "info", "defaultContentType", "channels", "operations", "components"}
    assert document["info"].keys() >= {"title", "version"}
    assert ApplicationSchema.model_validate(document)


def test_every_reference_leads_somewhere(document: Json) -> None:
    references = set(_references(document))
    assert references
    for reference in references:
        assert isinstance(_resolve(document, reference), dict)


def test_every_topic_is_a_channel_with_its_events(document: Json) -> None:
    assert document["channels"].keys() == TOPICS.keys()
    for topic in PUBLIC_TOPICS:
        said = {name for name, kind in EVENTS.items() if kind.topic == topic}
        assert document["channels"][topic.name]["messages"].keys() == said
        assert document["channels"][topic.name]["bindings"]["kafka"]["partitions"] == topic.partitions


def test_rooms_send_and_receive_as_the_catalogue_says(document: Json) -> None:
    sends = {f"{topic.writer}-sends-{topic.name}" for topic in TOPICS.values()}
    receives = {f"{room}-receives-{topic.name}" for room in ROOMS for topic in heard_by(room)}
    assert document["operations"].keys() == sends | receives
    for name, operation in document["operations"].items():
        assert operation["action"] == ("send" if name in sends else "receive")


def test_an_operation_names_messages_of_its_own_channel(document: Json) -> None:
    for operation in document["operations"].values():
        channel = operation["channel"]["$ref"]
        assert operation["messages"]
        assert all(message["$ref"].startswith(f"{channel}/messages/") for message in operation["messages"])


@pytest.mark.parametrize("name", ALL_NAMES)
def test_the_headers_of_an_example_are_as_described(name: str, document: Json) -> None:
    described, headers = document["components"]["messages"][name]["headers"], recorded(name).headers
    assert described["required"] == list(headers)
    for header, about in described["properties"].items():
        assert about.get("const", headers[header]) == headers[header]


@pytest.mark.parametrize("name", ALL_NAMES)
def test_the_payload_names_every_field_of_the_event(name: str, document: Json) -> None:
    payload = _resolve(document, document["components"]["messages"][name]["payload"]["$ref"])
    assert payload["properties"].keys() == EVENTS[name].model_fields.keys()


class _Session:
    """Says that the letter is new, and keeps what is announced."""

    def __init__(self) -> None:
        self.announced: Json = {}

    async def execute(self, _: object, parameters: Json) -> "_Session":
        self.announced = parameters
        return self

    def scalar_one_or_none(self) -> int:
        return 7


async def test_a_dead_letter_is_announced_as_described(document: Json) -> None:
    session = _Session()
    letter = DeadLetter(7, "calendar", 0, 12, b"k", [], b"?", "", "", datetime(2005, 4, 6, tzinfo=UTC), None)
    await bury(Transaction(cast(AsyncSession, session), "ingestion"), letter, ValueError("unreadable"))
    described = document["components"]["schemas"]["DeadLetter"]
    assert json.loads(session.announced["body"]).keys() == described["properties"].keys()
    assert session.announced["topic"] in document["channels"]


@pytest.mark.parametrize("path", ["/asyncapi.json", "/openapi.json"])
async def test_the_descriptions_are_served_to_everybody(path: str) -> None:
    nowhere = Servers("kafka.invalid:9092", "postgresql+asyncpg://nobody@postgresql.invalid/nothing")
    app = build_app(settings_for(nowhere, nowhere.database_url))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://pilotage.invalid") as client:
        answer = await client.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == (describe_events() if path == "/asyncapi.json" else app.openapi())
