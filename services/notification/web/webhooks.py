"""`/webhooks`: where a platform wants its own systems to be told what UESL gives back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, Field

from services.notification.domain.webhooks import LONGEST_URL, MOST_WEBHOOKS, UnfitAddress, target_of
from services.notification.tables import webhooks as kept
from services.notification.web.doors import RoomDatabase, SignedIn
from shared.database import Database
from shared.described import problems
from shared.pages.words import FieldError, Link
from shared.security import Viewer
from shared.settings import Settings
from shared.web import Problem, not_found, page_context, pages_of, settings_of

router = APIRouter(tags=["webhooks"])

Url = Annotated[str, Field(max_length=LONGEST_URL)]


class WantedWebhook(BaseModel, extra="forbid"):
    """Where to call: https, a public address."""

    url: Url


class WebhookShown(BaseModel, from_attributes=True):
    """A webhook; `disabled_why` says what was answered the last time where nothing more goes there."""

    id: UUID
    platform: str
    url: str
    created_at: datetime
    created_by: str
    disabled_at: datetime | None
    disabled_why: str | None
    waiting: int


class NewWebhook(BaseModel):
    """Its secret is told here once, and never again."""

    id: UUID
    url: str
    secret: str


class Try(BaseModel):
    """One call: the status that was answered, if any."""

    at: datetime
    milliseconds: int
    status: int | None
    answer: str


class DeliveryShown(BaseModel, from_attributes=True):
    """What was told, or is still to be, with every attempt; `id` is the header webhook-id."""

    id: UUID
    type: str
    subject: str
    state: str
    attempts: int
    created_at: datetime
    sent_at: datetime | None
    next_try_at: datetime | None
    tries: list[Try]


async def _register(database: Database, settings: Settings, viewer: Viewer, url: str) -> NewWebhook:
    if not viewer.platform:
        raise Problem(403, "Seule une Plate-forme inscrit un webhook, pour elle-même.")
    try:
        target_of(url, simulation=settings.simulation)
    except UnfitAddress as refusal:
        raise Problem(422, str(refusal), code="unfit_address") from None
    async with database.transaction(viewer.sees) as work:
        key = settings.secret_key.get_secret_value()
        made = await kept.register(work, viewer.platform, url, viewer.name, key)
    if made is None:
        raise Problem(409, f"Une Plate-forme a {MOST_WEBHOOKS} webhooks au plus\u00a0: supprimez-en un d’abord.")
    return NewWebhook(id=made[0], url=url, secret=made[1])


@router.get("/api/v1/webhooks", summary="Lister les webhooks")
async def list_webhooks(database: RoomDatabase, viewer: SignedIn) -> list[WebhookShown]:
    """A platform sees its own, without their secrets."""
    async with database.transaction(viewer.sees) as work:
        return [WebhookShown.model_validate(row) for row in await kept.list_webhooks(work)]


@router.post("/api/v1/webhooks", status_code=201, summary="Inscrire un webhook", responses=problems(403, 409))
async def add_webhook(
    request: Request, response: Response, database: RoomDatabase, viewer: SignedIn, wanted: WantedWebhook
) -> NewWebhook:
    """From now on `restitution.issued` goes there, signed after Standard Webhooks (v1, HMAC-SHA256).

    Answer 2xx within 10 seconds; anything else is tried again, ten times in all, after 1 minute at first and 24 hours
    at last, then the webhook is disabled. The same `webhook-id` is the same message.
    """
    response.headers["cache-control"] = "no-store"
    return await _register(database, settings_of(request), viewer, wanted.url)


@router.delete("/api/v1/webhooks/{webhook}", status_code=204, summary="Supprimer un webhook")
async def remove_webhook(database: RoomDatabase, viewer: SignedIn, webhook: UUID) -> Response:
    """Nothing more goes there; its secret is forgotten."""
    async with database.transaction(viewer.sees) as work:
        found = await kept.remove(work, webhook)
    if not found:
        raise not_found()
    return Response(status_code=204)


@router.post("/api/v1/webhooks/{webhook}/enabling", status_code=204, summary="Remettre un webhook en service")
async def enable_webhook(database: RoomDatabase, viewer: SignedIn, webhook: UUID) -> Response:
    """What could not be delivered meanwhile is tried again."""
    async with database.transaction(viewer.sees) as work:
        found = await kept.enable(work, webhook)
    if not found:
        raise not_found()
    return Response(status_code=204)


@router.get("/api/v1/webhooks/{webhook}/deliveries", summary="Lire ce qui a été envoyé à un webhook")
async def list_deliveries(database: RoomDatabase, viewer: SignedIn, webhook: UUID) -> list[DeliveryShown]:
    """The newest 200, with every attempt."""
    async with database.transaction(viewer.sees) as work:
        found = await kept.deliveries_of(work, webhook)
    if found is None:
        raise not_found()
    return _deliveries(found)


def _deliveries(rows: Sequence[Any] | None) -> list[DeliveryShown]:
    return [DeliveryShown.model_validate(row) for row in rows or ()]


@router.get("/webhooks", include_in_schema=False)
async def show_webhooks(request: Request, database: RoomDatabase, viewer: SignedIn) -> Response:
    """A platform's own; the admin sees all."""
    return await _page(request, database, viewer)


async def _page(
    request: Request,
    database: Database,
    viewer: Viewer,
    made: NewWebhook | None = None,
    refusal: Problem | None = None,
    url: str = "",
) -> Response:
    async with database.transaction(viewer.sees) as work:
        found = [
            (WebhookShown.model_validate(row), _deliveries(await kept.deliveries_of(work, row.id)))
            for row in await kept.list_webhooks(work)
        ]
    errors = (FieldError("url", refusal.detail),) if refusal else ()
    return pages_of(request).render(
        request,
        "notification/webhooks.html",
        status=refusal.status if refusal else 200,
        **await page_context(request, database, viewer),
        webhooks=found,
        made=made,
        url=url,
        errors=errors,
        most=MOST_WEBHOOKS,
        breadcrumb=(Link("Préférences", "/preferences"), Link("Webhooks")),
    )


@router.post("/webhooks", include_in_schema=False)
async def add_by_page(
    request: Request, database: RoomDatabase, viewer: SignedIn, url: Annotated[str, Form(max_length=LONGEST_URL)] = ""
) -> Response:
    """The page that follows is the only one that shows the secret."""
    try:
        made = await _register(database, settings_of(request), viewer, url.strip())
    except Problem as refusal:
        if refusal.status == 403:
            raise
        return await _page(request, database, viewer, refusal=refusal, url=url)
    return await _page(request, database, viewer, made=made)


@router.post("/webhooks/{webhook}/suppression", include_in_schema=False)
async def remove_by_page(database: RoomDatabase, viewer: SignedIn, webhook: UUID) -> Response:
    await remove_webhook(database, viewer, webhook)
    return RedirectResponse("/webhooks", status_code=303)


@router.post("/webhooks/{webhook}/remise-en-service", include_in_schema=False)
async def enable_by_page(database: RoomDatabase, viewer: SignedIn, webhook: UUID) -> Response:
    await enable_webhook(database, viewer, webhook)
    return RedirectResponse("/webhooks", status_code=303)
