"""The lock file of a PostgreSQL that was killed does not stop the next one for ever."""

import os
from pathlib import Path

import pytest

from deploy.embedded.postgres import forget_dead_postmaster


@pytest.mark.parametrize(("number", "kept"), [(os.getpid(), False), (2**22 + 1, True)])
def test_a_lock_is_removed_only_when_its_number_is_anothers(tmp_path: Path, number: int, kept: bool) -> None:
    """A number that nobody bears is PostgreSQL's own affair: it checks for survivors of its predecessor."""
    (tmp_path / "postmaster.pid").write_text(f"{number}\n{tmp_path}\n")
    forget_dead_postmaster(tmp_path)
    assert (tmp_path / "postmaster.pid").exists() is kept
