"""Laying letters out: a draft becomes the HTML and the text that are sent."""

from services.notification.domain.letters import HTML, TEXT, Content, Draft, Enclosure, Letter
from shared.pages.mail import render_mail
from shared.pages.words import Link
from shared.report.fragment import mail_fragment


def lay_out(draft: Draft, enclosures: tuple[Enclosure, ...] = ()) -> Letter:
    """Renders once; the same draft always gives the same letter."""
    mail = render_mail(
        draft.title,
        draft.paragraphs,
        [mail_fragment(table) for table in draft.tables],
        [Link(label, address) for label, address in draft.links],
    )
    return Letter(draft.title, Content(HTML, mail.html.encode()), Content(TEXT, mail.text.encode()), enclosures)
