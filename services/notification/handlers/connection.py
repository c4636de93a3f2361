"""A connection to the mail server that stays open, and what the server's answers mean for a message."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import cast

import aiosmtplib
from aiosmtplib import SMTP, SMTPException, SMTPResponseException

from services.notification.domain.delivery import Outcome, not_taken, refused, sender_refused, uncertain, unreachable
from services.notification.settings import SmtpSettings

_IDLE_SECONDS = 30.0
_LOST = (SMTPException, OSError)
Refusal = tuple[str, str]
_NO_ANSWER = "pas de réponse avant la fin du bail"


class Connection:
    """Opened when needed, and again after it was lost; one message at a time."""

    def __init__(self, settings: SmtpSettings) -> None:
        self._settings = settings
        self._client: SMTP | None = None
        self._used_at = 0.0
        self._let_go: asyncio.Timeout | None = None
        self._when_let_go = unreachable

    async def deliver(self, sender: str, addresses: tuple[str, ...], content: bytes, until: float) -> Outcome:
        """Shows the message to the server and says what became of it, at the latest at `until` (the loop's time).

        Never raises for what the server does.
        """
        self._when_let_go = unreachable
        try:
            async with asyncio.timeout_at(until) as self._let_go:
                return await self._deliver(sender, addresses, content)
        except TimeoutError:
            self.drop()
            return self._when_let_go(_NO_ANSWER)
        finally:
            self._let_go = None

    def hurry(self, until: float) -> None:
        """Lets go of the message in hand sooner."""
        if self._let_go is not None and not self._let_go.expired() and (self._let_go.when() or until) > until:
            self._let_go.reschedule(until)

    async def _deliver(self, sender: str, addresses: tuple[str, ...], content: bytes) -> Outcome:
        while True:
            reused = self._client is not None
            try:
                client = await self._open()
            except _LOST as error:
                return unreachable(_cause(error))
            self._when_let_go = not_taken
            try:
                return await self._show(client, sender, addresses, content)
            except _LOST as error:
                self.drop()
                if not reused:
                    return not_taken(_cause(error))
                # Closed by the server while it was idle: nothing was sent by it, a new connection will do.

    async def _open(self) -> SMTP:
        if self._client is not None and time.monotonic() - self._used_at > _IDLE_SECONDS:
            self.drop()
        if self._client is None:
            client = _client(self._settings)
            await client.connect()
            self._client = client
        self._used_at = time.monotonic()
        return self._client

    async def _show(self, client: SMTP, sender: str, addresses: tuple[str, ...], content: bytes) -> Outcome:
        try:
            await client.mail(sender)
        except SMTPResponseException as error:
            await self._reset(client)
            return sender_refused(error.code, error.message)
        refusals: list[Refusal] = []
        try:
            await _name_recipients(client, addresses, refusals)
            outcome = await self._hand_over(client, content, refusals)
        except SMTPResponseException as error:
            await self._reset(client)
            outcome = refused(error.code, error.message)
        return replace(outcome, refusals=tuple(refusals))

    async def _hand_over(self, client: SMTP, content: bytes, refusals: Sequence[Refusal]) -> Outcome:
        self._when_let_go = uncertain
        try:
            answer = await client.data(content)
        except _LOST as error:
            if isinstance(error, SMTPResponseException) and 400 <= error.code < 600:
                raise
            self.drop()
            return uncertain(_cause(error))
        said = " ; ".join(reason for _, reason in refusals) or None
        return Outcome("sent", said, answer=f"{answer.code} {answer.message}"[:500])

    async def _reset(self, client: SMTP) -> None:
        try:
            await client.rset()
        except _LOST:
            self.drop()

    def drop(self) -> None:
        """Without ceremony, and so that nothing still on its way arrives later."""
        if self._client is not None:
            if self._client.transport is not None:
                cast(asyncio.WriteTransport, self._client.transport).abort()
            self._client.close()
        self._client = None

    async def close(self) -> None:
        """With it."""
        if self._client is not None:
            try:
                await self._client.quit(timeout=1)
            except _LOST:
                self._client.close()
        self._client = None


def _client(settings: SmtpSettings) -> SMTP:
    return aiosmtplib.SMTP(
        hostname=settings.host,
        port=settings.port,
        username=settings.username,
        password=settings.password.get_secret_value() if settings.password else None,
        use_tls=settings.tls,
        start_tls=None if settings.tls else settings.starttls,
        validate_certs=settings.validate_certs,
        timeout=settings.timeout_seconds,
    )


async def _name_recipients(client: SMTP, addresses: tuple[str, ...], refusals: list[Refusal]) -> None:
    """Notes the refusals for good; raises where nobody is left, or where an address, so the message, must wait."""
    for address in addresses:
        try:
            await client.rcpt(address)
        except SMTPResponseException as error:
            if error.code < 500:
                raise
            refusals.append((address, f"{error.code} {error.message}"[:300]))
            if len(refusals) == len(addresses):
                raise


def _cause(error: Exception) -> str:
    return f"{type(error).__name__} {error}"[:300]
