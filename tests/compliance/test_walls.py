"""A platform sees its own arrivals only, in PostgreSQL itself: no query of ours filters them."""

from datetime import date

import pytest
from sqlalchemy.exc import DBAPIError

from services.compliance.tables.arrivals import known_arrivals
from tests.shared.house import House

pytestmark = pytest.mark.infra

FORM, PERIOD = "assistance-trimestriel", "2005-T1"
_ARRIVED = "INSERT INTO arrival VALUES (:platform, 'assistance-trimestriel', '2005-T1', '2005-04-05', 1)"


async def arrived(house: House, *platforms: str) -> None:
    async with house.rooms["compliance"].database.transaction() as work:
        await work.execute(_ARRIVED, [{"platform": platform} for platform in platforms])


async def test_what_has_arrived_is_shown_to_its_platform_and_to_the_admin(house: House) -> None:
    await arrived(house, "PF01", "PF03")
    seen = {"PF01": ["PF01"], "PF03": ["PF03"], "*": ["PF01", "PF03"]}
    for viewer in (*seen, "PF02", "", "PF0_", "%", "PF01,PF03", "pf01"):
        async with house.rooms["compliance"].database.transaction(viewer) as work:
            known = await known_arrivals(work)
        assert known == {(code, FORM, PERIOD): date(2005, 4, 5) for code in seen.get(viewer, ())}, viewer


async def test_without_a_viewer_nothing_is_shown(house: House) -> None:
    await arrived(house, "PF01")
    async with house.rooms["compliance"].database.engine.connect() as connection:
        assert (await connection.exec_driver_sql("SELECT count(*) FROM arrival")).scalar_one() == 0


async def test_nobody_writes_or_removes_anothers_arrival(house: House) -> None:
    await arrived(house, "PF01", "PF03")
    database = house.rooms["compliance"].database
    for statement in (_ARRIVED.replace(":platform", "'PF02'"), "UPDATE arrival SET platform = 'PF02'"):
        with pytest.raises(DBAPIError, match="row-level security"):
            async with database.transaction("PF01") as work:
                await work.execute(statement)
    async with database.transaction("PF01") as work:
        await work.execute("DELETE FROM arrival")
    assert [row.platform for row in await house.rows("compliance", "SELECT platform FROM arrival")] == ["PF03"]
