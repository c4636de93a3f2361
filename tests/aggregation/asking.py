"""Those who ask the room's routes: the admin, a Plate-forme, a member."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

import httpx

from services.aggregation.app import build
from shared.database import Database
from shared.events import CredentialIssued
from shared.pages import Pages
from shared.readings import keep_credential
from shared.security import Viewer, sign_session
from shared.settings import Settings
from shared.web import build_web
from tests.shared.admin import admin_headers


@asynccontextmanager
async def client_of(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """The room served; who asks is said with each request."""
    room = build(settings)
    app = build_web({"aggregation": room}, settings, Pages({"aggregation": Path("services/aggregation/templates")}))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        client.headers.update(await admin_headers(settings, room.database))
        yield client
    await room.database.close()


async def headers_of(settings: Settings, database: Database, *, platform: str = "", member: str = "") -> dict[str, str]:
    """A Plate-forme or a member, signed in."""
    role = "platform" if platform else "member"
    credential = uuid5(NAMESPACE_URL, f"{role}/{platform or member}")
    event = CredentialIssued(
        credential=credential,
        token_sha256=f"opens nothing {credential}",
        role=role,
        platform=platform,
        member=member,
        name="essai",
    )
    async with database.transaction() as work:
        await keep_credential(work, event)
    viewer = Viewer("essai", role, platform or None, str(credential), member or None)  # type: ignore[arg-type]
    return {"Authorization": f"Bearer {sign_session(settings.secret_key.get_secret_value(), viewer)}"}
