"""The SFTP door: what is whole is received and judged, and its verdict is laid beside it."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import asyncssh
import pytest

from tests.ingestion.sendings import ADDRESS, accepted, assistance, rejected, wrong
from tests.ingestion.sftp_clients import (
    NAME,
    Knocking,
    content,
    knocking,
    put,
    reopened,
    until,
)
from tests.shared.house import House

pytestmark = pytest.mark.infra

LONG = 60.0


@pytest.fixture
async def door(house: House, tmp_path: Path) -> AsyncIterator[Knocking]:
    async with knocking(house, tmp_path) as found:
        yield found


@pytest.fixture
async def patient_door(house: House, tmp_path: Path) -> AsyncIterator[Knocking]:
    """One at which nothing is taken for whole because it is quiet."""
    async with knocking(house, tmp_path, quiet_seconds=LONG) as found:
        yield found


async def test_a_file_is_received_and_its_verdict_laid_beside(door: Knocking) -> None:
    async with door.client() as client:
        await put(client, f"/depots/{NAME}", assistance())
        verdict = await door.verdict()
        said = (await content(client, f"/depots/{NAME}.verdict.txt")).decode("utf-8-sig")
        receipts = set(await client.listdir("/accuses")) - {".", ".."}
        signed = await content(client, f"/accuses/recu-{verdict['number']}.json")
    shown = (await door.house.http.get(f"{ADDRESS}/{verdict['id']}", headers=door.house.of("PF01"))).json()
    assert {name: shown[name] for name in verdict} == verdict
    assert verdict["verdict"] == "accepted" and verdict["door"] == "sftp" and verdict["version"] == 1
    assert verdict["sha256"] == hashlib.sha256(assistance()).hexdigest()
    assert f"DÉPÔT N° {verdict['number']}\u00a0: ACCEPTÉ" in said and "3\u00a0lignes sont prises en compte" in said
    assert receipts == {f"recu-{verdict['number']}.json"}
    by_http = await door.house.http.get(f"{ADDRESS}/{verdict['id']}/receipt", headers=door.house.of("PF01"))
    assert signed == by_http.content
    [row] = await door.submissions()
    assert row.sent_by == "dépôts de PF01"


async def test_a_refused_file_is_the_problem_of_the_api(door: Knocking) -> None:
    async with door.client() as client:
        await put(client, f"/depots/{NAME}", wrong(3))
        verdict = await door.verdict()
        said = (await content(client, f"/depots/{NAME}.verdict.txt")).decode("utf-8-sig")
    by_http = await rejected(door.house, wrong(3))
    own = {"id", "number", "door", "file_name", "errors_url", "errors_pages_url", "received_at"}
    assert {k: v for k, v in verdict.items() if k not in own} == {k: v for k, v in by_http.items() if k not in own}
    assert "REFUSÉ" in said and all(error["message"] in said for error in verdict["errors"])


async def test_until_it_is_judged_there_is_no_verdict(patient_door: Knocking) -> None:
    async with patient_door.client() as client:
        await put(client, f"/depots/{NAME}.part", assistance())
        await client.rename(f"/depots/{NAME}.part", f"/depots/{NAME}")
        await patient_door.verdict()
        await put(client, f"/depots/{NAME}", assistance(2))
        await asyncio.sleep(0.3)
        assert not await client.exists(f"/depots/{NAME}.verdict.json")
        assert not await client.exists(f"/depots/{NAME}.verdict.txt")
        assert await client.getsize(f"/depots/{NAME}") == len(assistance(2))
    assert len(await patient_door.submissions()) == 1


@pytest.mark.parametrize("name", [f"{NAME}.part", f"{NAME}.filepart", f".in.{NAME}", "transfert-8412", "x.csv"])
async def test_renamed_to_its_final_name_it_is_whole_at_once(patient_door: Knocking, name: str) -> None:
    async with patient_door.client() as client:
        await put(client, f"/depots/{name}", assistance())
        await client.rename(f"/depots/{name}", f"/depots/{NAME}")
    assert (await patient_door.verdict())["verdict"] == "accepted"
    async with patient_door.client() as client:
        assert not await client.exists(f"/depots/{name}")


@pytest.mark.parametrize("first", ["file", "marker"])
@pytest.mark.parametrize("marker", [".done", ".sha256"])
async def test_a_marker_beside_says_that_it_is_whole(patient_door: Knocking, marker: str, first: str) -> None:
    said = f"{hashlib.sha256(assistance()).hexdigest()}  {NAME}\n".encode() if marker == ".sha256" else b""
    files = [(NAME, assistance()), (NAME + marker, said)]
    async with patient_door.client() as client:
        for name, body in files if first == "file" else reversed(files):
            await put(client, f"/depots/{name}", body)
        assert (await patient_door.verdict())["verdict"] == "accepted"
        assert not await client.exists(f"/depots/{NAME}{marker}.verdict.json")
        await put(client, f"/depots/{NAME}", assistance(2))  # of which nobody has said anything yet
        await asyncio.sleep(0.3)
        assert not await client.exists(f"/depots/{NAME}.verdict.json")


NAMES = {
    "rapport.csv": "bad_file_name",
    "assistance-trimestriel_PF01.csv": "bad_file_name",
    "assistance-trimestriel_PF01_2005-T1.txt": "bad_file_name",
    "assistance-trimestriel_PF03_2005-T1.csv": "not_allowed",
    "assistance-annuel_PF01_2005-T1.csv": "not_allowed",
    "assistance-trimestriel_PF01_2005-T9.csv": "unknown_period",
    "mobilite-trimestriel_PF01_2005-T1.csv": "missing_column",
    "assistance-trimestriel_PF01_2005-T2_bis.csv": "period_not_open",
}


async def test_the_name_says_what_it_is(door: Knocking) -> None:
    async with door.client() as client:
        for name in NAMES:
            await put(client, f"/depots/{name}", assistance())
    for name, code in NAMES.items():
        verdict = await door.verdict(name)
        assert verdict["verdict"] == "rejected"
        assert code in {error["code"] for error in verdict["errors"]}, (name, verdict)
    rows = await door.submissions()
    assert len(rows) == len(NAMES) and {row.platform for row in rows} == {"PF01"}
    kept = await door.house.rows("ingestion", "SELECT DISTINCT submission FROM submission_file")
    assert len(kept) == len(NAMES) - 5  # what no name vouches for may hold anything
    assert len(await door.house.said("ingestion", "SubmissionRejected")) == len(NAMES)


async def test_a_submission_with_a_bad_name_is_shown_like_any_other(door: Knocking) -> None:
    async with door.client() as client:
        await put(client, "/depots/rapport.csv", assistance())
    verdict = await door.verdict("rapport.csv")
    for address in ("/depots", f"/depots/{verdict['id']}"):
        page = await door.house.http.get(address, headers={"Accept": "text/html", **door.house.of("PF01")})
        assert page.status_code == 200 and "rapport.csv" in page.text


async def test_a_correction_under_the_same_name_is_a_new_version(door: Knocking) -> None:
    versions = []
    async with door.client() as client:
        for body in (assistance(), assistance(2), assistance(2)):
            await put(client, f"/depots/{NAME}", body)
            versions.append((await door.verdict())["version"])
    assert versions == [1, 2, 2]
    assert [row.version for row in await door.submissions()] == [1, 2]


async def test_the_folders_survive_the_process(house: House, tmp_path: Path) -> None:
    async with knocking(house, tmp_path) as door, door.client() as client:
        await put(client, f"/depots/{NAME}", assistance())
        verdict = await door.verdict()
        await put(client, "/depots/a.part", b"x")
        keys = door.keys
    async with reopened(house, tmp_path, keys) as door, door.client() as client:
        assert set(await client.listdir("/depots")) - {".", ".."} == {
            NAME,
            f"{NAME}.verdict.json",
            f"{NAME}.verdict.txt",
            "a.part.verdict.json",
            "a.part.verdict.txt",
        }
        assert await door.verdict() == verdict
        assert await client.getsize(f"/depots/{NAME}") == len(assistance())
        assert len(await client.listdir("/accuses")) == 3


async def test_restitutions_are_ones_own_and_everybodys(door: Knocking) -> None:
    async with door.house.rooms["ingestion"].database.transaction() as work:
        await work.execute(
            "INSERT INTO restitution_file (platform, name, content, issued_on, sha256)"
            " SELECT platform, name, content, '2005-05-01', encode(sha256(content), 'hex') FROM (VALUES"
            " ('', 'national.csv', CAST('n' AS bytea)), ('PF01', 'propre.csv', 'p'), ('PF03', 'autre.csv', 'a'))"
            " AS laid (platform, name, content)"
        )
    async with door.client() as client:
        folder = "/restitutions/2005-05-01"
        assert set(await client.listdir(folder)) == {".", "..", "national.csv", "propre.csv"}
        assert await content(client, f"{folder}/propre.csv") == b"p"
        with pytest.raises(asyncssh.SFTPNoSuchFile):
            await content(client, f"{folder}/autre.csv")


async def test_what_nobody_comes_back_for_goes(house: House, tmp_path: Path) -> None:
    async with knocking(house, tmp_path, kept_hours=1.5 / 3600, idle_seconds=1) as door, door.client() as client:
        await put(client, f"/depots/{NAME}.part", b"x")
        await until(lambda: client.exists(f"/depots/{NAME}.part.verdict.txt"))

        async def is_empty() -> bool:
            return set(await client.listdir("/depots")) == {".", ".."}

        await until(is_empty)


async def test_a_file_sent_by_http_does_not_appear_in_the_folder(door: Knocking) -> None:
    await accepted(door.house, assistance())
    async with door.client() as client:
        assert set(await client.listdir("/depots")) == {".", ".."}
