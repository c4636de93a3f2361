"""Nobody sees or sends what is another's: by the routes, and in PostgreSQL itself."""

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.exc import DBAPIError

from tests.ingestion.sendings import ADDRESS, FORM, PERIOD, accepted, assistance, rejected, send, wrong
from tests.shared.house import House

pytestmark = pytest.mark.infra

TABLES = ("submission", "submission_file", "submission_error_page")


async def each_sends(house: House) -> dict[str, list[str]]:
    """An accepted and a refused submission of PF01 and of PF03."""
    return {
        "PF01": [(await accepted(house, assistance()))["id"], (await rejected(house, wrong(2)))["id"]],
        "PF03": [
            (await accepted(house, assistance(1, "CIL05", "CIL06"), platform="PF03"))["id"],
            (await rejected(house, wrong(3), platform="PF03"))["id"],
        ],
    }


async def test_without_a_valid_token_nothing_is_sent(house: House) -> None:
    for headers in ({}, {"Authorization": "Bearer plt_x"}, {"Authorization": f"Bearer {house.tokens['PF01']}x"}):
        assert (await send(house, assistance(), headers=headers)).status_code == 401
    assert await house.rows("ingestion", "SELECT 1 FROM submission") == []


async def test_a_revoked_token_sends_nothing(house: House) -> None:
    tokens = (await house.http.get("/api/v1/tokens", headers=house.admin)).json()
    [token] = [one["id"] for one in tokens if one["platform"] == "PF01"]
    assert (await house.http.delete(f"/api/v1/tokens/{token}", headers=house.admin)).status_code == 204
    await house.carry()
    assert (await send(house, assistance())).status_code == 401
    assert (await send(house, assistance(1, "CIL05", "CIL06"), platform="PF03")).status_code == 201


async def test_the_admin_sends_in_nobodys_name(house: House) -> None:
    assert (await send(house, assistance(), headers=house.admin)).status_code == 403
    page = await house.http.post(
        "/depots", data={"form": FORM, "period": PERIOD}, files={"file": b"x"},
        headers={"Accept": "text/html", **house.admin},
    )  # fmt: skip
    assert page.status_code == 403
    assert await house.rows("ingestion", "SELECT 1 FROM submission") == []


async def test_what_is_anothers_does_not_exist(house: House) -> None:
    sent = await each_sends(house)
    unknown = str(uuid4())
    for platform, other in (("PF01", "PF03"), ("PF03", "PF01"), ("PF02", "PF01")):
        for submission in (*sent[other], unknown):
            for path in ("", "/errors.csv", "/file"):
                answer = await house.http.get(f"{ADDRESS}/{submission}{path}", headers=house.of(platform))
                assert answer.status_code == 404, (platform, path)
                assert answer.json()["detail"] == "Cette ressource n’existe pas."
            page = await house.http.get(f"/depots/{submission}", headers={"Accept": "text/html", **house.of(platform)})
            assert page.status_code == 404
            assert other not in page.text


async def test_ones_own_and_the_admins_view(house: House) -> None:
    sent = await each_sends(house)
    for platform, submissions in sent.items():
        for submission in submissions:
            for path in ("", "/errors.csv", "/file"):
                for headers in (house.of(platform), house.admin):
                    answer = await house.http.get(f"{ADDRESS}/{submission}{path}", headers=headers)
                    assert answer.status_code == 200


async def seen(house: House, viewer: str, table: str) -> set[str]:
    async with house.rooms["ingestion"].database.transaction(viewer) as work:
        return set((await work.execute(f"SELECT platform FROM {table}")).scalars())


async def test_postgresql_shows_a_platform_its_own_rows_only(house: House) -> None:
    await each_sends(house)
    for table in TABLES:
        assert await seen(house, "PF01", table) == {"PF01"}, table
        assert await seen(house, "PF03", table) == {"PF03"}, table
        assert await seen(house, "*", table) == {"PF01", "PF03"}, table
        for nobody in ("PF02", "", "PF0_", "%", "PF01,PF03", "pf01"):
            assert await seen(house, nobody, table) == set(), (table, nobody)


async def test_without_a_viewer_nothing_is_shown(house: House) -> None:
    await each_sends(house)
    async with house.rooms["ingestion"].database.engine.connect() as connection:
        for table in TABLES:
            assert (await connection.exec_driver_sql(f"SELECT count(*) FROM {table}")).scalar_one() == 0, table


_COPIES: dict[str, str] = {
    "submission": """
        INSERT INTO submission (id, platform, form, period, verdict, version, received_at, received_on, door, file_name,
            sha256, size, rows_accepted, rows_refused, rows_blank, error_count, sent_by)
        VALUES (gen_random_uuid(), 'PF03', 'f', 'p', 'accepted', 9, now(), now(), 'http', 'a',
            repeat('0', 64), 0, 0, 0, 0, 0, 'x')""",
    "submission_file": "INSERT INTO submission_file SELECT id, 'PF03', '', 9 FROM submission WHERE version > 0",
    "submission_error_page": "INSERT INTO submission_error_page SELECT id, 99, 1, 'PF03', '' FROM submission",
}


async def test_postgresql_takes_no_row_in_anothers_name(house: House) -> None:
    await each_sends(house)
    for statement in (*_COPIES.values(), *(f"UPDATE {table} SET platform = 'PF03'" for table in TABLES)):
        with pytest.raises(DBAPIError, match="row-level security"):
            async with house.rooms["ingestion"].database.transaction("PF01") as work:
                await work.execute(statement)


@pytest.mark.parametrize("table", TABLES)
async def test_postgresql_lets_nobody_touch_anothers_rows(house: House, table: str) -> None:
    await each_sends(house)

    async def count(viewer: str) -> int:
        async with house.rooms["ingestion"].database.transaction(viewer) as work:
            return int((await work.execute(f"SELECT count(*) FROM {table}")).scalar_one())

    before = await count("PF03")
    async with house.rooms["ingestion"].database.transaction("PF01") as work:
        touched: Any = await work.execute(f"UPDATE {table} SET platform = platform WHERE platform = 'PF03'")
        assert touched.rowcount == 0
        touched = await work.execute(f"DELETE FROM {table} WHERE platform = 'PF03'")
        assert touched.rowcount == 0
    assert await count("PF03") == before > 0
