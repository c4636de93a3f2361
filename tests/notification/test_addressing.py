"""To whom a reminder goes and why; the ledger that proves it; what is withdrawn before it is sent."""

from datetime import date
from functools import partial
from typing import Any

from services.notification.domain.addressing import addressees
from services.notification.domain.letters import Letterhead
from services.notification.handlers.reminders import withdraw_moot
from services.notification.web.ledger import read_ledger
from shared.events import PlatformRecorded, RegistryRecorded
from shared.network import Platform
from tests.notification import facts
from tests.notification.conftest import Office
from tests.notification.post import Post
from tests.notification.test_receipts import bodies

DAY = date(2005, 4, 20)
LATE = date(2005, 5, 28)
PLATFORM = Platform.model_validate(
    {
        "code": "PF01", "name": "Armor", "emails": ["pf01@reseau.example"],
        "contacts": [
            {"role": "referent", "name": "Claire Petit", "email": "petit@r.example", "receives": ["reminder"]},
            {"role": "deputy", "email": "ancien@r.example", "receives": ["reminder"], "to": "2005-04-19"},
            {"role": "management", "name": "D. Roux", "email": "roux@r.example", "receives": ["escalation"]},
            {"role": "data", "email": "data@r.example", "receives": ["receipt"]},
        ],
        "correspondents": [
            {"name": "A. Leroy", "email": "leroy@uesl.example", "from": "2003-01-01", "to": "2005-04-30"},
            {"name": "B. Martin", "email": "martin@uesl.example", "from": "2005-05-01"},
        ],
    }
)  # fmt: skip


def told(platform: Platform, level: int, day: date) -> list[tuple[str, bool]]:
    return [(one.address, one.copied) for one in addressees(platform, level, day)]


def test_by_role_level_and_day() -> None:
    assert told(PLATFORM, 1, DAY) == [("petit@r.example", False), ("leroy@uesl.example", True)]
    assert told(PLATFORM, 2, date(2005, 4, 19)) == [
        ("petit@r.example", False), ("ancien@r.example", False), ("leroy@uesl.example", True),
    ]  # fmt: skip
    assert told(PLATFORM, 3, LATE) == [
        ("petit@r.example", False), ("roux@r.example", False), ("martin@uesl.example", True),
    ]  # fmt: skip


def test_without_contacts_the_platforms_own_addresses() -> None:
    bare = PLATFORM.model_copy(update={"contacts": ()})
    assert told(bare, 3, DAY) == [("pf01@reseau.example", False), ("leroy@uesl.example", True)]
    alone = bare.model_copy(update={"emails": ()})
    assert told(alone, 1, DAY) == [], "a copy alone reminds nobody"
    same = bare.model_copy(update={"emails": ("Leroy@uesl.example",)})
    assert told(same, 1, DAY) == [("Leroy@uesl.example", False)], "each address once"
    assert all(one.why for one in addressees(PLATFORM, 3, DAY))


async def registry(office: Office, platform: Platform = PLATFORM) -> None:
    await office.hear(*facts.registry(), PlatformRecorded(version=2, platform=platform),
                      RegistryRecorded(version=2, first_period=facts.PERIOD))  # fmt: skip


async def ledger(office: Office) -> list[Any]:
    query = """SELECT form, outcome.state, reason, last_error FROM reminder
               LEFT JOIN message AS outcome ON outcome.id = reminder.message ORDER BY form, due, step"""
    return [tuple(row.values()) for row in await office.rows(query)]


async def test_a_mail_goes_to_the_contacts_with_the_correspondent_in_copy(office: Office, post: Post) -> None:
    await registry(office)
    await office.hear(facts.reminder_due(LATE, level=3), *facts.day_begins(LATE), facts.accepted(on=LATE))
    await office.sending(await post.start()).send_batch()
    reminder = next(mail for mail in post.mails if "Relance" in mail["Subject"])
    assert reminder["To"] == "petit@r.example, roux@r.example"
    assert reminder["Cc"] == "martin@uesl.example"
    receipt = next(mail for mail in post.mails if "Relance" not in mail["Subject"])
    assert (receipt["To"], receipt["Cc"]) == ("data@r.example", None), "who wants receipts has them"


SENT_AT_ONCE = Letterhead("http://127.0.0.1:8000", "UESL <pilotage@uesl.example>")


def strict(office: Office, port: int) -> Any:
    """As in production: before anything is sent, what has arrived is taken out."""
    sending = office.sending(port)
    sending._before = partial(withdraw_moot, head=SENT_AT_ONCE)
    return sending


async def test_none_is_sent_once_the_arrival_is_known(office: Office, post: Post) -> None:
    """The mail server was away when the reminder was written; the file came meanwhile."""
    await registry(office)
    await office.hear(facts.reminder_due(DAY, forms=(facts.FORM,)), *facts.day_begins(DAY), facts.accepted(on=DAY))
    assert (await ledger(office))[0][1] == "pending"
    await strict(office, await post.start()).send_batch()
    assert [mail["Subject"] for mail in post.mails if "Rappel" in mail["Subject"]] == []
    assert await ledger(office) == [(facts.FORM, None, f"accepté le {DAY}, avant l’envoi", None)]
    states = await office.rows("SELECT state, last_error FROM message WHERE kind = 'reminder'")
    assert [tuple(row.values()) for row in states] == [("withdrawn", f"accepté le {DAY}, avant l’envoi")]


async def test_what_has_not_come_is_still_reminded_of_and_nothing_else(office: Office, post: Post) -> None:
    await registry(office)
    await office.hear(facts.reminder_due(DAY), *facts.day_begins(DAY), facts.accepted(on=DAY))
    sending = strict(office, await post.start())
    await sending.send_batch()
    await sending.send_batch()
    (mail,) = [mail for mail in post.mails if "Rappel" in mail["Subject"]]
    _, text = bodies(mail)
    assert "mobilité" in text and "assistance" not in text
    assert [(form, state) for form, state, _, _ in await ledger(office)] == [
        (facts.FORM, None), (facts.OTHER, "sent"),
    ]  # fmt: skip


async def test_a_reminder_is_withdrawn_when_more_time_is_given(office: Office, post: Post) -> None:
    await registry(office)
    await office.hear(facts.reminder_due(DAY, forms=(facts.FORM,)), *facts.day_begins(DAY))
    await office.hear(facts.extended(date(2005, 5, 20), version=1))
    await strict(office, await post.start()).send_batch()
    assert post.mails == []
    assert "prolongée" in (await ledger(office))[0][2]


async def test_the_ledger_tells_everything(office: Office, post: Post) -> None:
    await registry(office)
    await office.hear(facts.accepted(form=facts.OTHER, on=date(2005, 4, 19)), facts.reminder_due(DAY))
    await office.hear(*facts.day_begins(DAY, received_before=1))
    await office.sending(await post.start()).send_batch()
    async with office.room.database.transaction() as work:
        lines = await read_ledger(work, {"platform": "PF01", "form": None, "period": None}, 10, 0)
    found = {one.form: one for one in lines}
    sent, left_out = found[facts.FORM], found[facts.OTHER]
    assert (sent.outcome, sent.step, sent.level, sent.due) == ("sent", -10, 1, date(2005, 4, 30))
    assert [one["address"] for one in sent.addressed] == ["petit@r.example", "leroy@uesl.example"]
    assert "reçoit les rappels" in sent.addressed[0]["why"] and sent.sent_at
    assert (left_out.outcome, left_out.message, left_out.addressed) == ("not_sent", None, [])
    assert "2005-04-19" in str(left_out.reason)
