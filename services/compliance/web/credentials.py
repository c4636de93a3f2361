"""Routes of sessions and tokens."""

from collections.abc import Sequence
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel, Field

from services.compliance.tables.credentials import (
    end_session,
    issue_member_token,
    issue_token,
    known_tokens,
    revoke_token,
)
from services.compliance.tables.signing_in import Attempt, CodeNeeded, MustWait, WrongPassword
from services.compliance.tables.signing_in import sign_in as sign_in_account
from services.compliance.web.doors import Admin, RoomDatabase
from services.compliance.web.sessions import secret_key_of, set_session
from shared.database import Database
from shared.described import problems
from shared.pages.security import same_origin
from shared.pages.words import FieldError
from shared.readings import read_network
from shared.security import SESSION_SECONDS, Viewer, sign_session, viewer_of_token
from shared.web import Problem, find_viewer, is_behind_tls, not_found, page_context, pages_of, session_cookie

router = APIRouter(tags=["credentials"])
Way = Literal["account", "platform", "member"]


class Password(BaseModel):
    """An account's name and password; the code of its second factor, where it has one."""

    name: str = Field(max_length=250)
    password: str = Field(max_length=200)
    code: str = Field(default="", max_length=20)


class Session(BaseModel):
    """Presented as `Authorization: Bearer …` until it is too old, or the password is changed."""

    session: str
    expires_in: int = SESSION_SECONDS


class TokenWanted(BaseModel):
    """For which platform, or else for which member; and a name by which to know the token again."""

    platform: str = ""
    member: str = ""
    name: str = Field(default="", max_length=200)


class Token(BaseModel):
    """Shown once; only its hash is kept. It is a platform's, or a member's, which only reads."""

    id: UUID
    platform: str
    member: str = ""
    token: str


class KnownToken(BaseModel):
    """A token without its secret."""

    id: UUID
    platform: str
    member: str = ""
    name: str
    revoked: bool


@router.post("/api/v1/sessions", status_code=201, summary="Ouvrir une session", responses=problems(401, 429))
async def open_session(request: Request, wanted: Password, database: RoomDatabase) -> Session:
    """Signs an account in."""
    attempt = Attempt(wanted.name, wanted.password, wanted.code, request.app.state.clock())
    try:
        viewer = await sign_in_account(database, attempt, secret_key_of(request))
    except WrongPassword:
        raise Problem(401, _WRONG_PASSWORD) from None
    except CodeNeeded:
        raise Problem(401, _NO_CODE, code="code_needed") from None
    except MustWait as waiting:
        raise Problem(429, _waiting(waiting), retry_after=waiting.seconds) from None
    request.state.viewer = viewer  # for the journal of access
    return Session(session=sign_session(secret_key_of(request), viewer))


_WRONG_PASSWORD = "Nom ou mot de passe incorrect."  # noqa: S105  # a sentence
_NO_CODE = "Ce compte demande aussi le code de son second facteur."


def _waiting(waiting: MustWait) -> str:
    minutes = -(-waiting.seconds // 60)
    return f"Trop d’essais sous ce nom : recommencez dans {minutes} minute{'s' if minutes > 1 else ''}."


@router.post(
    "/api/v1/tokens",
    status_code=201,
    summary="Créer le jeton d’une Plate-forme ou d’un CIL/CCI",
    responses=problems(404),
)
async def make_token(wanted: TokenWanted, database: RoomDatabase, _: Admin) -> Token:
    """A new token for a platform of the registry, or for a member, which may only read."""
    if wanted.platform and wanted.member:
        raise Problem(422, "Un jeton est celui d’une Plate-forme ou d’un CIL/CCI, pas des deux.")
    async with database.transaction() as work:
        network = await read_network(work)
        if wanted.member:
            if not network.member(wanted.member):
                raise Problem(404, f"Aucun CIL/CCI ne porte le code {wanted.member[:20]}.")
            credential, token = await issue_member_token(work, wanted.member, wanted.name)
        else:
            if not network.platform(wanted.platform):
                raise Problem(404, f"Aucune Plate-forme ne porte le code {wanted.platform[:20]}.")
            credential, token = await issue_token(work, wanted.platform, wanted.name)
    return Token(id=credential, platform=wanted.platform, member=wanted.member, token=token)


@router.get("/api/v1/tokens", summary="Lister les jetons")
async def list_tokens(database: RoomDatabase, _: Admin) -> list[KnownToken]:
    """All tokens ever made, without their secret."""
    async with database.transaction() as work:
        return [KnownToken.model_validate(row, from_attributes=True) for row in await known_tokens(work)]


@router.delete("/api/v1/tokens/{token}", status_code=204, summary="Révoquer un jeton")
async def revoke(token: UUID, database: RoomDatabase, _: Admin) -> Response:
    """The token opens nothing any more; nor do the sessions opened with it."""
    async with database.transaction() as work:
        if not await revoke_token(work, token):
            raise not_found()
    return Response(status_code=204)


@router.get("/connexion", include_in_schema=False)
async def sign_in_page(request: Request, database: RoomDatabase, next: str = "/") -> HTMLResponse:
    return await _sign_in_page(request, database, next, errors=(), status=200)


async def _sign_in_page(
    request: Request, database: Database, next: str, errors: Sequence[FieldError], status: int, name: str = ""
) -> HTMLResponse:
    context = await page_context(request, database, None)
    told = {"next": _local(next), "errors": errors, "name": name}
    return pages_of(request).render(request, "signin.html", status, **told, **context)


def _local(path: str) -> str:
    """Only a path of ours: a sign-in leads nowhere else."""
    return path if path.startswith("/") and not path.startswith("//") and "\\" not in path else "/"


@router.post("/connexion", include_in_schema=False)
async def sign_in(
    request: Request,
    database: RoomDatabase,
    way: Annotated[Way, Form()],
    name: Annotated[str, Form(max_length=250)] = "",
    password: Annotated[str, Form(max_length=200)] = "",
    code: Annotated[str, Form(max_length=20)] = "",
    token: Annotated[str, Form(max_length=200)] = "",
    member_token: Annotated[str, Form(max_length=200)] = "",
    next: Annotated[str, Form()] = "/",
) -> Response:
    if not same_origin(request):  # nobody is signed in as somebody else from a page of another site
        raise Problem(403, "Cette demande ne vient pas de nos pages.")
    try:
        if way == "account":
            attempt = Attempt(name.strip(), password, code, request.app.state.clock())
            viewer = await sign_in_account(database, attempt, secret_key_of(request))
        else:
            viewer = await _recognise(database, way, (token or member_token).strip())
    except WrongPassword:
        return await _sign_in_page(request, database, next, [_WRONG[way]], 401, name=name)
    except CodeNeeded:
        return await _sign_in_page(request, database, next, [FieldError("code", _NO_CODE)], 401, name=name)
    except MustWait as waiting:
        return await _sign_in_page(request, database, next, [FieldError("password", _waiting(waiting))], 429, name=name)
    request.state.viewer = viewer  # for the journal of access
    answer = RedirectResponse(_local(next), status_code=303)
    set_session(request, answer, viewer)
    return answer


_WRONG: dict[Way, FieldError] = {
    "account": FieldError("password", _WRONG_PASSWORD),
    "platform": FieldError("token", "Ce jeton est inconnu ou révoqué."),
    "member": FieldError("member_token", "Ce jeton est inconnu ou révoqué."),
}


async def _recognise(database: Database, way: Way, token: str) -> Viewer:
    """Raises WrongPassword."""
    async with database.transaction() as work:
        viewer = await viewer_of_token(work, token)
    if viewer is None or viewer.role != way:
        raise WrongPassword
    return viewer


@router.post("/deconnexion", include_in_schema=False)
async def sign_out(request: Request, database: RoomDatabase) -> RedirectResponse:
    """The session opens nothing any more, in no room; the cookie goes."""
    viewer = await find_viewer(request, database)  # refuses a request that does not come from our pages
    if viewer is not None:
        async with database.transaction() as work:
            await end_session(work, viewer)
    answer = RedirectResponse("/connexion", status_code=303)
    answer.delete_cookie(session_cookie(request), secure=is_behind_tls(request), httponly=True)
    return answer
