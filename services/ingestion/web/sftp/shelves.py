"""What a platform finds in its three folders, and reads of it."""

from collections.abc import Sequence
from datetime import date

from services.ingestion.tables.laid import KeptFolder, Laid, find_laid, list_laid, read_laid
from services.ingestion.tables.restitutions import days_of_issue, list_restitutions, read_restitution
from services.ingestion.web.sftp.folder import Folder
from services.ingestion.web.sftp.places import Place
from shared.database import Database


class Shelves:
    """Of one platform; PostgreSQL shows no other's rows."""

    def __init__(self, database: Database, platform: str) -> None:
        self._database, self._platform = database, platform

    async def days(self, place: Place) -> Sequence[date]:
        """The folders within: days of issue, where restitutions lie."""
        if place.folder != "restitutions" or place.day:
            return ()
        async with self._database.transaction(self._platform) as work:
            return await days_of_issue(work, self._platform)

    async def is_folder(self, place: Place) -> bool:
        return place.day is None or place.day in await self.days(Place(place.folder))

    async def list(self, place: Place, depots: Folder) -> "list[Laid]":
        """The files of a folder."""
        if place.folder == "depots":
            return await depots.list()
        async with self._database.transaction(self._platform) as work:
            if place.folder == "restitutions":
                return await list_restitutions(work, self._platform, place.day) if place.day else []
            return await list_laid(work, self._platform, "accuses")

    async def find(self, place: Place, depots: Folder) -> Laid | None:
        if place.folder == "depots":
            return await depots.find(place.name)
        async with self._database.transaction(self._platform) as work:
            if place.folder == "accuses":
                return await find_laid(work, self._platform, "accuses", place.name)
            listed = await list_restitutions(work, self._platform, place.day) if place.day else []
            return next((laid for laid in listed if laid.name == place.name), None)

    async def read(self, place: Place) -> bytes | None:
        """None for what is not there, or not for reading."""
        async with self._database.transaction(self._platform) as work:
            if place.folder == "restitutions":
                return await read_restitution(work, self._platform, place.day, place.name) if place.day else None
            folder: KeptFolder = "depots" if place.folder == "depots" else "accuses"
            return await read_laid(work, self._platform, folder, place.name)
