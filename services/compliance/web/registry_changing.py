"""Pages that change the registry: a sheet per subject, a withdrawal, a return to an earlier version, a whole file."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import UploadFile

from services.compliance.domain.documents import UnreadableDocument, read_document
from services.compliance.domain.faults import Fault, ImpossibleRegistry
from services.compliance.domain.subject_sheets import BLANK_ROWS, SHEETS, Kind, Sheet, faults_of_sheet, read_sheet
from services.compliance.tables.registry import record_registry
from services.compliance.tables.registry_changes import (
    Change,
    ChangedMeanwhile,
    NoSuchSubject,
    change_subject,
    subject_at,
)
from services.compliance.web.doors import RoomDatabase, Uesl
from services.compliance.web.recording import recorded_at
from services.compliance.web.registry import MAX_BYTES
from services.compliance.web.registry_pages import HOME, PLACES, TITLES, kind_at
from shared.database import Database
from shared.pages.words import FieldError, Link
from shared.readings import registry_version
from shared.security import Viewer
from shared.web import Problem, not_found, page_context, pages_of

router = APIRouter(include_in_schema=False)

_MOST_FIELDS = 4000


async def _sheet_page(
    request: Request,
    database: Database,
    viewer: Viewer,
    sheet: Sheet,
    subject: dict[str, Any],
    *,
    base: int,
    is_new: bool,
    reason: str = "",
    errors: Sequence[FieldError] = (),
) -> Response:
    code = str(subject.get("code") or "")
    place = PLACES[sheet.kind]
    subject_link = (Link(code, f"/annuaire/{place}/{quote(code)}"),) if not is_new else ()
    return pages_of(request).render(
        request,
        "compliance/registry_sheet.html",
        422 if errors else 200,
        sheet=sheet,
        subject=subject,
        place=place,
        base=base,
        is_new=is_new,
        reason=reason,
        blank_rows=BLANK_ROWS,
        errors=errors,
        breadcrumb=(
            HOME,
            Link(TITLES[sheet.kind], f"/annuaire?genre={sheet.kind}"),
            *subject_link,
            Link("Ajouter" if is_new else "Modifier"),
        ),
        **await page_context(request, database, viewer),
    )


@router.get("/annuaire/{place}")
async def new_page(request: Request, database: RoomDatabase, viewer: Uesl, place: str) -> Response:
    """An empty sheet."""
    sheet = SHEETS[kind_at(place)]
    async with database.transaction() as work:
        base = await registry_version(work)
    return await _sheet_page(request, database, viewer, sheet, {}, base=base, is_new=True)


@router.get("/annuaire/{place}/{code}/modifier")
async def edit_page(request: Request, database: RoomDatabase, viewer: Uesl, place: str, code: str) -> Response:
    """The subject's sheet as it stands."""
    sheet = SHEETS[kind_at(place)]
    async with database.transaction() as work:
        base = await registry_version(work)
        subject = await subject_at(work, sheet.kind, code, base)
    if subject is None:
        raise not_found()
    return await _sheet_page(request, database, viewer, sheet, subject, base=base, is_new=False)


@router.post("/annuaire/{place}")
async def add_subject(request: Request, database: RoomDatabase, viewer: Uesl, place: str) -> Response:
    """A new subject."""
    return await _take_sheet(request, database, viewer, kind_at(place), None)


@router.post("/annuaire/{place}/{code}/modifier")
async def edit_subject(request: Request, database: RoomDatabase, viewer: Uesl, place: str, code: str) -> Response:
    """What the sheet says becomes a new version, or it comes back with every fault."""
    return await _take_sheet(request, database, viewer, kind_at(place), code)


async def _take_sheet(request: Request, database: Database, viewer: Viewer, kind: Kind, code: str | None) -> Response:
    sheet = SHEETS[kind]
    sent = await _sent(request)
    base = _base(sent)
    async with database.transaction() as work:
        before = await subject_at(work, kind, code, base) if code is not None else None
    if code is not None and before is None:
        raise not_found()
    written = read_sheet(sheet, sent, before or {})
    reason = " ".join(sent.get("reason", ()))
    missing = faults_of_sheet(sheet, written)
    errors = [FieldError(field, said) for field, said in missing]
    if not reason.strip():
        errors.append(FieldError("reason", "Le motif manque : il reste avec la modification."))
    if not missing:
        change = Change(kind, code or str(written["code"]), written, reason, base)
        errors = await _try(request, database, viewer, change, is_new=code is None)
    if errors:
        return await _sheet_page(
            request, database, viewer, sheet, written, base=base, is_new=code is None, reason=reason, errors=errors
        )
    return _to_subject(kind, code or str(written["code"]))


async def _sent(request: Request) -> dict[str, list[str]]:
    sent: dict[str, list[str]] = {}
    async with request.form(max_fields=_MOST_FIELDS) as form:
        for name, value in form.multi_items():
            if isinstance(value, str):
                sent.setdefault(name, []).append(value)
    return sent


def _base(sent: dict[str, list[str]]) -> int:
    written = (sent.get("base") or [""])[0]
    if not (written.isascii() and written.isdigit() and len(written) < 9):
        raise Problem(422, "La version de départ manque : rouvrez la fiche.")
    return int(written)


async def _try(
    request: Request, database: Database, viewer: Viewer, change: Change, *, is_new: bool = False
) -> list[FieldError]:
    """What is wrong with it; nothing once it is recorded."""
    try:
        async with database.transaction() as work:
            if is_new and await subject_at(work, change.kind, change.code, change.base or 0):
                return [FieldError("code", f"Le code {change.code} est déjà pris.")]
            await change_subject(work, change, by=viewer.name, at=await recorded_at(request, work))
    except ImpossibleRegistry as error:
        return [_field_error(change, fault) for fault in error.faults]
    except ChangedMeanwhile:
        raise Problem(409, "L’annuaire a changé entre-temps : relisez la fiche, puis recommencez.") from None
    except NoSuchSubject:
        raise not_found() from None
    return []


def _field_error(change: Change, fault: Fault) -> FieldError:
    """A fault of this subject leads to its part of the sheet."""
    if fault.at == "reason":
        return FieldError("reason", fault.message)
    of, _, name = fault.at.rpartition("/")
    return FieldError(name if of == f"{change.kind}/{change.code}" else "", fault.message)


def _to_subject(kind: Kind, code: str) -> Response:
    return RedirectResponse(f"/annuaire/{PLACES[kind]}/{quote(code, safe='')}", status_code=303)


@router.post("/annuaire/{place}/{code}/retrait")
async def withdraw_subject(request: Request, database: RoomDatabase, viewer: Uesl, place: str, code: str) -> Response:
    """For what was entered by mistake; its versions stay readable."""
    sent = await _sent(request)
    change = Change(kind_at(place), code, None, " ".join(sent.get("reason", ())))
    _refuse_faults(await _try(request, database, viewer, change))
    return _to_subject(change.kind, code)


@router.post("/annuaire/{place}/{code}/retour")
async def return_to_version(request: Request, database: RoomDatabase, viewer: Uesl, place: str, code: str) -> Response:
    """The subject is again what it was in an earlier version, as a new one: the mistake stays readable, too."""
    sent = await _sent(request)
    kind = kind_at(place)
    async with database.transaction() as work:
        subject = await subject_at(work, kind, code, _base(sent))
    if subject is None:
        raise not_found()
    change = Change(kind, code, subject, " ".join(sent.get("reason", ())))
    _refuse_faults(await _try(request, database, viewer, change))
    return _to_subject(kind, code)


def _refuse_faults(errors: Sequence[FieldError]) -> None:
    if errors:
        raise Problem(422, " ".join(error.message for error in errors))


@router.post("/annuaire")
async def put_by_page(request: Request, database: RoomDatabase, viewer: Uesl) -> Response:
    """A whole `network.json`, taken or refused with every fault."""
    async with request.form() as form:
        file, reason = form.get("fichier"), str(form.get("reason") or "")
        content = await file.read(MAX_BYTES + 1) if isinstance(file, UploadFile) else b""
    if not reason.strip() or not content:
        raise Problem(422, "Un fichier et un motif sont nécessaires.")
    if len(content) > MAX_BYTES:
        raise Problem(413, "Un annuaire ne dépasse pas 64 Mio.")
    try:
        document = read_document(content)
        async with database.transaction() as work:
            at = await recorded_at(request, work, document)
            await record_registry(work, document, by=viewer.name, at=at, reason=reason.strip())
    except UnreadableDocument as error:
        raise Problem(422, str(error)) from error
    except ImpossibleRegistry as error:
        said = " ".join(fault.message for fault in error.faults[:50])
        raise Problem(422, f"L’annuaire est refusé : {len(error.faults)} erreur(s). {said}") from error
    return RedirectResponse("/annuaire/versions", status_code=303)
