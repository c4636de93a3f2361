"""A world to build walls in: what each of two platforms has sent, what was written to it, and whoever may ask."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi.routing import APIRoute

from services.cli.serving import reference, rest
from services.compliance.tables.audits import add_audit
from services.compliance.tables.audits.pieces import keep_piece
from services.compliance.tables.credentials import issue_member_token
from services.ingestion.tables.laid import ToLay, lay
from services.ingestion.web import sending
from shared.described import all_routes
from shared.security import Viewer, sign_session, viewer_of_token
from shared.web import SESSION_COOKIE
from tests.compliance.audits_made import made_audit
from tests.ingestion.sendings import ADDRESS, FORM, PERIOD, assistance, wrong
from tests.shared.admin import AUDITOR, UESL, headers_of
from tests.shared.house import ADDRESS as ORIGIN
from tests.shared.house import House
from tests.shared.networks import small_network
from tests.walls.rights import LEADING, NAMING, Owned

# By the platform that sends, the members in whose names it does.
SENDERS = {"PF01": ("CIL01", "CIL02", "CCI03"), "PF03": ("CIL05", "CIL06")}
PAGE = {"Accept": "text/html"}
JSON = {"Accept": "application/json"}


# Those with something enclosed first.
_MESSAGES = """
SELECT id, recipient FROM message
ORDER BY EXISTS (SELECT FROM enclosure WHERE enclosure.letter = message.letter) DESC, id
"""


@dataclass(frozen=True, slots=True)
class Asker:
    """Whoever asks: by a token, or as a page does, by a session's cookie."""

    role: str
    name: str
    token: str = ""
    session: str = ""

    def headers(self, *, page: bool) -> dict[str, str]:
        if self.role == "nobody":
            return PAGE if page else JSON
        if page:
            return {**PAGE, "Cookie": f"{SESSION_COOKIE}={self.session}", "Origin": ORIGIN}
        return {**JSON, "Authorization": f"Bearer {self.token or self.session}"}


@dataclass
class World:
    """The house, who asks, what there is; marks: by platform, what nobody else may ever read."""

    house: House
    askers: list[Asker]
    things: list[Owned]
    marks: dict[str, set[str]] = field(default_factory=dict)

    def routes(self) -> Iterator[tuple[str, APIRoute]]:
        for route in all_routes(self.house.app):
            yield from ((f"{method} {route.path_format}", route) for method in sorted(route.methods or ()))

    async def ask(
        self, asker: Asker, route: str, query: dict[str, str] | None = None, /, **names: str
    ) -> httpx.Response:
        method, path = route.split(" ")
        known = {
            "form": FORM,
            "code": FORM,
            "n": "1",
            "position": "1",
            "number": "x",
            "token": str(uuid4()),
            "secret": "x",
            "service": "assistance",
            "version": "1",
            "account": str(uuid4()),
            "audit": str(uuid4()),
            "piece": str(uuid4()),
            "invitation": str(uuid4()),
        }
        if "{level}" in path:
            known |= {"level": "member", "code": "CIL01"}
        if "annuaire" in path or "/registry/" in path:
            known |= {"kind": "members", "place": "cil-cci", "code": "CIL01"}
        known |= names
        page = not path.startswith("/api/")
        return await self.house.http.request(
            method,
            path.format(**known),
            params={"form": FORM, "period": PERIOD, "year": "2005", "old": "1", "new": "1", **(query or {})},
            headers=asker.headers(page=page),
            **_body(route),
        )


def _body(route: str) -> dict[str, Any]:
    if route == "POST /depots/{submission}/avertissements/{n}":
        return {"data": {"kind": "explanation", "text": "Une explication assez longue."}}
    if "/warnings/{n}/" in route:
        return {"json": {"text": "Une explication assez longue."}}
    if route == "POST /api/v1/webhooks":
        return {"json": {"url": "https://ailleurs.example.org/"}}
    return {"json": {}} if route.startswith("POST /api/v1/tokens") else {}


async def build_world(house: House) -> World:
    house.app.state.is_stopping = True  # what streams without end ends at once
    house.app.include_router(rest.router)
    house.app.include_router(reference.router)
    await house.put_registry()
    await house.issue("PF01", "PF03", "PF04")
    members = {code: await _member_token(house, code) for code in ("CIL01", "CIL04", "CIL05")}
    await house.begin(date(2005, 4, 5))
    await house.carry()
    things = [thing for platform in SENDERS for thing in await _sent(house, platform)]
    await house.carry()
    await house.begin(date(2005, 7, 10))  # what was refused in April is destroyed by then
    await house.carry()
    things += [await _refused(house, platform) for platform in SENDERS]
    await _laid_in_folders(house, things)
    await house.put_registry(_with_strangers())
    await house.carry()
    things += [
        Owned("message", str(row.id), row.recipient)
        for row in await house.rows("notification", _MESSAGES)
        if row.recipient in SENDERS
    ]
    things += [await _given_back(house, platform) for platform in SENDERS]
    await _decided(house)
    things += [thing for platform in SENDERS for thing in await _audited(house, platform)]
    marks = {platform: {one.id for one in things if one.platform == platform} for platform in SENDERS}
    for platform in SENDERS:
        marks[platform] |= {_mark(platform), f"Certifieur {platform}"}
    return World(house, await _askers(house, members), things, marks)


def _with_strangers() -> dict[str, Any]:
    """PF04 comes when everything has been sent already: nothing is its own; nor is anything CIL04's."""
    document = small_network()
    document["platforms"].append({"code": "PF04", "name": "Plate-forme PF04", "agreements": [], "emails": []})
    return document


async def _member_token(house: House, code: str) -> str:
    async with house.rooms["compliance"].database.transaction() as work:
        return (await issue_member_token(work, code, f"{code} par essai"))[1]


def _mark(platform: str) -> str:
    return f"marque-{platform}"


async def _post(house: House, platform: str, content: bytes, key: str = "") -> httpx.Response:
    query = {"form": FORM, "period": PERIOD, "certified_by": f"Certifieur {platform}"}
    files = {"file": (f"{_mark(platform)}.csv", content)}
    headers = {**house.of(platform), **({"Idempotency-Key": key} if key else {})}
    return await house.http.post(ADDRESS, params=query, files=files, headers=headers)


async def _sent(house: House, platform: str) -> list[Owned]:
    """A version, its correction with a word on its warning, a refused file, one that is taken as a large one is."""
    members = SENDERS[platform]
    bodies = (assistance(3, *members), assistance(4, *members), wrong(3))
    first, second, refused = [await _post(house, platform, body, key=str(n)) for n, body in enumerate(bodies)]
    assert [answer.status_code for answer in (first, second, refused)] == [201, 201, 422]
    explained = f"{ADDRESS}/{second.json()['id']}/warnings/1/explanation"
    word = {"text": "Une explication assez longue."}
    assert (await house.http.post(explained, json=word, headers=house.of(platform))).status_code == 201
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sending, "AT_ONCE_BYTES", 1)
        taken = await _post(house, platform, assistance(4, *members))
    assert taken.status_code == 202
    filed = [Owned("submission", answer.json()["id"], platform, members) for answer in (first, second)]
    return [
        *filed,
        Owned("submission", refused.json()["id"], platform),
        Owned("identity", taken.json()["id"], platform),
    ]


async def _refused(house: House, platform: str) -> Owned:
    """Its errors are still kept."""
    return Owned("submission", (await _post(house, platform, wrong(2))).json()["id"], platform)


async def _laid_in_folders(house: House, things: list[Owned]) -> None:
    """What the SFTP door shows to each."""
    async with house.rooms["ingestion"].database.transaction() as work:
        for platform in SENDERS:
            own = next(UUID(one.id) for one in things if one.platform == platform and one.kind == "submission")
            await lay(work, platform, [ToLay("depots", f"{_mark(platform)}.csv", None, 3, None, own)])
            await work.execute(
                "INSERT INTO restitution_file VALUES (:platform, 'a.pdf', '', '2005-05-01', encode(sha256(''), 'hex'))",
                {"platform": platform},
            )


_ATTEMPTED = """
INSERT INTO attempt (message, recipient_kind, recipient, first_at, last_at, addresses, outcome)
SELECT id, 'platform', recipient, now(), now(), '{}', 'failed' FROM message
WHERE recipient_kind = 'platform' AND recipient = :platform LIMIT 1
"""
_BOUNCED = """
INSERT INTO bounce (recipient_kind, recipient, address, answer, first_at, last_at, message)
SELECT 'platform', recipient, recipient || '@example.org', '550', now(), now(), id FROM message
WHERE recipient_kind = 'platform' AND recipient = :platform LIMIT 1
"""
_DELIVERED = """
WITH told AS (
    INSERT INTO webhook_delivery (id, webhook, platform, type, subject, body)
    VALUES (gen_random_uuid(), :webhook, :platform, 'restitution.issued', '2005-05-01', '{}') RETURNING id)
INSERT INTO webhook_attempt (delivery, platform, at, milliseconds, answer)
SELECT id, :platform, now(), 1, '200' FROM told
"""


_DECIDED = {
    "compliance": (
        """INSERT INTO extension (platform, form, period, until, reason, decided_by, decided_at, decided_on)
           VALUES (:platform, :form, :period, '2005-06-30', 'sinistre', 'UESL', now(), '2005-04-20')""",
        """INSERT INTO closing (platform, form, period, closed_from, by_rule, reason, decided_by, decided_at)
           VALUES (:platform, :form, :period, NULL, false, 'correction attendue', 'UESL', now())""",
    ),
    "ingestion": ("INSERT INTO period_closing VALUES (:platform, :form, :period, 1, NULL)",),
}


async def _decided(house: House) -> None:
    """What UESL has decided for each."""
    for room, statements in _DECIDED.items():
        async with house.rooms[room].database.transaction() as work:
            for statement in statements:
                for platform in SENDERS:
                    await work.execute(statement, {"platform": platform, "form": FORM, "period": PERIOD})


async def _audited(house: House, platform: str) -> list[Owned]:
    """An audit by a firm that is not the one who asks, and a piece of evidence."""
    async with house.rooms["compliance"].database.transaction() as work:
        audit = made_audit(audited_kind="platform", audited=platform, firm=LEADING, number=f"AUD-{platform}")
        await add_audit(work, audit)
        at = datetime(2005, 7, 10, tzinfo=UTC)
        piece = await keep_piece(work, audit, "EA17", f"{platform}.pdf", b"x", expires_on=None, by=platform, at=at)
    return [Owned("audit", str(audit.id), platform), Owned("piece", str(piece), platform)]


async def _given_back(house: House, platform: str) -> Owned:
    """What was tried to be sent to it, what came back, what it prefers, and where it is called."""
    made = await house.http.post(
        "/api/v1/webhooks", json={"url": f"https://{platform.lower()}.example.org/"}, headers=house.of(platform)
    )
    choice = {"preferences": [{"kind": "restitution", "delivery": "links"}]}
    chosen = await house.http.put("/api/v1/preferences", json=choice, headers=house.of(platform))
    assert (made.status_code, chosen.status_code) == (201, 200), (made.text, chosen.text)
    async with house.rooms["notification"].database.transaction() as work:
        for statement in (_ATTEMPTED, _BOUNCED):
            await work.execute(statement, {"platform": platform})
        await work.execute(_DELIVERED, {"platform": platform, "webhook": made.json()["id"]})
    return Owned("webhook", made.json()["id"], platform)


async def _askers(house: House, members: dict[str, str]) -> list[Asker]:
    tokens = {**{code: ("platform", token) for code, token in house.tokens.items()},
              **{code: ("member", token) for code, token in members.items()}}  # fmt: skip
    found = [Asker("nobody", "nobody")]
    key = house.settings.secret_key.get_secret_value()
    for name, (role, token) in tokens.items():
        async with house.rooms["compliance"].database.transaction() as work:
            viewer = await viewer_of_token(work, token)
        assert isinstance(viewer, Viewer)
        found.append(Asker(role, name, token, sign_session(key, viewer)))
    session = house.admin["Authorization"].removeprefix("Bearer ")
    found.append(Asker("admin", "admin", session=session))
    databases = [room.database for room in house.rooms.values()]
    for person in (UESL, AUDITOR):
        headers = await headers_of(person, house.settings, *databases)
        found.append(Asker(person.role, person.name, session=headers["Authorization"].removeprefix("Bearer ")))
    return found


def names_asked(route: APIRoute) -> set[str]:
    """The parameters of its path and of its query, as they are written."""

    def of(dependant: Any) -> Iterator[str]:
        yield from (one.alias for one in (*dependant.query_params, *dependant.path_params))
        for inner in dependant.dependencies:
            yield from of(inner)

    return set(of(route.dependant))


def thing_of(route: str) -> str | None:
    """What its path names that may be another's."""
    return next((name for name in NAMING if f"{{{name}}}" in route), None)
