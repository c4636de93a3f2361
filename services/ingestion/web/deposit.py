"""The form by which a page takes a file: what was typed, what the file itself says, and the page with both."""

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import Request
from fastapi.responses import HTMLResponse

from services.ingestion.domain.guessing import Guess, Sender, guess
from services.ingestion.domain.open_periods import open_periods, sender_on
from services.ingestion.tables.sent import Bytes
from services.ingestion.tables.submissions import Wanted, accepted_places, list_submissions
from services.ingestion.web.apart import glance_apart
from services.ingestion.web.doors import known_form, sending_platform
from services.ingestion.web.forms import day_in
from shared.database import Database
from shared.forms import FORMS, Form
from shared.pages.words import FieldError, Paging
from shared.readings import NoRegistry, read_network
from shared.security import Viewer
from shared.web import page_context, pages_of

# What a browser sends of its own accord as soon as a file is chosen.
LOOKED_AT_BYTES = 5 * 1024 * 1024
_PAGE = 50
_BY_THE_FILE = ("", "Reconnaître d’après le fichier")


@dataclass(frozen=True, slots=True)
class Typed:
    """What stood in the form; where form and period are empty the file is to say them."""

    form: str = ""
    period: str = ""
    certified_by: str = ""

    @classmethod
    def of(cls, fields: Mapping[str, str]) -> "Typed":
        return cls(
            fields.get("form", "")[:100], fields.get("period", "")[:100], fields.get("certified_by", "").strip()[:200]
        )


class Unanswered(Exception):
    """Something is still to be said before the file can be taken."""

    def __init__(self, *errors: FieldError) -> None:
        super().__init__()
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Told:
    """As what the file is to be judged."""

    form: Form
    period: str


async def tell_place(
    request: Request, database: Database, viewer: Viewer, typed: Typed, file_name: str, content: Bytes
) -> Told:
    """What was chosen; for what was not, what the file says. Unanswered where nothing does."""
    form = known_form(typed.form) if typed.form else None
    if form and typed.period:
        return Told(form, typed.period)
    guessed = await guess_place(request, database, viewer, file_name, content, form)
    if guessed.form is None:
        raise Unanswered(FieldError("form", guessed.form_why))
    if not typed.period and guessed.period is None:
        raise Unanswered(FieldError("period", guessed.period_why))
    return Told(guessed.form, typed.period or str(guessed.period))


async def guess_place(
    request: Request, database: Database, viewer: Viewer, file_name: str, content: Bytes, form: Form | None
) -> Guess:
    sender = await _sender(request, database, viewer)
    return guess(sender, file_name, await glance_apart(content), form)


async def _sender(request: Request, database: Database, viewer: Viewer) -> Sender:
    platform, day = sending_platform(viewer), await day_in(request, database)
    async with database.transaction(viewer.sees) as work:
        accepted = await accepted_places(work, platform)
        network = await read_network(work)
    return sender_on(day, platform, network, accepted)


async def deposits_page(
    request: Request,
    database: Database,
    viewer: Viewer,
    page: int = 1,
    typed: Typed | None = None,
    errors: tuple[FieldError, ...] = (),
) -> HTMLResponse:
    """The list, and for a platform the form above it, with what was typed and what is wrong with it."""
    async with database.transaction(viewer.sees) as work:
        total, submissions = await list_submissions(work, Wanted(), _PAGE, (page - 1) * _PAGE)
    context = await page_context(request, database, viewer)
    context |= {"submissions": submissions, "forms": FORMS, "paging": Paging(page, _PAGE, total)}
    context |= {"typed": typed or Typed(), "errors": errors, "looked_at": LOOKED_AT_BYTES}
    context["form_choices"] = [_BY_THE_FILE, *((form.code, form.title) for form in FORMS.values())]
    context["period_choices"] = await _period_choices(request, database)
    return pages_of(request).render(request, "ingestion/list.html", 422 if errors else 200, **context)


async def _period_choices(request: Request, database: Database) -> list[tuple[str, str]]:
    """Empty where nothing is open."""
    async with database.transaction() as work:
        try:
            first = (await read_network(work)).first_period
        except NoRegistry:
            return []
    periods = open_periods(first, await day_in(request, database))
    return [_BY_THE_FILE, *((str(one), one.title) for one in periods)] if periods else []
