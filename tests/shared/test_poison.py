"""Records that can never be heard: buried as they came, with the cause, while the line moves on."""

import json
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from shared.wire import headers_of
from tests.shared.records import days, nth_day
from tests.shared.tally_room import Broken, TallyRoom

pytestmark = pytest.mark.infra

SECRET = "0612345678"
_GOOD = headers_of(UUID(int=7), "DayBegan", "compliance", "2005-01-01T00:00:00+00:00")
_DAY = b'{"day": "2005-02-01"}'


def _with(name: str, value: bytes | None) -> list[tuple[str, bytes | None]]:
    return [(key, value if key == name else known) for key, known in _GOOD]


def _registry(version: str, first_period: str = "2005-T1") -> bytes:
    return f'{{"version": {version}, "first_period": "{first_period}"}}'.encode()


POISONS: dict[str, tuple[Any, bytes | None]] = {
    "no headers": ([], _DAY),
    "null identity": (_with("ce_id", None), _DAY),
    "null type": (_with("ce_type", None), _DAY),
    "identity of NUL": (_with("ce_id", b"\x00"), _DAY),
    "identity not ASCII": (_with("ce_id", b"\xff\xfe"), _DAY),
    "identity no UUID": (_with("ce_id", b"7"), _DAY),
    "a header of NUL": ([*_with("ce_type", b"\x00"), ("x\x00y", b"\x00\xff"), ("z", None)], _DAY),
    "unknown type": (_with("ce_type", b"DayEnded"), _DAY),
    "no body": (_GOOD, None),
    "no JSON": (_GOOD, b"{"),
    "not UTF-8": (_GOOD, b'{"day": "\xff"}'),
    "half a surrogate pair": (_with("ce_type", b"RegistryRecorded"), _registry("1", "\\ud800")),
    "a wrong day": (_GOOD, f'{{"day": "{SECRET}"}}'.encode()),
    "NUL in a text kept": (_with("ce_type", b"CredentialIssued"), json.dumps(
        {"credential": str(UUID(int=1)), "token_sha256": SECRET, "role": "platform", "platform": "\x00", "name": ""}
    ).encode()),
    "a number no column holds": (_with("ce_type", b"RegistryRecorded"), _registry("99999999999")),
}  # fmt: skip


@pytest.mark.parametrize("name", POISONS)
async def test_what_can_never_be_heard_is_buried_and_the_others_applied(tally: TallyRoom, name: str) -> None:
    headers, body = POISONS[name]
    good = days(5)
    poison = replace(good[2], headers=headers, value=body, key=b"\x00\xff")
    await tally.hearing.hear([*good[:2], poison, *good[3:]])
    assert await tally.tallied() == {nth_day(n): 1 for n in (0, 1, 3, 4)}
    assert await tally.next_offset() == 5
    [letter] = await tally.letters()
    assert (letter.topic, letter.partition, letter.offset) == ("calendar", 0, 2)
    assert (letter.headers, letter.value, letter.key) == (headers, body or b"", b"\x00\xff")
    assert letter.cause
    assert SECRET not in letter.cause + letter.detail, "what was received is not repeated in the cause"
    assert sorted(await tally.said()) == ["DayBegan"] * 4 + ["DeadLetter"]


async def test_the_cause_of_a_dead_letter_is_said(tally: TallyRoom) -> None:
    tally.failures[nth_day(0)] = [Broken("no such place"), Broken("no such place")]
    await tally.hearing.hear(days(1))
    [letter] = await tally.letters()
    assert letter.cause == "Broken: no such place"
    assert "in tally" in letter.detail
    assert letter.kind == "DayBegan"
