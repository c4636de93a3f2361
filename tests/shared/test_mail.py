"""Mails: the same letter as HTML and as plain text."""

from shared.pages import Link, render_mail
from shared.report import Column, Row, Table
from shared.report.fragment import mail_fragment


def test_mail_says_the_same_twice() -> None:
    """Both bodies carry title, words, figures and links; HTML is escaped, text is not."""
    columns = [Column(key="m", label="Organisme"), Column(key="n", label="Dossiers", kind="count")]
    table = Table(key="t", title="Activité", columns=columns, rows=[Row(cells=["CIL <Nord>", 1234])])
    links = [Link("Lire", "http://localhost/tableaux?period=2005-T1&by=member")]
    mail = render_mail("Tableaux & restitution", ["Bonjour,", "mot " * 40], [mail_fragment(table)], links)
    assert "CIL &lt;Nord&gt;" in mail.html
    assert "CIL <Nord>" in mail.text
    assert "1\u202f234" in mail.html
    assert "1\u202f234" in mail.text
    assert "period=2005-T1&amp;by=member" in mail.html
    assert "period=2005-T1&by=member" in mail.text
    assert "Tableaux & restitution" in mail.text
    assert "Tableaux &amp; restitution" in mail.html
    assert max(len(line) for line in mail.text.splitlines()) <= 76
    assert "<link" not in mail.html
    assert "class=" not in mail.html
    assert mail.text.endswith("\n")
