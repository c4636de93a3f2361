"""Editions as they were issued."""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import BaseModel, Field

from services.aggregation.domain.scope import Level
from services.aggregation.tables.editions import Edition, find_edition, list_editions
from services.aggregation.web.doors import RoomDatabase, SignedIn
from services.aggregation.web.files import XLSX, document_response
from shared.described import files
from shared.report import Document
from shared.transaction import Transaction
from shared.web import not_found

router = APIRouter(tags=["editions"])

_CODE = r"^[A-Za-z0-9-]{1,100}$"


class ShownEdition(BaseModel, from_attributes=True, populate_by_name=True):
    """An edition; `sha256` is that of its document's canonical JSON."""

    number: str
    form: str
    period: str
    by: Level = Field(validation_alias="level")
    edition: int
    issued_on: date
    complete: bool
    sha256: str


class WholeEdition(ShownEdition):
    """An edition with its document."""

    document: Document


@router.get("/api/v1/editions", summary="Lister les éditions")
async def get_editions(
    database: RoomDatabase,
    _: SignedIn,
    period: Annotated[str | None, Query(pattern=_CODE)] = None,
    form: Annotated[str | None, Query(pattern=_CODE)] = None,
) -> list[ShownEdition]:
    """All editions, or those of a period or a form; the newest periods first."""
    async with database.transaction() as work:
        return [ShownEdition.model_validate(edition) for edition in await list_editions(work, period, form)]


@router.get(
    "/api/v1/editions/{number}",
    response_model=WholeEdition,
    summary="Lire une édition",
    responses=files("text/csv", XLSX, "application/pdf"),
)
async def get_edition(
    database: RoomDatabase, _: SignedIn, number: str, format: Literal["json", "csv", "xlsx", "pdf"] = "json"
) -> WholeEdition | Response:
    """One edition, for ever the same."""
    async with database.transaction() as work:
        edition, document = await issued_edition(work, number)
    if format != "json":
        return await document_response(document, number, format)
    return WholeEdition(**ShownEdition.model_validate(edition).model_dump(), document=document)


async def issued_edition(work: Transaction, number: str) -> tuple[Edition, Document]:
    # PostgreSQL takes no NUL in a text.
    found = await find_edition(work, number) if "\0" not in number else None
    if found is None:
        raise not_found()
    return found[0], Document.from_json(found[1])
