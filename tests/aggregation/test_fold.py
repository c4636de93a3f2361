"""The fold against a plain reference model, on a real PostgreSQL: any order, repetition, batches and workers."""

import asyncio
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from services.aggregation.domain.versions import Key
from services.aggregation.handlers.totals import add_to_totals, hear_submissions
from services.aggregation.tables.versions import unwritten
from shared.database import Database
from shared.events import SubmissionAccepted
from shared.room import Heard
from tests.aggregation.conftest import empty
from tests.aggregation.submissions import accepted, read

Totals = dict[tuple[str, ...], tuple[int, ...]]

PLATFORMS = ("PF01", "PF02", "PF03")
DEPARTMENTS = {"CIL-1": "75", "CIL-2": "13", "CIL-3": "2A", "CIL-4": "971"}


def reference_totals(events: Sequence[SubmissionAccepted]) -> Totals:
    """Lines and group totals, counted anew from the newest version of each key."""
    standing: dict[Key, Any] = {}
    for event in events:
        version = read(event).version
        assert version
        known = standing.setdefault(version.key, version)
        if version.version > known.version:
            standing[version.key] = version
    totals: Totals = {}
    for version in standing.values():
        form, period, platform = version.key
        for member, _, _, region, *line, _ in unwritten(version.lines):
            totals["line", form, period, platform, member] = (version.version, *line)
            for level, code in (("national", "FR"), *([("region", region)] if region else [])):
                key = (form, period, level, code)
                totals[key] = tuple(map(sum, zip(totals.get(key, (0, 0, 0, 0)), (1, *line), strict=True)))
    return totals


async def kept_totals(database: Database) -> Totals:
    async with database.transaction() as work:
        lines = await work.execute("SELECT form, period, platform, member, version, m1, m2, m3 FROM line")
        groups = await work.execute(
            "SELECT form, period, level, code, sum(lines), sum(m1), sum(m2), sum(m3) FROM group_total "
            "GROUP BY form, period, level, code HAVING sum(lines) <> 0 OR sum(m1) + sum(m2) + sum(m3) <> 0"
        )
        found: Totals = {}
        for row in [tuple(row) for row in lines]:
            found[("line", *row[:4])] = tuple(map(int, row[4:]))
        for row in [tuple(row) for row in groups]:
            found[row[:4]] = tuple(map(int, row[4:]))
        return found


def partition_of(event: SubmissionAccepted) -> int:
    return sum(event.key.encode()) % 4


async def fold(database: Database, events: Sequence[SubmissionAccepted]) -> None:
    async with database.transaction() as work:
        await add_to_totals(work, [Heard(read(event), partition_of(event)) for event in events])


@st.composite
def versions(draw: st.DrawFn) -> list[SubmissionAccepted]:
    """All versions of some keys: a correction may leave members out or bring new ones."""
    found = []
    for platform, form in draw(st.sets(st.sampled_from([(p, f) for p in PLATFORMS for f in FORMS_USED]), min_size=1)):
        for number in range(1, draw(st.integers(1, 4)) + 1):
            members = draw(st.sets(st.sampled_from(sorted(DEPARTMENTS)), min_size=1))
            figures = st.tuples(*[st.integers(0, 9_999_999)] * 3)
            lines = {member: draw(figures) for member in sorted(members)}
            day = date(2005, 4, 1) + timedelta(days=number)
            found.append(
                accepted(
                    lines,
                    platform=platform,
                    form=form,
                    version=number,
                    day=day,
                    departments=DEPARTMENTS,
                )
            )
    return found


FORMS_USED = ("assistance-trimestriel", "mobilite-trimestriel")


@st.composite
def histories(draw: st.DrawFn) -> list[list[SubmissionAccepted]]:
    """Versions in any order, some repeated, cut into batches anywhere."""
    events = draw(versions())
    events = draw(st.permutations(events + draw(st.lists(st.sampled_from(events), max_size=4))))
    cuts = sorted(draw(st.sets(st.integers(0, len(events)), max_size=4)))
    return [events[start:end] for start, end in zip([0, *cuts], [*cuts, len(events)], strict=True) if start < end]


# Without shrinking: against a real database it takes minutes, and what it starts from is small.
@settings(
    max_examples=60,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(batches=histories())
async def test_any_history_ends_in_the_reference_totals(
    database: Database, batches: list[list[SubmissionAccepted]]
) -> None:
    await empty(database)
    for batch in batches:
        await fold(database, batch)
    events = [event for batch in batches for event in batch]
    assert await kept_totals(database) == reference_totals(events)
    await _assert_every_version_is_kept(database, events)


async def _assert_every_version_is_kept(database: Database, events: Sequence[SubmissionAccepted]) -> None:
    query = """
    SELECT v.submission, count(l.member) AS lines FROM version v
    LEFT JOIN every_line l USING (form, period, platform, version) GROUP BY 1
    """
    async with database.transaction() as work:
        kept: dict[UUID, int] = {row.submission: row.lines for row in await work.execute(query)}
    assert kept == {event.submission: len(event.lines) for event in events}


async def test_two_workers_on_their_own_partitions(database: Database) -> None:
    """Every key in one partition, all keys in the same groups: no waiting for one another, no lost figure."""
    events = [
        accepted(
            {"CIL-1": [n, version, 1], "CIL-2": [1, 1, n]},
            platform=f"PF{n:02}",
            version=version,
            departments=DEPARTMENTS,
        )
        for version in range(1, 6)
        for n in range(40)
    ]
    halves = [[e for e in events if partition_of(e) in half] for half in ({0, 1}, {2, 3})]

    async def worker(own: Sequence[SubmissionAccepted]) -> None:
        for start in range(0, len(own), 7):
            await fold(database, own[start : start + 7])

    await asyncio.gather(*(worker(half) for half in halves))
    assert await kept_totals(database) == reference_totals(events)


async def test_parallel_folds_never_wait_for_another_partition(database: Database) -> None:
    """A transaction left open on one partition does not hold up the other."""
    one, other = accepted({"CIL-1": [1, 2, 3]}, platform="PF01"), accepted({"CIL-1": [4, 5, 6]}, platform="PF02")
    async with database.transaction() as open_work:
        await add_to_totals(open_work, [Heard(read(one), 0)])
        async with asyncio.timeout(5), database.transaction() as work:
            await add_to_totals(work, [Heard(read(other), 1)])
    assert await kept_totals(database) == reference_totals([one, other])


async def test_a_worker_that_has_lost_its_partition_cannot_put_back_an_older_version(database: Database) -> None:
    first, second = accepted({"CIL-1": [1, 2, 3]}, version=1), accepted({"CIL-2": [4, 5, 6]}, version=2)
    async with database.transaction() as zombie:
        await add_to_totals(zombie, [Heard(read(first), partition_of(first))])
        successor = asyncio.create_task(fold(database, [second]))
        await asyncio.sleep(0.2)
    await successor
    assert await kept_totals(database) == reference_totals([first, second])


async def test_a_member_left_out_of_a_correction_loses_its_figures(database: Database) -> None:
    await fold(database, [accepted({"CIL-1": [1, 2, 3], "CIL-2": [4, 5, 6]})])
    await fold(database, [accepted({"CIL-2": [7, 8, 9]}, version=2)])
    totals = await kept_totals(database)
    assert totals["assistance-trimestriel", "2005-T1", "national", "FR"] == (1, 7, 8, 9)
    assert ("line", "assistance-trimestriel", "2005-T1", "PF01", "CIL-1") not in totals


async def test_euros_are_exact(database: Database) -> None:
    event = accepted({"CIL-1": [1, 1, "175285.44"], "CIL-2": [1, 1, "0.01"]}, form="mobilite-trimestriel")
    await fold(database, [event])
    assert (await kept_totals(database))["mobilite-trimestriel", "2005-T1", "national", "FR"][3] == 17528545


async def test_a_figure_finer_than_its_measure_is_refused(database: Database) -> None:
    with pytest.raises(ValueError, match="not exact"):
        await fold(database, [accepted({"CIL-1": ["1.5", 0, 0]})])
    assert await kept_totals(database) == {}


async def test_a_form_of_another_kind_is_counted_and_not_folded(database: Database) -> None:
    event = accepted({"CIL-1": [1, 2, 3]}).model_copy(update={"form": "satisfaction", "period": "2005"})
    async with database.transaction() as work:
        await hear_submissions(work, [Heard(read(event), 3)])
        counted = (await work.execute("SELECT day, partition, submissions FROM reception_heard")).all()
    assert [tuple(row) for row in counted] == [(event.received_on, 3, 1)]
    assert await kept_totals(database) == {}
