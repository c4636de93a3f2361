"""Nobody gets through the SFTP door who is not let in, and nobody out of his own tree."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from pathlib import Path
from typing import Any

import asyncssh
import pytest
from sqlalchemy.exc import DBAPIError

from tests.ingestion.sendings import assistance
from tests.ingestion.sftp_clients import (
    HOST,
    NAME,
    Knocking,
    content,
    knocking,
    needs_openssh,
    put,
    run,
    until,
)
from tests.shared.house import House

pytestmark = pytest.mark.infra

REFUSED = (asyncssh.SFTPNoSuchFile, asyncssh.SFTPPermissionDenied, asyncssh.SFTPFailure, asyncssh.SFTPOpUnsupported)


@pytest.fixture
async def door(house: House, tmp_path: Path) -> AsyncIterator[Knocking]:
    async with knocking(house, tmp_path) as found:
        yield found


async def test_there_is_room_for_so_many(house: House, tmp_path: Path) -> None:
    async with knocking(house, tmp_path, platform_connections=2, connections=3) as door:
        async with door.connection(), door.connection() as second:
            client = await second.start_sftp_client()
            assert not await _works(door, "PF01")
            assert await _works(door, "PF03")
            async with door.connection("PF03"):
                assert not await _works(door, "PF03")  # the fourth of all
            assert await client.exists("/depots")
        assert await _works(door, "PF01")


async def _works(door: Knocking, platform: str) -> bool:
    try:
        async with door.client(platform) as client:
            return await client.exists("/depots")
    except (asyncssh.Error, OSError):
        return False


async def test_nothing_but_sftp_is_behind_it(door: Knocking) -> None:
    async with door.connection() as connection:
        for ask in (
            connection.run("id"),
            connection.run(),
            connection.run("scp -t /depots"),
            connection.create_process(subsystem="netconf"),
            connection.open_connection("127.0.0.1", door.port),
            connection.start_server(lambda *_: True, "127.0.0.1", 0),
            connection.forward_remote_port("127.0.0.1", 0, "127.0.0.1", 1),
            connection.open_unix_connection("/var/run/x"),
        ):
            with pytest.raises((asyncssh.ChannelOpenError, asyncssh.ChannelListenError)):
                await asyncio.wait_for(ask, 10)
        assert await (await connection.start_sftp_client()).exists("/depots")


@needs_openssh
async def test_openssh_finds_neither_shell_nor_scp(door: Knocking, tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(assistance())
    options = door.options("PF01")
    as_ssh = [part if part != "-P" else "-p" for part in options]
    assert (await run("ssh", *as_ssh, f"PF01@{HOST}", "id"))[0] != 0
    code, said = await run("scp", "-O", *options, str(tmp_path / NAME), f"PF01@{HOST}:/depots/{NAME}")
    assert code != 0, said
    assert await door.submissions() == []


async def test_anothers_tree_is_not_there(door: Knocking) -> None:
    async with door.client("PF01") as mine, door.client("PF03") as other:
        await put(mine, f"/depots/{NAME}", assistance())
        await put(mine, "/depots/secret.part", b"x")
        await door.verdict()
        for folder in ("/depots", "/accuses", "/restitutions"):
            assert set(await other.listdir(folder)) == {".", ".."}
        for path in (f"/depots/{NAME}", f"/depots/{NAME}.verdict.json", "/accuses/recu-1.json", "/depots/secret.part"):
            assert not await other.exists(path)
            with pytest.raises(asyncssh.SFTPNoSuchFile):
                await other.remove("/depots/secret.part")
        with pytest.raises(asyncssh.SFTPNoSuchFile):
            await other.rename("/depots/secret.part", f"/depots/{NAME}")
        with pytest.raises(asyncssh.SFTPNoSuchFile):
            await other.open("/depots/secret.part", "r+b")


async def said(ask: Awaitable[Any]) -> tuple[str, str]:
    try:
        return "done", repr(await ask)
    except asyncssh.SFTPError as refused:
        return type(refused).__name__, refused.reason


async def test_every_verb_says_of_anothers_name_what_it_says_of_nobodys(door: Knocking) -> None:
    async with door.client("PF01") as mine, door.client("PF03") as other:
        await put(mine, f"/depots/{NAME}", assistance())
        await door.verdict()
        await put(mine, "/depots/secret.part", b"x")
        [receipt] = set(await mine.listdir("/accuses")) - {".", ".."}
        names = {f"/depots/{NAME}": ".csv", f"/depots/{NAME}.verdict.json": ".verdict.json",
                 f"/accuses/{receipt}": ".json", "/depots/secret.part": ".part"}  # fmt: skip
        for path, end in names.items():
            nobodys = f"/{path.split('/')[1]}/personne{end}"
            for verb in ("stat", "lstat", "exists", "getsize", "remove", "listdir", "rmdir", "readlink", "truncate"):
                more = (0,) if verb == "truncate" else ()
                there = await said(getattr(other, verb)(path, *more))
                nowhere = await said(getattr(other, verb)(nobodys, *more))
                assert there == nowhere, (verb, path)
                assert await mine.exists(path), verb
            for verb in ("rename", "posix_rename", "link", "symlink"):
                for target in ("/depots/a.csv", "/accuses/a"):
                    there = await said(getattr(other, verb)(path, target))
                    assert there == await said(getattr(other, verb)(nobodys, target)), (verb, path)
            for flags in (asyncssh.FXF_READ, asyncssh.FXF_WRITE, asyncssh.FXF_READ | asyncssh.FXF_WRITE):
                assert await said(other.open(path, flags)) == await said(other.open(nobodys, flags)), (flags, path)


ESCAPES = (
    "/etc/passwd",
    "/../etc/passwd",
    "/depots/../../etc/passwd",
    "../../../../etc/passwd",
    "/depots/a/b.csv",
    "/depots/..",
    "/depots/.",
    "/depots",
    "/accuses/x.csv",
    "/restitutions/x.csv",
    "/x.csv",
    "/depots/../accuses/x.csv",
    "/depots/a\nb.csv",
    "/depots/a\x00b.csv",
    "/depots/" + "a" * 300,
    f"/depots/{NAME}.verdict.json",
    f"/depots/{NAME}.verdict.txt",
    "",
)


async def test_nothing_is_written_outside_of_depots(door: Knocking) -> None:
    async with door.client() as client:
        for path in ESCAPES:
            with pytest.raises(REFUSED):
                await put(client, path, b"x")
            for flags in (asyncssh.FXF_WRITE | asyncssh.FXF_CREAT, asyncssh.FXF_READ | asyncssh.FXF_WRITE):
                with pytest.raises(REFUSED):
                    await client.open(path, flags)
        assert set(await client.listdir("/depots")) == {".", ".."}
        assert set(await client.listdir("/")) == {".", "..", "depots", "accuses", "restitutions"}


async def test_names_and_links_lead_nowhere(door: Knocking) -> None:
    async with door.client() as client:
        await put(client, "/depots/a.part", b"x")
        asks: list[Awaitable[Any]] = [
            client.symlink("/etc/passwd", "/depots/link"),
            client.symlink("../../etc", "/depots/link"),
            client.link("/depots/a.part", "/depots/b.csv"),
            client.readlink("/depots/a.part"),
            client.rename("/depots/a.part", "/accuses/a.csv"),
            client.rename("/depots/a.part", "/depots/../../tmp/a.csv"),
            client.rename("/depots/a.part", f"/depots/{NAME}.verdict.json"),
            client.posix_rename("/depots/a.part", "/restitutions/a.csv"),
            client.rename("/depots", "/mine"),
            client.rename("/accuses", "/depots/a"),
            client.mkdir("/depots/sub"),
            client.mkdir("/new"),
            client.rmdir("/depots"),
            client.remove("/accuses/recu-1.json"),
            client.remove("/depots"),
            client.truncate("/depots/a.part", 0),
            client.statvfs("/"),
            client.open("/depots/a.part", "rb"),
            client.listdir("/etc"),
            client.stat("/etc/passwd"),
        ]
        for ask in asks:
            with pytest.raises(REFUSED):
                await ask
        assert await client.realpath("/../../depots/../etc") == "/etc"
        await client.chmod("/depots/a.part", 0o777)
        await client.utime("/depots/a.part", (1, 1))
        await client.chown("/depots/a.part", 0, 0)
        seen = await client.stat("/depots/a.part")
        assert (seen.permissions, seen.size) == (0o100200, 1) and (seen.mtime or 0) > 10**9
        assert (await client.stat("/depots")).permissions == 0o40700


async def test_a_received_file_keeps_its_name_and_its_receipt(door: Knocking) -> None:
    async with door.client() as client:
        await put(client, f"/depots/{NAME}", assistance())
        await door.verdict()
        with pytest.raises(asyncssh.SFTPPermissionDenied):
            await client.rename(f"/depots/{NAME}", "/depots/a.csv")
        with pytest.raises(asyncssh.SFTPPermissionDenied):
            await client.open(f"/depots/{NAME}", "rb")
        [receipt] = set(await client.listdir("/accuses")) - {".", ".."}
        with pytest.raises(asyncssh.SFTPPermissionDenied):
            await client.remove(f"/accuses/{receipt}")
        await client.remove(f"/depots/{NAME}")
        assert set(await client.listdir("/depots")) == {".", ".."}
        assert await content(client, f"/accuses/{receipt}")
    assert [row.verdict for row in await door.submissions()] == ["accepted"]


async def test_what_waits_has_its_bounds(house: House, tmp_path: Path) -> None:
    async with knocking(house, tmp_path, waiting_files=3, waiting_bytes=10_000) as door, door.client() as client:
        for n in range(3):
            await put(client, f"/depots/{n}.part", b"x" * 3_000)
        with pytest.raises(asyncssh.SFTPFailure):
            await put(client, "/depots/4.part", b"x")
        with pytest.raises(asyncssh.SFTPFailure):
            await put(client, "/depots/2.part", b"x" * 20_000)
        await client.remove("/depots/0.part")
        await put(client, "/depots/4.part", b"x")


async def test_postgresql_walls_the_folders(door: Knocking) -> None:
    async with door.client("PF01") as mine:
        await put(mine, f"/depots/{NAME}", assistance())
        await door.verdict()
    database = door.house.rooms["ingestion"].database
    async with database.transaction() as work:
        await work.execute(
            "INSERT INTO restitution_file VALUES ('PF01', 'a', '', '2005-01-01', encode(sha256(''), 'hex'))"
        )
    for viewer, expected in (("PF01", {"PF01"}), ("*", {"PF01"}), ("PF03", set()), ("", set()), ("%", set())):
        async with database.transaction(viewer) as work:
            assert set((await work.execute("SELECT platform FROM sftp_file")).scalars()) == expected
            issued = set((await work.execute("SELECT platform FROM restitution_file")).scalars())
            assert issued == expected
            keys = (await work.execute("SELECT count(*) FROM sftp_host_key")).scalar_one()
            assert keys == (1 if viewer == "*" else 0)
    for statement in (
        "UPDATE sftp_file SET platform = 'PF03'",
        "INSERT INTO sftp_file (platform, folder, name, size) VALUES ('PF03', 'depots', 'a', 0)",
        "INSERT INTO restitution_file VALUES ('PF01', 'b', '', '2005-01-01', encode(sha256(''), 'hex'))",
        "INSERT INTO restitution_file VALUES ('', 'a', '', '2005-01-01', encode(sha256(''), 'hex'))",
    ):
        with pytest.raises(DBAPIError, match="row-level security"):
            async with database.transaction("PF01") as work:
                await work.execute(statement)


async def test_a_line_cut_during_the_handshake_costs_nothing(door: Knocking) -> None:
    for greeting in (b"", b"SSH-2.0-x\r\n", b"\x00" * 5_000, b"GET / HTTP/1.1\r\n\r\n"):
        _, writer = await asyncio.open_connection(HOST, door.port)
        writer.write(greeting)
        writer.close()
    await until(lambda: _works(door, "PF01"))
