"""Bundles: one per recipient and issue, however its parts come."""

import io
import itertools
from datetime import date

import openpyxl
import pytest

from services.notification.domain import workbook
from services.notification.domain.restitutions import in_order, restitution
from shared.report.xlsx import sheet_names
from tests.notification import facts
from tests.notification.conftest import Office
from tests.notification.post import Post
from tests.notification.test_receipts import bodies

DAY = date(2005, 5, 2)
FIRST = (facts.edition("T-1"), facts.edition("T-2", by="member", complete=False))
SECOND = (facts.edition("T-3", by="region", edition=2),)
LATER = (facts.edition("T-4", edition=2), facts.edition("T-5", by="member", edition=3))
BUNDLES = "SELECT recipient, count(*) AS n FROM message WHERE kind = 'restitution' GROUP BY 1 ORDER BY 1"
EVERYBODY = ["CIL-001", "CIL-002", "CIL-003", "PF01", "PF02", "UESL"]


@pytest.mark.parametrize("order", list(itertools.permutations((0, 1, 2))))
async def test_everybody_gets_one_bundle_in_whatever_order_the_parts_come(
    office: Office, order: tuple[int, ...]
) -> None:
    parts = facts.issue(DAY, FIRST, SECOND, LATER)
    await office.hear(*facts.registry())
    await office.hear(parts[order[0]], parts[order[1]], parts[order[0]])
    assert await office.rows(BUNDLES) == []
    await office.hear(parts[order[2]])
    await office.hear(*parts)
    await office.hear(*reversed(parts))
    found = await office.rows(BUNDLES)
    assert [row["recipient"] for row in found] == EVERYBODY
    assert {row["n"] for row in found} == {1}
    assert len(await office.rows("SELECT sha256 FROM letter")) == 1
    assert await office.rows("SELECT part FROM issue_part") == []


async def test_first_editions_are_attached_and_later_ones_linked(office: Office, post: Post) -> None:
    await office.hear(*facts.registry(), *facts.issue(DAY, FIRST, SECOND))
    await office.sending(await post.start()).send_batch()
    assert len(post.taken) == 5
    mail = post.mails[0]
    html, text = bodies(mail)
    for number in ("T-1", "T-2", "T-3"):
        assert f"http://127.0.0.1:8000/tableaux/editions/{number}" in html
        assert f"http://127.0.0.1:8000/tableaux/editions/{number}" in text
    assert "- CIL-PASS assistance par région, 1er trimestre 2005, édition 2 :" in text
    assert "n°" not in text
    flat = " ".join(text.split())
    assert "CIL-PASS assistance par CIL/CCI, 1er trimestre 2005 – tableau incomplet : manquent PF02, PF05." in flat
    assert "CIL-PASS assistance par région, 1er trimestre 2005 – depuis l’édition 1 : 2 lignes modifiées." in flat
    assert "Tableau complet." not in flat
    attachments = list(mail.iter_attachments())
    assert [part.get_filename() for part in attachments] == ["restitution-2005-05-02.xlsx"]
    book = openpyxl.load_workbook(io.BytesIO(attachments[0].get_content()))
    names = ["Assistance national T1 2005", "Assistance CIL-CCI T1 2005", "Assistance manquants T1 2005"]
    assert book.sheetnames == names
    seen = {str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row}
    assert any("T-1" in value for value in seen)
    assert not any("T-3" in value for value in seen)


async def test_later_editions_alone_have_no_attachment(office: Office, post: Post) -> None:
    await office.hear(*facts.registry(), *facts.issue(DAY, LATER))
    await office.sending(await post.start()).send_batch()
    assert list(post.mails[0].iter_attachments()) == []
    assert "Bonjour," in bodies(post.mails[0])[1]


def test_the_sheets_of_a_workbook_can_be_told_apart() -> None:
    levels = ("national", "platform", "region", "member")
    quarters = ("2005-T2", "2005-T1")
    editions = [
        facts.edition(f"{form}-{period}-{by}", by, complete=False).model_copy(update={"form": form, "period": period})
        for form, period, by in itertools.product((facts.FORM, facts.OTHER), quarters, levels)
    ]
    sheets = workbook.sheets(in_order(editions))
    names = [sheet.name for sheet in sheets]
    assert sheet_names(names) == names
    assert names[:5] == [
        "Assistance national T2 2005",
        "Assistance Plate-forme T2 2005",
        "Assistance région T2 2005",
        "Assistance CIL-CCI T2 2005",
        "Assistance manquants T2 2005",
    ]
    assert len(names) == 2 * 2 * 5
    document = workbook.workbook(DAY, sheets)
    assert document.tables[1].title == "CIL-PASS assistance par Plate-forme – 2e trimestre 2005"
    assert document.tables[4].title == "Ce qui manque – CIL-PASS assistance, 2e trimestre 2005"
    assert (document.title, document.subtitle, document.reference) == ("Restitution du 2\u00a0mai 2005", "", "")


def test_what_levels_say_alike_is_said_once() -> None:
    levels = ("national", "platform", "region", "member")
    editions = in_order(facts.edition(f"T-{by}", by, edition=2, complete=by != "region") for by in levels)
    draft = restitution(DAY, editions, "http://t")
    period = "1er trimestre 2005 –"
    assert draft.paragraphs[-2:] == (
        f"CIL-PASS assistance, {period} depuis l’édition 1 : 2 lignes modifiées.",
        f"CIL-PASS assistance par région, {period} tableau incomplet : manquent PF02, PF05.",
    )
    assert [column.label for column in draft.tables[0].columns] == ["Tableau", "Période", "Édition", "État"]
    assert draft.tables[0].rows[1].cells[0] == "CIL-PASS assistance par Plate-forme"


async def test_an_issue_heard_before_the_registry_waits_for_it(office: Office) -> None:
    await office.hear(*facts.registry(whole=False), *facts.issue(DAY, FIRST))
    assert await office.rows(BUNDLES) == []
    await office.hear(facts.registry()[-1])
    assert [row["recipient"] for row in await office.rows(BUNDLES)] == EVERYBODY


async def test_a_large_network_is_written_to_in_one_statement(office: Office) -> None:
    await office.hear(*facts.registry(members=3000), *facts.issue(DAY, FIRST))
    assert len(await office.rows(BUNDLES)) == 3003
    assert await office.rows("SELECT count(*) AS n FROM enclosure") == [{"n": 1}]
