"""Mails: one French letter, as HTML that ordinary programs show well and as plain text."""

import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from shared.pages.words import Link
from shared.report.fragment import Fragment

WIDTH = 76
FOOTER = "Message automatique de Pilotage, le service de suivi du réseau CIL-PASS de l’UESL."

_environment = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


def _wrapped(text: str, indent: str = "") -> str:
    return textwrap.fill(text, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


_environment.filters["wrapped"] = _wrapped


class Mail(NamedTuple):
    """The two bodies of one mail."""

    html: str
    text: str


def render_mail(
    title: str,
    paragraphs: Sequence[str] = (),
    tables: Sequence[Fragment] = (),
    links: Sequence[Link] = (),
    footer: str = FOOTER,
) -> Mail:
    """Write a mail; its tables were rendered before, once for all recipients."""
    content = {"title": title, "paragraphs": paragraphs, "tables": tables, "links": links, "footer": footer}
    html = _environment.get_template("mail.html").render(content)
    return Mail(html, _environment.get_template("mail.txt").render(content))
