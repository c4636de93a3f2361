"""A client of the API, as the load and the check use it: the same doors as anybody."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import httpx


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

    @property
    def codes(self) -> str:
        return "|".join(sorted({error["code"] for error in self.errors}))


_VERDICTS = {201: "accepted", 200: "same", 422: "rejected"}


class Client:
    """Signed in as the admin; sends files under platforms' tokens."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http
        self._tokens: dict[str, str] = {}

    async def call(self, method: str, path: str, **more: Any) -> httpx.Response:
        """The answer, or Refused with the service's own words."""
        answer = await self._http.request(method, path, **more)
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

    async def put_registry(self, document: Any) -> None:
        await self.call("PUT", "/api/v1/registry", json=document)

    async def begin_days(self, until: date) -> None:
        await self.call("POST", "/api/v1/calendar", json={"day": until.isoformat()})

    async def send(self, platform: str, form: str, period: str, file: Path) -> Verdict:
        """Sends a file as the platform does."""
        headers = {"Authorization": f"Bearer {await self.token(platform)}"}
        content = await asyncio.to_thread(file.read_bytes)
        answer = await self._http.post(
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
        return Verdict(_VERDICTS[answer.status_code], body["id"], errors)

    async def _all_errors(self, url: str, headers: dict[str, str]) -> list[dict[str, Any]]:
        import csv

        rows = csv.DictReader((await self.call("GET", url, headers=headers)).text.splitlines())
        return [{**row, "line": int(row["line"]) if row["line"] else None} for row in rows]

    async def text(self, path: str, **params: Any) -> str:
        return (await self.call("GET", path, params=params)).text

    async def dead_letters(self) -> int:
        return int((await self.call("GET", "/api/v1/status")).json()["dead_letters"])

    async def come_to_rest(self, within: float = 120) -> None:
        """Returns once everything said is published, heard and done; StillWaiting otherwise."""
        give_up = time.monotonic() + within
        waiting: list[str] = ["the status"]
        while time.monotonic() < give_up:
            answer = await self._http.get("/api/v1/status")
            if answer.status_code == 200:
                waiting = answer.json()["waiting_for"]
                if not waiting:
                    return
            elif answer.status_code < 500:
                raise Refused(f"GET /api/v1/status : {answer.status_code} {answer.text[:500]}")
            await asyncio.sleep(0.01)
        raise StillWaiting(f"après {within:.0f} s : {' ; '.join(waiting)}")


@asynccontextmanager
async def open_client(url: str, password: str) -> AsyncIterator[Client]:
    """A client signed in as the admin."""
    async with httpx.AsyncClient(base_url=url, timeout=60) as http:
        client = Client(http)
        await client.sign_in(password)
        yield client
