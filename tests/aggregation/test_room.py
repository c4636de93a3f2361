"""The room as wired: a golden network heard through the inbox, day by day, out of step with its calendar."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import uuid4

import pytest

from services.aggregation.app import build
from services.aggregation.domain.figures import NotThreeMeasures
from services.aggregation.tables.editions import list_editions
from shared.database import Database
from shared.events import DayBegan, Event, ReceptionClosed, SubmissionAccepted
from shared.forms import FORMS
from shared.hearing import Hearing
from shared.wire import headers_of
from tests.aggregation.submissions import golden_events, network_of
from tests.aggregation.test_editions import put_registry
from tests.aggregation.test_fold import kept_totals, partition_of, reference_totals
from tests.infrastructure import Servers, settings_for

FIRST_DAY, LAST_DAY = date(2005, 1, 1), date(2005, 9, 12)


@dataclass
class Said:
    """A record as Kafka hands it over."""

    event: Event
    offset: int
    key: bytes | None = None
    topic: str = ""
    partition: int = 0
    value: bytes | None = None
    headers: list[tuple[str, bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.topic, self.value = self.event.topic.name, self.event.model_dump_json().encode()
        self.partition = partition_of(self.event) if isinstance(self.event, SubmissionAccepted) else 0
        self.headers = headers_of(uuid4(), type(self.event).__name__, "test", "2005-01-01T00:00:00Z")


def replayed(events: list[SubmissionAccepted]) -> Iterator[Event]:
    """Each day: it begins, its files come, and its reception is closed only after the next day's files are said."""
    by_day: dict[date, list[SubmissionAccepted]] = {}
    for event in events:
        by_day.setdefault(event.received_on, []).append(event)
    day = FIRST_DAY - timedelta(days=1)
    while day <= LAST_DAY:
        yield DayBegan(day=day)
        yield from by_day.get(day, ())
        before = day - timedelta(days=1)
        yield ReceptionClosed(day=before, submissions=len(by_day.get(before, ())))
        day += timedelta(days=1)


async def test_the_golden_network_heard_day_by_day(database: Database, servers: Servers, room_url: str) -> None:
    room = build(settings_for(servers, room_url))
    hearing, network = Hearing(room), network_of("network-2005")
    async with database.transaction() as work:
        await put_registry(work, network, version=99)
    events = [event for event in golden_events("network-2005") if event.received_on <= LAST_DAY]
    records = [Said(event, offset) for offset, event in enumerate(replayed(events))]
    for start in range(0, len(records), 40):
        await hearing.hear(records[start : start + 40])
        await hearing.hear(records[max(0, start - 10) : start + 20])  # some of it again
        await hearing.work_days()
    assert await kept_totals(database) == reference_totals(events)
    async with database.transaction() as work:
        editions = await list_editions(work, None, None)
    first = {(edition.period, edition.issued_on) for edition in editions if edition.edition == 1}
    assert first == {("2005-T1", date(2005, 5, 1)), ("2005-T2", date(2005, 7, 31))}
    later = [edition for edition in editions if edition.edition > 1]
    assert later
    assert all(edition.issued_on.weekday() == 0 for edition in later)
    assert len({edition.number for edition in editions}) == len(editions)
    await room.database.close()


async def test_a_form_that_the_totals_cannot_hold_stops_the_room_at_its_start(
    servers: Servers, room_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = FORMS["assistance-trimestriel"]
    two = form.model_copy(update={"columns": form.columns[:-2]})
    monkeypatch.setitem(FORMS, form.code, two)
    with pytest.raises(NotThreeMeasures, match="this one diagnostics_prealables"):
        build(settings_for(servers, room_url))
