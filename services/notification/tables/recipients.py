"""Who can be written to, as this room has read the registry."""

from services.notification.domain.messages import CENTRAL, Recipient
from shared.network import Platform
from shared.transaction import Transaction

_EVERYBODY = """
SELECT kind, code FROM registry_subject
WHERE NOT removed AND kind IN ('platform', 'member') ORDER BY kind DESC, code
"""


async def everybody(work: Transaction) -> list[Recipient]:
    """Every platform and member that the registry has now, and UESL."""
    rows = await work.execute(_EVERYBODY)
    return [*(Recipient(row.kind, row.code) for row in rows), Recipient("central", CENTRAL)]


async def is_registry_read(work: Transaction) -> bool:
    """Whether all of a registry has been heard here."""
    query = "SELECT 1 FROM registry_subject WHERE kind = 'registry'"
    return (await work.execute(query)).scalar_one_or_none() is not None


async def platform_names(work: Transaction) -> dict[str, str]:
    """Names by code; a platform not heard of yet is missing."""
    query = "SELECT code, body ->> 'name' AS name FROM registry_subject WHERE kind = 'platform'"
    return {row.code: row.name for row in await work.execute(query)}


async def name_of(work: Transaction, recipient: Recipient) -> str | None:
    """None where the registry does not know it, or no longer."""
    query = """
    SELECT coalesce(body ->> 'name', code) FROM registry_subject
    WHERE kind = :kind AND code = :code AND NOT removed
    """
    found = await work.execute(query, {"kind": recipient.kind, "code": recipient.code})
    name: str | None = found.scalar_one_or_none()
    return name


async def known_platforms(work: Transaction) -> dict[str, Platform]:
    """By code, with their contacts; a platform not heard of yet is missing."""
    query = "SELECT body FROM registry_subject WHERE kind = 'platform'"
    found = [Platform.model_validate(row.body) for row in await work.execute(query)]
    return {platform.code: platform for platform in found}
