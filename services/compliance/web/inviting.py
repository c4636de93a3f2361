"""Who has an account, and whom the admin invites: JSON and the page."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel, Field

from services.compliance.tables.accounts import Actor, account_of, close_account, list_accounts
from services.compliance.tables.invitations import invite, list_invitations, withdraw_invitation
from services.compliance.web.doors import Admin, RoomDatabase
from services.compliance.web.sessions import secret_key_of
from shared.database import Database
from shared.described import problems
from shared.pages.words import FieldError
from shared.readings import read_network
from shared.security import Role, Viewer, sign_invitation
from shared.transaction import Transaction
from shared.web import Problem, not_found, page_context, pages_of, settings_of

router = APIRouter(tags=["credentials"])

_EMAIL = r"^[^@\s<>\"]{1,64}@[^@\s<>\"]{1,180}\.[^@\s<>\"]{2,}$"
ROLES: dict[Role, str] = {
    "uesl": "UESL",
    "platform": "Plate-forme",
    "member": "CIL/CCI",
    "auditor": "Cabinet d’audit",
    "admin": "Administration",
}


class InvitationWanted(BaseModel):
    """Whom to invite, as what, and in whose name: the code of a platform, a member or an audit firm."""

    email: str = Field(pattern=_EMAIL, max_length=250)
    role: Literal["uesl", "platform", "member", "auditor", "admin"]
    code: str = Field(default="", max_length=50, pattern=r"^[A-Za-z0-9-]*$")


class Invitation(BaseModel, from_attributes=True):
    """An invitation without its link."""

    id: UUID
    email: str
    role: str
    platform: str
    member: str
    firm: str
    invited_by: str
    invited_at: datetime
    expires_at: datetime
    used_at: datetime | None
    withdrawn_at: datetime | None


class InvitationMade(BaseModel):
    """The link is good once and for three days; it is shown here, once, to whoever invites."""

    id: UUID
    link: str


class AccountShown(BaseModel, from_attributes=True):
    """An account without its secrets."""

    id: UUID
    name: str
    role: str
    platform: str
    member: str
    firm: str
    created_at: datetime
    closed_at: datetime | None
    second_factor: bool


async def _actor(work: Transaction, wanted: InvitationWanted) -> Actor:
    """Raises a 422 where the code is not one of the network's, or the role has none."""
    if wanted.role in ("platform", "member"):
        network = await read_network(work)
        known = network.platform(wanted.code) if wanted.role == "platform" else network.member(wanted.code)
        if not known:
            raise Problem(422, "L’annuaire ne connaît pas ce code.", code="unknown_actor")
        return Actor(wanted.role, **{wanted.role: wanted.code})
    if (wanted.role == "auditor") != bool(wanted.code):
        raise Problem(422, "Un cabinet d’audit a un code ; l’UESL et l’administration n’en ont pas.", code="bad_actor")
    return Actor(wanted.role, firm=wanted.code)


async def _invite(request: Request, database: Database, viewer: Viewer, wanted: InvitationWanted) -> InvitationMade:
    async with database.transaction() as work:
        actor = await _actor(work, wanted)
        identity = await invite(work, wanted.email, actor, by=viewer.name, at=request.app.state.clock())
    key = sign_invitation(secret_key_of(request), identity)
    return InvitationMade(id=identity, link=f"{settings_of(request).base_url}/invitation?cle={key}")


@router.post("/api/v1/invitations", status_code=201, summary="Inviter une personne", responses=problems(403))
async def make_invitation(
    request: Request, wanted: InvitationWanted, database: RoomDatabase, viewer: Admin
) -> InvitationMade:
    """A link with which that person makes an account of the role and in the name given."""
    return await _invite(request, database, viewer, wanted)


@router.get("/api/v1/invitations", summary="Lister les invitations")
async def get_invitations(database: RoomDatabase, _: Admin) -> list[Invitation]:
    """The newest first."""
    async with database.transaction() as work:
        return [Invitation.model_validate(one) for one in await list_invitations(work)]


@router.delete("/api/v1/invitations/{invitation}", status_code=204, summary="Retirer une invitation")
async def withdraw(request: Request, invitation: UUID, database: RoomDatabase, _: Admin) -> Response:
    """Its link opens nothing any more."""
    async with database.transaction() as work:
        if not await withdraw_invitation(work, invitation, request.app.state.clock()):
            raise not_found()
    return Response(status_code=204)


@router.get("/api/v1/accounts", summary="Lister les comptes")
async def get_accounts(database: RoomDatabase, _: Admin) -> list[AccountShown]:
    """Those that were closed, too."""
    async with database.transaction() as work:
        return [AccountShown.model_validate(one) for one in await list_accounts(work)]


@router.delete("/api/v1/accounts/{account}", status_code=204, summary="Fermer un compte", responses=problems(409))
async def close(request: Request, account: UUID, database: RoomDatabase, viewer: Admin) -> Response:
    """It signs in no more; its sessions end in every room."""
    await _close(request, database, viewer, account)
    return Response(status_code=204)


async def _close(request: Request, database: Database, viewer: Viewer, account: UUID) -> None:
    async with database.transaction() as work:
        own = await account_of(work, viewer)
        if own and own.id == account:
            raise Problem(409, "Personne ne ferme son propre compte.")
        if not await close_account(work, account, request.app.state.clock()):
            raise not_found()


@router.get("/comptes", include_in_schema=False)
async def accounts_page(request: Request, database: RoomDatabase, viewer: Admin) -> HTMLResponse:
    return await _page(request, database, viewer)


async def _page(request: Request, database: Database, viewer: Viewer, status: int = 200, **more: Any) -> HTMLResponse:
    async with database.transaction() as work:
        accounts, invitations = await list_accounts(work), await list_invitations(work)
    told = {"errors": (), "made": None, "now": request.app.state.clock(), "roles": ROLES, **more}
    context = await page_context(request, database, viewer)
    return pages_of(request).render(
        request, "compliance/accounts.html", status, accounts=accounts, invitations=invitations, **told, **context
    )


@router.post("/comptes", include_in_schema=False)
async def invite_by_page(
    request: Request,
    database: RoomDatabase,
    viewer: Admin,
    email: Annotated[str, Form(max_length=250)] = "",
    role: Annotated[Role, Form()] = "uesl",
    code: Annotated[str, Form(max_length=50)] = "",
) -> HTMLResponse:
    try:
        wanted = InvitationWanted(email=email.strip(), role=role, code=code.strip().upper())
    except ValueError:
        wrong = FieldError("email", "Écrivez une adresse électronique, et un code de lettres et de chiffres.")
        return await _page(request, database, viewer, 422, errors=[wrong])
    try:
        made = await _invite(request, database, viewer, wanted)
    except Problem as refused:
        return await _page(request, database, viewer, 422, errors=[FieldError("code", refused.detail)])
    return await _page(request, database, viewer, made=made, invited=wanted)


@router.post("/comptes/{account}/fermeture", include_in_schema=False)
async def close_by_page(request: Request, account: UUID, database: RoomDatabase, viewer: Admin) -> Response:
    await _close(request, database, viewer, account)
    return RedirectResponse("/comptes", status_code=303)


@router.post("/comptes/invitations/{invitation}/retrait", include_in_schema=False)
async def withdraw_by_page(request: Request, invitation: UUID, database: RoomDatabase, _: Admin) -> Response:
    async with database.transaction() as work:
        if not await withdraw_invitation(work, invitation, request.app.state.clock()):
            raise not_found()
    return RedirectResponse("/comptes", status_code=303)
