"""Saying a word about a warning, by the API or from a page: who may, and what it may hold."""

from datetime import datetime
from uuid import UUID

from fastapi import Request

from services.ingestion.domain.identity import holds_identity
from services.ingestion.domain.warnings.words import LONGEST_WORD, SHORTEST_WORD, Kind, cleaned
from services.ingestion.tables.models import Submission
from services.ingestion.tables.submissions import find
from services.ingestion.tables.warnings import NoSuchWarning, NotNow, Word, remembered_of, say_word
from shared.clock import noon
from shared.database import Database
from shared.forms import FORMS
from shared.readings import current_day
from shared.security import Viewer
from shared.transaction import Transaction
from shared.web import Problem, not_found, settings_of


async def say(
    request: Request, database: Database, viewer: Viewer, at: tuple[UUID, int], kind: Kind, text: str | None
) -> None:
    """Text None: what explained the same warning before. Raises 403, 404, 409, 422 in French."""
    _require_role(viewer, kind)
    submission, n = at
    async with database.transaction(viewer.sees) as work:
        if (found := await find(work, submission)) is None:
            raise not_found()
        said = await _remembered(work, submission, n) if text is None else _allowed(text, kind, found)
        moment = await _moment(work, request)
        word = Word(kind, viewer.role, viewer.name or viewer.platform or "", moment, said)
        try:
            await say_word(work, found, n, word)
        except NoSuchWarning:
            raise not_found() from None
        except NotNow:
            raise Problem(409, "L’avertissement n’en est plus là : relisez-le, puis recommencez.") from None


def _require_role(viewer: Viewer, kind: Kind) -> None:
    if kind == "explanation" and viewer.platform is None:
        raise Problem(403, "Seule la Plate-forme explique un avertissement ; l’UESL accepte ou demande une précision.")
    if kind != "explanation" and not viewer.sees_all:
        raise Problem(403, "Cette opération est réservée à l’UESL.")


def _allowed(text: str, kind: Kind, submission: Submission) -> str:
    """An explanation about anonymous cases names nobody either."""
    if kind == "acceptance" and not text.strip():
        return ""
    kept = cleaned(text)
    if kept is None:
        sentence = f"Écrivez de {SHORTEST_WORD} à {LONGEST_WORD} caractères, sans caractère de commande."
        raise Problem(422, sentence, code="bad_text")
    if FORMS[submission.form].anonymous and holds_identity(kept):
        sentence = "Les dossiers sont anonymes : n’écrivez ni courriel, ni téléphone, ni NIR, ni adresse."
        raise Problem(422, sentence, code="identifying_data")
    return kept


async def _remembered(work: Transaction, submission: UUID, n: int) -> str:
    found = (await remembered_of(work, submission)).get(n)
    if found is None:
        raise Problem(409, "Aucune explication n’est à reprendre pour cet avertissement.")
    return found.text


async def _moment(work: Transaction, request: Request) -> datetime:
    day = await current_day(work) if settings_of(request).simulation else None
    moment: datetime = noon(day) if day else request.app.state.clock()
    return moment
