"""A few hundred files of the soak, all its bombs, and uploads cut at every 1,000 bytes (`make soak` has many more)."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.infrastructure import Servers, own_database, settings_for
from tests.soak.bombs import BOMBS, soak_bomb
from tests.soak.cuts import soak_http_cuts, soak_sftp_cuts
from tests.soak.door import Door, open_door
from tests.soak.files import soak_files
from tests.soak.findings import Findings
from tests.soak.kept import faults_of_what_is_kept

pytestmark = pytest.mark.infra

SEED = 2005
FILES = 300
CUT_BYTES = 30_000


@pytest.fixture(scope="module")
async def door(servers: Servers, migrated: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Door]:
    """One for all: what is kept and how much memory was taken is looked at in the end."""
    async with own_database(servers.database_url, migrated) as url:
        async with open_door(settings_for(servers, url), tmp_path_factory.mktemp("door")) as door:
            yield door


@pytest.fixture
def findings(tmp_path: Path) -> Findings:
    return Findings(tmp_path / "found", SEED)


async def test_any_file_is_answered_kept_whole_and_read_alike(door: Door, findings: Findings) -> None:
    await soak_files(door, findings, range(FILES), lambda _: None)
    assert not findings.faults, (findings.folder, findings.faults)
    assert findings.tally["accepted"] > FILES / 10 and findings.tally["compared, both read it"] > FILES / 3
    assert await faults_of_what_is_kept(door) == []


async def test_bombs_are_answered_soon(door: Door, findings: Findings) -> None:
    for name in BOMBS:
        await soak_bomb(door, findings, name)
    assert not findings.faults, findings.faults
    assert door.watch.faults() == [] and door.watch.parser > 0


async def test_uploads_that_are_cut_leave_nothing(door: Door, findings: Findings, tmp_path: Path) -> None:
    await soak_http_cuts(door, findings, CUT_BYTES)
    await soak_sftp_cuts(door, findings, CUT_BYTES, tmp_path)
    assert not findings.faults, findings.faults
    assert await faults_of_what_is_kept(door) == []
    assert door.deaths == []
