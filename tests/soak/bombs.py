"""Bombs: small files made to take memory, time or somebody in, each to be answered soon, in French, with its code."""

import time
from collections.abc import Callable, Mapping

import httpx

from tests.soak.bombs_of_books import BOOK_BOMBS
from tests.soak.bombs_of_text import TEXT_BOMBS
from tests.soak.door import Door, json_of
from tests.soak.findings import Findings
from tests.soak.made import Bomb
from tests.soak.patience import longest_seconds

BOMBS: Mapping[str, Callable[[], Bomb]] = {**TEXT_BOMBS, **BOOK_BOMBS}


async def soak_bomb(door: Door, findings: Findings, name: str) -> float:
    """Seconds from the sending to the verdict, also where it comes after a 202."""
    bomb = BOMBS[name]()
    began = time.monotonic()
    try:
        answer, seconds = await _sent(door, bomb, name)
        if answer.status_code == 422 and seconds > longest_seconds():
            # Others may have wanted the processor just then; what is slow by itself is slow again.
            answer, again = await _sent(door, bomb, name)
            seconds = min(seconds, again)
    except httpx.TransportError as error:
        findings.blame(name, f"no answer: {error!r}")
        await door.supervisor.wait_ready("serve")
        return time.monotonic() - began
    for fault in _faults(bomb, answer, seconds):
        findings.blame(name, fault)
    findings.tally["bombs"] += 1
    return seconds


async def _sent(door: Door, bomb: Bomb, name: str) -> tuple[httpx.Response, float]:
    began = time.monotonic()
    answer = await door.ended(await door.send(bomb.content, bomb.form, bomb.period, name))
    return answer, time.monotonic() - began


def _faults(bomb: Bomb, answer: httpx.Response, seconds: float) -> list[str]:
    body, faults = json_of(answer), []
    if seconds > longest_seconds():
        faults.append(f"answered after {seconds:.1f} s")
    if answer.status_code not in (200, 201, 422) or "verdict" not in body:
        return [*faults, f"answered {answer.status_code}: {answer.text[:300]}"]
    codes = {error["code"] for error in body["errors"]}
    if not (codes <= bomb.codes and bool(codes) == bool(bomb.codes)):
        faults.append(f"answered {sorted(codes) or 'accepted'}, expected {sorted(bomb.codes) or 'accepted'}")
    if bomb.rows is not None and body["rows_accepted"] != bomb.rows:
        faults.append(f"{body['rows_accepted']} rows accepted, {bomb.rows} in the file")
    return faults
