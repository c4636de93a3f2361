"""Reminders and the digest: decided only when all that was received before their day has been heard."""

from datetime import date

from tests.notification import facts
from tests.notification.conftest import Office
from tests.notification.post import Post
from tests.notification.test_receipts import bodies

DAY = date(2005, 4, 20)
LATE_DAY = date(2005, 5, 7)
MAILS = "SELECT kind, subject, recipient FROM message WHERE kind <> 'receipt' ORDER BY 1, 2"
LEDGER = "SELECT form, step, message IS NOT NULL AS sent, reason FROM reminder ORDER BY form"


async def test_one_mail_names_all_forms_that_a_platform_owes(office: Office, post: Post) -> None:
    await office.hear(*facts.registry(), facts.reminder_due(DAY), *facts.day_begins(DAY))
    assert await office.rows(MAILS) == [{"kind": "reminder", "subject": f"PF01/{DAY}", "recipient": "PF01"}]
    assert [row["sent"] for row in await office.rows(LEDGER)] == [True, True]
    await office.sending(await post.start()).send_batch()
    html, text = bodies(post.mails[0])
    assert "CIL-PASS assistance" in html
    assert "CIL-PASS mobilité" in html
    assert "dans 10\u00a0jours" in text
    assert "Formulaire" in text
    assert "État " not in text
    assert "30/04/2005" in text
    assert post.mails[0]["Date"].datetime.isoformat() == "2005-04-20T12:00:00+02:00"


async def test_nothing_is_decided_while_a_submission_of_the_day_before_is_not_heard(office: Office) -> None:
    await office.hear(*facts.registry(), *facts.day_begins(DAY, received_before=1), facts.reminder_due(DAY))
    assert await office.rows(MAILS) == []
    assert (await _pending(office))["reminders"] == 2
    await office.hear(facts.accepted(on=date(2005, 4, 19)))
    assert [(row["form"], row["sent"]) for row in await office.rows(LEDGER)] == [
        (facts.FORM, False),
        (facts.OTHER, True),
    ]
    assert "2005-04-19" in str((await office.rows(LEDGER))[0]["reason"])
    assert (await _pending(office))["reminders"] == 0


async def test_no_mail_where_everything_has_arrived(office: Office) -> None:
    await office.hear(*facts.registry(), facts.accepted(on=date(2005, 4, 2)))
    await office.hear(*facts.day_begins(DAY), facts.reminder_due(DAY, forms=(facts.FORM,)))
    assert await office.rows(MAILS) == []
    assert [row["sent"] for row in await office.rows(LEDGER)] == [False]


async def test_what_comes_on_the_day_itself_is_still_reminded_of(office: Office) -> None:
    await office.hear(*facts.registry(), facts.accepted(on=DAY), facts.rejected(on=date(2005, 4, 2)))
    await office.hear(*facts.day_begins(DAY), facts.reminder_due(DAY, forms=(facts.FORM,)))
    assert [row["sent"] for row in await office.rows(LEDGER)] == [True]


async def test_a_reminder_is_never_repeated(office: Office) -> None:
    await office.hear(*facts.registry(), *facts.day_begins(DAY))
    for _ in range(3):
        await office.hear(facts.reminder_due(DAY))
    assert len(await office.rows(MAILS)) == 1
    assert len(await office.rows(LEDGER)) == 2


async def test_nothing_is_reminded_of_before_an_extended_due_day(office: Office) -> None:
    """The event of the extension may come before or after the reminder's: it is decided when its day is worked."""
    await office.hear(*facts.registry(), facts.reminder_due(DAY), facts.extended(date(2005, 5, 20), version=2))
    await office.hear(facts.extended(date(2005, 4, 30), version=1), *facts.day_begins(DAY))
    assert [(row["form"], row["sent"]) for row in await office.rows(LEDGER)] == [
        (facts.FORM, False),
        (facts.OTHER, True),
    ]
    assert "2005-05-20" in str((await office.rows(LEDGER))[0]["reason"])


async def test_the_steps_of_an_extended_due_day_are_reminded_of(office: Office) -> None:
    await office.hear(*facts.registry(), facts.reminder_due(DAY, forms=(facts.FORM,)), *facts.day_begins(DAY))
    later = date(2005, 5, 10)
    await office.hear(facts.extended(date(2005, 5, 20), version=1), *facts.day_begins(later))
    again = facts.reminder_due(later, forms=(facts.FORM,), due=date(2005, 5, 20))
    await office.hear(again, again)
    assert [(row["step"], row["sent"]) for row in await office.rows(LEDGER)] == [(-10, True), (-10, True)]
    assert len(await office.rows(MAILS)) == 2


async def test_who_was_given_more_time_is_not_listed_as_late(office: Office) -> None:
    listed = facts.late_listed(LATE_DAY, ("PF01", facts.FORM))
    await office.hear(*facts.registry(), facts.extended(date(2005, 5, 20), version=1))
    await office.hear(listed, *facts.day_begins(LATE_DAY))
    assert await office.rows(MAILS) == []


async def test_the_digest_lists_who_is_late_for_uesl(office: Office, post: Post) -> None:
    listed = facts.late_listed(LATE_DAY, ("PF01", facts.FORM), ("PF02", facts.FORM), ("PF02", facts.OTHER))
    await office.hear(*facts.registry(), facts.accepted(on=date(2005, 5, 2)))
    await office.hear(listed, *facts.day_begins(LATE_DAY), listed)
    assert await office.rows(MAILS) == [{"kind": "late_digest", "subject": str(LATE_DAY), "recipient": "UESL"}]
    await office.sending(await post.start()).send_batch()
    digest = next(mail for mail in post.mails if mail["Subject"].startswith("Retards"))
    html, text = bodies(digest)
    assert digest["Subject"] == "Retards au 7\u00a0mai 2005\u00a0: 2\u00a0états en retard"
    assert "Plate-forme Beauce (PF02)" in html
    assert "1\u00a0Plate-forme." in html
    assert "Formulaire" in html
    assert "Armor" not in html
    assert "7" in text


async def test_no_digest_where_nothing_is_late(office: Office) -> None:
    await office.hear(*facts.registry(), *facts.day_begins(LATE_DAY), facts.late_listed(LATE_DAY))
    assert await office.rows(MAILS) == []
    assert (await _pending(office))["late_lists"] == 0


async def _pending(office: Office) -> dict[str, int]:
    assert office.room.pending
    async with office.room.database.transaction() as work:
        return dict(await office.room.pending(work))
