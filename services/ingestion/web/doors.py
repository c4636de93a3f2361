"""The dependencies of ingestion's routes, and what the HTTP door and the page do with a file."""

from typing import Annotated, Any

from fastapi import Depends, Request
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import ClientDisconnect

from services.ingestion.domain.table_schema import row_schema
from services.ingestion.settings import receipt_signer
from services.ingestion.tables.receiving import Reception
from services.ingestion.tables.sent import PIECE, Door, Sent, Spool
from shared.database import Database
from shared.forms import FORMS, Form
from shared.security import Viewer
from shared.web import Problem, database_of, settings_of, viewer_at

RoomDatabase = Annotated[Database, Depends(database_of("ingestion"))]
SignedIn = Annotated[Viewer, Depends(viewer_at("ingestion"))]

_MULTIPART = "multipart/form-data"
# Read by ourselves, after the credential: a body must not be written anywhere for whoever asks.
FILE_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            _MULTIPART: {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            },
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["rows"],
                    "properties": {"rows": {"type": "array", "items": {"anyOf": [*map(row_schema, FORMS.values())]}}},
                }
            },
            "text/csv": {"schema": {"type": "string", "format": "binary"}},
            "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
        },
    }
}


def known_form(code: str) -> Form:
    """Raises 404 for what is no form."""
    if code not in FORMS:
        raise Problem(404, "Aucun formulaire ne porte ce nom.", code="unknown_form")
    return FORMS[code]


def sending_platform(viewer: Viewer) -> str:
    """The platform whose credential it is; nobody sends in another's name, the admin neither."""
    if viewer.platform is None:
        raise Problem(403, "Seule une Plate-forme dépose des fichiers, avec son propre jeton.")
    return viewer.platform


def refuse_member(viewer: Viewer) -> None:
    """A member reads what was filed in its name, and does nothing else."""
    if viewer.member is not None:
        raise Problem(403, "Un CIL/CCI lit les lignes déposées en son nom ; il ne dépose ni ne vérifie de fichier.")


def platform_asked(viewer: Viewer, platform: str | None) -> str:
    """Whose file is looked at without being sent: one's own; `platform` is for the admin."""
    refuse_member(viewer)
    if viewer.platform is not None:
        if platform not in (None, viewer.platform):
            raise Problem(403, "Une Plate-forme vérifie ses propres fichiers ; seul l’administrateur en choisit une.")
        return viewer.platform
    if not platform:
        raise Problem(422, "Dites pour quelle Plate-forme : paramètre « platform ».", code="no_platform")
    return platform


def reception_of(request: Request, database: Database) -> Reception:
    return Reception(database, settings_of(request).simulation, request.app.state.clock, receipt_signer())


async def take_body(request: Request, into: Spool) -> tuple[str, dict[str, str]]:
    """Writes the file of the body into the spool; tells its name and the other fields of a multipart body."""
    try:
        if request.headers.get("content-type", "").startswith(_MULTIPART):
            return await _take_part(request, into)
        async for piece in request.stream():
            into.write(piece)
        return request.query_params.get("file_name", ""), {}
    except ClientDisconnect as error:
        raise Problem(400, "L’envoi a été interrompu : rien n’a été enregistré.") from error


async def _take_part(request: Request, into: Spool) -> tuple[str, dict[str, str]]:
    try:
        async with request.form(max_files=1, max_fields=20) as form:
            fields = {name: value for name, value in form.items() if isinstance(value, str)}
            files = [value for name, value in form.items() if isinstance(value, UploadFile) and name == "file"]
            if not files:
                raise Problem(422, "Aucun fichier n’est joint : champ « file » attendu.", code="no_file")
            while piece := await files[0].read(PIECE):
                into.write(piece)
            return files[0].filename or "", fields
    except (HTTPException, MultiPartException, ValueError, LookupError) as error:
        raise Problem(422, "Le corps de la demande n’est pas un formulaire multipart lisible.") from error


def sent_by(
    viewer: Viewer, *, form: Form, period: str, spooled: Spool, file_name: str, door: Door, **more: Any
) -> Sent:
    return Sent(
        platform=sending_platform(viewer),
        form=form,
        period=period,
        content=spooled.taken(),
        file_name=file_name,
        door=door,
        sent_by=viewer.name or viewer.platform or "",
        **more,
    )
