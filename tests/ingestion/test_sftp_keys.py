"""Only a key that the registry tells of the platform opens the SFTP door, as long as it does."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from services.ingestion.web.sftp.keys import UnreadableHostKey, host_key
from shared.events import PlatformRecorded, RegistryRecorded
from shared.network import Platform
from shared.readings import keep_platform, open_registry
from tests.ingestion.sftp_clients import (
    HOST,
    Knocking,
    knocking,
    needs_openssh,
    network_with,
    reopened,
)
from tests.shared.house import House

pytestmark = pytest.mark.infra


@pytest.fixture
async def door(house: House, tmp_path: Path) -> AsyncIterator[Knocking]:
    async with knocking(house, tmp_path) as found:
        yield found


async def is_refused(door: Knocking, platform: str, key: str | None = None, **more: Any) -> bool:
    try:
        async with door.connection(platform, key=key, **more):
            return False
    except (asyncssh.PermissionDenied, asyncssh.ConnectionLost, asyncssh.DisconnectError):
        return True


async def test_only_a_key_of_the_platform_opens(door: Knocking) -> None:
    assert not await is_refused(door, "PF01")
    for platform, key in (
        ("PF01", "stranger"),
        ("PF01", "PF03"),
        ("PF03", "PF01"),
        ("PF02", "PF01"),  # a platform without a key
        ("PF99", "PF01"),
        ("CIL01", "PF01"),  # a member has no folder
        ("member/CIL01", "PF01"),
        ("", "PF01"),
        ("*", "PF01"),
        ("root", "PF01"),
        ("pf01", "PF01"),
    ):
        assert await is_refused(door, platform, key), (platform, key)


async def test_a_password_opens_nothing(door: Knocking) -> None:
    token = door.house.tokens["PF01"]
    with pytest.raises(asyncssh.PermissionDenied):
        async with asyncssh.connect(
            HOST, door.port, username="PF01", password=token, client_keys=None, known_hosts=None, config=None,
            agent_path=None,
        ):  # fmt: skip
            pass


async def test_a_weak_key_and_a_line_that_is_no_key_open_nothing(house: House, tmp_path: Path) -> None:
    """No registry with such lines is taken; one may have been, before they were looked at."""
    async with knocking(house, tmp_path) as door:
        door.keys["weak"] = asyncssh.generate_private_key("ssh-rsa", key_size=1024)
        platform = network_with({"PF01": door.keys["weak"]})["platforms"][0]
        platform["sftp_keys"] += ["", "ssh-ed25519", "n'importe quoi", "ssh-ed25519 AAAA x"]
        platform["sftp_keys"] += [door.keys["stranger"].export_public_key().decode()]
        async with house.rooms["ingestion"].database.transaction() as work:
            await keep_platform(work, PlatformRecorded(version=99, platform=Platform.model_validate(platform)))
            await open_registry(work, RegistryRecorded(version=99, first_period="2005-T1"))
        assert not await is_refused(door, "PF01", "stranger"), "the lines have been read"
        assert await is_refused(door, "PF01", "weak")


@needs_openssh
async def test_openssh_with_a_wrong_key_is_refused(door: Knocking) -> None:
    code, said = await door.sftp("ls", key="stranger")
    assert code != 0 and "Permission denied" in said


async def test_a_connection_ends_with_its_key(house: House, tmp_path: Path) -> None:
    async with knocking(house, tmp_path, idle_seconds=1) as door, door.connection() as connection:
        client = await connection.start_sftp_client()
        await house.put_registry(network_with({"PF03": door.keys["PF03"]}))
        await house.carry()
        with pytest.raises((asyncssh.SFTPError, asyncssh.Error)):
            await _lists_for_ever(client)
        assert await is_refused(door, "PF01")


async def _lists_for_ever(client: asyncssh.SFTPClient) -> None:
    async with asyncio.timeout(10):
        while True:
            await client.listdir("/depots")
            await asyncio.sleep(0.1)


async def test_who_is_silent_is_shown_out(house: House, tmp_path: Path) -> None:
    async with knocking(house, tmp_path, idle_seconds=0.6) as door, door.connection() as connection:
        client = await connection.start_sftp_client()
        for _ in range(4):
            await asyncio.sleep(0.3)
            await client.listdir("/")
        await asyncio.wait_for(connection.wait_closed(), 10)


async def test_the_host_key_stays_and_is_kept_closed(house: House, tmp_path: Path) -> None:
    async with knocking(house, tmp_path) as door:
        keys = door.keys
        async with door.connection() as connection:
            first = connection.get_server_host_key()
    async with reopened(house, tmp_path, keys) as door, door.connection() as connection:
        again = connection.get_server_host_key()
    assert first is not None and again is not None and first.public_data == again.public_data
    [kept] = await house.rows("ingestion", "SELECT private_key FROM sftp_host_key")
    assert "ENCRYPTED" in kept.private_key
    with pytest.raises(UnreadableHostKey):
        await host_key(house.rooms["ingestion"].database, "another key, just as long as the right one")
