"""The embedded mailbox: kept before it answers; a resend replaces its file and shows in the log."""

import asyncio
import csv
import hashlib
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path

import aiosmtplib
import pytest

from deploy.embedded.folder import free_port
from deploy.embedded.mailbox import Mailbox


@pytest.fixture
def mailbox_folder(tmp_path: Path) -> Path:
    return tmp_path / "mailbox"


@asynccontextmanager
async def mailbox_process(folder: Path) -> AsyncIterator[int]:
    """The mailbox as the demonstration starts it."""
    port = free_port(set())
    arguments = ("-m", "deploy.embedded.mailbox", "--port", str(port), "--folder", str(folder))
    process = await asyncio.create_subprocess_exec(sys.executable, *arguments, stdout=asyncio.subprocess.PIPE)
    assert process.stdout
    assert b"mailbox at" in await asyncio.wait_for(process.stdout.readline(), 20)
    try:
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 10) == 0


def kept_in(folder: Path) -> tuple[list[Path], list[Path]]:
    return list(folder.glob("*.eml")), list(folder.glob("*.tmp"))


def deliveries(folder: Path) -> list[dict[str, str]]:
    with (folder / "deliveries.csv").open(encoding="utf-8", newline="") as log:
        return list(csv.DictReader(log))


def mail(number: int) -> EmailMessage:
    message = EmailMessage()
    message["Message-ID"], message["Subject"] = f"<{number}@x>", "Restitution du 2 mai"
    message["From"], message["To"] = "pilotage@x.example", f"a{number}@b.example, c@d.example"
    message.set_content("Le contenu.")
    return message


async def test_what_is_sent_is_on_the_disk(mailbox_folder: Path) -> None:
    async with mailbox_process(mailbox_folder) as port:
        sent = [aiosmtplib.send(mail(number), hostname="127.0.0.1", port=port, start_tls=False) for number in range(5)]
        await asyncio.gather(*sent)
        kept, drafts = kept_in(mailbox_folder)
        log = deliveries(mailbox_folder)
    assert len(kept) == len(log) == 5
    by_hash = {hashlib.sha256(file.read_bytes()).hexdigest(): message_from_bytes(file.read_bytes()) for file in kept}
    for line in log:
        found = by_hash[line["sha256"]]
        assert found["Message-ID"] == line["message_id"]
        assert set(found["To"].split(", ")) == set(line["recipients"].split())
    assert drafts == []


def test_a_message_sent_again_replaces_its_file_and_is_counted(mailbox_folder: Path) -> None:
    mailbox = Mailbox(mailbox_folder, durable=True)
    mailbox.prepare()
    content = b"Message-ID: <one@x>\r\nSubject: a\r\n\r\nbody\r\n"
    files = {mailbox.keep(content, ["a@b.example"]) for _ in range(2)}
    other = mailbox.keep(content.replace(b"one@x", b"two@x"), ["a@b.example", "c@d.example"])
    assert len(files) == 1
    assert other not in files
    assert [line["message_id"] for line in deliveries(mailbox_folder)] == ["<one@x>", "<one@x>", "<two@x>"]
    assert deliveries(mailbox_folder)[2]["recipients"] == "a@b.example c@d.example"
