"""What a platform finds in its three folders, and reads of it."""

from services.ingestion.tables.laid import (
    KeptFolder,
    Laid,
    find_laid,
    list_laid,
    list_restitutions,
    read_laid,
    read_restitution,
)
from services.ingestion.web.sftp.folder import Folder
from services.ingestion.web.sftp.places import Place
from shared.database import Database


class Shelves:
    """Of one platform; PostgreSQL shows no other's rows."""

    def __init__(self, database: Database, platform: str) -> None:
        self._database, self._platform = database, platform

    async def list(self, place: Place, depots: Folder) -> "list[Laid]":
        if place.folder == "depots":
            return await depots.list()
        async with self._database.transaction(self._platform) as work:
            if place.folder == "restitutions":
                return await list_restitutions(work, self._platform)
            return await list_laid(work, self._platform, "accuses")

    async def find(self, place: Place, depots: Folder) -> Laid | None:
        if place.folder == "depots":
            return await depots.find(place.name)
        async with self._database.transaction(self._platform) as work:
            if place.folder == "accuses":
                return await find_laid(work, self._platform, "accuses", place.name)
            named = (laid for laid in await list_restitutions(work, self._platform) if laid.name == place.name)
            return next(named, None)

    async def read(self, place: Place) -> bytes | None:
        """None for what is not there, or not for reading."""
        async with self._database.transaction(self._platform) as work:
            if place.folder == "restitutions":
                return await read_restitution(work, self._platform, place.name)
            folder: KeptFolder = "depots" if place.folder == "depots" else "accuses"
            return await read_laid(work, self._platform, folder, place.name)
