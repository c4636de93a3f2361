"""The registry over HTTP: taken whole or refused with every fault, and only what changed is said."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from services.compliance.domain.documents import DEEPEST, UnreadableDocument, read_document
from services.compliance.web import registry as route
from shared.events import Event, RegistryRecorded
from shared.network import Network
from shared.readings import read_network
from tests.shared.house import House, golden_document
from tests.shared.networks import member, small_network

ADDRESS = "/api/v1/registry"


async def put(house: House, content: Any) -> httpx.Response:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return await house.http.put(ADDRESS, content=body, headers=house.admin)


async def recorded(house: House, content: Any) -> tuple[int, int]:
    answer = await put(house, content)
    assert answer.status_code == 200, answer.text
    return answer.json()["version"], answer.json()["changed"]


def refused(answer: httpx.Response, status: int = 422) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    return body


@pytest.mark.infra
@pytest.mark.parametrize("name", ["network-2005", "network-2015"])
async def test_a_golden_network_is_taken_read_back_and_heard(house: House, name: str) -> None:
    document = golden_document(name)
    subjects = sum(len(document[kind]) for kind in ("platforms", "members", "operators"))
    assert await recorded(house, document) == (1, subjects + 1)
    answer = await house.http.get(ADDRESS, headers=house.admin)
    assert answer.json() == document
    await house.carry()
    async with house.rooms["ingestion"].database.transaction() as work:
        heard = await read_network(work)
    network = Network.model_validate(document)
    assert (heard.central, heard.first_period) == (network.central, network.first_period)
    for kind in ("platforms", "members", "operators"):
        assert set(getattr(heard, kind)) == set(getattr(network, kind)), kind


@pytest.mark.infra
async def test_the_same_registry_again_says_nothing(house: House) -> None:
    assert await recorded(house, small_network()) == (1, 11)
    said = await house.said("compliance")
    assert await recorded(house, small_network()) == (1, 0)
    spaced = json.dumps(small_network(), indent=3, sort_keys=True).encode()
    assert await recorded(house, b"\xef\xbb\xbf" + spaced) == (1, 0)
    assert await house.said("compliance") == said


async def changes(house: House, document: Any) -> list[Event]:
    """What is said of a changed registry, its end aside."""
    before = len(await house.said("compliance"))
    await recorded(house, document)
    *said, end = (await house.said("compliance"))[before:]
    assert isinstance(end, RegistryRecorded)
    assert all(getattr(event, "version", 0) == end.version for event in said)
    return said


@pytest.mark.infra
async def test_only_what_changed_is_said(house: House) -> None:
    await recorded(house, small_network())
    document = small_network()
    document["members"][1]["name"] = "Nouveau nom"
    document["platforms"][2]["agreements"][0]["to"] = None
    said = await changes(house, document)
    assert [type(event).__name__ for event in said] == ["PlatformRecorded", "MemberRecorded"]
    assert [event.key for event in said] == ["platform/PF03", "member/CIL02"]
    await house.carry()
    async with house.rooms["ingestion"].database.transaction() as work:
        heard = (await read_network(work)).member("CIL02")
    assert heard is not None
    assert heard.name == "Nouveau nom"


@pytest.mark.infra
async def test_a_subject_that_is_gone_is_said_removed_and_may_come_back(house: House) -> None:
    await recorded(house, small_network())
    [gone] = await changes(house, small_network(operators=[]))
    assert (gone.key, getattr(gone, "removed", None)) == ("operator/OP01", True)
    await house.carry()
    async with house.rooms["ingestion"].database.transaction() as work:
        assert (await read_network(work)).operators == ()
    [back] = await changes(house, small_network())
    assert (back.key, getattr(back, "removed", None)) == ("operator/OP01", False)
    await house.carry()
    async with house.rooms["ingestion"].database.transaction() as work:
        assert len((await read_network(work)).operators) == 1


@pytest.mark.infra
async def test_a_new_first_period_is_said(house: House) -> None:
    await recorded(house, small_network())
    await recorded(house, small_network(first_period="2004-T3"))
    await house.carry()
    async with house.rooms["ingestion"].database.transaction() as work:
        assert (await read_network(work)).first_period == "2004-T3"


@pytest.mark.infra
async def test_parallel_puts_are_versions_one_after_another(house: House) -> None:
    documents = [small_network(members=[member("CIL01", "PF01", department=f"{n:02}")]) for n in range(1, 7)]
    for document in documents:
        document["operators"] = []
    found = await asyncio.gather(*(recorded(house, document) for document in documents))
    assert sorted(version for version, _ in found) == list(range(1, 7))
    await house.carry()
    last = await house.http.get(ADDRESS, headers=house.admin)
    async with house.rooms["ingestion"].database.transaction() as work:
        assert await read_network(work) == Network.model_validate(last.json())


@pytest.mark.infra
async def test_an_impossible_registry_changes_nothing(house: House) -> None:
    await recorded(house, small_network())
    said = await house.said("compliance")
    document = small_network(operators=[{"code": "OP01", "name": "Filiale", "members": ["CIL99", "CIL98"]}])
    body = refused(await put(house, document))
    assert body["type"] == "urn:pilotage:impossible_registry"
    assert body["detail"] == "L’annuaire est refusé : 2 erreur(s)."
    assert body["errors"][0] == {"at": "operators/OP01/members", "message": "OP01 : CIL/CCI CIL99 inconnu."}
    assert await house.said("compliance") == said
    assert (await house.http.get(ADDRESS, headers=house.admin)).json() == small_network()


@pytest.mark.infra
async def test_who_may(house: House) -> None:
    assert refused(await house.http.get(ADDRESS, headers=house.admin), 503)["detail"].startswith("L’annuaire")
    assert refused(await house.http.put(ADDRESS, content=b"{}"), 401)
    await recorded(house, small_network())
    await house.issue("PF01")
    for method in ("GET", "PUT"):
        refused(await house.http.request(method, ADDRESS, headers=house.of("PF01")), 403)


@pytest.mark.infra
async def test_a_document_over_the_limit_is_413(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(route, "MAX_BYTES", 5000)
    document = json.dumps(small_network()).encode()
    assert (await put(house, document.ljust(5000))).status_code == 200
    body = refused(await put(house, document.ljust(5001)), 413)
    assert body["title"] == "Trop volumineux"


def _with_extra(value: str) -> bytes:
    return json.dumps(small_network(remarque="@")).replace('"@"', value).encode()


def _nested(depth: int) -> str:
    return "[" * depth + "]" * depth


UNREADABLE: dict[str, bytes] = {
    "nothing": b"",
    "cut": b'{"central": {',
    "not UTF-8": _with_extra('"\u00e9"').replace(b"central", b"c\xe9ntral"),
    "UTF-16": json.dumps(small_network()).encode("utf-16"),
    "two values": b"{} {}",
    "a name twice": b'{"a": 1, "a": 1}',
    "a name twice, deep": _with_extra('[{"b": {"c": 1, "d": 2, "c": 3}}]'),
    "no number": _with_extra("NaN"),
    "infinity": _with_extra("-Infinity"),
    "a number too large": _with_extra("1e999"),
    "a number too long": _with_extra("9" * 5000),
    "NUL in a text": _with_extra('"a\\u0000b"'),
    "NUL in a name": _with_extra('{"a\\u0000b": 1}'),
    "half a surrogate pair": _with_extra('"\\ud800"'),
    "other half": _with_extra('["\\udfff"]'),
    "deep": _with_extra(_nested(DEEPEST)),
    "very deep": _with_extra(_nested(100_000)),
    "deep objects": _with_extra('{"a":' * 5000 + "1" + "}" * 5000),
}  # fmt: skip


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_no_two_readers_take_alike_is_no_document(name: str) -> None:
    with pytest.raises(UnreadableDocument, match=r"\.$"):
        read_document(UNREADABLE[name])


@pytest.mark.infra
async def test_what_is_no_document_is_refused_and_never_a_failure(house: House) -> None:
    for name, content in UNREADABLE.items():
        answer = await put(house, content)
        assert answer.status_code == 422, name
        assert refused(answer)["type"] == "urn:pilotage:unreadable_file"
    for name, content in {"no object": b"[]", "null": b"null", "text": b'"x"'}.items():
        assert (await put(house, content)).status_code == 422, name
    assert await house.said("compliance") == []


READABLE: dict[str, Callable[[], bytes]] = {
    "a whole surrogate pair": lambda: _with_extra('"\\ud83d\\ude00"'),
    "nested in reason": lambda: _with_extra(_nested(DEEPEST - 2)),
    "the same name in two objects": lambda: _with_extra('[{"a": 1}, {"a": 1}]'),
    "exact numbers": lambda: _with_extra("[1.5, 123456789012345678901234567890]"),
}


@pytest.mark.infra
async def test_what_is_not_ours_to_read_is_kept(house: House) -> None:
    for n, (name, content) in enumerate(READABLE.items()):
        document = {**json.loads(content()), "first_period": f"200{n}-T1"}
        await recorded(house, document)
        assert (await house.http.get(ADDRESS, headers=house.admin)).json() == document, name
