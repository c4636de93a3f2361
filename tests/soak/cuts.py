"""Uploads cut at every 1,000 bytes, by HTTP and by SFTP: nothing of them counts, and the whole file then does."""

import asyncio
import hashlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import asyncssh

from tests.ingestion.sftp_clients import Knocking, put, reopened, until
from tests.soak.door import SUBMISSIONS, Door
from tests.soak.findings import Findings
from tests.soak.made import FORM, HEADER, PERIOD
from tests.soak.tables import PLATFORM, soak_network
from tests.soak.watching import files_without_name

EVERY = 1_000
_KEPT_HOURS = 2 / 3600
_MEMBERS = ("CIL01", "CIL02", "CCI03")
Framed = Callable[[bytes], tuple[str, bytes]]


def whole_file(size: int, mark: str) -> bytes:
    """A right file that is right wherever it is cut at the end of a row: only its length tells that it is not whole."""
    rows = [HEADER, *((member, "3", "2", "1") for member in _MEMBERS)]
    text = "".join(";".join(row) + "\n" for row in rows)
    return (text + " \n" * ((size - len(text)) // 2)).encode() + b" " * len(mark) + b"\n"


def _raw(body: bytes) -> tuple[str, bytes]:
    return f"Content-Type: text/csv\r\nContent-Length: {len(body)}\r\n", body


def _chunked(body: bytes) -> tuple[str, bytes]:
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in _pieces(body, 997))
    return "Content-Type: text/csv\r\nTransfer-Encoding: chunked\r\n", chunks + b"0\r\n\r\n"


def _multipart(body: bytes) -> tuple[str, bytes]:
    head = b'--limit\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
    framed = head + body + b"\r\n--limit--\r\n"
    return f"Content-Type: multipart/form-data; boundary=limit\r\nContent-Length: {len(framed)}\r\n", framed


def _pieces(body: bytes, size: int) -> Iterator[bytes]:
    return (body[start : start + size] for start in range(0, len(body), size))


FRAMES: dict[str, Framed] = {"raw": _raw, "chunked": _chunked, "multipart": _multipart}


async def soak_http_cuts(door: Door, findings: Findings, size: int) -> None:
    before, held = await door.submissions(), files_without_name(door.pid)
    for name, framed in FRAMES.items():
        head, body = framed(whole_file(size, name))
        for at in range(0, len(body), EVERY):
            await _cut(door, head, body[:at], abruptly=at % (2 * EVERY) == 0)
        findings.tally["uploads cut by HTTP"] += -(-len(body) // EVERY)
        await _at_rest(door, held)
        if (many := await door.submissions()) != before:
            findings.blame(f"http-{name}", f"{many - before} submissions of uploads that were cut")
        if (left := files_without_name(door.pid)) > held:
            findings.blame(f"http-{name}", f"{left - held} files without a name still held")
        head, body = framed(whole_file(size, name) + b"\n" * len(name))
        answer = await _sent_whole(door, head, body)
        if not answer.startswith(b"HTTP/1.1 201"):
            findings.blame(f"http-{name}", f"the whole file is answered {answer[:300]!r}")
        before = await door.submissions()


async def _connected(door: Door, head: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
    token = door.headers["Authorization"]
    line = f"POST {SUBMISSIONS}?form={FORM}&period={PERIOD} HTTP/1.1\r\nHost: 127.0.0.1:{door.port}\r\n"
    writer.write(f"{line}Authorization: {token}\r\nConnection: close\r\n{head}\r\n".encode())
    return reader, writer


async def _cut(door: Door, head: str, start: bytes, *, abruptly: bool) -> None:
    """The line goes, with or without a word to the other side."""
    _, writer = await _connected(door, head)
    writer.write(start)
    with suppress(OSError):
        await writer.drain()
        if abruptly:
            await asyncio.sleep(0)
            writer.transport.abort()
        else:
            writer.close()
            await writer.wait_closed()


async def _sent_whole(door: Door, head: str, body: bytes) -> bytes:
    reader, writer = await _connected(door, head)
    writer.write(body)
    answer = await reader.read()
    writer.close()
    return answer


async def _at_rest(door: Door, held: int) -> None:
    """Until what was cut is let go, or ten seconds have passed."""
    with suppress(TimeoutError):
        async with asyncio.timeout(10):
            while files_without_name(door.pid) > held:
                await asyncio.sleep(0.1)


async def soak_sftp_cuts(door: Door, findings: Findings, size: int, folder: Path) -> None:
    """At our SFTP door, where a closed file that is left alone counts as whole after a short while."""
    key = await asyncio.to_thread(asyncssh.generate_private_key, "ssh-ed25519")
    document = soak_network()
    assert isinstance(document["platforms"], list)
    document["platforms"][0]["sftp_keys"] = [key.export_public_key().decode()]
    await door.house.put_registry(document)
    await door.house.carry()
    async with reopened(door.house, folder, {PLATFORM: key}, kept_hours=_KEPT_HOURS) as knocking:
        await _sftp_cuts(door, findings, whole_file(size, "sftp"), knocking)


async def _sftp_cuts(door: Door, findings: Findings, body: bytes, knocking: Knocking) -> None:
    before = await door.submissions()
    for at in range(0, len(body), EVERY):
        await _cut_by_sftp(knocking, f"{FORM}_{PLATFORM}_{PERIOD}_{at}.csv", body[:at])
    findings.tally["uploads cut by SFTP"] += -(-len(body) // EVERY)
    async with knocking.client() as client:

        async def is_empty() -> bool:
            return set(await client.listdir("/depots")) == {".", ".."}

        try:
            await until(is_empty)
        except TimeoutError:
            findings.blame("sftp", f"left in /depots: {sorted(await client.listdir('/depots'))[:9]}")
        if (many := await door.submissions()) != before:
            findings.blame("sftp", f"{many - before} submissions of uploads that were cut")
        await put(client, f"/depots/{FORM}_{PLATFORM}_{PERIOD}.csv", body)
    verdict = await knocking.verdict(f"{FORM}_{PLATFORM}_{PERIOD}.csv", PLATFORM)
    if (verdict["verdict"], verdict.get("sha256")) != ("accepted", hashlib.sha256(body).hexdigest()):
        findings.blame("sftp", f"the whole file is answered {verdict}")


async def _cut_by_sftp(knocking: Knocking, name: str, start: bytes) -> None:
    async with knocking.connection() as connection:
        client = await connection.start_sftp_client()
        file = await client.open(f"/depots/{name}", "wb")
        if start:
            await file.write(start)
        connection.abort()
