"""Mutants sent through the door: each is answered, kept whole or not at all, and read alike by the second judge."""

import asyncio
import json
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

import httpx

from services.ingestion.domain import UNREADABLE
from shared.periods import Period
from tests.soak.comparing import Answer, differences
from tests.soak.door import Door, json_of
from tests.soak.findings import Findings
from tests.soak.mutants import Mutant, mutant
from tests.soak.patience import longest_seconds
from tests.soak.reference.grid import NoOpinion
from tests.soak.reference.judge import Opinion, judge
from tests.soak.reference.members import Registry
from tests.soak.tables import PLATFORM, soak_network

TOGETHER = 4
BATCH = 100
_SAID = "SELECT position, type, body FROM outbox WHERE position > :after ORDER BY position"


async def soak_files(door: Door, findings: Findings, numbers: Sequence[int], tell: Callable[[int], None]) -> None:
    """A batch is sent, then what was kept of it is looked at."""
    [last] = await door.house.rows("ingestion", "SELECT coalesce(max(position), 0) AS position FROM outbox")
    after = int(last.position)
    for start in range(0, len(numbers), BATCH):
        mutants = [mutant(findings.seed, number) for number in numbers[start : start + BATCH]]
        answers = await _send_all(door, findings, mutants)
        said, after = await _said_after(door, after)
        for one in mutants:
            if answer := answers.get(one.number):
                body = answer.body
                await asyncio.to_thread(
                    _examine, findings, one, Answer(answer.status, body, answer.seconds, said[body["id"]])
                )
        tell(len(mutants))


async def _send_all(door: Door, findings: Findings, mutants: Sequence[Mutant]) -> dict[int, Answer]:
    """By number; what was answered otherwise than with a verdict is a fault."""
    answers: dict[int, Answer] = {}
    turn = asyncio.Semaphore(TOGETHER)

    async def send(one: Mutant) -> None:
        async with turn:
            began = time.monotonic()
            try:
                answer = await door.ended(await door.send(one.content, one.form.code, one.period, one.name))
            except httpx.TransportError as error:
                findings.blame(one.name, f"no answer: {error!r}", one.content)
                await door.supervisor.wait_ready("serve")
                return
            body = json_of(answer)
            if answer.status_code not in (200, 201, 422) or "verdict" not in body:
                findings.blame(one.name, f"answered {answer.status_code}: {answer.text[:300]}", one.content)
                return
            answers[one.number] = Answer(answer.status_code, body, time.monotonic() - began)

    await asyncio.gather(*map(send, mutants))
    return answers


async def _said_after(door: Door, after: int) -> tuple[dict[str, list[tuple[str, dict[str, Any]]]], int]:
    """What was said of each submission since, and up to where."""
    said: dict[str, list[tuple[str, dict[str, Any]]]] = defaultdict(list)
    for row in await door.house.rows("ingestion", _SAID, after=after):
        body = json.loads(row.body)
        if "submission" in body:
            said[body["submission"]].append((row.type, body))
        after = row.position
    return said, after


def _examine(findings: Findings, one: Mutant, answer: Answer) -> None:
    faults = [*_answer_faults(one, answer)]
    findings.tally["accepted" if answer.body["verdict"] == "accepted" else "refused"] += 1
    if answer.status == 200:
        findings.tally["sent before"] += 1
    else:
        faults += _second_judgement(findings, one, answer)
    for fault in faults:
        findings.blame(one.name, f"{fault} [{', '.join(one.done)}]", one.content)


def _answer_faults(one: Mutant, answer: Answer) -> list[str]:
    body, faults = answer.body, []
    if (body["verdict"] == "accepted") != (answer.status in (200, 201)):
        faults.append(f"{answer.status} with {body['verdict']}")
    if (body["verdict"] == "accepted") != (body["error_count"] == 0):
        faults.append(f"{body['verdict']} with {body['error_count']} errors")
    if any(UNREADABLE["time"] in error["message"] for error in body["errors"]):
        faults.append("its reader did not come to an end")
    if any(not error["message"] for error in body["errors"]):
        faults.append("an error without a sentence")
    if body["size"] != len(one.content):
        faults.append(f"{body['size']} of {len(one.content)} bytes")
    if answer.seconds > longest_seconds():
        faults.append(f"answered after {answer.seconds:.1f} s")
    return faults


def opinion_on(one: Mutant) -> Opinion:
    registry = Registry(soak_network(), PLATFORM, Period.parse(one.period).last_day)
    return judge(one.content, one.form, registry)


def _second_judgement(findings: Findings, one: Mutant, answer: Answer) -> list[str]:
    try:
        opinion = opinion_on(one)
    except NoOpinion:
        findings.tally["not opened by the other libraries"] += 1
        return []
    except Exception as error:
        return [f"the second judge failed: {error!r}"]
    findings.tally["compared"] += 1
    findings.tally["compared, both read it"] += opinion.total > 0
    return differences(one, answer, opinion)
