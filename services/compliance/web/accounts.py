"""One's own account: password, second factor, sessions; and the invitation that makes one."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from services.compliance.domain.passwords import LONGEST, SHORTEST, WeakPassword
from services.compliance.domain.second_factor import address_of
from services.compliance.tables import second_factors
from services.compliance.tables.accounts import (
    NameTaken,
    account_of,
    choose_password,
    find_account,
    renew_sessions,
    verify,
    viewer_of,
)
from services.compliance.tables.invitations import NoSuchInvitation, accept_invitation, open_invitation
from services.compliance.web.doors import Anyone, RoomDatabase
from services.compliance.web.sessions import secret_key_of, set_session
from shared.database import Database
from shared.pages.security import same_origin
from shared.pages.words import FieldError, Flash
from shared.security import Viewer, read_invitation
from shared.web import Problem, page_context, pages_of

router = APIRouter(include_in_schema=False)

Password = Annotated[str, Form(max_length=LONGEST)]
_WRONG = FieldError("current", "Ce n’est pas votre mot de passe actuel.")
_NO_LONGER = "Cette invitation a déjà servi, a été retirée ou a plus de trois jours : demandez-en une autre à l’UESL."


async def _page(request: Request, database: Database, viewer: Viewer, status: int = 200, **more: Any) -> HTMLResponse:
    async with database.transaction() as work:
        account = await account_of(work, viewer)
        left = await second_factors.recovery_codes_left(work, account.id) if account else 0
    told = {"errors": (), "codes": (), "secret": None, **more}
    context = await page_context(request, database, viewer)
    return pages_of(request).render(
        request, "compliance/account.html", status, account=account, left=left, shortest=SHORTEST, **told, **context
    )


async def _own(database: Database, viewer: Viewer) -> Any:
    """Raises a 403 for whoever has signed in with a token."""
    async with database.transaction() as work:
        account = await account_of(work, viewer)
    if account is None:
        raise Problem(403, "Vous êtes entré avec un jeton : il n’a ni mot de passe ni second facteur.")
    return account


@router.get("/compte")
async def account_page(request: Request, database: RoomDatabase, viewer: Anyone) -> HTMLResponse:
    return await _page(request, database, viewer)


@router.post("/compte/mot-de-passe")
async def change_own_password(
    request: Request, database: RoomDatabase, viewer: Anyone, current: Password, chosen: Password
) -> Response:
    """Every session of the account ends; whoever asks goes on in a new one."""
    account = await _own(database, viewer)
    if not verify(account.password_hash, current):
        return await _page(request, database, viewer, 422, errors=[_WRONG])
    try:
        async with database.transaction() as work:
            await choose_password(work, account, chosen)
    except WeakPassword as error:
        return await _page(request, database, viewer, 422, errors=[FieldError("chosen", str(error))])
    return await _go_on(request, database, account.id)


async def _go_on(request: Request, database: Database, account: UUID) -> Response:
    """In a session of its own, of the account as it is now."""
    async with database.transaction() as work:
        viewer = viewer_of(await find_account(work, account))
    answer = RedirectResponse("/compte", status_code=303)
    set_session(request, answer, viewer)
    return answer


@router.post("/compte/sessions")
async def end_all_sessions(request: Request, database: RoomDatabase, viewer: Anyone) -> Response:
    """Signs out everywhere but here."""
    account = await _own(database, viewer)
    async with database.transaction() as work:
        await renew_sessions(work, account.id)
    return await _go_on(request, database, account.id)


@router.post("/compte/second-facteur")
async def begin_second_factor(
    request: Request, database: RoomDatabase, viewer: Anyone, current: Password
) -> HTMLResponse:
    """Shows the secret, which asks for nothing until a first code was given."""
    account = await _own(database, viewer)
    if not verify(account.password_hash, current):
        return await _page(request, database, viewer, 422, errors=[_WRONG])
    if account.secret_confirmed:
        raise Problem(409, "Le second facteur est déjà en service.")
    async with database.transaction() as work:
        secret = await second_factors.begin_second_factor(work, account.id, secret_key_of(request))
    return await _page(request, database, viewer, secret=secret, address=address_of(secret, account.name))


@router.post("/compte/second-facteur/confirmation")
async def confirm_second_factor(
    request: Request, database: RoomDatabase, viewer: Anyone, code: Annotated[str, Form(max_length=20)]
) -> HTMLResponse:
    """From now on each sign-in needs a code; the recovery codes are shown once."""
    account = await _own(database, viewer)
    async with database.transaction() as work:
        codes = await second_factors.confirm_second_factor(
            work, account, code, request.app.state.clock(), secret_key_of(request)
        )
    if codes is None:
        wrong = FieldError("code", "Ce code n’est pas celui de votre application : recommencez depuis le début.")
        return await _page(request, database, viewer, 422, errors=[wrong])
    return await _page(request, database, viewer, codes=codes, flash=Flash("Le second facteur est en service."))


@router.post("/compte/second-facteur/arret")
async def end_second_factor(request: Request, database: RoomDatabase, viewer: Anyone, current: Password) -> Response:
    account = await _own(database, viewer)
    if not verify(account.password_hash, current):
        return await _page(request, database, viewer, 422, errors=[_WRONG])
    async with database.transaction() as work:
        await second_factors.end_second_factor(work, account.id)
    return RedirectResponse("/compte", status_code=303)


@router.get("/invitation")
async def invitation_page(
    request: Request, database: RoomDatabase, cle: Annotated[str, Query(max_length=500)] = ""
) -> HTMLResponse:
    """To whoever was sent the link: the account that it makes, and a password to choose."""
    return await _invitation_page(request, database, cle)


async def _invitation_page(
    request: Request, database: Database, key: str, errors: tuple[FieldError, ...] = ()
) -> HTMLResponse:
    async with database.transaction() as work:
        try:
            invitation = await open_invitation(work, _invited(request, key), request.app.state.clock())
        except NoSuchInvitation:
            raise Problem(404, _NO_LONGER) from None
    context = await page_context(request, database, None)
    told = {"invitation": invitation, "key": key, "errors": errors, "shortest": SHORTEST}
    return pages_of(request).render(request, "compliance/invitation.html", 422 if errors else 200, **told, **context)


def _invited(request: Request, key: str) -> UUID:
    invitation = read_invitation(secret_key_of(request), key)
    if invitation is None:
        raise NoSuchInvitation
    return invitation


@router.post("/invitation")
async def take_invitation(
    request: Request,
    database: RoomDatabase,
    cle: Annotated[str, Form(max_length=500)],
    chosen: Password,
) -> Response:
    """Makes the account; its owner then signs in with it."""
    if not same_origin(request):
        raise Problem(403, "Cette demande ne vient pas de nos pages.")
    try:
        async with database.transaction() as work:
            await accept_invitation(work, _invited(request, cle), chosen, request.app.state.clock())
    except NoSuchInvitation:
        raise Problem(404, _NO_LONGER) from None
    except WeakPassword as error:
        return await _invitation_page(request, database, cle, (FieldError("chosen", str(error)),))
    except NameTaken:
        raise Problem(409, "Un compte porte déjà cette adresse : connectez-vous avec lui.") from None
    return RedirectResponse("/connexion", status_code=303)
