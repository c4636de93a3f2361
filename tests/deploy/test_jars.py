"""The jars of Kafka are those pinned, every one of them and no other."""

import shutil
from pathlib import Path

import pytest

from deploy.embedded.infra import boot
from deploy.embedded.jars import KAFKA_VERSION, JarsRefused, cache_folder, digests_in, ensure, pins, verify


@pytest.fixture
def jars(tmp_path: Path) -> Path:
    folder = tmp_path / f"kafka-{KAFKA_VERSION}"
    folder.mkdir()
    for name in ("first.jar", "second.jar"):
        (folder / name).write_bytes(name.encode())
    return folder


def test_every_jar_is_pinned() -> None:
    assert len(pins()) == 46
    assert f"kafka-clients-{KAFKA_VERSION}.jar" in pins()


def test_the_jars_expected_are_accepted(jars: Path) -> None:
    verify(jars, digests_in(jars))


def test_a_tampered_jar_is_refused(jars: Path) -> None:
    expected = digests_in(jars)
    (jars / "second.jar").write_bytes(b"tampered")
    with pytest.raises(JarsRefused, match=r"second\.jar : empreinte SHA-256 différente"):
        verify(jars, expected)


def test_a_missing_jar_is_refused(jars: Path) -> None:
    with pytest.raises(JarsRefused, match=r"third\.jar : absent"):
        verify(jars, digests_in(jars) | {"third.jar": "0"})


def test_a_jar_too_many_is_refused(jars: Path) -> None:
    expected = digests_in(jars)
    (jars / "extra.jar").write_bytes(b"extra")
    with pytest.raises(JarsRefused, match=r"extra\.jar : inattendu"):
        verify(jars, expected)


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.timeout(120)
async def test_nothing_starts_with_a_tampered_jar(tmp_path: Path) -> None:
    genuine = await ensure(cache_folder(), print)
    shutil.copytree(genuine, tmp_path / "cache" / genuine.name)
    jar = tmp_path / "cache" / genuine.name / f"kafka-server-{KAFKA_VERSION}.jar"
    jar.write_bytes(jar.read_bytes()[:-1] + b"!")
    with pytest.raises(JarsRefused, match=jar.name):
        async with boot(tmp_path / "data", cache=tmp_path / "cache"):
            pass
    assert not (tmp_path / "data" / "kafka").exists()
    assert not (tmp_path / "data" / "postgres").exists()
