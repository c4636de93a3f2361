"""The data folder of a demonstration: its lock, its ports, its secret."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deploy.embedded.folder import HOST, FolderInUse, PortTaken, choose_ports, locked, secret


@contextmanager
def listening(port: int) -> Iterator[None]:
    with socket.create_server((HOST, port)):
        yield


def test_ports_stay_unless_they_are_taken(tmp_path: Path) -> None:
    first = choose_ports(tmp_path, {"kafka": None, "postgres": None})
    assert choose_ports(tmp_path, {"kafka": None, "postgres": None}) == first
    with listening(first["kafka"]):
        second = choose_ports(tmp_path, {"kafka": None, "postgres": None})
        assert second["kafka"] != first["kafka"]
        assert second["postgres"] == first["postgres"]
        with pytest.raises(PortTaken, match="déjà pris"):
            choose_ports(tmp_path, {"kafka": first["kafka"]})


def test_a_folder_is_free_again_afterwards(tmp_path: Path) -> None:
    with locked(tmp_path), pytest.raises(FolderInUse), locked(tmp_path):
        pass
    with locked(tmp_path):
        pass


def test_a_secret_stays_and_is_its_owners(tmp_path: Path) -> None:
    made = secret(tmp_path / "password")
    assert secret(tmp_path / "password") == made
    assert len(made) >= 32
    assert (tmp_path / "password").stat().st_mode & 0o077 == 0
