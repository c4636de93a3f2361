"""Mails handed to the mailbox on an issue day, when everybody gets all tables as a workbook."""

from datetime import timedelta

from services.cli.client import Client
from services.cli.screens import step
from shared.forms import FORMS
from tests.bench.network import PERIOD, Reported, begin, reported_quarter
from tests.bench.results import Figure, Part
from tests.bench.sizes import Sizes

METHOD = """\
An invented network ({recipients} recipients: members, platforms, UESL) on the day after the deadline:
edition 1 of all tables, one workbook of {kilobytes:.0f} KiB with each mail. Real SMTP to the embedded mailbox,
which writes each message to a file before it answers. All times are those that notification notes with each
message."""

_MAILS = """
SELECT count(*) AS mails, count(*) FILTER (WHERE state = 'sent') AS sent,
       min(created_at) AS made, min(sent_at) AS first, max(sent_at) AS last
FROM notification.message WHERE kind = 'restitution'
"""
_WORKBOOK = """
SELECT max(octet_length(bytes)) FROM notification.content
WHERE sha256 IN (SELECT e.content FROM notification.enclosure AS e
                 JOIN notification.message AS m ON m.letter = e.letter WHERE m.kind = 'restitution')
"""


async def measure_mail(sizes: Sizes) -> Part:
    async with reported_quarter(sizes) as house:
        step("Jour d’émission")
        await begin(house, max(form.due(PERIOD) for form in FORMS.values() if form.fits(PERIOD)) + timedelta(days=1))
        return await _part(house, await _dead_letters(house.client))


async def _dead_letters(client: Client) -> int:
    return int((await client.status())["dead_letters"])


async def _part(house: Reported, dead_letters: int) -> Part:
    row = await house.database.fetchrow(_MAILS)
    workbook = await house.database.fetchval(_WORKBOOK) or 0
    recipients = len(house.network.members) + len(house.network.platforms) + 1
    part = Part("Mails of an issue day", METHOD.format(recipients=recipients, kilobytes=workbook / 1024))
    if not workbook or (row["mails"], row["sent"]) != (recipients, recipients) or dead_letters:
        part.faults = [
            f"{recipients} recipients, {row['mails']} mails made, {row['sent']} sent, "
            f"workbook of {workbook} bytes, {dead_letters} dead letters"
        ]
        return part
    whole, sending = (row["last"] - row["made"]).total_seconds(), (row["last"] - row["first"]).total_seconds()
    part.figures = [
        Figure("mails sent", f"{row['sent']}"),
        Figure("from the beginning of their rendering to the last one sent", f"{whole:.1f} s"),
        Figure("mails a second over that time", f"{row['sent'] / whole:.0f}"),
        Figure("mails a second from the first one sent to the last", f"{(row['sent'] - 1) / sending:.0f}"),
    ]
    return part
