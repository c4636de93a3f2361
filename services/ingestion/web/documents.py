"""The verdict on a submission as documents: the received cells annotated in a workbook, and a PDF to print or file."""

import asyncio
from functools import cache
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from services.ingestion.domain.marks import MOST_LINES, Marks
from services.ingestion.domain.verdict_told import Finding
from services.ingestion.tables.bytes_kept import copy_bytes
from services.ingestion.tables.findings import findings_in_pages, some_findings, verdict_of
from services.ingestion.tables.models import Submission
from services.ingestion.tables.sent import NO_FORM, Spool, spool
from services.ingestion.web.annotated import Annotation, annotate, list_findings
from services.ingestion.web.doors import RoomDatabase, SignedIn
from services.ingestion.web.verdict_pdf import MOST_FINDINGS, render_verdict
from services.ingestion.web.verdicts import attached, found_for
from shared.children import ChildFailed, Children
from shared.database import Database
from shared.described import files, problems
from shared.files import XLSX
from shared.forms import FORMS
from shared.report import french
from shared.security import Viewer
from shared.web import Problem

router = APIRouter(prefix="/api/v1/submissions", tags=["submissions"])


@cache
def _children() -> Children:
    """Its own: a long workbook does not keep a judging waiting."""
    return Children(number=1)


@router.get(
    "/{submission}/errors.xlsx",
    summary="Télécharger le fichier reçu, annoté",
    response_class=Response,
    responses={**files(XLSX), **problems(410)},
)
async def download_annotated(submission: UUID, database: RoomDatabase, viewer: SignedIn) -> Response:
    """The received cells, those at fault coloured and commented, and the list of errors; it says what it leaves out."""
    found = await found_for(database, viewer, submission)
    marks, findings = await _gather(database, viewer, found)
    with spool() as spooled:
        has_file = bool(marks.lines) and await copy_bytes(database, viewer.sees, submission, spooled)
        wanted = _annotation(found, marks, findings, has_file=has_file)
        content = await (_annotated(spooled, wanted) if has_file else asyncio.to_thread(list_findings, wanted))
    return Response(content, headers=attached(f"erreurs-{found.number}.xlsx"), media_type=XLSX)


async def _gather(database: Database, viewer: Viewer, found: Submission) -> tuple[Marks, list[Finding]]:
    """As many findings as a workbook bears."""
    marks = Marks()
    findings: list[Finding] = []
    async for _, some in findings_in_pages(database, viewer.sees, found):
        for finding in some:
            if not marks.add(finding):
                return marks, findings
            findings.append(finding)
    return marks, findings


def _annotation(found: Submission, marks: Marks, findings: list[Finding], *, has_file: bool) -> Annotation:
    form = FORMS.get(found.form, NO_FORM)
    accepted = found.verdict == "accepted"
    is_whole = found.rows_refused + found.rows_accepted + found.rows_blank <= MOST_LINES and not marks.is_cut
    excerpt = None if is_whole else _excerpt_told(found, marks)
    notes = [
        f"{form.title}, {french.period(found.period)}, {found.platform}, reçu le {french.moment(found.received_at)}",
        f"{_counted(found, len(findings))} en tout.",
    ]
    if not has_file:
        notes.append("Aucune case n’est reprise : aucune n’est en cause, ou les octets ne sont pas conservés.")
    elif is_whole and accepted:
        notes.append("L’autre feuille est la copie du fichier reçu, ligne pour ligne : les cases colorées étonnent.")
    elif is_whole:
        notes.append(
            "L’autre feuille est la copie du fichier reçu, ligne pour ligne : corrigez-y les cases colorées, puis"
            " déposez ce classeur."
        )
    if marks.is_cut:
        notes.append(
            f"Seules les {french.number(len(findings))} premières erreurs sont reprises ici. Toutes sont dans le"
            " fichier CSV, à télécharger depuis la page du dépôt."
        )
    title = (
        f"Dépôt n°{french.HARD_SPACE}{found.number}{french.HARD_SPACE}: {'avertissements' if accepted else 'erreurs'}"
    )
    return Annotation(form, title, tuple(notes), tuple(findings), marks, excerpt)


def _counted(found: Submission, warnings: int) -> str:
    if found.verdict == "accepted":
        return french.count(warnings, "avertissement", "avertissements")
    return french.count(found.error_count, "erreur", "erreurs")


def _excerpt_told(found: Submission, marks: Marks) -> str:
    rows = french.count(found.rows_refused + found.rows_accepted, "ligne", "lignes")
    if not marks.is_cut:
        return f"Seules les lignes en erreur sont reprises, sur {rows} reçues. Ne déposez pas cet extrait."
    return (
        f"Seules les {french.number(len(marks.lines))} premières lignes en erreur sont reprises, sur {rows} reçues ;"
        " les erreurs des autres sont dans le fichier CSV. Ne déposez pas cet extrait."
    )


async def _annotated(spooled: Spool, wanted: Annotation) -> bytes:
    """In a child process: what is read again may be hostile, or merely long."""
    pieces: list[bytes] = []
    try:
        await _children().run(annotate, spooled.taken().file, wanted, pieces.append)
    except ChildFailed as error:
        raise Problem(
            503, "Le classeur n’a pas pu être fait : la liste CSV des erreurs, elle, est complète."
        ) from error
    return b"".join(pieces)


@router.get(
    "/{submission}/verdict.pdf",
    summary="Télécharger le verdict en PDF",
    response_class=Response,
    responses={**files("application/pdf"), **problems(410)},
)
async def download_pdf(submission: UUID, database: RoomDatabase, viewer: SignedIn) -> Response:
    """The first errors, and where the others are."""
    found = await found_for(database, viewer, submission)
    verdict = await verdict_of(database, viewer.sees, found)
    _, findings = await some_findings(database, viewer.sees, found, 1, MOST_FINDINGS)
    title = f"Verdict du dépôt n°{french.HARD_SPACE}{found.number}"
    content = await asyncio.to_thread(render_verdict, title, _facts(found), verdict, findings)
    return Response(content, headers=attached(f"verdict-{found.number}.pdf"), media_type="application/pdf")


def _facts(found: Submission) -> list[tuple[str, str]]:
    return [
        ("Formulaire", FORMS.get(found.form, NO_FORM).title),
        ("Période", french.period(found.period)),
        ("Plate-forme", found.platform),
        ("Reçu le", french.moment(found.received_at)),
        ("Certifié par", found.certified_by or "non précisé"),
        ("Fichier", found.file_name),
        ("Empreinte SHA-256", found.sha256),
    ]
