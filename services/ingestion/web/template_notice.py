"""The notice of a template: how to fill it in and send it back, for those who have nothing else at hand."""

import textwrap
from collections.abc import Iterable, Sequence

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from services.ingestion.domain.form_told import columns_told, due_told, nothing_told, rules_told
from services.ingestion.domain.templates import Template
from services.ingestion.web.template_checks import codes_of_form
from shared.report import french
from shared.report.inert import inert
from shared.report.xlsx import A4, STYLES

NOTICE = "Notice"
_WIDTHS = (34, 46, 60, 70)
_LINE = 16.0
_WRAPPED = {"text_wrap": True, "valign": "top"}


class Notice:
    """Writes it downwards, line by line."""

    def __init__(self, book: Workbook, sheet: Worksheet, template: Template) -> None:
        self._sheet, self._template, self._form, self._row = sheet, template, template.form, 0
        self._title = book.add_format(STYLES["title"])
        self._head = book.add_format(STYLES["head"])
        self._section = book.add_format({**STYLES["section"], "font_size": 12})
        self._text = book.add_format(_WRAPPED)
        self._cell = book.add_format({**STYLES["normal"], **_WRAPPED, "num_format": "@"})

    def write(self) -> None:
        form, template = self._form, self._template
        for at, width in enumerate(_WIDTHS):
            self._sheet.set_column(at, at, width)
        self._line(form.title, self._title)
        self._line(f"{template.period.title}, {template.platform}, {template.platform_name}", self._text)
        self._section_of("Comment remplir", _how_to_fill(template))
        self._section_of("Comment renvoyer", _how_to_send(template))
        self._table("Colonnes", ("Colonne", "Libellé", "À écrire", "Note"), _columns(template))
        self._section_of("Règles entre les cases et entre les lignes", [rule.told for rule in rules_told(form)])
        self._table("Codes", ("Colonne", "Code", "Libellé"), codes_of_form(form))
        self._table("Organismes attendus", ("Organisme", "Nom", "Département", "Services"), _members(template))
        self._section_of("Source", [form.source])
        self._set_up()

    def _line(self, text: str, dress: Format) -> None:
        lines = len(textwrap.wrap(text, sum(_WIDTHS))) or 1
        self._sheet.set_row(self._row, _LINE * lines * (1.4 if dress is self._title else 1))
        self._sheet.merge_range(self._row, 0, self._row, len(_WIDTHS) - 1, "", dress)
        self._sheet.write_string(self._row, 0, inert(text), dress)
        self._row += 1

    def _section_of(self, title: str, lines: Sequence[str]) -> None:
        if lines:
            self._row += 1
            self._line(title, self._section)
        for text in lines:
            self._line(text, self._text)

    def _table(self, title: str, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        if not (written := list(rows)):
            return
        self._row += 1
        self._line(title, self._section)
        for cells, dress in ((headings, self._head), *((row, self._cell) for row in written)):
            for at, text in enumerate(cells):
                self._sheet.write_string(self._row, at, inert(text), dress)
            self._row += 1

    def _set_up(self) -> None:
        self._sheet.protect()
        self._sheet.hide_gridlines(2)
        self._sheet.set_landscape()
        self._sheet.set_paper(A4)
        self._sheet.fit_to_pages(1, 0)
        self._sheet.set_footer("&LNotice&R&P / &N")


def _how_to_fill(template: Template) -> list[str]:
    form = template.form
    known = [
        "Les lignes attendues de votre Plate-forme sont déjà là : complétez les cases colorées.",
        "Un organisme qui manque ou qui est en trop : l'annuaire a changé, ou est à corriger ; dites-le à l'UESL.",
    ]
    empty = ["Écrivez une ligne sous l'autre, à partir de la ligne 2 ; les listes déroulantes proposent les codes."]
    told = [
        f"Feuille « {form.code} » : une ligne par {form.row}.",
        *(known if template.rows else empty),
        "L'en-tête est protégé : ne changez ni les noms des colonnes ni le nom de la feuille. Des valeurs, pas de"
        " formules.",
        nothing_told(form),
    ]
    if form.anonymous:
        told.append("Un dossier est anonyme : aucun nom, adresse, téléphone, courriel ni numéro de sécurité sociale.")
    return [french.typeset(sentence) for sentence in told]


def _how_to_send(template: Template) -> list[str]:
    form, period = template.form, template.period
    told = [
        f"{due_told(form)} Pour cette période : jusqu'au {french.day(form.due(period))} inclus.",
        f"Par la page Dépôts, par l'API (POST /api/v1/submissions?form={form.code}&period={period}), ou par SFTP dans"
        f" /depots sous le nom {template.file_name('xlsx')}.",
        "Le fichier est pris ou refusé en entier ; toutes les erreurs sont dites d'un coup, avec leur ligne et leur"
        " colonne.",
    ]
    return [french.typeset(sentence) for sentence in told]


def _columns(template: Template) -> Iterable[Sequence[str]]:
    return ((told.name, told.label, f"{told.essence}.", told.note) for told in columns_told(template.form))


def _members(template: Template) -> Iterable[Sequence[str]]:
    return ((member.code, member.name, member.department, ", ".join(member.services)) for member in template.members)
