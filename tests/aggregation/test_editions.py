"""Editions: what counts in the first one, when a new one is issued, what it says; on a real PostgreSQL."""

from datetime import date, timedelta

import pytest

from services.aggregation.handlers.restitutions import RegistryNotHeardYet, issue_restitutions, parts_of
from services.aggregation.handlers.totals import add_to_totals
from services.aggregation.tables.demands import demand
from services.aggregation.tables.editions import Edition, find_edition, list_editions
from shared.database import Database
from shared.events import (
    CentralRecorded,
    IssuedEdition,
    MemberRecorded,
    PlatformRecorded,
    RegistryRecorded,
    RestitutionIssued,
    SubmissionAccepted,
)
from shared.network import Network
from shared.readings import keep_central, keep_member, keep_platform, open_registry
from shared.report import Document
from shared.room import Heard
from shared.transaction import Transaction
from tests.aggregation.submissions import accepted, read

DUE = date(2005, 4, 30)
ISSUE_DAY = date(2005, 5, 1)
MONDAY = date(2005, 5, 2)


def small_network(*members: str, first_period: str = "2005-T1") -> Network:
    """Members of two Plates-formes, for assistance only: the odd ones of PF01, the even ones of PF02."""
    return Network.model_validate(
        {
            "central": {"name": "UESL"},
            "first_period": first_period,
            "platforms": [
                {"code": code, "name": f"Plate-forme {name}", "agreements": [{"from": "2003-01-01"}]}
                for code, name in (("PF01", "Armor"), ("PF02", "Beauce"))
            ],
            "members": [
                {
                    "code": member,
                    "kind": "CIL",
                    "name": f"CIL {member[-1]}",
                    "department": "75",
                    "memberships": [
                        {"service": "assistance", "platform": f"PF0{2 - int(member[-1]) % 2}", "from": "2003-01-01"}
                    ],
                }
                for member in members
            ],
        }
    )


async def put_registry(work: Transaction, network: Network, version: int = 1) -> None:
    await keep_central(work, CentralRecorded(version=version, central=network.central))
    for platform in network.platforms:
        await keep_platform(work, PlatformRecorded(version=version, platform=platform))
    for member in network.members:
        await keep_member(work, MemberRecorded(version=version, member=member))
    await open_registry(work, RegistryRecorded(version=version, first_period=network.first_period))


@pytest.fixture(autouse=True)
async def registry(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.readings._whole", {})
    async with database.transaction() as work:
        await put_registry(work, small_network("CIL-1", "CIL-2", "CIL-3"))


async def fold(database: Database, *events: SubmissionAccepted) -> None:
    async with database.transaction() as work:
        await add_to_totals(work, [Heard(read(event), 0) for event in events])


async def work_day(database: Database, day: date) -> None:
    async with database.transaction() as work:
        await issue_restitutions(work, day)


async def issued(database: Database) -> list[Edition]:
    async with database.transaction() as work:
        return await list_editions(work, None, None)


async def document_of(database: Database, number: str) -> Document:
    async with database.transaction() as work:
        found = await find_edition(work, number)
    assert found
    return Document.from_json(found[1])


async def said(database: Database) -> list[RestitutionIssued]:
    async with database.transaction() as work:
        rows = await work.execute("SELECT body FROM outbox ORDER BY position")
        return [RestitutionIssued.model_validate_json(row.body) for row in rows]


def figures(document: Document) -> dict[str, list[object]]:
    return {str(row.cells[0]): list(row.cells[-6:]) for row in document.table("figures").rows if row.style != "section"}


ALL = {"CIL-1": [1, 2, 3], "CIL-3": [10, 20, 30]}


async def test_the_day_after_the_due_day_every_table_is_issued_once(database: Database) -> None:
    await fold(database, accepted(ALL), accepted({"CIL-2": [5, 5, 5]}, platform="PF02"))
    for day in range(-3, 4):
        await work_day(database, ISSUE_DAY + timedelta(days=day))
    numbers = sorted(edition.number for edition in await issued(database))
    forms = ("assistance-trimestriel", "mobilite-trimestriel")
    of_forms = [f"{form}-2005-T1-{by}-1" for form in forms for by in ("member", "national", "platform", "region")]
    assert numbers == sorted([*of_forms, "synthese-2005-T1-national-1"])
    (event,) = await said(database)
    assert (event.day, event.part, event.parts) == (ISSUE_DAY, 1, 1)
    assert sorted(edition.number for edition in event.editions) == numbers
    assert all(edition.document.sha256 == edition.sha256 for edition in event.editions)


async def test_a_complete_edition_says_so_and_sums(database: Database) -> None:
    await fold(database, accepted(ALL), accepted({"CIL-2": [5, 5, 5]}, platform="PF02"))
    await work_day(database, ISSUE_DAY)
    document = await document_of(database, "assistance-trimestriel-2005-T1-member-1")
    assert document.notes == ("Tableau complet\u00a0: toutes les lignes attendues ont été reçues.",)
    assert figures(document)[""] == [16, 16, 27, 27, 38, 38]
    assert [table.key for table in document.tables] == ["figures", "coverage"]


async def test_edition_1_counts_nothing_received_on_the_day_or_later(database: Database) -> None:
    """Also where the day is worked late, and what came later is folded already."""
    await fold(database, accepted({"CIL-1": [1, 2, 3]}, day=DUE))
    await fold(database, accepted({"CIL-1": [9, 9, 9], "CIL-3": [9, 9, 9]}, version=2, day=ISSUE_DAY))
    await fold(database, accepted({"CIL-2": [7, 7, 7]}, platform="PF02", day=ISSUE_DAY))
    await work_day(database, ISSUE_DAY)
    document = await document_of(database, "assistance-trimestriel-2005-T1-national-1")
    assert figures(document) == {"Total national": [1, 1, 2, 2, 3, 3]}
    missing = [tuple(row.cells) for row in document.table("missing").rows]
    assert missing == [
        ("Plate-forme Armor", "75", "CIL 3", "CIL-3", "absent du dépôt de la Plate-forme"),
        ("Plate-forme Beauce", "75", "CIL 2", "CIL-2", "la Plate-forme n’a rien déposé"),
    ]
    assert document.notes == (
        "Tableau incomplet\u00a0: 1\u00a0Plate-forme n’a rien déposé (Plate-forme Beauce), "
        "soit 1\u00a0ligne attendue\u202f; 1\u00a0CIL/CCI manque dans les dépôts reçus (CIL 3).",
    )


async def test_on_monday_what_came_since_makes_a_new_edition_that_says_what_changed(database: Database) -> None:
    await fold(database, accepted({"CIL-1": [1, 2, 3]}, day=DUE))
    await work_day(database, ISSUE_DAY)
    await fold(database, accepted(ALL, version=2, day=ISSUE_DAY))
    await work_day(database, MONDAY)
    document = await document_of(database, "assistance-trimestriel-2005-T1-member-2")
    assert document.reference == "assistance-trimestriel-2005-T1-member-2"
    assert document.subtitle == "1er trimestre 2005 – édition 2 du 2\u00a0mai 2005"
    assert document.notes[1] == (
        "Depuis l’édition 1 du 1er\u00a0mai 2005\u00a0: 1\u00a0ligne ajoutée, 1\u00a0ligne qui ne manque plus."
    )
    changed = [tuple(row.cells) for row in document.table("changes").rows]
    assert changed == [
        ("CIL 3", "CIL-3", "édition 1", None, None, None, None, None, None),
        ("CIL 3", "CIL-3", "édition 2", 10, 10, 20, 20, 30, 30),
    ]
    assert not [
        edition for edition in await issued(database) if edition.form.startswith("mobilite") and edition.edition > 1
    ]


async def test_mondays_issue_only_where_something_moved(database: Database) -> None:
    await fold(database, accepted(ALL, day=DUE), accepted({"CIL-2": [5, 5, 5]}, platform="PF02", day=DUE))
    await work_day(database, ISSUE_DAY)
    await fold(database, accepted(ALL, version=2, day=ISSUE_DAY))  # other bytes, same figures
    for week in range(3):
        await work_day(database, MONDAY + timedelta(weeks=week))
    assert {edition.edition for edition in await issued(database)} == {1}
    await fold(database, accepted({"CIL-1": [1, 2, 4], "CIL-3": [10, 20, 29]}, version=3, day=date(2005, 5, 24)))
    for day in range(24, 31):
        await work_day(database, date(2005, 5, day))
    again = [edition for edition in await issued(database) if edition.edition > 1]
    # The région and the country are as they were: one member gave what the other took.
    assert sorted((edition.level, edition.edition, edition.issued_on) for edition in again) == [
        ("member", 2, date(2005, 5, 30)),
        ("platform", 2, date(2005, 5, 30)),
        ("region", 2, date(2005, 5, 30)),
    ]


async def test_a_correction_moves_the_cumul_of_later_quarters(database: Database) -> None:
    await fold(database, accepted(ALL), accepted(ALL, period="2005-T2", day=date(2005, 7, 10)))
    await work_day(database, ISSUE_DAY)
    await work_day(database, date(2005, 7, 31))
    await work_day(database, date(2005, 8, 1))
    await fold(database, accepted({"CIL-1": [2, 2, 3], "CIL-3": [10, 20, 30]}, version=2, day=date(2005, 8, 1)))
    await work_day(database, date(2005, 8, 8))
    document = await document_of(database, "assistance-trimestriel-2005-T2-national-2")
    assert figures(document) == {"Total national": [11, 23, 22, 44, 33, 66]}


async def test_a_quarter_issued_empty_shows_the_year_once_a_later_quarter_is_reported(database: Database) -> None:
    await fold(database, accepted(ALL))
    await work_day(database, date(2005, 7, 31))
    await work_day(database, date(2005, 8, 1))
    empty_one = await document_of(database, "assistance-trimestriel-2005-T2-national-1")
    assert empty_one.table("figures").rows == ()
    await fold(database, accepted({"CIL-1": [1, 1, 1]}, period="2005-T3", day=date(2005, 10, 5)))
    await work_day(database, date(2005, 10, 10))
    document = await document_of(database, "assistance-trimestriel-2005-T2-national-2")
    assert figures(document) == {"Total national": [0, 11, 0, 22, 0, 33]}


async def test_a_new_registry_can_make_a_table_incomplete(database: Database) -> None:
    await fold(database, accepted(ALL), accepted({"CIL-2": [5, 5, 5]}, platform="PF02"))
    await work_day(database, ISSUE_DAY)
    await work_day(database, MONDAY)
    async with database.transaction() as work:
        await put_registry(work, small_network("CIL-1", "CIL-2", "CIL-3", "CIL-4"), version=2)
    await work_day(database, MONDAY + timedelta(weeks=1))
    document = await document_of(database, "assistance-trimestriel-2005-T1-national-2")
    assert document.notes[0] == "Tableau incomplet\u00a0: 1\u00a0CIL/CCI manque dans les dépôts reçus (CIL 4)."
    assert "1\u00a0ligne qui manque désormais" in document.notes[1]


async def test_a_day_worked_again_after_a_crash_is_issued_once(database: Database) -> None:
    await fold(database, accepted(ALL))
    with pytest.raises(RuntimeError, match="crash"):
        await _work_and_crash(database)
    assert await issued(database) == []
    await work_day(database, ISSUE_DAY)
    assert len(await issued(database)) == 9
    assert len(await said(database)) == 1


async def _work_and_crash(database: Database) -> None:
    async with database.transaction() as work:
        await issue_restitutions(work, ISSUE_DAY)
        raise RuntimeError("crash")


async def test_nothing_is_issued_before_the_first_period_or_without_a_registry(database: Database) -> None:
    await work_day(database, date(2005, 1, 31))
    async with database.transaction() as work:
        await work.execute("DELETE FROM registry_history")
    await work_day(database, ISSUE_DAY)
    await work_day(database, MONDAY)
    assert await issued(database) == []


async def test_with_submissions_and_without_a_registry_the_day_waits(database: Database) -> None:
    await fold(database, accepted(ALL))
    async with database.transaction() as work:
        await work.execute("DELETE FROM registry_history")
    for day in (ISSUE_DAY, MONDAY):
        with pytest.raises(RegistryNotHeardYet):
            await work_day(database, day)


def test_a_long_issue_is_cut_into_parts() -> None:
    def edition(number: int) -> IssuedEdition:
        document = Document(title="x" * 100)
        return IssuedEdition(
            number=str(number),
            form="f",
            period="p",
            by="member",
            edition=1,
            complete=True,
            sha256=document.sha256,
            document=document,
        )

    editions = [edition(number) for number in range(10)]
    length = len(editions[0].model_dump_json())
    parts = list(parts_of(editions, limit=3 * length))
    assert [len(part) for part in parts] == [3, 3, 3, 1]
    assert [item for part in parts for item in part] == editions
    assert [len(part) for part in parts_of(editions, limit=10)] == [1] * 10


async def test_what_uesl_asks_for_is_issued_the_next_day_where_it_has_moved(database: Database) -> None:
    """Without a demand it would wait for Monday; a demand is worked once."""
    await fold(database, accepted(ALL))
    await work_day(database, ISSUE_DAY)
    wednesday = MONDAY + timedelta(days=2)
    async with database.transaction() as work:
        for form in ("assistance-trimestriel", "mobilite-trimestriel", "synthese"):
            await demand(work, form, "2005-T1", wednesday, "admin")
    await fold(database, accepted({**ALL, "CIL-1": [99, 99, 99]}, version=2, day=wednesday))
    before = len(await issued(database))
    await work_day(database, wednesday)
    assert len(await issued(database)) == before, "asked for on that very day"
    await work_day(database, wednesday + timedelta(days=1))
    new = [one.number for one in await issued(database) if one.edition == 2]
    assert sorted(new) == [
        *(f"assistance-trimestriel-2005-T1-{level}-2" for level in ("member", "national", "platform", "region")),
        "synthese-2005-T1-national-2",
    ]
    await fold(database, accepted(ALL, version=3, day=wednesday + timedelta(days=1)))
    await work_day(database, wednesday + timedelta(days=2))
    assert not any(one.edition == 3 for one in await issued(database))
