"""Wires ingestion; the only file that builds anything."""

from services.ingestion.handlers import begin_day_and_purge
from services.ingestion.handlers.purging import purging
from services.ingestion.handlers.restitutions import laying
from services.ingestion.settings import IngestionSettings, SftpSettings, receipt_signer
from services.ingestion.tables.closings import settle_period
from services.ingestion.tables.receiving import Reception
from services.ingestion.tables.restitutions import issues_to_lay, keep_part
from services.ingestion.web import (
    api,
    corrections,
    depositing,
    documents,
    form_pages,
    forms,
    line_pages,
    lines,
    pages,
    receipts,
    sending,
    validations,
    verdicts,
    version_pages,
    versions,
    warning_pages,
    warnings,
)
from services.ingestion.web.sftp.door import SftpDoor
from services.ingestion.web.sftp.publishing import Publisher
from shared.clock import system_clock
from shared.database import Database
from shared.events import DayBegan, PeriodClosed, PeriodReopened, RestitutionIssued
from shared.journal_pages import journal_router
from shared.readings import READINGS
from shared.room import Room
from shared.settings import Settings
from shared.status import status_router


def build_sftp(settings: Settings, sftp: SftpSettings | None = None) -> SftpDoor:
    """The room's other door, in a process of its own."""
    database = Database(settings.database, "ingestion")
    reception = Reception(database, settings.simulation, system_clock, receipt_signer())
    publisher = Publisher(reception, sftp or IngestionSettings().sftp, settings.base_url)
    return SftpDoor(publisher, settings.secret_key.get_secret_value())


def build(settings: Settings) -> Room:
    """The room, ready to serve or to work."""
    database = Database(settings.database, "ingestion")
    return Room(
        name="ingestion",
        database=database,
        hears={
            **READINGS,
            DayBegan: begin_day_and_purge,
            RestitutionIssued: keep_part,
            PeriodClosed: settle_period,
            PeriodReopened: settle_period,
        },
        background=(purging(database), laying(database)),
        pending=issues_to_lay,
        routers=(
            *(forms.router, form_pages.router),
            *(corrections.router, versions.router, version_pages.router, lines.router, line_pages.router),
            *(sending.router, validations.router, api.router, verdicts.router, documents.router),
            *(depositing.router, pages.router),
            *(
                receipts.router,
                warnings.router,
                warning_pages.router,
                status_router("ingestion"),
                journal_router("ingestion"),
            ),
        ),
    )
