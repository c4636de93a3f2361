"""The ledger: every attempt with its addresses, its end and the server's words; addresses refused for good."""

import httpx
import pytest

from services.notification.domain.delivery import LONGEST_PAUSE, pause_after
from tests.notification import facts
from tests.notification.conftest import Office
from tests.notification.post import Post
from tests.notification.test_outbox_pages import Clients, clients

__all__ = ["clients"]

NOW = "UPDATE message SET next_try_at = now() - interval '1 second' WHERE state IN ('pending', 'unknown')"
LEDGER = "SELECT times, addresses, outcome, answer FROM attempt ORDER BY position"
BOUNCES = "SELECT recipient, address, answer, times FROM bounce ORDER BY address"
BOTH = ["pf01@reseau.example", "suivi.pf01@reseau.example"]


async def test_every_attempt_is_kept_with_the_servers_words(office: Office, post: Post) -> None:
    await office.hear(*facts.registry(), facts.accepted())
    post.answers = ["451 4.7.1 later", "250 2.0.0 Ok: queued as A1"]
    sending = office.sending(await post.start())
    for _ in range(2):
        await office.say(NOW)
        await sending.send_batch()
    assert await office.rows(LEDGER) == [
        {"times": 1, "addresses": BOTH, "outcome": "put_off", "answer": "451 4.7.1 later"},
        {"times": 1, "addresses": BOTH, "outcome": "sent", "answer": "250 2.0.0 Ok: queued as A1"},
    ]


async def test_a_lost_answer_and_a_refusal_are_told_apart(office: Office, post: Post) -> None:
    await office.hear(*facts.registry(), facts.accepted())
    post.silent = 1
    sending = office.sending(await post.start())
    await sending.send_batch()
    post.answers = ["554 no"]
    await office.say(NOW)
    await sending.send_batch()
    assert [row["outcome"] for row in await office.rows(LEDGER)] == ["unknown", "failed"]


async def test_a_server_that_is_away_for_long_is_one_line(office: Office, post: Post) -> None:
    await office.hear(*facts.registry(), facts.accepted())
    port = await post.start()
    away = office.sending(1)
    for _ in range(5):
        await office.say(NOW)
        await away.send_batch()
    await office.say(NOW)
    await office.sending(port).send_batch()
    found = await office.rows(LEDGER)
    assert [(row["times"], row["outcome"]) for row in found] == [(5, "unreachable"), (1, "sent")]
    assert "injoignable" in str(found[0]["answer"])


async def test_an_address_refused_for_good_is_marked_until_it_is_taken_again(office: Office, post: Post) -> None:
    await office.hear(*facts.registry(), facts.accepted())
    post.refuses = {BOTH[1]: "550 5.1.1 unknown user"}
    sending = office.sending(await post.start())
    await sending.send_batch()
    told = {"recipient": "PF01", "address": BOTH[1], "answer": "550 5.1.1 unknown user"}
    assert await office.rows(BOUNCES) == [{**told, "times": 1}]
    await office.hear(facts.accepted(version=2))
    await sending.send_batch()
    assert await office.rows(BOUNCES) == [{**told, "times": 2}]
    post.refuses = {}
    await office.hear(facts.accepted(version=3))
    await sending.send_batch()
    assert await office.rows(BOUNCES) == []


async def test_all_addresses_refused_fail_the_message_and_are_all_marked(office: Office, post: Post) -> None:
    await office.hear(*facts.registry(), facts.accepted())
    post.refuses = {BOTH[0]: "550 first", BOTH[1]: "551 second"}
    await office.sending(await post.start()).send_batch()
    assert [row["state"] for row in await office.rows("SELECT state FROM message")] == ["failed"]
    assert [(row["address"], row["answer"]) for row in await office.rows(BOUNCES)] == [
        (BOTH[0], "550 first"),
        (BOTH[1], "551 second"),
    ]


@pytest.mark.parametrize("refusal", ["450 later", "452 full"])
async def test_a_refusal_for_now_marks_no_address(office: Office, post: Post, refusal: str) -> None:
    await office.hear(*facts.registry(), facts.accepted())
    post.refuses = {BOTH[1]: refusal}
    await office.sending(await post.start()).send_batch()
    assert await office.rows(BOUNCES) == []
    assert [row["outcome"] for row in await office.rows(LEDGER)] == ["put_off"]


def test_pauses_grow_up_to_a_cap() -> None:
    pauses = [pause_after(attempt).total_seconds() for attempt in range(1, 30)]
    assert pauses[:4] == [2, 4, 8, 16]
    assert pauses == sorted(pauses)
    assert max(pauses) == pauses[-1] == LONGEST_PAUSE.total_seconds() == 600


async def _message(client: httpx.AsyncClient, recipient: str, kind: str) -> str:
    [found] = (await client.get("/api/v1/messages", params={"kind": kind, "recipient": recipient})).json()
    return str(found["id"])


async def test_the_ledger_is_told_to_who_may_see_the_message(office: Office, post: Post, clients: Clients) -> None:
    admin, platform = clients
    post.refuses = {BOTH[1]: "550 <unknown>", "CIL-001@r.example": "550 gone"}
    await office.sending(await post.start()).send_batch()
    own, others = await _message(admin, "PF01", "receipt"), await _message(admin, "CIL-001", "restitution")
    [attempt] = (await platform.get(f"/api/v1/messages/{own}/attempts")).json()
    assert (attempt["outcome"], attempt["addresses"], attempt["times"]) == ("sent", BOTH, 1)
    assert (await platform.get(f"/api/v1/messages/{others}/attempts")).status_code == 404
    page = (await platform.get(f"/boite-envoi/{own}")).text
    assert "pris par le serveur" in page
    assert "Pilotage envoie du courrier et n’en reçoit pas" in page
    assert {one["recipient"] for one in (await admin.get("/api/v1/bounces")).json()} == {"PF01", "CIL-001"}
    assert [one["address"] for one in (await platform.get("/api/v1/bounces")).json()] == [BOTH[1]]
    outbox = (await admin.get("/boite-envoi")).text
    assert "Adresses refusées" in outbox
    assert "550 &lt;unknown&gt;" in outbox
    assert "CIL-001@r.example" in outbox
    assert "CIL-001@r.example" not in (await platform.get("/boite-envoi")).text
