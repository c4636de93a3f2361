"""Restitutions in the SFTP folders: each edition of an issue as PDF, XLSX and CSV once all its parts are there."""

import hashlib
import itertools
from collections.abc import AsyncIterator, Sequence
from datetime import date
from pathlib import Path
from uuid import uuid4

import asyncssh
import pytest

from services.ingestion.handlers.restitutions import lay_next
from services.ingestion.tables.restitutions import issues_to_lay
from shared.events import IssuedEdition, RestitutionIssued
from shared.files import RENDERED
from shared.hearing import Hearing
from shared.report import Column, Document, Row, Table
from shared.wire import headers_of
from tests.ingestion.sftp_clients import Knocking, content, knocking, needs_lftp, needs_openssh
from tests.shared.house import House
from tests.shared.records import Raw

pytestmark = pytest.mark.infra

DAY = date(2005, 5, 1)
FOLDER = f"/restitutions/{DAY}"
REFUSED = (asyncssh.SFTPPermissionDenied, asyncssh.SFTPNoSuchFile)


@pytest.fixture
async def door(house: House, tmp_path: Path) -> AsyncIterator[Knocking]:
    async with knocking(house, tmp_path) as found:
        yield found


def edition(number: str) -> IssuedEdition:
    columns = (Column(key="region", label="Région"), Column(key="count", label="Diagnostics", kind="count"))
    rows = [
        Row(cells=("Plate-forme Armor", None), style="section"),
        Row(cells=("Bretagne", 1_234)),
        Row(cells=("Total", 1_234), style="total"),
    ]
    document = Document(
        title="Suivi trimestriel",
        reference=number,
        tables=[Table(key="figures", title="Assistance", columns=columns, rows=rows)],
    )
    return IssuedEdition(
        number=number,
        form="assistance-trimestriel",
        period="2005-T1",
        by="region",
        edition=1,
        complete=True,
        sha256=document.sha256,
        document=document,
    )


EDITIONS = [edition(number) for number in ("assistance-1", "mobilite-1", "synthese-1")]
NAMES = {f"{one.number}.{end}" for one in EDITIONS for end in ("pdf", "xlsx", "csv")}


def parts(day: date = DAY) -> list[RestitutionIssued]:
    return [
        RestitutionIssued(day=day, part=n, parts=len(EDITIONS), editions=(one,)) for n, one in enumerate(EDITIONS, 1)
    ]


async def hear(house: House, events: Sequence[RestitutionIssued]) -> None:
    records = [
        Raw("restitutions", 0, n, event.model_dump_json().encode(), headers_of(uuid4(), "RestitutionIssued", "x", "x"))
        for n, event in enumerate(events)
    ]
    await Hearing(house.rooms["ingestion"]).hear(records)
    assert await house.rows("ingestion", "SELECT cause FROM dead_letter") == []


async def lay_all(house: House) -> int:
    laid = 0
    while await lay_next(house.rooms["ingestion"].database):
        laid += 1
    return laid


async def to_do(house: House) -> int:
    async with house.rooms["ingestion"].database.transaction() as work:
        return (await issues_to_lay(work))["restitutions"]


@pytest.mark.parametrize("order", list(itertools.permutations((0, 1, 2)))[::2])
async def test_an_issue_appears_whole_whatever_the_order_of_its_parts(house: House, order: tuple[int, ...]) -> None:
    heard = parts()
    await hear(house, [heard[order[0]], heard[order[1]], heard[order[0]]])
    assert await lay_all(house) == 0 and await to_do(house) == 1
    await hear(house, [heard[order[2]], *heard])
    assert await lay_all(house) == 1 and await to_do(house) == 0
    await hear(house, heard)
    assert await lay_all(house) == 0
    rows = await house.rows("ingestion", "SELECT name, content, sha256 FROM restitution_file")
    assert {row.name for row in rows} == NAMES
    assert all(row.sha256 == hashlib.sha256(row.content).hexdigest() for row in rows)
    assert await house.rows("ingestion", "SELECT part FROM restitution_part") == []


async def test_every_platform_finds_a_folder_per_day_and_reads_what_the_site_gives(door: Knocking) -> None:
    await hear(door.house, [*parts(), *parts(date(2005, 8, 1))])
    await lay_all(door.house)
    for platform in ("PF01", "PF03"):
        async with door.client(platform) as client:
            assert set(await client.listdir("/restitutions")) == {".", "..", str(DAY), "2005-08-01"}
            assert set(await client.listdir(FOLDER)) == {".", "..", *NAMES}
            for one, (end, render) in itertools.product(EDITIONS, RENDERED.items()):
                path = f"{FOLDER}/{one.number}.{end}"
                expected = render(one.document)
                assert await content(client, path) == expected
                assert (await client.stat(path)).size == len(expected)
                assert (await client.stat(path)).permissions == 0o100400
            assert (await client.stat(FOLDER)).permissions == 0o40500


async def test_the_folders_are_for_reading(door: Knocking) -> None:
    await hear(door.house, parts())
    await lay_all(door.house)
    path = f"{FOLDER}/assistance-1.pdf"
    async with door.client() as client:
        for attempt in (
            lambda: client.open(path, "wb"),
            lambda: client.open(f"{FOLDER}/x.csv", "wb"),
            lambda: client.remove(path),
            lambda: client.rename(path, f"{FOLDER}/x.pdf"),
            lambda: client.mkdir(f"{FOLDER}/x"),
            lambda: client.mkdir("/restitutions/2005-01-01"),
            lambda: client.rmdir(FOLDER),
            lambda: client.listdir("/restitutions/2005-01-01"),
            lambda: client.listdir("/restitutions/20050501"),
            lambda: client.stat("/restitutions/2005-01-01"),
            lambda: client.stat(f"{path}/x"),
            lambda: client.listdir(path),
        ):
            with pytest.raises(REFUSED):
                await attempt()
        assert set(await client.listdir(f"{FOLDER}/../../restitutions")) == {".", "..", str(DAY)}


@needs_openssh
async def test_openssh_takes_a_whole_folder(door: Knocking) -> None:
    await hear(door.house, parts())
    await lay_all(door.house)
    code, said = await door.sftp(f"lcd {door.folder}", f"get -r {FOLDER}")
    assert code == 0, said
    assert {path.name for path in (door.folder / str(DAY)).iterdir()} == NAMES


@needs_lftp
async def test_lftp_mirrors_the_restitutions(door: Knocking) -> None:
    await hear(door.house, parts())
    await lay_all(door.house)
    code, said = await door.lftp(f"mirror /restitutions {door.folder}/r")
    assert code == 0, said
    assert {path.name for path in (door.folder / "r" / str(DAY)).iterdir()} == NAMES
    assert (door.folder / "r" / str(DAY) / "assistance-1.pdf").read_bytes()[:5] == b"%PDF-"
