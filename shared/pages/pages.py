"""Pages rendered on the server: each room adds its templates under its own name."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PrefixLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from shared.pages import words
from shared.pages.assets import asset, mount_static
from shared.pages.reference import list_operations
from shared.report import french
from shared.report.html import render_document, render_table

__all__ = ["Pages", "mount_static"]

TEMPLATES = Path(__file__).parent / "templates"
FILTERS = {
    "number": french.number,
    "amount": french.amount,
    "euros": french.euros,
    "day": french.day,
    "short_day": french.short_day,
    "moment": french.moment,
    "period": french.period,
    "size": french.size,
    "report_table": render_table,
    "report": render_document,
}
DEFAULTS: dict[str, Any] = {"breadcrumb": (), "errors": (), "flash": None}


class Pages:
    """Renders any room's template inside the one layout."""

    def __init__(
        self,
        rooms: Mapping[str, Path] | None = None,
        navigation: Sequence[words.NavigationLink] = words.NAVIGATION,
    ) -> None:
        self._rooms: dict[str, FileSystemLoader] = {}
        self._environment = Environment(
            loader=ChoiceLoader([PrefixLoader(self._rooms), FileSystemLoader(TEMPLATES)]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters.update(FILTERS)
        self._environment.globals.update(
            asset=asset,
            navigation=tuple(navigation),
            states=words.STATES,
            sign_in=words.SIGN_IN,
            sign_out=words.SIGN_OUT,
            query_with=query_with,
        )
        for name, folder in (rooms or {}).items():
            self.add_room(name, folder)

    def add_room(self, name: str, folder: Path) -> None:
        """Make a room's templates known as « name/… »."""
        self._rooms[name] = FileSystemLoader(folder)

    def render(self, request: Request, template: str, status: int = 200, **context: Any) -> HTMLResponse:
        """Answer with a page; nobody may keep a copy of it."""
        surroundings = {
            "request": request,
            "viewer": getattr(request.state, "viewer", None),
            "simulation_day": getattr(request.state, "simulation_day", None),
        }
        content = self._environment.get_template(template).render({**DEFAULTS, **surroundings, **context})
        return HTMLResponse(content, status, {"cache-control": "no-store"})

    def render_error(self, request: Request, status: int, detail: str = "") -> HTMLResponse:
        """Answer with the page that explains a status, and what in particular went wrong."""
        title, advice = words.ERRORS.get(status) or words.ERRORS[500 if status >= 500 else 400]
        return self.render(request, "error.html", status, code=status, title=title, advice=advice, detail=detail)

    def render_api(
        self, request: Request, schema: Mapping[str, Any], descriptions: Sequence[tuple[str, str]]
    ) -> HTMLResponse:
        """Answer with the API's reference; `descriptions` are links to what programs read (label, address)."""
        return self.render(
            request, "api.html", rooms=list_operations(schema), sections=words.SECTIONS, descriptions=descriptions
        )


def query_with(request: Request, **changes: object) -> str:
    """Write the current query with some parameters changed."""
    kept = [(name, value) for name, value in request.query_params.multi_items() if name not in changes]
    return "?" + urlencode([*kept, *((name, str(value)) for name, value in changes.items())])
