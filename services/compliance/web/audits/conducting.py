"""What is done in an audit, from its page: moves, evidence, results, findings, answers, sample, report."""

from collections.abc import Callable
from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Form, Request, UploadFile
from fastapi.responses import RedirectResponse, Response

from services.compliance.domain.audits import Audit, AuditRefused, State
from services.compliance.domain.audits import examining as write
from services.compliance.domain.audits.sampling import draw_sample
from services.compliance.domain.audits.states import Mover
from services.compliance.tables.audits import change_audit, publish_practice, signed_document
from services.compliance.tables.audits.activity import declared_by
from services.compliance.tables.audits.pieces import MAX_BYTES, keep_piece, piece_content
from services.compliance.tables.audits.signing import draw_report, move_audit
from services.compliance.web.audits.shown import render_audit, seen_audit
from services.compliance.web.audits.standards import day_of
from services.compliance.web.audits.who import movers_of
from services.compliance.web.doors import Anyone, RoomDatabase, Uesl
from services.compliance.web.recording import recorded_at
from shared.database import Database
from shared.files import document_response, file_response
from shared.pages import FieldError
from shared.periods import Period, periods_before
from shared.readings import read_network
from shared.security import Viewer
from shared.web import Problem, not_found

router = APIRouter(include_in_schema=False)

Text = Annotated[str, Form(max_length=20_000)]
Short = Annotated[str, Form(max_length=200)]
_VERDICTS = Literal["conforme", "partiel", "non_conforme", "sans_objet"]
QUARTERS_SAMPLED = 4
LARGEST_SAMPLE = 200


async def _change(
    request: Request, database: Database, viewer: Viewer, audit: UUID, mover: Mover, change: Callable[[Audit], Audit],
    typed: dict[str, str],
) -> Response:  # fmt: skip
    """Back to the page, changed or with what was refused and why."""
    try:
        async with database.transaction(viewer.sees) as work:
            _allow(viewer, await seen_audit(work, audit), mover)
            await change_audit(work, audit, change)
    except AuditRefused as refused:
        return await _refused(request, database, viewer, audit, refused, typed)
    return _back(audit)


def _allow(viewer: Viewer, audit: Audit, mover: Mover) -> None:
    if mover not in movers_of(viewer, audit):
        raise AuditRefused("Cela revient à quelqu’un d’autre dans cet audit.")


def _back(audit: UUID) -> Response:
    return RedirectResponse(f"/audits/{audit}", status_code=303)


async def _refused(
    request: Request, database: Database, viewer: Viewer, audit: UUID, refused: AuditRefused, typed: dict[str, str]
) -> Response:
    return await render_audit(request, database, viewer, audit, [FieldError("", str(refused))], typed, 409)


@router.post("/audits/{audit}/etat")
async def move_it(
    request: Request, audit: UUID, database: RoomDatabase, viewer: Anyone,
    to: Annotated[State, Form()] = "planned", note: Text = "",
) -> Response:  # fmt: skip
    """To its next state, if it is theirs to move; a signature freezes it."""
    try:
        async with database.transaction(viewer.sees) as work:
            found = await seen_audit(work, audit)
            movers, network = movers_of(viewer, found), await read_network(work)
            at = await recorded_at(request, work)
            await move_audit(work, audit, to, movers, by=viewer.name, at=at, note=note, network=network)
    except AuditRefused as refused:
        return await _refused(request, database, viewer, audit, refused, {"note": note})
    return _back(audit)


@router.post("/audits/{audit}/resultats")
async def record(
    request: Request, audit: UUID, database: RoomDatabase, viewer: Anyone,
    requirement: Short = "", verdict: Annotated[_VERDICTS, Form()] = "sans_objet", notes: Text = "",
    evidence: Annotated[tuple[str, ...], Form(max_length=40)] = (),
) -> Response:  # fmt: skip
    def change(found: Audit) -> Audit:
        return write.record_result(found, requirement, verdict, notes, evidence)

    return await _change(request, database, viewer, audit, "lead", change, {"notes": notes})


@router.post("/audits/{audit}/ecarts")
async def add_gap(
    request: Request, audit: UUID, database: RoomDatabase, viewer: Anyone,
    requirement: Short = "", severity: Annotated[Literal["major", "minor"], Form()] = "minor", text: Text = "",
) -> Response:  # fmt: skip
    def change(found: Audit) -> Audit:
        return write.add_finding(found, requirement or None, severity, text)

    return await _change(request, database, viewer, audit, "lead", change, {"text": text})


@router.post("/audits/{audit}/ecarts/{n}/retrait")
async def drop_gap(request: Request, audit: UUID, n: int, database: RoomDatabase, viewer: Anyone) -> Response:
    return await _change(request, database, viewer, audit, "lead", lambda found: write.drop_finding(found, n), {})


@router.post("/audits/{audit}/ecarts/{n}/reponse")
async def answer_gap(
    request: Request, audit: UUID, n: int, database: RoomDatabase, viewer: Anyone, text: Text = ""
) -> Response:
    async with database.transaction(viewer.sees) as work:
        at = await recorded_at(request, work)

    def change(found: Audit) -> Audit:
        return write.answer_finding(found, n, text, viewer.name, at)

    return await _change(request, database, viewer, audit, "audited", change, {f"answer-{n}": text})


@router.post("/audits/{audit}/vues")
async def note_seen(
    request: Request, audit: UUID, database: RoomDatabase, viewer: Anyone, evidence: Short = "", note: Text = ""
) -> Response:
    async with database.transaction(viewer.sees) as work:
        day = await day_of(request, work)

    def change(found: Audit) -> Audit:
        return write.note_seen(found, evidence, day, note)

    return await _change(request, database, viewer, audit, "lead", change, {"seen": note})


@router.post("/audits/{audit}/pratiques")
async def note_practice(
    request: Request, audit: UUID, database: RoomDatabase, viewer: Anyone, requirement: Short = "", text: Text = ""
) -> Response:
    def change(found: Audit) -> Audit:
        return write.note_practice(found, requirement, text)

    return await _change(request, database, viewer, audit, "lead", change, {"practice": text})


@router.post("/audits/{audit}/pratiques/{n}/publication")
async def publish(request: Request, audit: UUID, n: int, database: RoomDatabase, viewer: Uesl) -> Response:
    """Once the audit is signed, and without saying whose it is."""
    async with database.transaction(viewer.sees) as work:
        found = await seen_audit(work, audit)
        if found.state != "signed" or not await publish_practice(work, found, n, await day_of(request, work)):
            raise Problem(409, "Une pratique se publie une fois l’audit signé, et si elle y est relevée.")
    return RedirectResponse("/audits#pratiques", status_code=303)


@router.post("/audits/{audit}/echantillon")
async def draw(
    request: Request, audit: UUID, database: RoomDatabase, viewer: Anyone,
    size: Annotated[int, Form(ge=1, le=LARGEST_SAMPLE)] = 20,
) -> Response:  # fmt: skip
    """From the last four quarters that have ended; the audit's number is the seed."""
    try:
        async with database.transaction(viewer.sees) as work:
            found = await seen_audit(work, audit)
            _allow(viewer, found, "lead")
            quarters = periods_before(Period.quarter_of(await day_of(request, work)), QUARTERS_SAMPLED)
            declared = await declared_by(work, found, quarters)
            sample = draw_sample(declared, size, found.number)
            await change_audit(work, audit, lambda one: _with_sample(one, sample))
    except AuditRefused as refused:
        return await _refused(request, database, viewer, audit, refused, {})
    return _back(audit)


def _with_sample(audit: Audit, sample: object) -> Audit:
    if audit.state not in ("preparing", "examining"):
        raise AuditRefused("L’échantillon se tire avant ou pendant l’examen.")
    return audit.model_copy(update={"sample": sample})


@router.post("/audits/{audit}/pieces")
async def upload(
    request: Request, audit: UUID, database: RoomDatabase, viewer: Anyone,
    evidence: Short = "", expires_on: Short = "", file: UploadFile | None = None,
) -> Response:  # fmt: skip
    """A new version of the audited's piece; it serves all requirements that cite it, in all its audits."""
    content = await file.read(MAX_BYTES + 1) if file else b""
    name = (file.filename or "") if file else ""
    try:
        async with database.transaction(viewer.sees) as work:
            found = await seen_audit(work, audit)
            _allow(viewer, found, "audited")
            if not found.is_open:
                raise AuditRefused("Cet audit est clos : aucune pièce ne s’y ajoute.")
            at = await recorded_at(request, work)
            until, by = _day(expires_on), viewer.name
            await keep_piece(work, found, evidence, name, content, expires_on=until, by=by, at=at)
    except AuditRefused as refused:
        return await _refused(request, database, viewer, audit, refused, {"expires_on": expires_on})
    return _back(audit)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError as error:
        raise AuditRefused("Une date s’écrit AAAA-MM-JJ.") from error


@router.get("/pieces-audit/{piece}")
async def download(piece: UUID, database: RoomDatabase, viewer: Anyone) -> Response:
    """As it was sent, to be kept and not opened here."""
    async with database.transaction(viewer.sees) as work:
        found = await piece_content(work, piece)
    if found is None:
        raise not_found()
    return file_response(found.content, "application/octet-stream", f"piece-{piece}")


@router.get("/audits/{audit}/rapport")
async def get_report(
    audit: UUID, database: RoomDatabase, viewer: Anyone, format: Literal["pdf", "xlsx"] = "pdf"
) -> Response:
    """The frozen report once it is signed; before, what it would say now."""
    async with database.transaction(viewer.sees) as work:
        found = await seen_audit(work, audit)
        signed = await signed_document(work, audit)
        document = signed[0] if signed else await draw_report(work, found, await read_network(work))
    return await document_response(document, found.number, format)
