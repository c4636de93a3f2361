"""All rooms of the house, and what it takes to build one or several of them."""

import logging
from collections.abc import Callable, Sequence
from pathlib import Path

import structlog
from fastapi import FastAPI

from services.aggregation import app as aggregation
from services.cli.serving import reference, rest
from services.compliance import app as compliance
from services.ingestion import app as ingestion
from services.notification import app as notification
from services.qualitative import app as qualitative
from shared.pages.pages import Pages
from shared.room import Room
from shared.settings import Settings
from shared.topics import ROOMS
from shared.web import build_web

SERVICES = Path(__file__).parents[1]

BUILDERS: dict[str, Callable[[Settings], Room]] = {
    "ingestion": ingestion.build,
    "aggregation": aggregation.build,
    "qualitative": qualitative.build,
    "compliance": compliance.build,
    "notification": notification.build,
}


class UnknownRoom(ValueError):
    """No room has that name."""


def build_rooms(settings: Settings, names: Sequence[str] = ()) -> dict[str, Room]:
    """The rooms named, or all of them."""
    if unknown := set(names) - set(ROOMS):
        raise UnknownRoom(", ".join(sorted(unknown)))
    return {name: BUILDERS[name](settings) for name in (names or ROOMS)}


def build_pages() -> Pages:
    folders = {name: SERVICES / name / "templates" for name in ROOMS}
    return Pages({name: folder for name, folder in folders.items() if folder.is_dir()})


def build_app(settings: Settings, names: Sequence[str] = ()) -> FastAPI:
    """One application that serves the rooms named, or all."""
    app = build_web(build_rooms(settings, names), settings, build_pages())
    app.state.end_offsets = rest.EndOffsets(settings)
    app.include_router(rest.router)
    app.include_router(reference.router)
    return app


def set_up_logging(level: str) -> None:
    """One JSON line per event of the log; never a cell's value."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
    )
