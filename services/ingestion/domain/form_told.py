"""Forms told: a form in French words, the same on its help page, in its templates and in its published description."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.ingestion.domain.codes import CODES, Code, Stage
from services.ingestion.domain.comparisons import comparisons_of
from services.ingestion.domain.sheet import MAX_CELL_CHARACTERS
from services.ingestion.domain.verdicts import capital
from shared.forms import Column, Form
from shared.report import french
from shared.report.french import typeset

UNTOLD = "…"
_TYPES = {
    "count": "nombre entier",
    "amount": "montant en euros",
    "text": "texte",
    "code": "code",
    "flag": "O ou N",
    "postcode": "code postal",
    "date": "date",
    "member": "code d’un CIL ou d’une CCI",
    "department": "code d’un département",
}
_NUMBER = ("not_a_number", "negative_value", "out_of_bounds")
_REFUSALS: Mapping[str, tuple[str, ...]] = {
    "count": (*_NUMBER, "not_an_integer"),
    "amount": (*_NUMBER, "too_many_decimals"),
    "text": (),
    "code": ("unknown_code",),
    "flag": ("unknown_code",),
    "postcode": ("bad_postcode",),
    "date": ("bad_date",),
    "member": ("unknown_member", "foreign_member", "delegated_member"),
    "department": ("wrong_department",),
}


@dataclass(frozen=True, slots=True)
class ListTold:
    """Codes with their labels; `where` says for which code of another column, if not always."""

    where: str
    codes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ColumnTold:
    name: str
    label: str
    note: str
    type: str
    requirement: str
    bounds: str
    lists: tuple[ListTold, ...]

    @property
    def essence(self) -> str:
        """What to write there, in one sentence."""
        return capital(
            "; ".join(part for part in (self.type, self.bounds, self.requirement) if part).replace(";", " ;")
        )


@dataclass(frozen=True, slots=True)
class RuleTold:
    """A rule between cells or rows, and the code with which it refuses."""

    column: str
    code: str
    told: str


def columns_told(form: Form) -> list[ColumnTold]:
    return [_column_told(form, column) for column in form.columns]


def _column_told(form: Form, column: Column) -> ColumnTold:
    return ColumnTold(
        column.name,
        column.label,
        column.note or "",
        _TYPES[column.type],
        _requirement(column),
        typeset(_bounds(column)),
        _lists(form, column),
    )


def _requirement(column: Column) -> str:
    if where := column.required_where:
        return typeset(f"obligatoire si « {where.column} » est {where.is_}, sinon facultatif")
    return "obligatoire" if column.required else "facultatif"


def _bounds(column: Column) -> str:
    match column.type:
        case "count" | "amount":
            decimals = ", deux décimales au plus" if column.scale else ""
            return f"de {french.number(column.minimum)} à {french.number(column.maximum)}{decimals}"
        case "text":
            return f"{french.number(MAX_CELL_CHARACTERS)} caractères au plus"
        case "postcode":
            return CODES["bad_postcode"].expected or ""
        case "date":
            return CODES["bad_date"].expected or ""
    return ""


def _lists(form: Form, column: Column) -> tuple[ListTold, ...]:
    if by := column.codes_by:
        of = form.codes_of(form.by_name[by.column])
        return tuple(
            ListTold(typeset(f"si « {by.column} » est {code} ({of.get(code, code)})"), form.codes[name])
            for code, name in by.lists.items()
        )
    codes = form.codes_of(column)
    return (ListTold("", codes),) if codes else ()


def rules_told(form: Form) -> list[RuleTold]:
    """Between the cells of a row, then between rows."""
    found = [RuleTold(one.column, one.code, one.told) for one in comparisons_of(form) if _is_whole(form, one.needs)]
    found += [RuleTold(column.name, "out_of_scope", _never_told(column)) for column in form.columns if column.never]
    if form.key:
        key = ", ".join(f"« {name} »" for name in form.key)
        found.append(RuleTold(form.key[0], "duplicate_line", f"Deux lignes n'ont pas la même clé : {key}."))
    if whole := form.whole:
        per = " et ".join(f"« {name} »" for name in whole.per)
        told = f"Pour chaque {per} présents, une ligne pour chaque code de « {whole.column} »"
        rest = f" (au choix : {', '.join(whole.optional)})" if whole.optional else ""
        found.append(RuleTold(whole.column, "missing_item", f"{told}{rest}."))
    return [RuleTold(rule.column, rule.code, typeset(rule.told)) for rule in found]


def _is_whole(form: Form, needs: tuple[str, ...]) -> bool:
    return all(name in form.by_name for name in needs)


def _never_told(column: Column) -> str:
    return f"« {column.name} » ne peut pas être {column.never} : c'est hors du périmètre de la prestation."


def refusals_told(form: Form) -> list[Code]:
    """The codes that can refuse such a file, in the order in which the first is said; what only a file tells is `…`."""
    codes = {code for column in form.columns for code in _of_column(column)}
    codes |= {rule.code for rule in rules_told(form)} | {"wrong_field_count"}
    if form.anonymous:
        codes.add("identifying_data")
    before = {code.code for code in CODES.values() if code.stage is not Stage.ROWS} - {"identifying_data"}
    return [_told(form, code) for code in CODES.values() if code.code in codes | before]


def _of_column(column: Column) -> tuple[str, ...]:
    return (*_REFUSALS[column.type], "missing_value") if column.required else _REFUSALS[column.type]


class _Details(dict[str, str]):
    def __missing__(self, _: str) -> str:
        return UNTOLD


def _told(form: Form, code: Code) -> Code:
    details = _Details(columns=", ".join(form.by_name), key=", ".join(form.key))
    sentence = capital(code.sentence.format_map(details)).replace(f"{UNTOLD}.", UNTOLD)
    expected = code.expected and code.expected.format_map(details)
    if expected and UNTOLD in expected:
        expected = None
    return Code(code.code, code.stage, code.title, sentence, expected, code.source)


def due_told(form: Form) -> str:
    end = "du trimestre" if form.kind == "quarterly" else "de l’année"
    return f"À envoyer dans les {french.count(form.due_days, 'jour', 'jours')} qui suivent la fin {end}."


def nothing_told(form: Form) -> str:
    """What to send where there is nothing to report."""
    if form.kind == "annual":
        return typeset("Rien à déclarer : l'en-tête seul, sans aucune ligne, est un état néant ; il est accepté.")
    return typeset("Rien à déclarer : une ligne de zéros par organisme ; un fichier sans ligne est refusé.")
