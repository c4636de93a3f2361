"""What leaves: the same bytes under the same Message-ID, whatever the server or a kill does."""

import asyncio
import hashlib
from datetime import date

import pytest

from services.notification.domain.delivery import Outcome
from services.notification.handlers.sending import Sending
from services.notification.tables import queue
from tests.notification import facts
from tests.notification.conftest import Office
from tests.notification.post import Post

DAY = date(2005, 5, 2)
STATES = "SELECT state, count(*) AS n FROM message GROUP BY state ORDER BY state"
NOW = "UPDATE message SET next_try_at = now() - interval '1 second'"


async def bundles(office: Office, members: int = 3) -> None:
    await office.hear(*facts.registry(members=members), *facts.issue(DAY, (facts.edition("T-1", rows=300),)))


async def states(office: Office) -> dict[str, int]:
    return {str(row["state"]): int(str(row["n"])) for row in await office.rows(STATES)}


async def said(office: Office) -> dict[str, int]:
    rows = await office.rows("SELECT type, count(*) AS n FROM outbox GROUP BY type")
    return {str(row["type"]): int(str(row["n"])) for row in rows}


def fingerprint(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


async def test_everybody_is_sent_their_message_once_over_few_connections(office: Office, post: Post) -> None:
    await bundles(office, members=40)
    sending = office.sending(await post.start(), concurrency=4, batch=16)
    while await sending.send_batch():
        pass
    assert await states(office) == {"failed": 1, "sent": 42}
    assert await said(office) == {"MessageFailed": 1, "MessageSent": 42}
    assert len({mail["Message-ID"] for mail in post.mails}) == 42
    assert post.connections == 4


async def test_the_bytes_differ_only_in_the_head(office: Office, post: Post) -> None:
    await bundles(office)
    await office.sending(await post.start()).send_batch()
    tails = {content[content.index(b"MIME-Version") :] for content in post.taken}
    assert len(tails) == 1
    assert max(len(line) for line in tails.pop().split(b"\r\n")) <= 998


async def test_no_answer_after_the_content_is_an_unknown_outcome_and_the_resend_is_identical(
    office: Office, post: Post
) -> None:
    await office.hear(*facts.registry(), facts.accepted())
    post.silent = 1
    port = await post.start()
    await office.sending(port).send_batch()
    assert await states(office) == {"unknown": 1}
    assert await said(office) == {}
    await office.say(NOW)
    await office.sending(port).send_batch()
    assert await states(office) == {"sent": 1}
    assert await said(office) == {"MessageSent": 1}
    assert len(post.taken) == 2
    assert post.taken[0] == post.taken[1]


@pytest.mark.parametrize("answer", ["451 try again later", "421 closing"])
async def test_a_refusal_for_now_is_tried_again_later(office: Office, post: Post, answer: str) -> None:
    await office.hear(*facts.registry(), facts.accepted())
    post.answers = [answer]
    sending = office.sending(await post.start())
    await sending.send_batch()
    found = await office.rows("SELECT state, attempts, last_error, next_try_at > now() AS later FROM message")
    assert found[0]["state"] in ("pending", "unknown")
    assert found[0]["attempts"] == 1
    assert found[0]["later"] is True
    assert await sending.send_batch() == 0
    await office.say(NOW)
    assert await sending.send_batch() == 1
    assert await states(office) == {"sent": 1}


async def test_a_refusal_for_good_fails_and_says_so(office: Office, post: Post) -> None:
    await office.hear(*facts.registry(), facts.accepted())
    post.answers = ["554 no thank you"]
    sending = office.sending(await post.start())
    await sending.send_batch()
    found = await office.rows("SELECT state, last_error FROM message")
    assert found == [{"state": "failed", "last_error": "554 no thank you"}]
    assert await said(office) == {"MessageFailed": 1}
    await office.say(NOW)
    assert await sending.send_batch() == 0


async def test_one_wrong_address_of_two_does_not_keep_the_other_waiting(office: Office, post: Post) -> None:
    await office.hear(*facts.registry(), facts.accepted())
    post.refuses = {"suivi.pf01@reseau.example": "550 unknown"}
    await office.sending(await post.start()).send_batch()
    found = await office.rows("SELECT state, last_error FROM message")
    assert found == [{"state": "sent", "last_error": "550 unknown"}]
    assert post.recipients == [["pf01@reseau.example"]]


async def test_an_address_that_must_wait_makes_the_message_wait(office: Office, post: Post) -> None:
    await office.hear(*facts.registry(), facts.accepted())
    post.refuses = {"suivi.pf01@reseau.example": "450 greylisted"}
    await office.sending(await post.start()).send_batch()
    assert await states(office) == {"pending": 1}
    assert post.taken == []


async def test_a_server_that_is_away_costs_no_attempt(office: Office, post: Post) -> None:
    await bundles(office)
    port = await post.start()
    post.stop()
    await asyncio.sleep(0.05)
    sending = office.sending(port)
    await sending.send_batch()
    found = await office.rows("SELECT DISTINCT state, attempts FROM message WHERE state <> 'failed'")
    assert found == [{"state": "pending", "attempts": 0}]


async def test_what_no_server_was_shown_is_never_given_up(office: Office, post: Post) -> None:
    await office.hear(*facts.registry(), facts.accepted())
    await office.say("UPDATE message SET created_at = now() - interval '9 days'")
    port = await post.start()
    post.stop()
    await asyncio.sleep(0.05)
    await office.sending(port).send_batch()
    assert await states(office) == {"pending": 1}
    assert await said(office) == {}


async def test_a_batch_that_is_told_to_stop_gives_nothing_up(office: Office, post: Post) -> None:
    await bundles(office)
    await office.say("UPDATE message SET created_at = now() - interval '9 days'")
    sending = office.sending(await post.start())
    sending._stopping = True
    await sending.send_batch()
    assert await states(office) == {"failed": 1, "pending": 5}
    assert post.taken == []


async def test_patience_begins_with_the_first_attempt(office: Office, post: Post) -> None:
    await office.hear(*facts.registry(), facts.accepted())
    await office.say("UPDATE message SET created_at = now() - interval '9 days'")
    post.answers = ["451 try again later"] * 2
    sending = office.sending(await post.start(), patience_days=1)
    await sending.send_batch()
    assert await states(office) == {"pending": 1}
    await office.say("UPDATE message SET attempts = 200, next_try_at = now()")
    await sending.send_batch()
    found = await office.rows("SELECT state, last_error FROM message")
    assert found == [{"state": "failed", "last_error": "abandonné après 1\u00a0jour ; 451 try again later"}]


async def test_a_sender_that_is_refused_is_not_held_against_the_messages(office: Office, post: Post) -> None:
    await bundles(office)
    post.refuses_sender = "550 who are you"
    sending = office.sending(await post.start())
    await sending.send_batch()
    found = await office.rows("SELECT DISTINCT state, attempts FROM message WHERE recipient <> 'PF02'")
    assert found == [{"state": "pending", "attempts": 0}]
    causes = await office.rows("SELECT DISTINCT last_error FROM message WHERE state = 'pending'")
    assert {"last_error": "expéditeur refusé par le serveur de courrier : 550 who are you"} in causes
    post.refuses_sender = ""
    await sending.send_batch()
    assert await states(office) == {"failed": 1, "sent": 5}


async def test_what_is_delivered_is_marked_while_another_message_hangs(office: Office, post: Post) -> None:
    await bundles(office, members=40)
    post.hangs = {"CIL-001@r.example": 4}
    sending = office.sending(await post.start(), concurrency=4, timeout_seconds=10)
    batch = asyncio.create_task(sending.send_batch())
    await asyncio.sleep(2.2)
    assert not batch.done()
    assert await states(office) == {"failed": 1, "pending": 1, "sent": 41}
    await batch
    assert await states(office) == {"failed": 1, "sent": 42}
    assert await said(office) == {"MessageFailed": 1, "MessageSent": 42}


async def test_a_message_is_let_go_before_its_lease_ends(office: Office, post: Post) -> None:
    await office.hear(*facts.registry(), facts.accepted())
    post.hangs = {"pf01@reseau.example": 5}
    sending = office.sending(await post.start(), timeout_seconds=10, lease_seconds=1.5)
    began = asyncio.get_running_loop().time()
    await sending.send_batch()
    assert asyncio.get_running_loop().time() - began < 1.5
    found = await office.rows("SELECT state, attempts, last_error FROM message")
    cause = "connexion perdue avant l’envoi : pas de réponse avant la fin du bail"
    assert found == [{"state": "pending", "attempts": 1, "last_error": cause}]


async def test_a_message_let_go_after_its_content_was_sent_is_an_unknown_outcome(office: Office, post: Post) -> None:
    await office.hear(*facts.registry(), facts.accepted())
    post.silent = 1
    await office.sending(await post.start(), timeout_seconds=10, lease_seconds=1.2).send_batch()
    assert await states(office) == {"unknown": 1}
    assert len(post.taken) == 1


async def test_an_answer_that_cannot_be_read_after_the_content_is_an_unknown_outcome(
    office: Office, post: Post
) -> None:
    await office.hear(*facts.registry(), facts.accepted())
    post.answers = ["all is well"]
    await office.sending(await post.start()).send_batch()
    assert await states(office) == {"unknown": 1}


async def test_marks_that_could_not_be_made_are_made_before_anything_else_is_sent(
    office: Office, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bundles(office)
    sending = office.sending(await post.start(), lease_seconds=1)

    async def be_away(*_: object) -> None:
        raise ConnectionResetError

    with monkeypatch.context() as broken:
        broken.setattr("services.notification.handlers.sending.settle", be_away)
        with pytest.raises(ConnectionResetError):
            await sending.send_batch()
    await office.say(NOW)
    assert await sending.send_batch() == 0
    assert await states(office) == {"failed": 1, "sent": 5}
    assert len(post.taken) == 5


async def test_told_to_stop_it_waits_only_a_little_for_who_does_not_answer(
    office: Office, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.notification.handlers.sending._STOP_SECONDS", 0.3)
    await office.hear(*facts.registry(), facts.accepted())
    post.silent = 1
    running = asyncio.create_task(office.sending(await post.start(), timeout_seconds=10).run())
    while not post.taken:
        await asyncio.sleep(0.01)
    began = asyncio.get_running_loop().time()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert asyncio.get_running_loop().time() - began < 1
    assert await states(office) == {"unknown": 1}


async def test_a_connection_closed_while_idle_is_replaced(office: Office, post: Post) -> None:
    await office.hear(*facts.registry(), facts.accepted())
    port = await post.start()
    sending = office.sending(port, concurrency=1)
    await sending.send_batch()
    await _hang_up(sending)
    await office.hear(facts.accepted())
    await sending.send_batch()
    assert await states(office) == {"sent": 2}
    assert post.connections == 2


async def _hang_up(sending: Sending) -> None:
    client = sending._connections[0]._client
    assert client is not None
    assert client.transport is not None
    client.transport.close()
    await asyncio.sleep(0.05)


async def test_killed_between_the_answer_and_the_mark_it_sends_the_same_bytes_again(
    office: Office, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bundles(office)
    port = await post.start()

    async def die(*_: object) -> None:
        raise SystemExit("killed")

    with monkeypatch.context() as broken:
        broken.setattr("services.notification.handlers.sending.settle", die)
        with pytest.raises(SystemExit):
            await office.sending(port).send_batch()
    first = {mail["Message-ID"]: fingerprint(content) for mail, content in zip(post.mails, post.taken, strict=True)}
    assert await states(office) == {"failed": 1, "pending": 5}
    assert await office.sending(port).send_batch() == 0, "the lease of the dead process holds"
    await office.say(NOW)
    assert await office.sending(port).send_batch() == 5
    again = {mail["Message-ID"]: fingerprint(content) for mail, content in zip(post.mails, post.taken, strict=True)}
    assert len(post.taken) == 10
    assert again == first
    assert await said(office) == {"MessageFailed": 1, "MessageSent": 5}


async def test_two_processes_never_take_the_same_message(office: Office, post: Post) -> None:
    await bundles(office, members=60)
    port = await post.start()
    both = [office.sending(port, batch=7) for _ in range(2)]
    while sum(await asyncio.gather(*(sending.send_batch() for sending in both))):
        pass
    assert await states(office) == {"failed": 1, "sent": 62}
    assert len(post.taken) == 62


async def test_a_mark_already_made_stands(office: Office, post: Post) -> None:
    await office.hear(*facts.registry(), facts.accepted())
    port = await post.start()
    async with office.room.database.transaction() as work:
        parcels = await queue.claim(work, 10, 0, 600)
    await office.sending(port).send_batch()
    late = office.sending(port)
    settled = [late._judge(parcel, Outcome("unknown", "late")) for parcel in parcels]
    async with office.room.database.transaction() as work:
        await queue.settle(work, settled)
    assert await states(office) == {"sent": 1}
    assert await said(office) == {"MessageSent": 1}


async def test_an_address_that_is_none_fails_alone(office: Office, post: Post) -> None:
    await bundles(office)
    await office.say("UPDATE message SET addresses = '{\"a@b\\nBcc: x@y.example\"}' WHERE recipient = 'CIL-001'")
    await office.sending(await post.start()).send_batch()
    assert await states(office) == {"failed": 2, "sent": 4}


async def test_the_loop_wakes_when_a_message_is_made_and_stops_when_told(office: Office, post: Post) -> None:
    sending = office.sending(await post.start())
    running = asyncio.create_task(sending.run())
    await asyncio.sleep(0.3)
    began = asyncio.get_running_loop().time()
    await office.hear(*facts.registry(), facts.accepted())
    while not post.taken:
        await asyncio.sleep(0.01)
    assert asyncio.get_running_loop().time() - began < 0.9
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert await states(office) == {"sent": 1}
