"""Quality warnings: what of an accepted file is to be explained, and what was said of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from services.ingestion.domain.warnings import RULES
from services.ingestion.domain.warnings.words import LONGEST_WORD, State
from services.ingestion.tables.submissions import find
from services.ingestion.tables.warning_lists import list_warnings, statistics
from services.ingestion.tables.warnings import KeptWarning, warnings_of
from services.ingestion.web.doors import RoomDatabase, SignedIn
from services.ingestion.web.warning_words import say
from shared.database import Database
from shared.described import problems
from shared.security import Viewer
from shared.web import not_found, uesl_at

router = APIRouter(prefix="/api/v1", tags=["submissions"])

Uesl = Annotated[Viewer, Depends(uesl_at("ingestion"))]
WAITING: Sequence[State] = ("open", "asked_back")
_KEPT = ConfigDict(from_attributes=True)


class ToldWord(BaseModel):
    """Something said about a warning: by whom, when."""

    model_config = _KEPT

    kind: Literal["explanation", "acceptance", "question"]
    role: Literal["platform", "uesl", "admin"]
    said_by: str
    said_at: datetime
    text: str


class ToldRemembered(BaseModel):
    """How the same warning was explained before."""

    model_config = _KEPT

    period: str
    said_at: datetime
    text: str


class ToldWarning(BaseModel):
    """What was found in a file that counts, and its thread; `remembered` is offered as an explanation."""

    model_config = _KEPT

    n: int
    line: int | None
    column: str | None
    code: str
    title: str
    member: str
    message: str
    state: State
    words: list[ToldWord]
    remembered: ToldRemembered | None


class Warnings(BaseModel):
    """A submission's warnings; `to_confirm` as long as one waits for an explanation."""

    submission: UUID
    to_confirm: bool
    warnings: list[ToldWarning]


class Text(BaseModel):
    """A sentence or a few."""

    text: str = Field(max_length=LONGEST_WORD * 2, description=f"{LONGEST_WORD} characters at most")


class Acceptance(BaseModel):
    """A word with it is welcome, and not needed."""

    text: str = Field(default="", max_length=LONGEST_WORD * 2)


class ListedWarning(BaseModel):
    """A warning with the submission that it is about."""

    model_config = _KEPT

    submission: UUID
    number: int
    platform: str
    form: str
    period: str
    version: int
    received_at: datetime
    n: int
    line: int | None
    column: str | None
    code: str
    member: str
    message: str
    state: State


class ListedWarnings(BaseModel):
    """One page of the list; `total` counts all."""

    total: int
    warnings: list[ListedWarning]


class RuleStatistics(BaseModel):
    """What becomes of a rule's warnings; `corrected`: no version that stands raises them any more."""

    model_config = _KEPT

    code: str
    raised: int
    waiting: int
    explained: int
    accepted: int
    corrected: int
    share_explained: float
    always_explained: bool


@router.get("/submissions/{submission}/warnings", summary="Lire les avertissements d’un dépôt")
async def read_warnings(submission: UUID, database: RoomDatabase, viewer: SignedIn) -> Warnings:
    """Each with what was said of it, and how the same was explained before; none refuses the file."""
    return await _told(database, viewer, submission)


@router.post(
    "/submissions/{submission}/warnings/{n}/explanation",
    summary="Expliquer un avertissement",
    status_code=201,
    responses=problems(403, 409),
)
async def explain(
    request: Request, submission: UUID, n: int, body: Text, database: RoomDatabase, viewer: SignedIn
) -> Warnings:
    """By the platform that sent the file; until UESL has accepted it may explain again."""
    await say(request, database, viewer, (submission, n), "explanation", body.text)
    return await _told(database, viewer, submission)


@router.post(
    "/submissions/{submission}/warnings/{n}/acceptance",
    summary="Accepter une explication",
    status_code=201,
    responses=problems(409),
)
async def accept(
    request: Request, submission: UUID, n: int, body: Acceptance, database: RoomDatabase, viewer: Uesl
) -> Warnings:
    """By UESL; the thread is then closed."""
    await say(request, database, viewer, (submission, n), "acceptance", body.text)
    return await _told(database, viewer, submission)


@router.post(
    "/submissions/{submission}/warnings/{n}/question",
    summary="Demander une précision",
    status_code=201,
    responses=problems(409),
)
async def ask_back(
    request: Request, submission: UUID, n: int, body: Text, database: RoomDatabase, viewer: Uesl
) -> Warnings:
    """By UESL; the submission is to be confirmed again until the platform answers."""
    await say(request, database, viewer, (submission, n), "question", body.text)
    return await _told(database, viewer, submission)


@router.get("/warnings", summary="Lister les avertissements")
async def list_all(
    database: RoomDatabase,
    viewer: SignedIn,
    state: State | None = None,
    code: Annotated[str | None, Query(max_length=100)] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    offset: Annotated[int, Query(ge=0, le=10**9)] = 0,
) -> ListedWarnings:
    """The newest submission first; without a state, those that wait for an explanation. A platform sees its own."""
    if code is not None and code not in RULES:
        return ListedWarnings(total=0, warnings=[])
    async with database.transaction(viewer.sees) as work:
        total, found = await list_warnings(work, [state] if state else WAITING, code, limit, offset)
    return ListedWarnings(total=total, warnings=[ListedWarning.model_validate(one) for one in found])


@router.get("/warnings/statistics", summary="Lire ce que deviennent les avertissements de chaque règle")
async def read_statistics(database: RoomDatabase, viewer: Uesl) -> list[RuleStatistics]:
    """How many were raised, explained, accepted, corrected: which rules are always explained away."""
    async with database.transaction(viewer.sees) as work:
        return [RuleStatistics.model_validate(one) for one in await statistics(work)]


async def _told(database: Database, viewer: Viewer, submission: UUID) -> Warnings:
    async with database.transaction(viewer.sees) as work:
        if (found := await find(work, submission)) is None:
            raise not_found()
        kept = await warnings_of(work, submission)
    return Warnings(submission=submission, to_confirm=found.to_confirm, warnings=[_one(warning) for warning in kept])


def _one(kept: KeptWarning) -> ToldWarning:
    return ToldWarning(
        n=kept.n,
        line=kept.line,
        column=kept.column,
        code=kept.code,
        title=RULES[kept.code].title,
        member=kept.member,
        message=kept.message,
        state=kept.state,
        words=[ToldWord.model_validate(word) for word in kept.words],
        remembered=ToldRemembered.model_validate(kept.remembered) if kept.remembered else None,
    )
