"""Whatever belongs to a platform is behind a wall in PostgreSQL, or is here with the reason why not."""

import asyncpg
import pytest

from shared.topics import ROOMS
from tests.infrastructure import Servers, with_database

pytestmark = pytest.mark.infra

OPEN = {
    **{f"{room}.credential": "read before anybody is known" for room in ROOMS},
    "compliance.calendar_feed": "found by its secret, before anybody is known",
    **dict.fromkeys(("compliance.account", "compliance.invitation"), "read before anybody is known, or by the admin"),
    "compliance.declared_activity": "a sample is drawn from it by who may see the audit; no route reads it",
    **dict.fromkeys(("aggregation.version", "aggregation.extension"), "tables are for all, and so is who was late"),
    **dict.fromkeys(
        ("notification.arrival", "notification.late_listed", "notification.due_day"), "handlers alone read it"
    ),
    **dict.fromkeys(
        ("qualitative.case_part", "qualitative.standing_cases", "qualitative.destruction"), "no route reads it"
    ),
}
_WITHOUT_WALL = """
SELECT c.relnamespace::regnamespace || '.' || c.relname AS name
FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
WHERE c.relkind = 'r' AND c.relnamespace::regnamespace::text = ANY ($1) AND a.attname = 'platform'
  AND NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = c.oid AND c.relrowsecurity)
"""
_REACH = """
SELECT n.nspname FROM pg_namespace AS n WHERE n.nspname = ANY ($1) AND has_schema_privilege($2, n.oid, 'USAGE')
"""
_POWERS = "SELECT rolsuper OR rolbypassrls OR rolcanlogin FROM pg_roles WHERE rolname = $1"


async def test_what_belongs_to_a_platform_is_walled_off(servers: Servers, migrated: str) -> None:
    owner = await asyncpg.connect(with_database(servers.database_url, migrated).replace("+asyncpg", ""))
    try:
        rows = await owner.fetch(_WITHOUT_WALL, list(ROOMS))
    finally:
        await owner.close()
    assert {row["name"] for row in rows} == OPEN.keys()


async def test_a_rooms_role_reaches_its_own_schema_only_and_cannot_pass_the_walls(
    servers: Servers, migrated: str
) -> None:
    owner = await asyncpg.connect(with_database(servers.database_url, migrated).replace("+asyncpg", ""))
    try:
        for room in ROOMS:
            role = f"pilotage_{room}"
            assert [row["nspname"] for row in await owner.fetch(_REACH, list(ROOMS), role)] == [room]
            assert await owner.fetchval(_POWERS, role) is False
    finally:
        await owner.close()
