"""A file sent by SFTP counts once it is whole by its own account; until then its sender is told what is missing."""

import asyncio
import hashlib
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from tests.ingestion.sendings import assistance
from tests.ingestion.sftp_clients import (
    HOST,
    NAME,
    Knocking,
    knocking,
    needs_openssh,
    put,
    until,
)
from tests.shared.house import House

pytestmark = pytest.mark.infra


@pytest.fixture
async def door(house: House, tmp_path: Path) -> AsyncIterator[Knocking]:
    async with knocking(house, tmp_path) as found:
        yield found


async def cut(door: Knocking, body: bytes, at: int, name: str = NAME, **more: Any) -> None:
    """Sends so many bytes, then the line is gone."""
    async with door.connection(**more) as connection:
        client = await connection.start_sftp_client()
        file = await client.open(f"/depots/{name}", "wb")
        if at:
            await file.write(body[:at])
        connection.abort()


async def test_a_cut_line_leaves_no_submission(door: Knocking) -> None:
    body = assistance(1) + b"\n" * 70_000
    ends_of_lines = [n + 1 for n, byte in enumerate(assistance(1)) if byte == ord("\n")]
    places = [0, 1, *ends_of_lines, 1_000, 16_384, 32_768, 65_536, len(body)]
    for place in places:
        await cut(door, body, place, f"{NAME[:-4]}_{place}.csv")
    for place in places:
        verdict = await door.verdict(f"{NAME[:-4]}_{place}.csv")
        assert (verdict["verdict"], verdict["reason"], verdict["size"]) == ("incomplete", "cut", place)
    assert await door.submissions() == []


async def test_what_was_cut_is_not_made_whole_by_a_name(door: Knocking) -> None:
    await cut(door, assistance(), 100, f"{NAME}.part")
    await door.verdict(f"{NAME}.part")
    async with door.client() as client:
        await client.rename(f"/depots/{NAME}.part", f"/depots/{NAME}")
        assert (await door.verdict())["verdict"] == "incomplete"
        assert not await client.exists(f"/depots/{NAME}.part.verdict.json")
        await put(client, f"/depots/{NAME}.done", b"")
        await asyncio.sleep(0.5)
    assert await door.submissions() == []


async def test_a_hole_is_not_whole(door: Knocking) -> None:
    body = assistance()
    async with door.client() as client:
        async with client.open(f"/depots/{NAME}", "wb") as file:
            await file.write(body[50:], 50)
        assert (await door.verdict())["reason"] == "holes"
        async with client.open(f"/depots/{NAME}", "r+b") as file:
            await file.write(body[:50], 0)
        await until(lambda: _is_accepted(door))


async def test_a_received_file_can_be_taken_up_where_it_ended(door: Knocking) -> None:
    """A client that was interrupted may have left what looked whole."""
    body = assistance(1, "CIL01", "CIL02", "CCI03")
    half = body.index(b"CCI03")
    async with door.client() as client:
        await put(client, f"/depots/{NAME}", body[:half])
        await door.verdict()
        async with client.open(f"/depots/{NAME}", "ab") as file:
            await file.write(body[half:])
        assert (await door.verdict())["sha256"] == hashlib.sha256(body).hexdigest()


async def test_a_sum_that_is_not_that_of_the_file_says_incomplete(door: Knocking) -> None:
    async with door.client() as client:
        await put(client, f"/depots/{NAME}.sha256", hashlib.sha256(assistance(2)).hexdigest().encode())
        await put(client, f"/depots/{NAME}", assistance())
        verdict = await door.verdict()
        assert (verdict["verdict"], verdict["reason"]) == ("incomplete", "sum")
        assert await door.submissions() == []
        await put(client, f"/depots/{NAME}", assistance(2))
        await until(lambda: _has_receipt(client))
    assert [row.verdict for row in await door.submissions()] == ["accepted"]


async def _has_receipt(client: asyncssh.SFTPClient) -> bool:
    return len(await client.listdir("/accuses")) > 2


@needs_openssh
async def test_openssh_resumes_what_was_cut(door: Knocking, tmp_path: Path) -> None:
    body = assistance() + b"\n" * 50_000
    (tmp_path / NAME).write_bytes(body)
    await cut(door, body, 40_000)
    assert (await door.verdict())["verdict"] == "incomplete"
    code, said = await door.sftp(f"reput {tmp_path / NAME} /depots/{NAME}")
    assert code == 0, said
    await until(lambda: _is_accepted(door))
    [row] = await door.submissions()
    assert row.sha256 == hashlib.sha256(body).hexdigest()


async def _is_accepted(door: Knocking) -> bool:
    return [row.verdict for row in await door.submissions()] == ["accepted"]


@needs_openssh
async def test_openssh_interrupted_is_not_taken_for_whole(door: Knocking, tmp_path: Path) -> None:
    """It closes the file and leaves with code 0."""
    (tmp_path / NAME).write_bytes(assistance() + b"\n" * 800_000)
    (tmp_path / "batch").write_text(f"put {tmp_path / NAME} /depots/{NAME}\n")
    client = await asyncio.create_subprocess_exec(
        *("sftp", "-l", "800", "-b", str(tmp_path / "batch")), *door.options("PF01"), f"PF01@{HOST}",
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    async with door.client() as looking:
        await until(lambda: _has_bytes(looking))
    client.send_signal(signal.SIGINT)
    await client.wait()
    verdict = await door.verdict()
    assert verdict["verdict"] == "incomplete", verdict
    assert await door.submissions() == []


async def _has_bytes(client: asyncssh.SFTPClient) -> bool:
    return await client.exists(f"/depots/{NAME}") and (await client.getsize(f"/depots/{NAME}") or 0) > 0
