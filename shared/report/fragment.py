"""A table as a mail carries it: once as HTML, once as plain text."""

from typing import NamedTuple

from markupsafe import Markup

from shared.report.html import render_table
from shared.report.model import Table
from shared.report.text import render_mail_text


class Fragment(NamedTuple):
    """The same table twice, ready to be put into many mails."""

    html: Markup
    text: str


def mail_fragment(table: Table) -> Fragment:
    """Render a table once for all the mails that show it."""
    return Fragment(render_table(table, inline=True), render_mail_text(table))
