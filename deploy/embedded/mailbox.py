"""A mail server that delivers nothing: it keeps each message as a file before it says that it has it.

Run as `python -m deploy.embedded.mailbox --port P --folder DIR`. A message sent again (same Message-ID) replaces its
own file; `deliveries.csv` has one line for each time that a message came: message id, recipients, SHA-256, time.
"""

import argparse
import asyncio
import csv
import hashlib
import io
import os
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.parser import BytesHeaderParser
from email.policy import compat32
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope

LOG = "deliveries.csv"
HEADER = "message_id,recipients,sha256,received_at\n"
LARGEST = 64 * 1024 * 1024
TAKEN = "250 OK"
NOT_NOW = "451 The message could not be kept, try again later"


@dataclass(frozen=True)
class Mailbox:
    """The folder that the messages are kept in; `durable`: on the disk itself before each answer."""

    folder: Path
    durable: bool = False

    def prepare(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        log = self.folder / LOG
        if not log.exists():
            log.write_text(HEADER, encoding="utf-8")

    def keep(self, content: bytes, recipients: Sequence[str]) -> Path:
        """Writes the message whole or not at all, then its line in the log."""
        message_id = message_id_of(content)
        file = self.folder / file_name(message_id)
        draft = file.with_suffix(f".{os.urandom(6).hex()}.tmp")
        self._write(draft, content, os.O_CREAT | os.O_EXCL)
        draft.replace(file)
        self._write(self.folder / LOG, log_line(message_id, recipients, content), os.O_CREAT | os.O_APPEND)
        return file

    def _write(self, file: Path, content: bytes, how: int) -> None:
        handle = os.open(file, os.O_WRONLY | how, 0o644)
        try:
            with os.fdopen(handle, "wb", closefd=False) as stream:
                stream.write(content)
            if self.durable:
                os.fsync(handle)
        finally:
            os.close(handle)

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Envelope) -> str:  # noqa: N802 (aiosmtpd's name)
        """Answers 250 only once the message is kept."""
        content = envelope.original_content or b""
        try:
            self.keep(content, [str(recipient) for recipient in envelope.rcpt_tos])
        except OSError:
            return NOT_NOW
        return TAKEN


def message_id_of(content: bytes) -> str:
    """The Message-ID; for a message without one, its fingerprint."""
    head = BytesHeaderParser(policy=compat32).parsebytes(content.split(b"\r\n\r\n", 1)[0] + b"\r\n\r\n")
    return str(head["Message-ID"] or "").strip() or f"<{hashlib.sha256(content).hexdigest()}@no-message-id>"


def file_name(message_id: str) -> str:
    return f"{hashlib.sha256(message_id.encode()).hexdigest()[:40]}.eml"


def log_line(message_id: str, recipients: Sequence[str], content: bytes) -> bytes:
    line = io.StringIO(newline="")
    fingerprint = hashlib.sha256(content).hexdigest()
    csv.writer(line, lineterminator="\n").writerow(
        [message_id, " ".join(recipients), fingerprint, datetime.now(UTC).isoformat()]
    )
    return line.getvalue().encode()


async def serve(mailbox: Mailbox, host: str, port: int) -> None:
    """Takes messages until SIGTERM or SIGINT."""
    mailbox.prepare()
    loop, stopping = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    server = await loop.create_server(
        lambda: SMTP(mailbox, hostname="localhost", ident="Pilotage", data_size_limit=LARGEST), host, port
    )
    print(f"mailbox at {host}:{port} in {mailbox.folder}", flush=True)
    await stopping.wait()
    server.close()


def main() -> None:
    """Reads the command line."""
    parser = argparse.ArgumentParser(prog="python -m deploy.embedded.mailbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--durable", action="store_true", help="on the disk itself (fsync) before each answer")
    asked = parser.parse_args()
    try:
        import uvloop

        asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    except ImportError:
        pass  # not on this system: slower, otherwise the same
    asyncio.run(serve(Mailbox(asked.folder.resolve(), asked.durable), asked.host, asked.port))


if __name__ == "__main__":
    main()
