"""The loop that sends: it takes messages with a lease, shows them to the mail server, and marks what became of them.

What is done is marked within a second. Killed before the mark, it (or another process, when the lease has ended) sends
the same bytes with the same Message-ID again: by these the reader's mail program can tell that it is one message.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import asyncpg
import structlog

from services.notification.domain.delivery import NOT_TRIED, Outcome, give_up_late, next_try
from services.notification.domain.mime import bare_address, head_of, is_address
from services.notification.handlers.bodies import Bodies
from services.notification.handlers.connection import Connection
from services.notification.settings import SmtpSettings
from services.notification.tables.attempts import note_attempts
from services.notification.tables.messages import WAKE
from services.notification.tables.queue import Parcel, Settled, claim, settle
from shared.database import Database
from shared.hearing import is_transient
from shared.transaction import Transaction

log = structlog.get_logger()

Before = Callable[[Transaction], Awaitable[None]]

_POLL_SECONDS = 1.0
_MARK_SECONDS = 1.0
_STOP_SECONDS = 5.0
_LONGEST_REST = 30.0
_UNKNOWN_RECIPIENT_SECONDS = 600.0
_NOBODY = Outcome("failed", "destinataire inconnu de l’annuaire, ou sans adresse électronique lisible")
# Of the lease: what has not begun by the first is left to others, what is not done by the second is let go; the rest
# is for the mark. A lease must not end while its message is being sent, nor before it is marked.
_BEGIN_WITHIN = 0.5
_DONE_WITHIN = 0.85


class Sending:
    """One process's sender; others may work beside it. `before`: done each time before messages are taken."""

    def __init__(self, database: Database, settings: SmtpSettings, before: Before | None = None) -> None:
        self._database = database
        self._before = before
        self._settings = settings
        self._connections = [Connection(settings) for _ in range(settings.concurrency)]
        self._bodies = Bodies()
        self._unmarked: list[Settled] = []
        self._stopping = False
        self._unreachable = 0

    async def run(self) -> None:
        """Never returns by itself; what is being sent when it is cancelled is finished, or let go, and marked."""
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
                    await self._stop(batch)
                    raise
                if self._unreachable:
                    await asyncio.sleep(min(_LONGEST_REST, 0.25 * 2**self._unreachable))
                elif not sent:
                    await _wait(wake)

    async def _stop(self, batch: "asyncio.Task[int]") -> None:
        self._stopping = True
        for connection in self._connections:
            connection.hurry(asyncio.get_running_loop().time() + _STOP_SECONDS)
        await batch
        await asyncio.gather(*(connection.close() for connection in self._connections))

    async def send_batch(self) -> int:
        """Sends what is ready, at most a batch; returns how many messages it took."""
        settings = self._settings
        await self._mark()  # what the database was away for
        # Before the lease begins, so that it never ends sooner than is believed here.
        began = asyncio.get_running_loop().time()
        async with self._database.transaction() as work:
            if self._before:
                await self._before(work)
            parcels = await claim(work, settings.batch, settings.lease_seconds, _UNKNOWN_RECIPIENT_SECONDS)
            await self._bodies.load(work, [parcel.letter for parcel in parcels])
        if parcels:
            await self._send_and_mark(parcels, began)
            self._bodies.shrink()
        return len(parcels)

    async def _send_and_mark(self, parcels: Sequence[Parcel], began: float) -> None:
        sending = asyncio.create_task(self._send_all(parcels, began))
        while not (await asyncio.wait((sending,), timeout=_MARK_SECONDS))[0]:
            try:
                await self._mark()
            except Exception as error:
                # The mail server still has messages of ours in hand: they are waited for, and all are marked then.
                log.warning("marks are late", cause=repr(error)[:200])
        try:
            await sending
        finally:
            await self._mark()

    async def _mark(self) -> None:
        """What cannot be marked now stays to be marked later."""
        done = list(self._unmarked)
        if done:
            async with self._database.transaction() as work:
                await settle(work, done)
                await note_attempts(work, done)
            del self._unmarked[: len(done)]

    async def _send_all(self, parcels: Sequence[Parcel], began: float) -> None:
        waiting = list(reversed(parcels))
        now, lease = asyncio.get_running_loop().time, self._settings.lease_seconds
        was_reached = False

        async def work_off(connection: Connection) -> None:
            nonlocal was_reached
            while waiting and not self._stopping and now() < began + _BEGIN_WITHIN * lease:
                parcel = waiting.pop()
                outcome = await self._send(connection, parcel, began + _DONE_WITHIN * lease)
                self._note(parcel, outcome)
                if not outcome.tried and outcome.state == "pending":
                    return
                was_reached = True

        await asyncio.gather(*(work_off(connection) for connection in self._connections))
        self._unreachable = 0 if was_reached or self._stopping else self._unreachable + 1
        for parcel in waiting:
            self._note(parcel, NOT_TRIED)

    async def _send(self, connection: Connection, parcel: Parcel, until: float) -> Outcome:
        addresses = tuple(address for address in parcel.envelope.addresses if is_address(address))
        if not addresses:
            return _NOBODY
        try:
            head = head_of(parcel.envelope, addresses)
        except ValueError as error:
            return Outcome("failed", f"message impossible à écrire : {error}")
        sender, content = bare_address(parcel.envelope.sender), head + self._bodies[parcel.letter]
        return await connection.deliver(sender, addresses, content, until)

    def _note(self, parcel: Parcel, outcome: Outcome) -> None:
        self._unmarked.append(self._judge(parcel, outcome))

    def _judge(self, parcel: Parcel, outcome: Outcome) -> Settled:
        now, attempts = datetime.now(UTC), parcel.attempts + 1
        final = give_up_late(outcome, attempts, timedelta(days=self._settings.patience_days))
        if final.state == "pending" and parcel.state == "unknown":
            # The earlier attempt may have arrived: a refusal now does not change that.
            final = replace(final, state="unknown")
        return Settled(parcel, outcome, final, now, next_try(final, attempts, now))


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
