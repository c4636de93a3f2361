"""The whole house on one machine: Kafka, PostgreSQL, the mailbox, one `serve`, one `sftp`, five `work`."""

import os
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from deploy.embedded.folder import free_port, is_free, replace_text, secret
from deploy.embedded.infra import Infra, boot
from deploy.embedded.supervisor import Child, Supervisor
from services.cli.screens import step
from services.cli.setup import set_up
from services.ingestion.domain.signing import new_private_pem
from shared.settings import Settings
from shared.topics import ROOMS

PROJECT = Path(__file__).parents[2]
_PASSED_ON = (
    *("PATH", "HOME", "LANG", "TZ", "PILOTAGE_LOG_LEVEL"),
    *("PILOTAGE_KAFKA__PREFIX", "PILOTAGE_KAFKA__SESSION_TIMEOUT_MS", "PILOTAGE_SMTP__LEASE_SECONDS"),
)


@dataclass(frozen=True, slots=True)
class Machine:
    """A running house, and how to get in."""

    url: str
    password: str
    supervisor: Supervisor
    mailbox: Path
    env: Mapping[str, str]
    infra: Infra

    @property
    def settings(self) -> Settings:
        return _settings(self.env)

    @property
    def sftp_port(self) -> int:
        return int(self.env["PILOTAGE_SFTP__PORT"])


def _environment(
    infra: Infra, data: Path, url: str, smtp_port: int, sftp_port: int, *, simulation: bool
) -> dict[str, str]:
    return {
        **{name: os.environ[name] for name in _PASSED_ON if name in os.environ},
        "PYTHONPATH": str(PROJECT),
        "PYTHONUNBUFFERED": "1",
        "PILOTAGE_KAFKA__BOOTSTRAP_SERVERS": infra.bootstrap_servers,
        "PILOTAGE_DATABASE__URL": infra.database_url,
        "PILOTAGE_SECRET_KEY": secret(data / "secret-key"),
        "PILOTAGE_RECEIPT_KEY": str(_receipt_key(data / "receipt-key.pem")),
        "PILOTAGE_PUBLIC_URL": url,
        "PILOTAGE_SIMULATION": str(simulation).lower(),
        "PILOTAGE_SFTP__PORT": str(sftp_port),
        "PILOTAGE_SMTP__HOST": "127.0.0.1",
        "PILOTAGE_SMTP__PORT": str(smtp_port),
        "PILOTAGE_SMTP__SENDER": "pilotage@uesl.example",
    }


def _receipt_key(file: Path) -> Path:
    """Made at the first call, readable by its owner alone."""
    if not file.exists():
        replace_text(file, new_private_pem(), mode=0o600)
    return file


def _settings(env: Mapping[str, str]) -> Settings:
    return Settings.model_validate(
        {
            "kafka": {
                "bootstrap_servers": env["PILOTAGE_KAFKA__BOOTSTRAP_SERVERS"],
                "prefix": env.get("PILOTAGE_KAFKA__PREFIX", ""),
            },
            "database": {"url": env["PILOTAGE_DATABASE__URL"]},
            "secret_key": env["PILOTAGE_SECRET_KEY"],
            "public_url": env["PILOTAGE_PUBLIC_URL"],
            "simulation": env["PILOTAGE_SIMULATION"],
        }
    )


async def _is_up(url: str) -> bool:
    async with httpx.AsyncClient(timeout=2) as http:
        try:
            return (await http.get(f"{url}/health")).status_code == 200
        except httpx.HTTPError:
            return False


async def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _children(env: Mapping[str, str], url: str, port: int, smtp_port: int, mailbox: Path) -> list[Child]:
    pilotage = (sys.executable, "-m", "services.cli.main")
    mail = (sys.executable, "-m", "deploy.embedded.mailbox", "--port", str(smtp_port), "--folder", str(mailbox))
    serve = (*pilotage, "serve", "--port", str(port))
    sftp_port = int(env["PILOTAGE_SFTP__PORT"])
    return [
        Child("mailbox", mail, env=env, ready=lambda: _listens(smtp_port), stage=10, cwd=PROJECT),
        Child("serve", serve, env=env, ready=lambda: _is_up(url), stage=11, cwd=PROJECT),
        Child("sftp", (*pilotage, "sftp"), env=env, ready=lambda: _listens(sftp_port), stage=11, cwd=PROJECT),
        *(Child(f"work-{room}", (*pilotage, "work", room), env=env, stage=11, cwd=PROJECT) for room in ROOMS),
    ]


@asynccontextmanager
async def running_house(
    data: Path, *, simulation: bool, port: int = 0, elsewhere: AbstractAsyncContextManager[Infra] | None = None
) -> AsyncIterator[Machine]:
    """Everything started and answering; stopped at the end, whatever ends it.

    port: where it answers if nobody has it; else, and where it is 0, at any free one.
    elsewhere: a Kafka and a PostgreSQL other than the embedded ones.
    """
    data = data.resolve()
    async with elsewhere or boot(data, say=step) as infra:
        port = port if port and is_free(port) else free_port(set())
        smtp_port, mailbox = free_port({port}), data / "mailbox"
        url = f"http://127.0.0.1:{port}"
        env = _environment(infra, data, url, smtp_port, free_port({port, smtp_port}), simulation=simulation)
        step("Sujets Kafka, tables, compte d’administration")
        password = await set_up(_settings(env))
        kept = data / "admin-password"
        if password:
            replace_text(kept, password, mode=0o600)
        step("Démarrage des salles")
        for child in _children(env, url, port, smtp_port, mailbox):
            infra.supervisor.add(child)
        await infra.supervisor.start()
        yield Machine(url, kept.read_text(), infra.supervisor, mailbox, env, infra)
