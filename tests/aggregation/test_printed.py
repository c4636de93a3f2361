"""What a table prints beside its figures: départements, comments, what changed, and all of it in good French."""

from datetime import date

import pytest

from shared.database import Database
from shared.report import Document
from shared.report.text import render_document_text
from tests.aggregation.submissions import accepted
from tests.aggregation.test_editions import (
    DUE,
    ISSUE_DAY,
    MONDAY,
    document_of,
    fold,
    put_registry,
    small_network,
    work_day,
)

HARD, THIN = "\u00a0", "\u202f"
MEMBERS = "assistance-trimestriel-2005-T1-member"
BREAKING = (" :", " ;", "« ", " »", " ?", " !")


@pytest.fixture(autouse=True)
async def registry(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.readings._whole", {})
    async with database.transaction() as work:
        await put_registry(work, small_network("CIL-1", "CIL-2", "CIL-3", "CIL-4"))


def heads(document: Document, key: str = "figures") -> list[tuple[object, ...]]:
    return [tuple(row.cells[:3]) for row in document.table(key).rows]


async def test_a_line_that_still_misses_for_another_reason_is_no_change(database: Database) -> None:
    """A Plate-forme that had sent nothing sends one of its two lines: one line no longer misses, no other has come."""
    await fold(database, accepted({"CIL-1": [1, 2, 3], "CIL-3": [1, 1, 1]}, day=DUE))
    await work_day(database, ISSUE_DAY)
    await fold(database, accepted({"CIL-2": [1, 2, 3]}, platform="PF02", day=ISSUE_DAY))
    await work_day(database, MONDAY)
    document = await document_of(database, f"{MEMBERS}-2")
    assert document.notes[1] == (
        f"Depuis l’édition 1 du 1er{HARD}mai 2005{HARD}: 1{HARD}ligne ajoutée, 1{HARD}ligne qui ne manque plus."
    )


async def test_a_reason_alone_that_changed_is_said(database: Database) -> None:
    """The Plate-forme sends a file in which none of the lines awaited of it is: all still miss."""
    await fold(database, accepted({"CIL-1": [1, 2, 3], "CIL-3": [1, 1, 1]}, day=DUE))
    await work_day(database, ISSUE_DAY)
    await fold(database, accepted({"CIL-1": [0, 0, 0]}, platform="PF02", day=ISSUE_DAY))
    await work_day(database, MONDAY)
    document = await document_of(database, f"{MEMBERS}-2")
    assert document.notes[1] == (
        f"Depuis l’édition 1 du 1er{HARD}mai 2005{HARD}: seul le motif des lignes manquantes a changé."
    )


async def test_the_department_printed_is_that_of_the_line(database: Database) -> None:
    """The registry of today says 75; the line was judged in 35, and its région is that of 35."""
    event = accepted({"CIL-1": [1, 2, 3], "CIL-3": [1, 1, 1]}, day=DUE, departments={"CIL-1": "35"})
    await fold(database, event)
    await work_day(database, ISSUE_DAY)
    printed = heads(await document_of(database, f"{MEMBERS}-1"))
    assert printed[:2] == [("35", "CIL 1", "CIL-1"), ("75", "CIL 3", "CIL-3")]


async def test_names_are_in_french_order(database: Database) -> None:
    event = accepted({"CIL-1": [1, 2, 3], "CIL-3": [1, 1, 1]}, day=DUE, departments={"CIL-1": "69"})
    await fold(database, event)
    await work_day(database, ISSUE_DAY)
    document = await document_of(database, "assistance-trimestriel-2005-T1-region-1")
    sections = [row.cells[0] for row in document.table("figures").rows if row.style == "section"]
    assert sections == ["Région Île-de-France", "Région Rhône-Alpes"]


async def test_comments_are_noted_under_the_table_of_members_alone(database: Database) -> None:
    long = "Activité\nréduite " + "x" * 400
    event = accepted({"CIL-1": [1, 2, 3], "CIL-3": [1, 1, 1]}, day=DUE, comments={"CIL-3": "fermé", "CIL-1": long})
    await fold(database, event)
    await fold(database, accepted({"CIL-1": [1, 1, 1]}, period="2005-T2", day=DUE, comments={"CIL-1": "plus tard"}))
    await work_day(database, ISSUE_DAY)
    notes = (await document_of(database, f"{MEMBERS}-1")).table("figures").notes
    first, second = notes[-2:]
    assert first.startswith(f"(4) CIL-1 – commentaire de PF01{HARD}: Activité réduite xxx")
    assert first.endswith("x…")
    assert len(first) == len(f"(4) CIL-1 – commentaire de PF01{HARD}: ") + 300
    assert second == f"(5) CIL-3 – commentaire de PF01{HARD}: fermé"
    for level in ("region", "platform", "national"):
        document = await document_of(database, f"assistance-trimestriel-2005-T1-{level}-1")
        assert not any("commentaire" in note for note in document.table("figures").notes)


async def test_a_comment_said_of_several_members_is_noted_once(database: Database) -> None:
    said = {"CIL-1": "agence fermée", "CIL-3": "agence fermée"}
    await fold(database, accepted({"CIL-1": [1, 2, 3], "CIL-3": [1, 1, 1]}, day=DUE, comments=said))
    await work_day(database, ISSUE_DAY)
    notes = (await document_of(database, f"{MEMBERS}-1")).table("figures").notes
    assert [note for note in notes if "commentaire" in note] == [
        f"(4) CIL-1, CIL-3 – commentaire de PF01{HARD}: agence fermée"
    ]


async def test_no_sign_stands_alone_at_the_start_of_a_line(database: Database) -> None:
    await fold(database, accepted({"CIL-1": [1, 2, 3]}, day=DUE))
    for day in (ISSUE_DAY, MONDAY):
        await work_day(database, day)
        await fold(database, accepted({"CIL-3": [1, 2, 3]}, version=2, day=day))
    await fold(database, accepted({"CIL-1": [0, 0, 0]}, form="mobilite-trimestriel", day=MONDAY))
    await work_day(database, date(2005, 5, 9))
    for number in (f"{MEMBERS}-1", f"{MEMBERS}-2", "mobilite-trimestriel-2005-T1-region-2"):
        text = render_document_text(await document_of(database, number))
        assert not [sign for sign in BREAKING if sign in text], text


async def test_silent_platforms_have_their_plural(database: Database) -> None:
    await work_day(database, ISSUE_DAY)
    document = await document_of(database, f"{MEMBERS}-1")
    assert document.notes == (
        f"Tableau incomplet{HARD}: 2{HARD}Plates-formes n’ont rien déposé (Plate-forme Armor, Plate-forme Beauce), "
        f"soit 4{HARD}lignes attendues.",
    )
