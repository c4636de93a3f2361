"""What a warning says of a case file holds nothing of a case: it outlives the cases."""

from datetime import date
from typing import Any

import pytest

from services.ingestion.handlers import begin_day_and_purge
from shared.events import DayBegan
from shared.forms import FORMS
from tests.ingestion.sendings import ADDRESS, accepted
from tests.ingestion.test_purge import CASE_FORM
from tests.shared.house import House

pytestmark = pytest.mark.infra

# Nobody else's: to be found wherever they are.
INCOME, FROM, TO = "98765", "97412", "20137"
_CASE = f"CIL01;{INCOME},43;7;5;97;5;{FROM};{TO};1;N;N;N;N;N;N;N;N;N"
# What is kept for ever of what was destroyed.
PROOFS = {"submission", "receipt", "destruction", "warning", "warning_word"}
_TABLES = """
SELECT c.relname AS name, EXISTS (SELECT FROM pg_attribute WHERE attrelid = c.oid AND attname = 'submission') AS about
FROM pg_class AS c WHERE c.relkind = 'r' AND c.relnamespace = CAST('ingestion' AS regnamespace)
"""


def cases(rows: int) -> bytes:
    header = ";".join(column.name for column in FORMS[CASE_FORM].columns)
    return "\n".join([header, *[_CASE] * rows, ""]).encode()


async def begin(house: House, day: date) -> None:
    async with house.rooms["ingestion"].database.transaction() as work:
        await begin_day_and_purge(work, DayBegan(day=day))


async def where(house: House, value: str) -> set[str]:
    """The tables that hold it, in whatever column, but as the bytes received."""
    found = set()
    for table in await house.rows("ingestion", _TABLES):
        query = f"SELECT 1 FROM {table.name} AS t WHERE CAST(t AS text) LIKE :like"
        if await house.rows("ingestion", query, like=f"%{value}%"):
            found.add(table.name)
    return found


async def test_no_case_is_told_by_its_warnings_and_nothing_of_it_outlives_it(house: House) -> None:
    await begin(house, date(2006, 1, 10))
    sent = await accepted(house, cases(3), form=CASE_FORM, period="2005")
    told: Any = (await house.http.get(f"{ADDRESS}/{sent['id']}/warnings", headers=house.of("PF01"))).json()
    assert "no_service" in {warning["code"] for warning in told["warnings"]}
    word = {"text": "Ces dossiers ont été transmis par erreur."}
    for warning in told["warnings"]:
        answer = await house.http.post(
            f"{ADDRESS}/{sent['id']}/warnings/{warning['n']}/explanation", json=word, headers=house.of("PF01")
        )
        assert answer.status_code == 201
    assert {place for value in (INCOME, FROM, TO) for place in await where(house, value)} == {"outbox"}
    await house.rows("ingestion", "UPDATE outbox SET published_at = now() WHERE published_at IS NULL RETURNING 1")
    await begin(house, date(2006, 12, 31))
    assert {place for value in (INCOME, FROM, TO) for place in await where(house, value)} == set()
    for table in await house.rows("ingestion", _TABLES):
        if table.about and table.name not in PROOFS:
            query = f"SELECT 1 FROM {table.name} WHERE submission = CAST(:id AS uuid)"
            assert await house.rows("ingestion", query, id=sent["id"]) == [], table.name
    kept = await house.rows("ingestion", "SELECT line, code, member, message FROM warning")
    assert {row.member for row in kept} == {"CIL01"}


async def test_an_explanation_of_cases_names_nobody(house: House) -> None:
    await begin(house, date(2006, 1, 10))
    sent = await accepted(house, cases(3), form=CASE_FORM, period="2005")
    for word in ("Voir avec jean.dupont@exemple.fr à ce sujet.", "Le dossier du 12 rue des Lilas à Nantes."):
        answer = await house.http.post(
            f"{ADDRESS}/{sent['id']}/warnings/1/explanation", json={"text": word}, headers=house.of("PF01")
        )
        assert (answer.status_code, answer.json()["type"]) == (422, "urn:pilotage:identifying_data")
    assert await house.rows("ingestion", "SELECT 1 FROM warning_word") == []
