"""The SFTP door with the clients that platforms use: OpenSSH in batch mode, lftp."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.ingestion.sendings import assistance
from tests.ingestion.sftp_clients import NAME, Knocking, knocking, needs_lftp, needs_openssh
from tests.shared.house import House

pytestmark = pytest.mark.infra


@pytest.fixture
async def door(house: House, tmp_path: Path) -> AsyncIterator[Knocking]:
    async with knocking(house, tmp_path) as found:
        yield found


@pytest.fixture
async def patient_door(house: House, tmp_path: Path) -> AsyncIterator[Knocking]:
    async with knocking(house, tmp_path, quiet_seconds=60) as found:
        yield found


@needs_openssh
async def test_openssh_puts_in_batch(door: Knocking, tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(assistance())
    again = "assistance-trimestriel_PF01_2005-T1_2.csv"
    code, said = await door.sftp(
        "cd /depots",
        f"put -p {tmp_path / NAME}",
        f"put {tmp_path / NAME} {again}.part",
        f"rename {again}.part {again}",
        f"chmod 644 {again}",
        "ls -la",
        "cd /",
        "ls",
    )
    assert code == 0, said
    assert (await door.verdict())["verdict"] == (await door.verdict(again))["verdict"] == "accepted"
    code, said = await door.sftp(f"get /depots/{NAME}.verdict.txt {tmp_path}/v.txt", f"get /accuses/* {tmp_path}/")
    assert code == 0, said
    assert "ACCEPTÉ" in (tmp_path / "v.txt").read_text()
    assert len(list(tmp_path.glob("recu-*.json"))) == 1


@needs_lftp
async def test_lftp_mirrors(patient_door: Knocking, tmp_path: Path) -> None:
    """It says how long the file is: there is nothing to wait for; a second run sends nothing again."""
    folder = tmp_path / "up"
    folder.mkdir()
    (folder / NAME).write_bytes(assistance())
    (folder / "rapport.csv").write_bytes(b"x")
    code, said = await patient_door.lftp(f"mirror -R {folder} /depots")
    assert code == 0, said
    assert (await patient_door.verdict())["verdict"] == "accepted"
    assert (await patient_door.verdict("rapport.csv"))["errors"][0]["code"] == "bad_file_name"
    code, said = await patient_door.lftp(f"mirror -R {folder} /depots", f"mirror /accuses {tmp_path}/down")
    assert code == 0, said
    assert len(await patient_door.submissions()) == 2
    assert len(list((tmp_path / "down").iterdir())) == 2


@needs_lftp
async def test_lftp_uploads_under_another_name_and_renames(patient_door: Knocking, tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(assistance())
    code, said = await patient_door.lftp("set xfer:use-temp-file yes", f"put {tmp_path / NAME} -o /depots/{NAME}")
    assert code == 0, said
    assert (await patient_door.verdict())["verdict"] == "accepted"
