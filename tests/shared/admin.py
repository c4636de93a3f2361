"""The admin, signed in at the rooms given."""

from uuid import UUID

from shared.database import Database
from shared.events import CredentialIssued
from shared.readings import keep_credential
from shared.security import Viewer, sign_session
from shared.settings import Settings

ADMIN = Viewer("admin", "admin", credential=str(UUID(int=1)))


async def admin_headers(settings: Settings, *databases: Database) -> dict[str, str]:
    """Every room is made to know the credential that the session names."""
    event = CredentialIssued(
        credential=UUID(ADMIN.credential), token_sha256="opens nothing", role="admin", platform="", name=ADMIN.name
    )
    for database in databases:
        async with database.transaction() as work:
            await keep_credential(work, event)
    return {"Authorization": f"Bearer {sign_session(settings.secret_key.get_secret_value(), ADMIN)}"}
