"""The admin and whoever else has an account, signed in at the rooms given."""

from uuid import UUID

from shared.database import Database
from shared.events import CredentialIssued
from shared.readings import keep_credential
from shared.security import Viewer, sign_session
from shared.settings import Settings

ADMIN = Viewer("admin", "admin", credential=str(UUID(int=1)))
UESL = Viewer("Claire Martin", "uesl", credential=str(UUID(int=2)))
AUDITOR = Viewer("Paul Duval", "auditor", credential=str(UUID(int=3)), firm="CAB01")


async def headers_of(viewer: Viewer, settings: Settings, *databases: Database) -> dict[str, str]:
    """Every room is made to know the credential that the session names."""
    event = CredentialIssued(
        credential=UUID(viewer.credential),
        token_sha256=f"opens nothing {viewer.credential}",
        role=viewer.role,
        platform=viewer.platform or "",
        member=viewer.member or "",
        firm=viewer.firm or "",
        name=viewer.name,
    )
    for database in databases:
        async with database.transaction() as work:
            await keep_credential(work, event)
    return {"Authorization": f"Bearer {sign_session(settings.secret_key.get_secret_value(), viewer)}"}


async def admin_headers(settings: Settings, *databases: Database) -> dict[str, str]:
    return await headers_of(ADMIN, settings, *databases)
