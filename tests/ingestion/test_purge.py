"""The daily purge, day after day for two years: what has had its time goes on its day, with a record, nothing else."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.cli.receipts import run_verify_chain
from services.ingestion.domain.keeping import last_case_year_over
from services.ingestion.domain.signing import read_statement
from services.ingestion.handlers import begin_day_and_purge
from services.ingestion.handlers.purging import purge_again, purging
from services.ingestion.tables import purging as purge_tables
from services.ingestion.tables.laid import ToLay, lay
from shared.events import DayBegan
from shared.forms import FORMS
from tests.ingestion.sendings import ADDRESS, FORM, PERIOD, assistance, send, wrong
from tests.shared.house import House

pytestmark = pytest.mark.infra

CASE_FORM = "dossiers-mobilite"
_ROW = "CIL01;1500;3;1;40;5;75011;69003;1;O;N;N;N;N;N;N;N;N"
DESTRUCTIONS = "/api/v1/destructions"
SAID = "outbox WHERE topic <> 'cases'"


def cases(rows: int, **spoilt: str) -> bytes:
    header = ";".join(column.name for column in FORMS[CASE_FORM].columns)
    row = _ROW.replace("69003", spoilt.get("postcode", "69003"))
    return "\n".join([header, *[row] * rows, ""]).encode()


@dataclass
class Sending:
    """A file sent on a day, and the days on which its bytes, its errors and its cases on their way must go."""

    name: str
    sent: date
    content: bytes
    form: str = FORM
    period: str = PERIOD
    file_gone: date | None = None
    transport_gone: date | None = None
    submission: str = ""


def plan() -> list[Sending]:
    def case(name: str, sent: date, content: bytes, gone: date, *, transport: date | None, year: int = 2005) -> Sending:
        return Sending(name, sent, content, CASE_FORM, str(year), gone, transport)

    over, day = date(2006, 12, 31), timedelta(days=1)
    return [
        Sending("quarterly", date(2005, 4, 6), assistance(1)),
        Sending("quarterly corrected", date(2005, 4, 20), assistance(2)),
        Sending("refused", date(2005, 4, 6), wrong(3), file_gone=date(2005, 7, 5)),
        Sending("refused later", date(2006, 2, 1), wrong(4), file_gone=date(2006, 5, 2)),
        Sending("refused near the end", date(2007, 3, 1), wrong(5)),
        case("cases", date(2006, 1, 10), cases(3), over, transport=date(2006, 1, 17)),
        case("cases corrected", date(2006, 2, 10), cases(4), over, transport=date(2006, 2, 17)),
        case("cases refused", date(2006, 1, 12), cases(2, postcode="zzz"), date(2006, 4, 12), transport=None),
        case("cases refused in December", date(2006, 12, 1), cases(5, postcode="yyy"), over, transport=None),
        case("cases with a name", date(2006, 1, 13), cases(2, postcode="z@mail.fr"), date(2006, 4, 13), transport=None),
        case("cases on the last day", over, cases(6), over + day, transport=over + day),
        case("cases of 2006", date(2007, 1, 5), cases(7), date(2007, 12, 31), transport=date(2007, 1, 12), year=2006),
    ]  # fmt: skip


async def begin(house: House, day: date) -> None:
    async with house.rooms["ingestion"].database.transaction() as work:
        await begin_day_and_purge(work, DayBegan(day=day))


async def publish(house: House) -> None:
    await house.rows("ingestion", "UPDATE outbox SET published_at = now() WHERE published_at IS NULL RETURNING 1")


async def there(house: House, table: str) -> set[str]:
    return {str(row.submission) for row in await house.rows("ingestion", f"SELECT DISTINCT submission FROM {table}")}


async def on_their_way(house: House) -> set[str]:
    query = "SELECT DISTINCT CAST(body AS json)->>'submission' AS id FROM outbox WHERE topic = 'cases'"
    return {row.id for row in await house.rows("ingestion", query)}


async def send_it(house: House, one: Sending) -> None:
    answer = await send(house, one.content, form=one.form, period=one.period)
    assert answer.status_code in (201, 422), answer.text
    one.submission = answer.json()["id"]
    await publish(house)


def still(sendings: Iterable[Sending], day: date, gone: Callable[[Sending], date | None]) -> set[str]:
    """What must be there at the end of a day, of what had been sent by then."""
    return {one.submission for one in sendings if one.sent <= day < (gone(one) or date.max)}


async def check_day(house: House, day: date, sendings: list[Sending]) -> None:
    files = [one for one in sendings if "name" not in one.name]
    refused = [one for one in sendings if "refused" in one.name or "name" in one.name]
    accepted_cases = [one for one in sendings if one.transport_gone]
    assert await there(house, "submission_file") == still(files, day, lambda one: one.file_gone), day
    assert await there(house, "submission_error_page") == still(refused, day, lambda one: one.file_gone), day
    taken = [one for one in sendings if one not in refused]
    assert await there(house, "filed_line_page") == still(taken, day, lambda one: one.file_gone), day
    waiting = still(accepted_cases, day, lambda one: min(one.transport_gone or date.max, one.file_gone or date.max))
    assert await on_their_way(house) == waiting, day


def days_around_events(sendings: Iterable[Sending]) -> set[date]:
    """What goes too early is seen on the day before, what goes too late on the day."""
    events = {day for one in sendings for day in (one.sent, one.file_gone, one.transport_gone) if day}
    return {day + timedelta(days=n) for day in events for n in (-1, 0, 1)}


async def counts_of_the_rest(house: House) -> dict[str, int]:
    """Tables that a purge never touches."""
    tables = ("submission", "receipt", SAID)
    return {table: (await house.rows("ingestion", f"SELECT count(*) FROM {table}"))[0][0] for table in tables}


async def test_two_years_of_days_destroy_what_they_must_and_nothing_else(house: House, tmp_path: Path) -> None:
    sendings, day = plan(), date(2005, 4, 5)
    looked_at = days_around_events(sendings)
    while day < date(2007, 4, 10):
        day += timedelta(days=1)
        is_looked_at = day in looked_at
        before = await counts_of_the_rest(house) if is_looked_at else {}
        await begin(house, day)
        if is_looked_at:
            assert await counts_of_the_rest(house) == {**before, SAID: before[SAID] + 1}, (
                day
            )  # the day before is closed
        for one in sendings:
            if one.sent == day:
                await send_it(house, one)
        if is_looked_at:
            await check_day(house, day, sendings)
    await check_what_is_left(house, sendings)
    await check_records(house, sendings, tmp_path)


async def check_what_is_left(house: House, sendings: list[Sending]) -> None:
    end = date(2007, 4, 10)
    for one in sendings:
        answer = await house.http.get(f"{ADDRESS}/{one.submission}/file", headers=house.of("PF01"))
        is_there = "name" not in one.name and (one.file_gone is None or one.file_gone > end)
        assert answer.status_code == (200 if is_there else 410), one.name
        assert not is_there or answer.content == one.content
        kept = await house.http.get(f"{ADDRESS}/{one.submission}", headers=house.of("PF01"))
        assert (kept.status_code, kept.json()["size"]) == (200, len(one.content))
        receipt = await house.http.get(f"{ADDRESS}/{one.submission}/receipt", headers=house.of("PF01"))
        assert receipt.status_code == 200
        if kept.json()["error_count"] and one.file_gone and one.file_gone <= end:
            assert (await house.http.get(kept.json()["errors_url"], headers=house.of("PF01"))).status_code == 410
        page = await house.http.get(f"/depots/{one.submission}", headers={"Accept": "text/html", **house.admin})
        assert ("ont été détruits" in page.text) == (one.file_gone is not None and one.file_gone <= end), one.name


async def records(house: House) -> list[Any]:
    answer = await house.http.get(DESTRUCTIONS, params={"many": 10_000}, headers=house.admin)
    return [read_statement(line).content for line in answer.content.splitlines()]


async def check_records(house: House, sendings: list[Sending], tmp_path: Path) -> None:
    """A record for each destruction, on its day, with the hash of what went."""
    expected: Counter[tuple[str, str, str]] = Counter()
    for one in sendings:
        if one.file_gone and one.file_gone <= date(2007, 4, 10):
            early = one.form == FORM or one.file_gone < date(2006, 12, 31)
            expected[(one.submission, one.file_gone.isoformat(), "refused" if early else "case_year_over")] += 1
        if one.transport_gone:
            expected[(one.submission, one.transport_gone.isoformat(), "transport_over")] += 1
    told = await records(house)
    assert Counter((one["submission"], one["day"], one["why"]) for one in told) == expected
    hashes = {one.submission: len(one.content) for one in sendings}
    assert all(one["size"] == hashes[one["submission"]] and any(one["gone"].values()) for one in told)
    rows = await house.rows(
        "ingestion", "SELECT day, CAST(submission AS text) AS id, sha256, why FROM destruction ORDER BY position"
    )
    assert [(row.day.isoformat(), row.id, row.sha256, row.why) for row in rows] == [
        (one["day"], one["submission"], one["sha256"], one["why"]) for one in told
    ]
    (tmp_path / "chain").write_bytes((await house.http.get(DESTRUCTIONS, headers=house.admin)).content)
    (tmp_path / "keys").write_bytes((await house.http.get("/api/v1/receipts/keys")).content)
    assert run_verify_chain(tmp_path / "chain", [tmp_path / "keys"]) == 0


def test_the_last_day_of_cases_is_new_years_eve_of_the_year_after() -> None:
    for day, year in ((date(2006, 12, 30), 2004), (date(2006, 12, 31), 2005), (date(2007, 1, 1), 2005)):
        assert last_case_year_over(day) == year


async def test_cases_not_yet_published_are_not_lost_on_the_way(house: House) -> None:
    await begin(house, date(2006, 1, 10))
    assert (await send(house, cases(2), form=CASE_FORM, period="2005")).status_code == 201
    await begin(house, date(2006, 2, 10))
    assert len(await on_their_way(house)) == 1
    await publish(house)
    await begin(house, date(2006, 2, 11))
    assert await on_their_way(house) == set()


async def refuse_many(house: House, many: int) -> None:
    for n in range(1, many + 1):
        assert (await send(house, wrong(n))).status_code == 422


@pytest.mark.parametrize("bound", [("SUBMISSIONS_AT_ONCE", 2), ("BYTES_AT_ONCE", 1)])
async def test_what_is_too_much_for_the_days_transaction_follows_the_same_day(
    house: House, monkeypatch: pytest.MonkeyPatch, bound: tuple[str, int]
) -> None:
    monkeypatch.setattr(purge_tables, *bound)
    await refuse_many(house, 5)
    await begin(house, date(2005, 7, 10))
    assert 0 < len(await there(house, "submission_file")) < 5
    while await purge_again(house.rooms["ingestion"].database):
        pass
    assert await there(house, "submission_file") == set()
    told = await records(house)
    assert [one["position"] for one in told] == [1, 2, 3, 4, 5]
    assert len({one["submission"] for one in told}) == 5


async def test_two_purges_at_once_record_each_destruction_once(house: House) -> None:
    await refuse_many(house, 6)
    async with house.rooms["ingestion"].database.transaction() as work:
        await work.execute("INSERT INTO day_begun (day) VALUES ('2005-07-10')")
    database = house.rooms["ingestion"].database
    await asyncio.gather(*(purge_again(database) for _ in range(4)), begin(house, date(2005, 7, 10)))
    assert len(await records(house)) == 6


async def test_the_loop_beside_the_hearing_purges(house: House) -> None:
    await refuse_many(house, 1)
    async with house.rooms["ingestion"].database.transaction() as work:
        await work.execute("INSERT INTO day_begun (day) VALUES ('2005-07-10')")
    loop = asyncio.ensure_future(purging(house.rooms["ingestion"].database)())
    while not await records(house):
        await asyncio.sleep(0.05)
    loop.cancel()
    assert await there(house, "submission_file") == set()


async def test_a_day_heard_late_destroys_no_more_than_its_own(house: House) -> None:
    await refuse_many(house, 1)
    await begin(house, date(2005, 7, 3))
    await begin(house, date(2005, 4, 1))
    assert len(await there(house, "submission_file")) == 1
    await begin(house, date(2005, 7, 4))
    assert await there(house, "submission_file") == set()


async def test_what_the_sftp_folders_show_of_it_goes_too(house: House) -> None:
    refused = (await send(house, wrong(2))).json()["id"]
    kept = (await send(house, assistance())).json()["id"]
    async with house.rooms["ingestion"].database.transaction("PF01") as work:
        files = [
            *(ToLay("depots", name, None, 3, None, one) for name, one in (("r.csv", refused), ("k.csv", kept))),
            *(ToLay("depots", name + end, b"x", 1, None) for name in ("r.csv", "k.csv")
              for end in (".verdict.json", ".verdict.txt")),
            *(ToLay("accuses", f"accuse-{one}.json", b"x", 1, None, one) for one in (refused, kept)),
        ]  # fmt: skip
        await lay(work, "PF01", files)
    await begin(house, date(2005, 7, 10))
    names = {row.name for row in await house.rows("ingestion", "SELECT name FROM sftp_file")}
    assert names == {"k.csv", "k.csv.verdict.json", "k.csv.verdict.txt", f"accuse-{kept}.json"}
    [record] = await records(house)
    assert record["gone"] == {"file_pieces": 1, "error_pages": 1, "line_pages": 0, "laid_files": 4}
