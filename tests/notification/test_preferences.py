"""Preferences: no mail, links only or files enclosed, chosen by the recipient or the admin; reminders always come."""

import random
from collections.abc import AsyncIterator
from datetime import date
from uuid import uuid4

import httpx
import pytest

from services.notification.domain.messages import Recipient
from services.notification.domain.preferences import Delivery, NotToBeChosen, check_choice
from services.notification.domain.restitutions import LARGEST_MAIL
from services.notification.tables.preferences import choose
from shared.events import CredentialIssued, IssuedEdition
from shared.report import Document, Row
from shared.security import token_hash
from tests.notification import facts
from tests.notification.conftest import Office
from tests.notification.post import Post
from tests.notification.test_outbox_pages import Clients, clients
from tests.notification.test_receipts import bodies

__all__ = ["clients"]

DAY = date(2005, 5, 2)
SENT = "SELECT recipient, state FROM message WHERE kind = '{}' ORDER BY recipient"
ADDRESS = "/api/v1/preferences"


async def chosen(office: Office, recipient: Recipient, kind: str, delivery: Delivery) -> None:
    async with office.room.database.transaction() as work:
        await choose(work, recipient, check_choice(recipient.kind, kind, delivery), delivery, "essai")


async def test_what_is_not_wanted_is_kept_and_not_sent(office: Office, post: Post) -> None:
    await office.hear(*facts.registry())
    await chosen(office, Recipient("member", "CIL-001"), "restitution", "none")
    await chosen(office, Recipient("platform", "PF01"), "receipt", "none")
    await office.hear(facts.accepted(), *facts.issue(DAY, (facts.edition("T-1"),)))
    sending = office.sending(await post.start())
    while await sending.send_batch():
        pass
    assert await office.rows(SENT.format("receipt")) == [{"recipient": "PF01", "state": "declined"}]
    states = {row["recipient"]: row["state"] for row in await office.rows(SENT.format("restitution"))}
    assert (states.pop("CIL-001"), states.pop("PF02")) == ("declined", "failed")
    assert set(states.values()) == {"sent"}
    assert "CIL-001@r.example" not in {address for addresses in post.recipients for address in addresses}
    assert await office.rows("SELECT count(*) AS n FROM message WHERE state IN ('pending', 'unknown')") == [{"n": 0}]


async def test_links_only_come_without_the_workbook(office: Office, post: Post) -> None:
    await office.hear(*facts.registry())
    await chosen(office, Recipient("member", "CIL-001"), "restitution", "links")
    await office.hear(*facts.issue(DAY, (facts.edition("T-1"),)))
    await office.sending(await post.start()).send_batch()
    mails = {str(mail["To"]): mail for mail in post.mails}
    links = mails.pop("CIL-001@r.example")
    assert list(links.iter_attachments()) == []
    said = " ".join(bodies(links)[1].split())
    assert "se lisent par leurs liens, comme vous l’avez choisi." in said
    assert "/tableaux/editions/T-1" in said
    assert all(len(list(mail.iter_attachments())) == 1 for mail in mails.values())


async def test_reminders_come_whatever_is_chosen(office: Office) -> None:
    await office.hear(*facts.registry())
    for kind in ("receipt", "restitution"):
        await chosen(office, Recipient("platform", "PF01"), kind, "none")
    await office.hear(facts.reminder_due(date(2005, 4, 20)))
    await office.hear(*facts.day_begins(date(2005, 4, 20)))
    assert await office.rows(SENT.format("reminder")) == [{"recipient": "PF01", "state": "pending"}]
    with pytest.raises(NotToBeChosen, match="rappels"):
        check_choice("platform", "reminder", "none")


def _large(rows: int) -> IssuedEdition:
    """Whose workbook cannot be made small."""
    edition, noise = facts.edition("T-1"), random.Random(5)
    words = [Row(cells=("".join(noise.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=400)), n)) for n in range(rows)]
    table = edition.document.tables[0].model_copy(update={"rows": tuple(words)})
    document = Document(title="Tableau T-1", reference="T-1", tables=(table,))
    return edition.model_copy(update={"document": document, "sha256": document.sha256, "by": "member"})


@pytest.mark.parametrize(("rows", "is_enclosed"), [(12_000, True), (18_000, False)])
async def test_a_mail_over_five_megabytes_goes_as_links(
    office: Office, post: Post, rows: int, is_enclosed: bool
) -> None:
    await office.hear(*facts.registry(members=0), *facts.issue(DAY, (_large(rows),)))
    await office.sending(await post.start(), timeout_seconds=20).send_batch()
    assert max(map(len, post.taken)) <= LARGEST_MAIL + 1000
    for mail in post.mails:
        assert len(list(mail.iter_attachments())) == int(is_enclosed)
        assert ("dépasse 5\u00a0Mo" in " ".join(bodies(mail)[0].split(" "))) != is_enclosed
    assert (max(map(len, post.taken)) > LARGEST_MAIL / 2) == is_enclosed


@pytest.fixture
async def member(office: Office, clients: Clients) -> AsyncIterator[httpx.AsyncClient]:
    credential = CredentialIssued(
        credential=uuid4(), token_sha256=token_hash("plt_m"), role="member", platform="", member="CIL-001", name="m"
    )
    await office.hear(credential)
    transport = clients[0]._transport
    headers = {"authorization": "Bearer plt_m", "accept": "text/html"}
    async with httpx.AsyncClient(transport=transport, base_url="http://t", headers=headers) as client:
        yield client


def _put(kind: str, delivery: str) -> dict[str, object]:
    return {"preferences": [{"kind": kind, "delivery": delivery}]}


async def test_each_chooses_for_itself_and_the_admin_for_all(
    office: Office, clients: Clients, member: httpx.AsyncClient
) -> None:
    admin, platform = clients
    assert (await platform.get(ADDRESS)).json()["preferences"][0] == {
        "kind": "restitution",
        "delivery": "attachment",
        "set_by": None,
        "set_at": None,
    }
    answer = (await platform.put(ADDRESS, json=_put("receipt", "none"))).json()
    assert [one["delivery"] for one in answer["preferences"]] == ["attachment", "none"]
    assert answer["preferences"][1]["set_by"] == "Armor"
    assert (await member.put(ADDRESS, json=_put("restitution", "links"))).json()["recipient"] == "CIL-001"
    assert (await admin.put(ADDRESS, json=_put("late_digest", "none"))).json()["recipient"] == "UESL"
    told = (await admin.put(f"{ADDRESS}?platform=PF01", json=_put("receipt", "links"))).json()
    assert told["preferences"][1]["set_by"] == "admin"
    history = await office.rows("SELECT recipient, kind, delivery, set_by FROM preference ORDER BY position")
    assert [(row["recipient"], row["delivery"]) for row in history] == [
        *(("PF01", "none"), ("CIL-001", "links"), ("UESL", "none"), ("PF01", "links"))
    ]
    assert (await platform.get(ADDRESS)).json()["preferences"][1]["delivery"] == "links"


async def test_nobody_chooses_for_another(clients: Clients, member: httpx.AsyncClient) -> None:
    _, platform = clients
    for client, other in (
        (platform, "platform=PF02"),
        (platform, "member=CIL-001"),
        (member, "platform=PF01"),
        (member, "member=CIL-002"),
        (clients[0], "platform=PF99"),
    ):
        assert (await client.get(f"{ADDRESS}?{other}")).status_code == 404
        assert (await client.put(f"{ADDRESS}?{other}", json=_put("restitution", "none"))).status_code == 404
        assert (await client.get(f"/preferences?{other}")).status_code == 404


@pytest.mark.parametrize(
    ("kind", "delivery"), [("reminder", "none"), ("late_digest", "none"), ("receipt", "attachment"), ("x", "none")]
)
async def test_what_cannot_be_chosen_is_refused(office: Office, clients: Clients, kind: str, delivery: str) -> None:
    both = {"preferences": [{"kind": "restitution", "delivery": "none"}, {"kind": kind, "delivery": delivery}]}
    assert (await clients[1].put(ADDRESS, json=both)).status_code == 422
    assert await office.rows("SELECT * FROM preference") == []


async def test_the_page_shows_and_keeps_the_choices(clients: Clients, member: httpx.AsyncClient) -> None:
    admin, platform = clients
    page = (await platform.get("/preferences")).text
    assert "les rappels d’échéance ne se coupent pas" in page
    answer = await platform.post("/preferences", data={"restitution": "links", "receipt": "none"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/preferences")
    page = (await platform.get("/preferences")).text
    assert '<option value="none" selected>pas de courriel</option>' in page
    assert "Armor, le " in page
    everybody = (await admin.get("/preferences")).text
    assert "Choix faits dans le réseau" in everybody
    assert '<a href="/preferences?platform=PF01">PF01 – Plate-forme Armor</a>' in everybody
    assert (await platform.post("/preferences", data={"restitution": "pigeon"})).status_code == 422
    assert "CIL-001" in (await member.get("/preferences")).text
