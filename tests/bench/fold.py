"""Lines folded per second from a full topic, in batches and, for comparison, one event at a time."""

import tempfile
from pathlib import Path

from deploy.embedded import jars
from deploy.embedded.infra import boot
from services.cli.screens import step
from tests.bench.backlog import LINES, plan_backlog
from tests.bench.folding import BATCHES, ONE_BY_ONE, Folded, fill, fold
from tests.bench.peering import measure_peers
from tests.bench.results import Figure, Part
from tests.bench.sizes import Sizes

AIM = 150_000
METHOD = """\
Kafka and PostgreSQL alone, durable. The topic `submissions` (12 partitions) is filled with {records:,} records
of `SubmissionAccepted`, {lines} lines each, written as the relay writes them: 10 % are corrections, 2 %
repetitions of an event (same `ce_id`; not counted as lines folded), 1 % come before the version that they
correct. Then one process `pilotage work aggregation` is started, then two before the same topic, each time into
an empty database. What is committed is looked at every 10 ms; a rate is the lines committed after the first
commit that was seen, by the time from there to the last one. Afterwards every line, total and overtaken version
is compared with a plain model in Python. For comparison the same worker takes one event per transaction,
{alone:,} records into an empty database (which favours it); and others read the very same topic: Kafka Streams {kafka}
and Quix Streams, exactly once, each with a program of ours (`tests/bench/peers`) that keeps the standing lines of each
submission and the totals of régions and nation. They keep no overtaken versions and no inbox (which
favours them), and are measured from their first committed result in the same way; their totals, read committed, are
compared with the same model. The floors read and decode only, or also COPY a row per line: neither is right."""


async def measure_fold(sizes: Sizes) -> Part:
    method = METHOD.format(records=sizes.records, lines=LINES, alone=sizes.records_one_by_one, kafka=jars.KAFKA_VERSION)
    backlog, few = plan_backlog(sizes.records), plan_backlog(sizes.records_one_by_one)
    with tempfile.TemporaryDirectory(prefix="pilotage-bench-") as folder:
        async with boot(Path(folder) / "data", say=step) as infra:
            topic = await fill(infra, "batches", backlog)
            step(f"{sizes.records} envois à agréger, par lots")
            batches = await fold(infra, "batches", backlog, BATCHES)
            step("les mêmes, par deux processus")
            both = await fold(infra, "batches", backlog, BATCHES, workers=2)
            step(f"{sizes.records_one_by_one} envois à agréger, un à un")
            await fill(infra, "alone", few)
            alone = await fold(infra, "alone", few, ONE_BY_ONE)
            ours = lines_per_second(batches)
            compared = await measure_peers(infra, topic, backlog, ours, Path(folder))
    faults = [*batches.faults, *(f"two workers: {fault}" for fault in both.faults)]
    faults += [*(f"one by one: {fault}" for fault in alone.faults), *compared.faults]
    figures = [*_figures(batches), *_of_two(both), *_compared(batches, alone), *compared.figures]
    return Part("Lines folded from a full topic", method, figures, faults)


def lines_per_second(folded: Folded) -> float:
    return (folded.last.events - folded.first.events) * LINES / (folded.last.at - folded.first.at)


def _figures(folded: Folded) -> list[Figure]:
    lines = folded.last.events * LINES
    after_first = (folded.last.events - folded.first.events) * LINES
    rate = lines_per_second(folded)
    from_start = folded.last.at - folded.start.at
    return [
        Figure("lines folded", f"{lines:,}, of which {lines - after_first:,} in the first commit"),
        Figure("lines a second, first commit to last", f"{rate:,.0f}", f"≥ {AIM:,}", rate >= AIM),
        Figure("lines a second, from the start of the process", f"{lines / from_start:,.0f}"),
        Figure("start of the process to its first commit", f"{folded.first.at - folded.start.at:.1f} s"),
        Figure("worker’s CPU per 100,000 lines", f"{_cpu(folded):.2f} s"),
        Figure("worker’s CPU over its life", f"{folded.last.cpu:.1f} s"),
        Figure("worker’s peak memory (resident)", f"{folded.peak_bytes / 2**20:.0f} MiB"),
    ]


def _cpu(folded: Folded) -> float:
    """Seconds of the workers' processors per 100,000 lines."""
    return (folded.last.cpu - folded.first.cpu) / ((folded.last.events - folded.first.events) * LINES) * 100_000


def _of_two(both: Folded) -> list[Figure]:
    return [
        Figure("lines a second, two workers", f"{lines_per_second(both):,.0f}"),
        Figure("CPU of both per 100,000 lines", f"{_cpu(both):.2f} s"),
    ]


def _compared(batches: Folded, alone: Folded) -> list[Figure]:
    ratio = lines_per_second(batches) / lines_per_second(alone)
    return [
        Figure("lines a second, one event per transaction", f"{lines_per_second(alone):,.0f}"),
        Figure("batches are faster by", f"{ratio:.1f} times"),
    ]
