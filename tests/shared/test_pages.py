"""The one layout: what every page carries, what protects it, and how mails are written."""

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import httpx
import pytest
from jinja2 import UndefinedError
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from shared.pages import (
    MAIL_POLICY,
    FieldError,
    Flash,
    Link,
    Pages,
    Paging,
    SecureHeaders,
    mount_static,
    same_origin,
    wants_page,
)
from shared.pages.words import ERRORS, NAVIGATION
from shared.security import Viewer

LIST_PAGE = """{% extends "layout.html" %}{% import "macros.html" as ui %}
{% block title %}Liste{% endblock %}
{% block content %}<h1>{{ heading }}</h1>{{ ui.badge("late") }}{{ ui.badge("new_state") }}
{{ ui.file_drop(errors, "file", "Fichier") }}{{ ui.pagination(paging, request) }}{{ total | euros }}{% endblock %}"""

PERIOD = {"name": "period", "in": "query", "required": True, "schema": {"type": "string", "description": "2005-T1"}}
CHOICE = {"name": "by", "in": "query", "schema": {"anyOf": [{"enum": ["member", "region"]}, {"type": "null"}]}}
SCHEMA = {
    "paths": {
        "/api/v1/tables/{form}": {
            "get": {
                "summary": "Lire un tableau",
                "tags": ["aggregation"],
                "parameters": [PERIOD, CHOICE],
                "responses": {"200": {"description": "Le tableau"}, "503": {"description": "Pas d’annuaire"}},
            }
        },
        "/depots": {"get": {"summary": "Une page", "responses": {}}},
    }
}


class Browser:
    """Asks the application, from a thread so that no test's event loop is touched."""

    def __init__(self, app: Starlette) -> None:
        self.app = app

    def get(self, path: str, headers: dict[str, str] | None = None) -> httpx.Response:
        """Open an address."""
        return self._ask("GET", path, headers)

    def post(self, path: str, headers: dict[str, str] | None = None) -> httpx.Response:
        """Send an empty form."""
        return self._ask("POST", path, headers)

    def _ask(self, method: str, path: str, headers: dict[str, str] | None) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
                return await client.request(method, path, headers=headers)

        with ThreadPoolExecutor(1) as thread:
            return thread.submit(asyncio.run, ask()).result()


class Outline(HTMLParser):
    """The identifiers of a page and what points to them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.identifiers: list[str] = []
        self.pointers: set[str] = set()
        self.handlers: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note identifiers, references and inline code."""
        for name, value in attrs:
            if name == "id":
                self.identifiers.append(value or "")
            elif name in ("for", "aria-describedby", "aria-labelledby"):
                self.pointers.update((value or "").split())
            elif name == "href" and (value or "").startswith("#"):
                self.pointers.add((value or "")[1:])
            elif name == "style" or name.startswith("on"):
                self.handlers.append(name)


@pytest.fixture
def pages(tmp_path: Path) -> Pages:
    """Pages with two rooms whose templates have the same file name."""
    for room, content in (("ingestion", LIST_PAGE), ("aggregation", "Autre {{ missing_word }}")):
        (tmp_path / room).mkdir()
        (tmp_path / room / "list.html").write_text(content)
    return Pages({"ingestion": tmp_path / "ingestion", "aggregation": tmp_path / "aggregation"})


@pytest.fixture
def client(pages: Pages) -> Browser:
    """A browser before a small application."""

    def list_page(request: Request) -> Response:
        request.state.viewer = Viewer("Nord <b>", "platform", "PF01")
        request.state.simulation_day = date(2005, 4, 6)
        errors = [FieldError("file", "Le fichier est vide."), FieldError("", "Rien n’a été reçu.")]
        known = {"errors": errors, "flash": Flash("Reçu.", "info"), "paging": Paging(3, 10, 95)}
        trail = [Link("Accueil", "/"), Link("Dépôts")]
        context = {**known, "heading": "<i>", "total": Decimal("1234.5"), "breadcrumb": trail}
        return pages.render(request, "ingestion/list.html", 422, **context)

    def incomplete(request: Request) -> Response:
        return pages.render(request, "aggregation/list.html")

    def failure(request: Request) -> Response:
        return pages.render_error(request, int(request.path_params["status"]), "Détail.")

    def mail(_: Request) -> Response:
        return HTMLResponse("<p>", headers={"content-security-policy": MAIL_POLICY})

    def check(request: Request) -> Response:
        return PlainTextResponse(f"{same_origin(request)} {wants_page(request)}")

    def sign_in(request: Request) -> Response:
        return pages.render(request, "signin.html", errors=[FieldError("token", "Jeton inconnu.")])

    def home(request: Request) -> Response:
        return pages.render(request, "home.html")

    def reference(request: Request) -> Response:
        return pages.render_api(request, SCHEMA, [("OpenAPI", "/openapi.json")])

    routes = [
        Route("/docs", reference),
        Route("/depots", list_page),
        Route("/incomplete", incomplete),
        Route("/failure/{status}", failure),
        Route("/mail", mail),
        Route("/check", check, methods=["GET", "POST"]),
        Route("/api/check", check),
        Route("/connexion", sign_in),
        Route("/", home),
    ]
    app = Starlette(routes=routes, middleware=[Middleware(SecureHeaders)])
    mount_static(app)
    return Browser(app)


def test_page_says_where_when_and_who(client: Browser) -> None:
    """The layout shows the viewer, the simulated day and the current entry."""
    answer = client.get("/depots")
    assert answer.status_code == 422
    assert "nous sommes le 6\u00a0avril 2005" in answer.text
    assert "Nord &lt;b&gt;" in answer.text
    assert "Plate-forme PF01" in answer.text
    assert "Se déconnecter" in answer.text
    assert '<a href="/depots" aria-current="page">' in answer.text
    assert "&lt;i&gt;" in answer.text
    assert "1\u202f234,50\u00a0€" in answer.text
    assert "en retard" in answer.text
    assert "new_state" in answer.text


@pytest.mark.parametrize("path", ["/", "/depots", "/connexion", "/docs", "/failure/404"])
def test_pages_are_sound(client: Browser, path: str) -> None:
    """Identifiers are unique, pointers lead somewhere, nothing is inline."""
    answer = client.get(path)
    outline = Outline(answer.text)
    assert len(set(outline.identifiers)) == len(outline.identifiers)
    assert outline.pointers <= set(outline.identifiers)
    assert not outline.handlers
    assert not re.search(r"<script(?![^>]*src=)", answer.text)
    assert 'lang="fr"' in answer.text
    assert answer.text.startswith("<!DOCTYPE html>")
    assert answer.text.count("<h1") == 1


def test_pages_and_their_files_come_from_here_alone(client: Browser) -> None:
    """No other host is named, and every file named is there."""
    page = client.get("/").text
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page)
    files = re.findall(r'"(/static/[^"]+)"', page)
    assert len(files) == 4
    for file in files:
        answer = client.get(file)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
    assert client.get("/static/pilotage/pilotage.css").headers["cache-control"] == "public, no-cache"
    assert client.get("/static/pilotage/../pages.py").status_code == 404


def test_nobody_keeps_a_page(client: Browser) -> None:
    """After signing out, the Back button shows nothing."""
    assert client.get("/").headers["cache-control"] == "no-store"


def test_headers_protect_every_answer(client: Browser) -> None:
    """Pages get the strict policy; an answer with its own keeps it."""
    for path in ("/", "/static/pilotage/pilotage.js", "/nowhere"):
        headers = client.get(path).headers
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "unsafe-inline" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
    assert client.get("/mail").headers["content-security-policy"] == MAIL_POLICY


def test_a_forgotten_word_is_an_error(client: Browser) -> None:
    """A template never shows a hole."""
    with pytest.raises(UndefinedError):
        client.get("/incomplete")


@pytest.mark.parametrize("status", [403, 404, 409, 413, 422, 429, 500, 503])
def test_errors_speak_french(client: Browser, status: int) -> None:
    """Each status has its title and advice."""
    answer = client.get(f"/failure/{status}")
    assert answer.status_code == status
    assert ERRORS[status][0] in answer.text
    assert "Détail." in answer.text


def test_unlisted_errors_have_a_page_too(client: Browser) -> None:
    """A rare status borrows the words of its family."""
    assert ERRORS[500][0] in client.get("/failure/507").text
    assert ERRORS[400][0] in client.get("/failure/418").text


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"origin": "http://testserver"}, True),
        ({"origin": "http://testserver", "sec-fetch-site": "same-origin"}, True),
        ({"origin": "http://evil.example"}, False),
        ({"origin": "http://testserver.evil.example"}, False),
        ({"origin": "null"}, False),
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "same-site"}, False),
        ({"sec-fetch-site": "cross-site", "origin": "http://testserver"}, False),
        ({"origin": "http://evil.example", "sec-fetch-site": "same-origin"}, False),
        ({}, False),
    ],
)
def test_forms_come_from_our_pages(client: Browser, headers: dict[str, str], expected: bool) -> None:
    """Another site cannot send a form in a viewer's name."""
    assert client.post("/check", headers=headers).text.split()[0] == str(expected)


def test_programs_are_told_from_people(client: Browser) -> None:
    """An error is a page for a browser, data for a program."""
    browser = {"accept": "text/html,*/*"}
    assert client.get("/check", headers=browser).text.endswith("True")
    assert client.get("/check").text.endswith("False")
    assert client.get("/api/check", headers=browser).text.endswith("False")


def test_home_explains_each_entry(client: Browser) -> None:
    """A card per page, and the way in for who is not signed in."""
    page = client.get("/").text
    assert all((link.purpose in page) == (not link.purpose or link.is_for(None)) for link in NAVIGATION)
    assert "/mes-lignes" not in page, "only a member has lines of its own"
    assert "Vous n’êtes pas connecté" in page


def test_reference_is_ours(client: Browser) -> None:
    """The API's routes are shown without foreign code, pages left out."""
    page = client.get("/docs").text
    assert "/api/v1/tables/{form}" in page
    assert "Lire un tableau" in page
    assert "member | region" in page
    assert "Pas d’annuaire" in page
    assert "Une page" not in page


def test_paging_offers_near_and_outer_pages() -> None:
    """The list of pages stays short."""
    assert list(Paging(5, 10, 95).steps()) == [1, None, 4, 5, 6, None, 10]
    assert list(Paging(1, 10, 0).steps()) == [1]
    assert (Paging(10, 10, 95).first, Paging(10, 10, 95).last, Paging(1, 10, 0).first) == (91, 95, 0)


def test_paging_keeps_the_other_parameters(client: Browser) -> None:
    """Turning the page does not lose the filter."""
    assert 'href="?period=2005-T1&amp;page=4"' in client.get("/depots?period=2005-T1&page=3").text
