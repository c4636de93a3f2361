"""What is sent to everybody on an issue day: the tables, what is missing in them, where to read them."""

from collections.abc import Iterable, Sequence
from datetime import date

from services.notification.domain.letters import Draft
from services.notification.domain.words import COLON, GREETING, count, short_form
from shared.events import IssuedEdition
from shared.periods import Period
from shared.report import french
from shared.report.model import Column, Document, Row, Table

LEVELS = {"national": "national", "platform": "par plate-forme", "region": "par région", "member": "par membre"}
LONGEST_SHOWN = 40


def in_order(editions: Iterable[IssuedEdition]) -> tuple[IssuedEdition, ...]:
    """The newest period first, form by form, from the whole to the parts; each edition once."""
    once = {edition.number: edition for edition in editions}.values()
    levels = list(LEVELS)
    by_form = sorted(once, key=lambda edition: (edition.form, levels.index(edition.by), edition.number))
    return tuple(sorted(by_form, key=lambda edition: Period.parse(edition.period), reverse=True))


def first_editions(editions: Sequence[IssuedEdition]) -> list[IssuedEdition]:
    return [edition for edition in editions if edition.edition == 1]


def workbook_name(day: date) -> str:
    return f"restitution-{day}.xlsx"


def workbook(day: date, editions: Sequence[IssuedEdition]) -> Document:
    """All tables as one document; each says its number and what its document notes."""
    tables = [
        table.model_copy(update={"key": f"{edition.number}/{table.key}", "notes": _notes(edition, table)})
        for edition in editions
        for table in edition.document.tables
    ]
    return Document(title=f"Restitution du {french.day(day)}", reference=f"Restitution {day}", tables=tables)


def _notes(edition: IssuedEdition, table: Table) -> tuple[str, ...]:
    number = f"Tableau n° {edition.number}, édition {edition.edition}."
    return (*table.notes, *edition.document.notes, number)


def restitution(day: date, editions: Sequence[IssuedEdition], base_url: str) -> Draft:
    """The letter of one issue, the same for all its recipients."""
    tables = count(len(editions), "tableau", "tableaux")
    attached = first_editions(editions)
    return Draft(
        title=f"Restitution du {french.day(day)}{COLON}{tables}",
        paragraphs=(
            GREETING,
            f"L’UESL publie ce jour {tables} du suivi trimestriel des services CIL-PASS.",
            *_announcements(day, editions, attached),
            *_missing(editions),
        ),
        tables=(_list(editions), *_shown(editions)),
        links=tuple((_name(edition), f"{base_url}/tableaux/editions/{edition.number}") for edition in editions),
    )


def _announcements(day: date, editions: Sequence[IssuedEdition], attached: Sequence[IssuedEdition]) -> list[str]:
    said = []
    if attached:
        said.append(f"Les tableaux publiés pour la première fois sont joints dans un classeur, {workbook_name(day)}.")
    if len(attached) < len(editions):
        said.append("Les nouvelles éditions remplacent celles qui ont déjà été envoyées ; lisez-les par leurs liens.")
    return [sentence.replace(" ;", f"{french.HARD_SPACE};") for sentence in said]


def _missing(editions: Sequence[IssuedEdition]) -> list[str]:
    """What incomplete tables say about themselves, each sentence once per form and period."""
    said: dict[str, None] = {}
    for edition in editions:
        if not edition.complete:
            about = f"{short_form(edition.form)}, {french.period(edition.period)}"
            notes = edition.document.notes or ("des déclarations manquent.",)
            said |= dict.fromkeys(f"{about}{COLON}{note}" for note in notes)
    return list(said)


def _name(edition: IssuedEdition) -> str:
    form = f"{short_form(edition.form)}, {french.period(edition.period)}, tableau {LEVELS[edition.by]}"
    return f"{form}, édition {edition.edition} (n° {edition.number})"


def _list(editions: Sequence[IssuedEdition]) -> Table:
    columns = (
        Column(key="table", label="Tableau"),
        Column(key="period", label="Période"),
        Column(key="edition", label="Édition", kind="count"),
        Column(key="number", label="Numéro"),
        Column(key="state", label="Ce qui y entre"),
    )
    rows = [
        Row(
            cells=(
                f"{short_form(edition.form)}, {LEVELS[edition.by]}",
                french.period(edition.period),
                edition.edition,
                edition.number,
                "complet" if edition.complete else "incomplet",
            )
        )
        for edition in editions
    ]
    return Table(key="editions", title="Tableaux publiés", columns=columns, rows=rows)


def _shown(editions: Sequence[IssuedEdition]) -> list[Table]:
    """The short national tables can be read in the mail itself."""
    return [
        table
        for edition in editions
        if edition.by == "national"
        for table in edition.document.tables
        if len(table.rows) <= LONGEST_SHOWN
    ]
