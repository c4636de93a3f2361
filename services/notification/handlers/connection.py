"""A line to the mail server that stays open, and what its answers mean for a message."""

import time

import aiosmtplib
from aiosmtplib import SMTP, SMTPException, SMTPResponseException

from services.notification.domain.delivery import Outcome, not_taken, refused, uncertain, unreachable
from services.notification.settings import SmtpSettings

_IDLE_SECONDS = 30.0
_LOST = (SMTPException, OSError)


class Line:
    """One connection, opened when needed, and again after it was lost; one message at a time."""

    def __init__(self, settings: SmtpSettings) -> None:
        self._settings = settings
        self._client: SMTP | None = None
        self._used_at = 0.0

    async def deliver(self, sender: str, addresses: tuple[str, ...], content: bytes) -> Outcome:
        """Shows the message to the server and says what became of it; never raises for what the server does."""
        while True:
            reused = self._client is not None
            try:
                client = await self._open()
            except _LOST as error:
                return unreachable(_cause(error))
            try:
                await client.mail(sender)
                refusals = await _name_recipients(client, addresses)
                return await self._hand_over(client, content, refusals)
            except SMTPResponseException as error:
                await self._reset(client)
                return refused(error.code, error.message)
            except _LOST as error:
                self.drop()
                if not reused:
                    return not_taken(_cause(error))
                # Closed by the server while it was idle: nothing was sent by it, a new line will do.

    async def _open(self) -> SMTP:
        if self._client is not None and time.monotonic() - self._used_at > _IDLE_SECONDS:
            self.drop()
        if self._client is None:
            client = _client(self._settings)
            await client.connect()
            self._client = client
        self._used_at = time.monotonic()
        return self._client

    async def _hand_over(self, client: SMTP, content: bytes, refusals: list[str]) -> Outcome:
        try:
            await client.data(content)
        except SMTPResponseException:
            raise
        except _LOST as error:
            self.drop()
            return uncertain(_cause(error))
        return Outcome("sent", " ; ".join(refusals) or None)

    async def _reset(self, client: SMTP) -> None:
        try:
            await client.rset()
        except _LOST:
            self.drop()

    def drop(self) -> None:
        """Without ceremony: what the server thinks of it no longer matters."""
        if self._client is not None:
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


async def _name_recipients(client: SMTP, addresses: tuple[str, ...]) -> list[str]:
    """The refusals for good, if anybody is left; an address that must wait makes the whole message wait."""
    refusals: list[SMTPResponseException] = []
    for address in addresses:
        try:
            await client.rcpt(address)
        except SMTPResponseException as error:
            refusals.append(error)
            if error.code < 500:
                raise
    if len(refusals) == len(addresses):
        raise refusals[-1]
    return [f"{error.code} {error.message}"[:300] for error in refusals]


def _cause(error: Exception) -> str:
    return f"{type(error).__name__} {error}"[:300]
