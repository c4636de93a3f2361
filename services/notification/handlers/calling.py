"""The loop that calls webhooks: signed, to the address that was checked, never following where it is sent on to."""

import asyncio
import socket
import ssl
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cached_property
from ipaddress import ip_address

import httpx
import structlog

from services.notification.domain.webhooks import (
    TIMEOUT_SECONDS,
    Address,
    Answer,
    Target,
    UnfitAddress,
    check_reached,
    signature,
    target_of,
)
from services.notification.tables.sealing import NotOurs, unseal
from services.notification.tables.webhooks import Call, Called, claim_calls, settle_call
from shared.database import Database
from shared.hearing import is_transient

log = structlog.get_logger()

_LOOK_SECONDS = 1.0
_AT_ONCE = 16
_LEASE_SECONDS = 60.0


class Calling:
    """One process's caller; others may work beside it."""

    def __init__(
        self, database: Database, secret_key: str, *, simulation: bool, trusted: ssl.SSLContext | None = None
    ) -> None:
        self._database, self._secret_key, self._simulation = database, secret_key, simulation
        self._given = trusted

    @cached_property
    def _trusted(self) -> ssl.SSLContext:
        return self._given or httpx.create_ssl_context(trust_env=False)

    async def run(self) -> None:
        """Never returns by itself."""
        while True:
            try:
                made = await self.call_batch()
            except Exception as error:
                if not is_transient(error):
                    raise
                log.warning("webhooks wait for the database", cause=repr(error)[:200])
                made = 0
            if not made:
                await asyncio.sleep(_LOOK_SECONDS)

    async def call_batch(self) -> int:
        """Makes the calls whose time has come; returns how many."""
        async with self._database.transaction() as work:
            calls = await claim_calls(work, _AT_ONCE, _LEASE_SECONDS)
        for called in await asyncio.gather(*(self._make(call) for call in calls)):
            async with self._database.transaction() as work:
                await settle_call(work, called)
        return len(calls)

    async def _make(self, call: Call) -> Called:
        at, began = datetime.now(UTC), time.monotonic()
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                answer = await self._post(call, at)
        except UnfitAddress as refusal:
            answer = Answer(str(refusal))
        except NotOurs:
            answer = Answer("La clé du service a changé : supprimez ce webhook et inscrivez-le de nouveau.")
        except TimeoutError:
            answer = Answer(f"pas de réponse en {TIMEOUT_SECONDS:.0f} secondes")
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            answer = Answer(f"connexion impossible ({type(error).__name__})")
        return Called(call, answer, at, int(1000 * (time.monotonic() - began)))

    async def _post(self, call: Call, at: datetime) -> Answer:
        body, stamp = call.body.encode(), int(at.timestamp())
        signed = signature(unseal(self._secret_key, call.webhook, call.sealed_secret), str(call.id), stamp, body)
        target = target_of(call.url, simulation=self._simulation)
        addresses = await _resolve(target)
        check_reached(target, addresses, simulation=self._simulation)
        url = httpx.URL(call.url)
        headers = {
            "host": url.netloc.decode("ascii"),
            "content-type": "application/json",
            "user-agent": "Pilotage-Webhooks",
            "webhook-id": str(call.id),
            "webhook-timestamp": str(stamp),
            "webhook-signature": signed,
        }
        return await _send(url.copy_with(host=str(addresses[0])), headers, body, target.host, self._trusted)


async def _resolve(target: Target) -> Sequence[Address]:
    """Once: the address that was checked is the one called, whatever the name says a moment later."""
    found = await asyncio.get_running_loop().getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    return [ip_address(str(place[0]).partition("%")[0]) for *_, place in found]


async def _send(url: httpx.URL, headers: dict[str, str], body: bytes, name: str, trusted: ssl.SSLContext) -> Answer:
    """The certificate must be the name's; what the answer says beside its status is not read."""
    async with httpx.AsyncClient(verify=trusted, trust_env=False, timeout=TIMEOUT_SECONDS) as client:
        request = client.build_request("POST", url, headers=headers, content=body, extensions={"sni_hostname": name})
        answer = await client.send(request, stream=True, follow_redirects=False)
        await answer.aclose()
    words = f"{answer.status_code} {answer.reason_phrase}"[:200].strip()
    return Answer(f"{words} (redirection non suivie)" if answer.is_redirect else words, answer.status_code)
