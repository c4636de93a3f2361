"""Makes a deployment ready: topics, tables, the admin account. Safe to run again."""

from services.compliance.tables.accounts import ADMIN, change_password, make_admin
from shared.broker import create_topics
from shared.clock import system_clock
from shared.database import Database
from shared.migrations import migrate
from shared.settings import Settings
from shared.topics import ROOMS


async def set_up(settings: Settings | None = None) -> str | None:
    """Returns the admin's password where the account was made now."""
    settings = settings or Settings()
    await create_topics(settings.kafka)
    for room in ROOMS:
        await migrate(settings.database.url.get_secret_value(), room)
    database = Database(settings.database, "compliance")
    try:
        await database.check_durable()
        async with database.transaction() as work:
            return await make_admin(work, system_clock())
    finally:
        await database.close()


async def renew_password(settings: Settings | None = None) -> str | None:
    """Once every room has heard of it, no session of before opens anything; None before the first set-up."""
    database = Database((settings or Settings()).database, "compliance")
    try:
        async with database.transaction() as work:
            return await change_password(work, ADMIN)
    finally:
        await database.close()
