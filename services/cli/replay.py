"""Replays a plan through the HTTP door, day by day, and says whatever comes out otherwise than planned."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from services.cli.client import Client, Verdict
from services.cli.plan import Plan, Sending

Progress = Callable[[str, int], None]


@dataclass(slots=True)
class Replayed:
    """What came out: errors told by file, and what was not as planned."""

    errors: list[tuple[str, str, str, str]] = field(default_factory=list)
    surprises: list[str] = field(default_factory=list)
    sent: int = 0


async def replay_plan(
    client: Client, plan: Plan, progress: Progress, *, begins_days: bool = True, rest_within: float = 120
) -> Replayed:
    """Puts the registry, then on each day says it, waits until it is heard everywhere, and sends the day's files.

    Days on which nothing is sent are said together with the next one that has files: each is worked under its own
    date, before those files are sent.
    """
    replayed = Replayed()
    await client.put_registry(plan.registry)
    for platform in plan.platforms:
        await client.token(platform)
    if begins_days:
        await client.begin_days(plan.first_day)
    await client.come_to_rest(rest_within)
    for day, sendings in plan.by_day():
        await _begin(client, day, begins_days, rest_within)
        for sending in sendings:
            _note(replayed, sending, await _send(client, plan, sending))
            progress(day.isoformat(), 1)
    await _begin(client, plan.last_day, begins_days, rest_within)
    return replayed


async def _begin(client: Client, day: date, begins_days: bool, rest_within: float) -> None:
    if begins_days:
        await client.begin_days(day)
    await client.come_to_rest(rest_within)


async def _send(client: Client, plan: Plan, sending: Sending) -> Verdict:
    file = plan.folder / "submissions" / sending.file
    return await client.send(sending.platform, sending.form, sending.period, file)


def _note(replayed: Replayed, sending: Sending, verdict: Verdict) -> None:
    replayed.sent += 1
    if verdict.verdict == "same" and verdict.attempts > 1:
        return  # the first attempt was taken and its answer lost
    if (verdict.verdict, verdict.codes) != (sending.expect, sending.errors):
        came = f"{verdict.verdict} {verdict.codes}".strip()
        planned = f"{sending.expect} {sending.errors}".strip()
        replayed.surprises.append(f"{sending.file} ({sending.sent}) : {came} au lieu de {planned}")
    for error in verdict.errors:
        line = "" if error["line"] is None else str(error["line"])
        replayed.errors.append((sending.file, line, (error["column"] or "").lower(), error["code"]))
