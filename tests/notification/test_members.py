"""A member reads no message, no reminder: neither those to platforms nor those to others."""

from datetime import date
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

import services.notification
from shared.events import CredentialIssued
from shared.pages import Pages
from shared.security import token_hash
from shared.web import build_web
from tests.notification import facts
from tests.notification.conftest import Office
from tests.shared.admin import admin_headers

pytestmark = pytest.mark.infra

TOKEN = "plt_member"


async def test_a_member_sees_nobodys_messages(office: Office) -> None:
    credential = CredentialIssued(
        credential=uuid4(), token_sha256=token_hash(TOKEN), role="member", platform="", name="", member="CIL01"
    )
    await office.hear(*facts.registry(), credential)
    await office.hear(facts.accepted(), facts.reminder_due(date(2005, 4, 20)))
    await office.hear(*facts.day_begins(date(2005, 4, 20)))
    folder = Path(services.notification.__file__).parent / "templates"
    app = build_web({"notification": office.room}, office.settings, Pages({"notification": folder}))
    admin = await admin_headers(office.settings, office.room.database)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://t") as http:
        asked = {"Authorization": f"Bearer {TOKEN}"}
        everything = (await http.get("/api/v1/messages", params={"format": "csv"}, headers=admin)).text.splitlines()
        nothing = (await http.get("/api/v1/messages", params={"format": "csv"}, headers=asked)).text.splitlines()
        assert len(everything) > 1
        assert nothing == everything[:1]
        reminders = (await http.get("/api/v1/reminders", params={"format": "csv"}, headers=asked)).text.splitlines()
        assert len(reminders) == 1
        [message, *_] = await office.rows("SELECT id FROM message")
        api, page = f"/api/v1/messages/{message['id']}", f"/boite-envoi/{message['id']}"
        for path in (api, page, f"{page}/html", f"{page}/pieces/1"):
            assert (await http.get(path, headers=admin)).status_code in (200, 404)
            assert (await http.get(path, headers=asked)).status_code == 404
        assert (await http.post(f"/api/v1/messages/{uuid4()}/retry", headers=asked)).status_code == 403
        listed = await http.get("/boite-envoi", headers={"Accept": "text/html", **asked})
        assert listed.status_code == 200
        assert "PF0" not in listed.text.partition("<tbody")[2]
