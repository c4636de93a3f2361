"""The outbox pages and routes: the admin sees all, a platform what was sent to it."""

import csv
import io
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

import services.notification
from shared.events import CredentialIssued, PlatformRecorded
from shared.network import Platform
from shared.pages import Pages
from shared.security import token_hash
from shared.web import build_web
from tests.notification import facts
from tests.notification.conftest import Office
from tests.shared.admin import admin_headers

TOKEN = "plt_test"
DAY = date(2005, 5, 2)


@pytest.fixture
async def clients(office: Office) -> AsyncIterator[tuple[httpx.AsyncClient, httpx.AsyncClient]]:
    """The admin's and a platform's."""
    await office.hear(
        *facts.registry(),
        CredentialIssued(
            credential=uuid4(), token_sha256=token_hash(TOKEN), role="platform", platform="PF01", name="Armor"
        ),
    )
    await office.hear(facts.accepted(), facts.rejected(platform="PF02"))
    await office.hear(facts.reminder_due(date(2005, 4, 20)), facts.reminder_due(date(2005, 4, 20), "PF02"))
    await office.hear(*facts.day_begins(date(2005, 4, 20)))
    await office.hear(*facts.issue(DAY, (facts.edition("T-1"),)))
    folder = Path(services.notification.__file__).parent / "templates"
    app = build_web({"notification": office.room}, office.settings, Pages({"notification": folder}))
    headers = await admin_headers(office.settings, office.room.database)
    transport = httpx.ASGITransport(app=app)
    async with (
        httpx.AsyncClient(transport=transport, base_url="http://t", headers=headers) as admin,
        httpx.AsyncClient(transport=transport, base_url="http://t", headers=_bearer(TOKEN)) as platform,
    ):
        yield admin, platform


def _bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}", "accept": "text/html"}


Clients = tuple[httpx.AsyncClient, httpx.AsyncClient]


async def test_the_csv_of_messages_is_sorted_by_their_key(clients: Clients) -> None:
    answer = await clients[0].get("/api/v1/messages", params={"format": "csv"})
    rows = list(csv.reader(io.StringIO(answer.text)))
    assert rows[0] == ["kind", "subject", "recipient", "version", "day"]
    assert len(rows) == 1 + 2 + 2 + 6
    assert rows[1:] == sorted(rows[1:])
    assert ["restitution", "2005-05-02", "UESL", "1", "2005-05-02"] in rows


async def test_a_platform_sees_only_what_was_sent_to_it(clients: Clients) -> None:
    admin, platform = clients
    everything = (await admin.get("/api/v1/messages")).json()
    own = (await platform.get("/api/v1/messages")).json()
    assert {message["recipient"] for message in own} == {"PF01"}
    assert len(own) == 3
    for message in everything:
        expected = 200 if message["recipient"] == "PF01" else 404
        for address in ("/api/v1/messages/{}", "/boite-envoi/{}", "/boite-envoi/{}/html"):
            assert (await platform.get(address.format(message["id"]))).status_code == expected
    bundle = next(m for m in everything if m["kind"] == "restitution" and m["recipient"] == "CIL-001")
    assert (await platform.get(f"/boite-envoi/{bundle['id']}/pieces/1")).status_code == 404
    assert (await admin.get(f"/boite-envoi/{bundle['id']}/pieces/1")).content[:2] == b"PK"


async def test_the_reminders_are_read_from_the_ledger(clients: Clients) -> None:
    admin, platform = clients
    rows = list(csv.reader(io.StringIO((await admin.get("/api/v1/reminders?format=csv")).text)))
    assert rows[0] == ["platform", "form", "period", "day", "step"]
    assert ["PF02", facts.FORM, "2005-T1", "2005-04-20", "-10"] in rows
    assert len(rows) == 1 + 3
    assert {row["platform"] for row in (await platform.get("/api/v1/reminders")).json()} == {"PF01"}


async def test_the_list_is_narrowed_by_its_form(clients: Clients) -> None:
    page = (await clients[0].get("/boite-envoi", params={"kind": "restitution", "state": "failed"})).text
    assert page.count("<tr>") == 2
    assert "PF02" in page
    assert "aucune adresse électronique" in page
    assert (await clients[0].get("/boite-envoi", params={"day": "hier"})).status_code == 422
    empty = await clients[0].get("/boite-envoi", params={"recipient": "personne", "page": 7})
    assert "Aucun message ne correspond." in empty.text


async def test_a_day_is_listed_in_an_order_that_can_be_read(clients: Clients) -> None:
    listed = (await clients[0].get("/api/v1/messages")).json()
    shown = [(message["kind"], message["recipient"], message["recipient_name"]) for message in listed]
    assert shown[:6] == [
        ("restitution", "UESL", "UESL"),
        ("restitution", "PF01", "Plate-forme Armor"),
        ("restitution", "PF02", "Plate-forme Beauce"),
        *(("restitution", f"CIL-{number:03}", f"CIL {number}") for number in (1, 2, 3)),
    ]
    assert [kind for kind, *_ in shown[6:]] == ["reminder", "reminder", "receipt", "receipt"]
    page = (await clients[0].get("/boite-envoi")).text
    assert '<td class="report-wrap">PF01 – Plate-forme Armor</td>' in page
    assert '<td class="report-wrap">UESL</td>' in page


async def test_a_message_is_shown_with_its_attachment_in_a_closed_frame(clients: Clients) -> None:
    admin, _ = clients
    bundles = (await admin.get("/api/v1/messages", params={"kind": "restitution", "recipient": "UESL"})).json()
    address = f"/boite-envoi/{bundles[0]['id']}"
    page = (await admin.get(address)).text
    assert "pilotage@uesl.example (UESL)" in page
    assert '<li class="breadcrumb-item"><a href="/boite-envoi">Boîte d’envoi</a></li>' in page
    assert '<li class="breadcrumb-item"><a href="/">' not in page
    assert "restitution-2005-05-02.xlsx" in page
    assert f'sandbox="" title="Le message tel qu’il est reçu" src="{address}/html"' in page
    frame = await admin.get(f"{address}/html")
    assert "default-src 'none'" in frame.headers["content-security-policy"]
    assert "sandbox" in frame.headers["content-security-policy"]
    piece = await admin.get(f"{address}/pieces/1")
    assert piece.headers["content-disposition"].startswith("attachment")
    assert (await admin.get(f"{address}/pieces/2")).status_code == 404
    assert (await admin.get(f"{address}/pieces/x")).status_code == 422


async def test_nobody_reads_without_signing_in(clients: Clients) -> None:
    for address in ("/api/v1/messages", "/api/v1/reminders"):
        assert (await clients[0].get(address, headers={"authorization": "Bearer no"})).status_code == 401


async def _message(admin: httpx.AsyncClient, kind: str, recipient: str) -> dict[str, str]:
    [found] = (await admin.get("/api/v1/messages", params={"kind": kind, "recipient": recipient})).json()
    return dict(found)


async def test_a_failed_message_is_put_back_once_its_recipient_can_be_reached(office: Office, clients: Clients) -> None:
    admin, _ = clients
    failed = await _message(admin, "restitution", "PF02")
    before = await office.rows("SELECT id, letter, message_id, dated FROM message ORDER BY id")
    address = f"/api/v1/messages/{failed['id']}/retry"
    refused = await admin.post(address, headers={"accept": "application/json"})
    assert (failed["state"], refused.status_code) == ("failed", 409)
    assert refused.json()["detail"] == "L’annuaire ne donne aucune adresse électronique pour PF02."
    platform = Platform(code="PF02", name="Plate-forme Beauce", emails=("pf02@reseau.example",))
    await office.hear(PlatformRecorded(version=2, platform=platform))
    answer = await admin.post(address)
    assert (answer.status_code, answer.json()["state"]) == (200, "pending")
    assert answer.json()["addresses"] == ["pf02@reseau.example"]
    assert await office.rows("SELECT id, letter, message_id, dated FROM message ORDER BY id") == before
    assert (await admin.post(address)).status_code == 409
    assert (await office.rows("SELECT count(*) AS n FROM message WHERE state = 'failed'"))[0]["n"] == 2


async def test_a_message_put_back_has_all_its_patience_again(office: Office, clients: Clients) -> None:
    identity = (await _message(clients[0], "restitution", "CIL-001"))["id"]
    values = {"id": identity}
    await office.say("UPDATE message SET state = 'failed', last_error = '550', attempts = 900 WHERE id = :id", values)
    assert (await clients[0].post(f"/api/v1/messages/{identity}/retry")).status_code == 200
    found = await office.rows("SELECT attempts FROM message WHERE recipient = 'CIL-001'")
    assert found == [{"attempts": 0}]


async def test_only_the_admin_puts_back_and_only_what_has_failed(clients: Clients) -> None:
    admin, platform = clients
    own = await _message(admin, "restitution", "PF01")
    assert (await platform.post(f"/api/v1/messages/{own['id']}/retry")).status_code == 403
    assert (await platform.post(f"/boite-envoi/{own['id']}/retry")).status_code == 403
    assert (await admin.post(f"/api/v1/messages/{own['id']}/retry")).status_code == 409
    assert (await admin.post(f"/api/v1/messages/{uuid4()}/retry")).status_code == 404


async def test_the_page_offers_it_for_what_has_failed(office: Office, clients: Clients) -> None:
    admin, platform = clients
    failed = await _message(admin, "receipt", "PF02")
    offered = "Remettre à l’envoi"
    assert (await admin.get("/boite-envoi")).text.count(offered) == 3
    assert offered not in (await platform.get("/boite-envoi")).text
    assert offered in (await admin.get(f"/boite-envoi/{failed['id']}")).text
    await office.say("UPDATE registry_history SET body = body || '{\"emails\": [\"a@b.example\"]}' WHERE code = 'PF02'")
    answer = await admin.post(f"/boite-envoi/{failed['id']}/retry")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/boite-envoi/{failed['id']}")
    assert offered not in (await admin.get(f"/boite-envoi/{failed['id']}")).text
