"""A real SMTP server inside the test, which can be told how to answer."""

import asyncio
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope


def read_mail(content: bytes) -> EmailMessage:
    return message_from_bytes(content, policy=policy.default)


@dataclass
class Post:
    """Keeps what it takes; `answers` to DATA and `refuses` by address come first; `silent`: takes, never answers.

    refuses_sender: the answer to every MAIL FROM; hangs: seconds without an answer, by address.
    """

    answers: list[str] = field(default_factory=list)
    refuses: dict[str, str] = field(default_factory=dict)
    refuses_sender: str = ""
    hangs: dict[str, float] = field(default_factory=dict)
    silent: int = 0
    taken: list[bytes] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    connections: int = 0
    server: asyncio.Server | None = None

    async def start(self) -> int:
        loop = asyncio.get_running_loop()
        self.server = await loop.create_server(self._connect, "127.0.0.1", 0)
        return int(self.server.sockets[0].getsockname()[1])

    def _connect(self) -> SMTP:
        self.connections += 1
        return SMTP(self, hostname="test")

    def stop(self) -> None:
        if self.server:
            self.server.close()

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Any, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        return self.refuses_sender or "250 OK"

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name)
        self, server: SMTP, session: Any, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        await asyncio.sleep(self.hangs.get(address, 0))
        if address in self.refuses:
            return self.refuses[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Envelope) -> str:  # noqa: N802
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer.startswith("250"):
            self.taken.append(bytes(envelope.original_content or b""))
            self.recipients.append([str(address) for address in envelope.rcpt_tos])
        if self.silent:
            self.silent -= 1
            await asyncio.sleep(1.5)
        return answer

    @property
    def mails(self) -> list[EmailMessage]:
        return [read_mail(content) for content in self.taken]
