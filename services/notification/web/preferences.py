"""`/preferences`: what comes by mail, and how, chosen by its recipient or by UESL."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, Field

from services.notification.domain.messages import CENTRAL, KINDS, Recipient
from services.notification.domain.preferences import (
    CHOICES,
    DELIVERIES,
    Delivery,
    NotToBeChosen,
    check_choice,
    deliveries_of,
)
from services.notification.tables.preferences import Preference, all_chosen, choose, preferences_of
from services.notification.tables.recipients import name_of
from services.notification.web.doors import RoomDatabase, SignedIn
from shared.described import problems
from shared.security import Viewer
from shared.transaction import Transaction
from shared.web import Problem, not_found, page_context, pages_of

router = APIRouter(tags=["preferences"])

Platform = Annotated[str | None, Field(max_length=100)]
Member = Annotated[str | None, Field(max_length=100)]


class PreferenceShown(BaseModel, from_attributes=True):
    """How messages of a kind come; nobody has chosen where `set_by` is null. Reminders always come."""

    kind: str
    delivery: Delivery
    set_by: str | None
    set_at: datetime | None


class PreferencesShown(BaseModel):
    """All that a recipient can choose."""

    recipient_kind: str
    recipient: str
    preferences: list[PreferenceShown]


class Choice(BaseModel, extra="forbid"):
    """For one kind of message: files enclosed, links only, or no mail."""

    kind: str
    delivery: Delivery


class Choices(BaseModel, extra="forbid"):
    """What is to change; the rest stays."""

    preferences: Annotated[list[Choice], Field(max_length=10)]


async def recipient_asked(work: Transaction, viewer: Viewer, platform: str | None, member: str | None) -> Recipient:
    """Whose preferences: one's own, or for the admin anybody's; UESL's where it names nobody."""
    own = _own(viewer)
    asked = Recipient("platform", platform) if platform else Recipient("member", member) if member else own
    if asked != own and not viewer.sees_all:
        raise not_found()
    if asked.kind != "central" and await name_of(work, asked) is None:
        raise not_found()
    return asked


def _own(viewer: Viewer) -> Recipient:
    if viewer.sees_all:
        return Recipient("central", CENTRAL)
    return Recipient("member", viewer.member) if viewer.member else Recipient("platform", viewer.platform or "")


async def choose_all(work: Transaction, recipient: Recipient, choices: list[Choice], viewer: Viewer) -> None:
    """All or nothing."""
    for choice in choices:
        try:
            kind = check_choice(recipient.kind, choice.kind, choice.delivery)
        except NotToBeChosen as refusal:
            raise Problem(422, str(refusal), code="not_to_be_chosen") from None
        await choose(work, recipient, kind, choice.delivery, viewer.name)


def _shown(recipient: Recipient, preferences: list[Preference]) -> PreferencesShown:
    shown = [PreferenceShown.model_validate(one) for one in preferences]
    return PreferencesShown(recipient_kind=recipient.kind, recipient=recipient.code, preferences=shown)


@router.get("/api/v1/preferences", summary="Lire les préférences d’envoi", responses=problems(404))
async def get_preferences(
    database: RoomDatabase, viewer: SignedIn, platform: Platform = None, member: Member = None
) -> PreferencesShown:
    """One's own; the admin may name a platform or a member, and without a name reads those of UESL."""
    async with database.transaction(viewer.sees) as work:
        recipient = await recipient_asked(work, viewer, platform, member)
        return _shown(recipient, await preferences_of(work, recipient))


@router.put("/api/v1/preferences", summary="Choisir ce qui vient par courriel", responses=problems(404))
async def put_preferences(
    database: RoomDatabase, viewer: SignedIn, choices: Choices, platform: Platform = None, member: Member = None
) -> PreferencesShown:
    """Holds for messages made from now on. Reminders cannot be switched off."""
    async with database.transaction(viewer.sees) as work:
        recipient = await recipient_asked(work, viewer, platform, member)
        await choose_all(work, recipient, choices.preferences, viewer)
        return _shown(recipient, await preferences_of(work, recipient))


@router.get("/preferences", include_in_schema=False)
async def show_preferences(
    request: Request, database: RoomDatabase, viewer: SignedIn, platform: Platform = None, member: Member = None
) -> Response:
    """The choices of a recipient; for the admin, whoever has chosen anything."""
    async with database.transaction(viewer.sees) as work:
        recipient = await recipient_asked(work, viewer, platform and platform.strip(), member and member.strip())
        preferences = await preferences_of(work, recipient)
        chosen = await all_chosen(work) if viewer.sees_all else ()
        name = await name_of(work, recipient)
    return pages_of(request).render(
        request,
        "notification/preferences.html",
        **await page_context(request, database, viewer),
        recipient=recipient,
        name=name,
        preferences=preferences,
        chosen=chosen,
        kind_names=KINDS,
        deliveries=DELIVERIES,
        choices={kind: [(one, DELIVERIES[one]) for one in deliveries_of(kind)] for kind in CHOICES[recipient.kind]},
    )


@router.post("/preferences", include_in_schema=False)
async def keep_preferences(
    request: Request, database: RoomDatabase, viewer: SignedIn, platform: Platform = None, member: Member = None
) -> Response:
    """The page's form; its page then shows how it stands."""
    form = await request.form()
    async with database.transaction(viewer.sees) as work:
        recipient = await recipient_asked(work, viewer, platform, member)
        await choose_all(work, recipient, _choices_in(form, recipient), viewer)
    query = "" if recipient == _own(viewer) else f"?{recipient.kind}={recipient.code}"
    return RedirectResponse(f"/preferences{query}", status_code=303)


def _choices_in(form: Any, recipient: Recipient) -> list[Choice]:
    chosen = {kind: form.get(kind) for kind in CHOICES[recipient.kind]}
    if unknown := [value for value in chosen.values() if value is not None and value not in DELIVERIES]:
        raise Problem(422, f"Choix inconnu : {len(unknown)} à reprendre.".replace(" :", "\u00a0:"))
    return [Choice(kind=kind, delivery=value) for kind, value in chosen.items() if value is not None]
