"""The loop that sends: it takes messages with a lease, shows them to the mail server, and marks them together.

Killed between the server's answer and the mark, it sends the same bytes with the same Message-ID again.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta

import asyncpg
import structlog

from services.notification.domain.delivery import NOT_TRIED, Outcome, give_up_late, next_try
from services.notification.domain.mime import bare_address, head_of, is_address
from services.notification.handlers.bodies import Bodies
from services.notification.handlers.connection import Line
from services.notification.settings import SmtpSettings
from services.notification.tables.messages import WAKE
from services.notification.tables.queue import Parcel, Settled, claim, settle
from shared.database import Database
from shared.hearing import is_transient

log = structlog.get_logger()

_POLL_SECONDS = 1.0
_LONGEST_REST = 30.0
_UNKNOWN_RECIPIENT_SECONDS = 600.0
_NOBODY = Outcome("failed", "destinataire inconnu de l’annuaire, ou sans adresse électronique lisible")


class Sending:
    """One process's sender; others may work beside it."""

    def __init__(self, database: Database, settings: SmtpSettings) -> None:
        self._database = database
        self._settings = settings
        self._lines = [Line(settings) for _ in range(settings.concurrency)]
        self._bodies = Bodies()
        self._stopping = False
        self._unreachable = 0

    async def run(self) -> None:
        """Never returns by itself; what is being sent when it is cancelled is finished and marked."""
        while True:
            try:
                await self._send_while_connected()
            except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
                await self._rest(error)
            except Exception as error:
                if not is_transient(error):
                    raise
                await self._rest(error)

    async def _rest(self, error: Exception) -> None:
        log.warning("sending starts again", cause=repr(error)[:200])
        await asyncio.sleep(0.5)

    async def _send_while_connected(self) -> None:
        async with _woken_by(self._database) as wake:
            while True:
                wake.clear()
                batch = asyncio.create_task(self.send_batch())
                try:
                    sent = await asyncio.shield(batch)
                except asyncio.CancelledError:
                    self._stopping = True
                    await batch
                    await asyncio.gather(*(line.close() for line in self._lines))
                    raise
                if self._unreachable:
                    await asyncio.sleep(min(_LONGEST_REST, 0.25 * 2**self._unreachable))
                elif not sent:
                    await _wait(wake)

    async def send_batch(self) -> int:
        """Sends what is ready, at most a batch; returns how many messages it took."""
        settings = self._settings
        async with self._database.transaction() as work:
            parcels = await claim(work, settings.batch, settings.lease_seconds, _UNKNOWN_RECIPIENT_SECONDS)
            await self._bodies.load(work, [parcel.letter for parcel in parcels])
        if not parcels:
            return 0
        settled = await self._send_all(parcels)
        async with self._database.transaction() as work:
            await settle(work, settled)
        self._bodies.shrink()
        return len(parcels)

    async def _send_all(self, parcels: Sequence[Parcel]) -> list[Settled]:
        waiting = list(reversed(parcels))
        settled: list[Settled] = []
        # What has not begun by then is left to others: a lease must not end while its message is being sent.
        until = asyncio.get_running_loop().time() + self._settings.lease_seconds / 2
        was_reached = False

        async def work_off(line: Line) -> None:
            nonlocal was_reached
            while waiting and not self._stopping and asyncio.get_running_loop().time() < until:
                parcel = waiting.pop()
                outcome = await self._send(line, parcel)
                settled.append(self._judge(parcel, outcome))
                if not outcome.tried and outcome.state == "pending":
                    return
                was_reached = True

        await asyncio.gather(*(work_off(line) for line in self._lines))
        self._unreachable = 0 if was_reached or self._stopping else self._unreachable + 1
        return [*settled, *(self._judge(parcel, NOT_TRIED) for parcel in waiting)]

    async def _send(self, line: Line, parcel: Parcel) -> Outcome:
        addresses = tuple(address for address in parcel.envelope.addresses if is_address(address))
        if not addresses:
            return _NOBODY
        try:
            head = head_of(parcel.envelope, addresses)
        except ValueError as error:
            return Outcome("failed", f"message impossible à écrire : {error}")
        return await line.deliver(bare_address(parcel.envelope.sender), addresses, head + self._bodies[parcel.letter])

    def _judge(self, parcel: Parcel, outcome: Outcome) -> Settled:
        now = datetime.now(UTC)
        patience = timedelta(days=self._settings.patience_days)
        final = give_up_late(outcome, now - parcel.created_at, patience)
        if final.state == "pending" and parcel.state == "unknown":
            # The earlier attempt may have arrived: a refusal now does not change that.
            final = Outcome("unknown", final.error, final.tried)
        return Settled(parcel, final, now, next_try(final, parcel.attempts + 1, now))


@asynccontextmanager
async def _woken_by(database: Database) -> AsyncIterator[asyncio.Event]:
    """An event that is set when messages are made, by whatever process."""
    wake = asyncio.Event()
    dsn = database.url.replace("postgresql+asyncpg://", "postgresql://")
    connection = await asyncpg.connect(dsn, server_settings=database.server_settings, timeout=20)
    try:
        await connection.add_listener(WAKE, lambda *_: wake.set())
        yield wake
    finally:
        await asyncio.wait_for(connection.close(timeout=2), 3)


async def _wait(wake: asyncio.Event) -> None:
    # Nobody called in that time: look anyway, a message's time may have come.
    with suppress(TimeoutError):
        await asyncio.wait_for(wake.wait(), _POLL_SECONDS)
