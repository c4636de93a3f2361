"""A client of the API, as the load and the check use it: the same doors as anybody."""

import asyncio
import csv
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import httpx

PASSWORD = "PILOTAGE_ADMIN_PASSWORD"  # noqa: S105 - the variable that holds it


class Refused(RuntimeError):
    """The service answered what was not expected."""


class StillWaiting(TimeoutError):
    """The house did not come to rest in time; says what was waited for."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came back for a file: `accepted`, `same` or `rejected`, with every error."""

    verdict: str
    submission: str
    errors: list[dict[str, Any]]
    attempts: int = 1

    @property
    def codes(self) -> str:
        return "|".join(sorted({error["code"] for error in self.errors}))


_LOOK_SECONDS = 0.03
_VERDICTS = {201: "accepted", 200: "same", 422: "rejected"}


class Client:
    """Signed in as the admin; sends files under platforms' tokens.

    A call that finds nobody, or that is told to come back later, is made again for `patience` seconds: every route
    that is called here may be called twice. `outstanding` says what is not done yet, while it is not.
    """

    def __init__(self, http: httpx.AsyncClient, patience: float = 60) -> None:
        self._http = http
        self._patience = patience
        self._tokens: dict[str, str] = {}
        self.outstanding: list[str] = []

    async def _ask(self, method: str, path: str, **more: Any) -> tuple[httpx.Response, int]:
        """The answer, and how many attempts it took."""
        give_up, attempts = time.monotonic() + self._patience, 0
        while True:
            attempts += 1
            try:
                answer = await self._http.request(method, path, **more)
                if answer.status_code != 503 or time.monotonic() > give_up:
                    return answer, attempts
            except httpx.TransportError as error:
                if time.monotonic() > give_up:
                    raise Refused(f"{method} {path} : {error!r}") from error
            await asyncio.sleep(0.2)

    async def call(self, method: str, path: str, **more: Any) -> httpx.Response:
        """The answer, or Refused with the service's own words."""
        answer, _ = await self._ask(method, path, **more)
        if answer.status_code >= 400:
            raise Refused(f"{method} {path} : {answer.status_code} {answer.text[:2000]}")
        return answer

    async def sign_in(self, password: str) -> None:
        session = await self.call("POST", "/api/v1/sessions", json={"name": "admin", "password": password})
        self._http.headers["Authorization"] = f"Bearer {session.json()['session']}"

    async def token(self, platform: str, name: str = "chargement") -> str:
        """A token of the platform, made at the first need."""
        if platform not in self._tokens:
            made = await self.call("POST", "/api/v1/tokens", json={"platform": platform, "name": name})
            self._tokens[platform] = made.json()["token"]
        return self._tokens[platform]

    async def member_token(self, member: str, name: str) -> str:
        """A new token of the member, with which it reads what was filed in its name."""
        made = await self.call("POST", "/api/v1/tokens", json={"member": member, "name": name})
        token: str = made.json()["token"]
        return token

    async def put_registry(self, document: Any) -> None:
        await self.call("PUT", "/api/v1/registry", json=document)

    async def begin_days(self, until: date) -> None:
        await self.call("POST", "/api/v1/calendar", json={"day": until.isoformat()})

    async def send(self, platform: str, form: str, period: str, file: Path) -> Verdict:
        """Sends a file as the platform does."""
        headers = {"Authorization": f"Bearer {await self.token(platform)}"}
        content = await asyncio.to_thread(file.read_bytes)
        self.outstanding = [f"POST {file.name}"]
        answer, attempts = await self._ask(
            "POST",
            "/api/v1/submissions",
            params={"form": form, "period": period},
            files={"file": (file.name, content)},
            headers=headers,
        )
        if answer.status_code not in _VERDICTS or "verdict" not in answer.json():
            raise Refused(f"{file.name} : {answer.status_code} {answer.text[:2000]}")
        body = answer.json()
        errors = body["errors"]
        if len(errors) < body["error_count"]:
            errors = await self._all_errors(body["errors_url"], headers)
        return Verdict(_VERDICTS[answer.status_code], body["id"], errors, attempts)

    async def _all_errors(self, url: str, headers: dict[str, str]) -> list[dict[str, Any]]:
        rows = csv.DictReader((await self.call("GET", url, headers=headers)).text.splitlines())
        return [{**row, "line": int(row["line"]) if row["line"] else None} for row in rows]

    async def text(self, path: str, **params: Any) -> str:
        return (await self.call("GET", path, params=params)).text

    async def status(self) -> dict[str, Any]:
        found: dict[str, Any] = (await self.call("GET", "/api/v1/status")).json()
        return found

    async def come_to_rest(self, within: float = 120) -> None:
        """Returns once everything said is published, heard and done; StillWaiting otherwise."""
        give_up = time.monotonic() + within
        while time.monotonic() < give_up:
            self.outstanding = (await self.status())["waiting_for"]
            if not self.outstanding:
                return
            await asyncio.sleep(_LOOK_SECONDS)
        raise StillWaiting(f"après {within:.0f} s : {' ; '.join(self.outstanding)}")


@asynccontextmanager
async def open_client(url: str, password: str) -> AsyncIterator[Client]:
    """A client signed in as the admin."""
    async with httpx.AsyncClient(base_url=url, timeout=60) as http:
        client = Client(http)
        await client.sign_in(password)
        yield client
