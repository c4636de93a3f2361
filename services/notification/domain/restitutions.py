"""What is sent to everybody on an issue day: the tables, what is missing in them, where to read them."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Literal

from services.notification.domain.letters import Draft
from services.notification.domain.words import COLON, GREETING, LEVELS, SYNTHESIS, count, short_form, table_title
from services.notification.domain.workbook import sheets, workbook_name
from shared.events import IssuedEdition
from shared.periods import Period
from shared.report import french
from shared.report.model import Column, Row, Table

LONGEST_SHOWN = 40
# Of the mail as it is sent, with what it carries: a bundle that is larger goes as links.
LARGEST_MAIL = 5_000_000

Files = Literal["attached", "too_large", "not_wanted"]
_FILES: dict[Files, str] = {
    "attached": "Les tableaux publiés pour la première fois sont joints dans un classeur, {name}.",
    "too_large": "Le classeur des tableaux publiés pour la première fois dépasse 5\u00a0Mo ; lisez-les par les liens.",
    "not_wanted": "Les tableaux publiés pour la première fois se lisent par leurs liens, comme vous l’avez choisi.",
}


def in_order(editions: Iterable[IssuedEdition]) -> tuple[IssuedEdition, ...]:
    """The newest period first, the synthesis, then form by form, from the whole to the parts; each edition once."""
    once = {edition.number: edition for edition in editions}.values()
    levels = list(LEVELS)
    by_form = sorted(
        once, key=lambda edition: (edition.form != SYNTHESIS, edition.form, levels.index(edition.by), edition.number)
    )
    return tuple(sorted(by_form, key=lambda edition: Period.parse(edition.period), reverse=True))


def first_editions(editions: Sequence[IssuedEdition]) -> list[IssuedEdition]:
    return [edition for edition in editions if edition.edition == 1]


def restitution(day: date, editions: Sequence[IssuedEdition], base_url: str, files: Files = "attached") -> Draft:
    """The letter of one issue, the same for all its recipients who take its files alike."""
    tables = count(len(editions), "tableau", "tableaux")
    attached = first_editions(editions)
    return Draft(
        title=f"Restitution du {french.day(day)}{COLON}{tables}",
        paragraphs=(
            GREETING,
            f"L’UESL publie ce jour {tables} du suivi trimestriel des services CIL-PASS.",
            *_announcements(day, editions, attached, files),
            *_remarks(editions),
        ),
        tables=(_list(editions), *_shown(editions)),
        links=tuple((_name(edition), f"{base_url}/tableaux/editions/{edition.number}") for edition in editions),
    )


def _announcements(
    day: date, editions: Sequence[IssuedEdition], attached: Sequence[IssuedEdition], files: Files
) -> list[str]:
    said = []
    if attached:
        said.append(_FILES[files].format(name=workbook_name(day)))
    if len(attached) < len(editions):
        said.append("Les nouvelles éditions remplacent celles qui ont déjà été envoyées ; lisez-les par leurs liens.")
    return [sentence.replace(" ;", f"{french.HARD_SPACE};") for sentence in said]


def _remarks(editions: Sequence[IssuedEdition]) -> list[str]:
    """What is missing and what has changed, once for all the levels that say the same."""
    said: dict[tuple[str, str, str], list[str]] = {}
    for edition in editions:
        for note in _notes(edition):
            said.setdefault((edition.form, edition.period, note), []).append(LEVELS[edition.by])
    return [_remark(form, period, note, levels) for (form, period, note), levels in said.items()]


def _notes(edition: IssuedEdition) -> tuple[str, ...]:
    """A document notes its state first, then what it changes; that a table is complete goes without saying."""
    state, changes = edition.document.notes[:1], edition.document.notes[1:]
    if edition.complete:
        return tuple(changes)
    return (*(state or ("des lignes manquent.",)), *changes)


def _remark(form: str, period: str, note: str, levels: Sequence[str]) -> str:
    which = "" if len(levels) == len(LEVELS) else f" {_enumerated(levels)}"
    title = table_title(form, "national") if form == SYNTHESIS else f"{short_form(form)}{which}"
    return f"{title}, {french.period(period)} – {note[:1].lower()}{note[1:]}"


def _enumerated(words: Sequence[str]) -> str:
    return " et ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def _name(edition: IssuedEdition) -> str:
    title = table_title(edition.form, edition.by)
    return f"{title}, {french.period(edition.period)}, édition {edition.edition}"


def _list(editions: Sequence[IssuedEdition]) -> Table:
    columns = (
        Column(key="table", label="Tableau"),
        Column(key="period", label="Période"),
        Column(key="edition", label="Édition", kind="count"),
        Column(key="state", label="État"),
    )
    rows = [
        Row(
            cells=(
                table_title(edition.form, edition.by),
                french.period(edition.period),
                edition.edition,
                "complet" if edition.complete else "incomplet",
            )
        )
        for edition in editions
    ]
    return Table(key="editions", title="Tableaux publiés", columns=columns, rows=rows)


def _shown(editions: Sequence[IssuedEdition]) -> list[Table]:
    """The short national tables can be read in the mail itself."""
    national = [edition for edition in editions if edition.by == "national" and edition.form != SYNTHESIS]
    return [sheet.table for sheet in sheets(national) if len(sheet.table.rows) <= LONGEST_SHOWN]
