"""Guessing: which form and period a file is, from its name and its content, and in French what says so."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from services.ingestion.domain.file_names import read_name
from services.ingestion.domain.glances import Glance
from services.ingestion.domain.reported_period import parse_period
from services.ingestion.domain.spoken_periods import plain, quarter_in, years_in
from services.ingestion.domain.structure import column_names
from shared.forms import FORMS, Form
from shared.periods import Period
from shared.report.french import typeset

_SPEAKING_COLUMNS = ("periode", "annee", "exercice", "trimestre")
# Each form by the words that a name needs to mean it: the first that has them all.
_WORDS = (
    ("dossiers-assistance", ("dossier", "assistance")),
    ("dossiers-mobilite", ("dossier", "mobilite")),
    ("satisfaction", ("satisfaction",)),
    ("partenariats", ("partena",)),
    ("assistance-trimestriel", ("assistance",)),
    ("mobilite-trimestriel", ("mobilite",)),
)


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends: of each form the periods open to it, and the oldest that it still owes."""

    platform: str
    open: Mapping[str, Sequence[Period]]
    owed: Mapping[str, Period] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Guess:
    """What could be told; of each, what told it or that it is to be chosen by hand, and nothing where it was known."""

    form: Form | None
    period: Period | None
    form_why: str
    period_why: str


def guess(sender: Sender, file_name: str, seen: Glance | None = None, form: Form | None = None) -> Guess:
    """`seen`: None where the content was not looked at; `form`: where it is known."""
    found, why = (form, "") if form else _form(sender, file_name, seen or Glance())
    period, when = _period(sender, file_name, seen or Glance(), found)
    return Guess(found, period, typeset(why), typeset(when))


def _form(sender: Sender, file_name: str, seen: Glance) -> tuple[Form | None, str]:
    """Columns before names: it is by them that the file will be judged."""
    told = (
        ("ses colonnes", _by_columns(seen.header)),
        ("le nom de sa feuille", seen.sheet),
        ("son nom", read_name(file_name, sender.platform, FORMS).form or _by_words(file_name)),
    )
    for what, code in told:
        if code:
            return FORMS[code], f"Formulaire reconnu d'après {what} : {FORMS[code].title}."
    return None, "Ni le nom du fichier ni ses colonnes ne disent quel est le formulaire : choisissez-le."


def _by_columns(header: Sequence[str]) -> str | None:
    """The form of which the header has most of the columns that no other form has."""
    names = set(column_names(header))
    hits = sorted(((len(names & _own_columns(form)), form.code) for form in FORMS.values()), reverse=True)
    return hits[0][1] if hits[0][0] > hits[1][0] else None


def _own_columns(form: Form) -> frozenset[str]:
    others = {name for other in FORMS.values() if other is not form for name in other.by_name}
    return frozenset(form.by_name.keys() - others)


def _by_words(file_name: str) -> str | None:
    name = plain(file_name)
    return next((code for code, words in _WORDS if all(word in name for word in words)), None)


def _period(sender: Sender, file_name: str, seen: Glance, form: Form | None) -> tuple[Period | None, str]:
    """What is said of the period holds where it is open; where nothing is said, what is owed does."""
    offered = sender.open.get(form.code, ()) if form else sorted({p for some in sender.open.values() for p in some})
    told = (
        ("une colonne", _said(_spoken(seen), form, offered)),
        ("le nom du fichier", _named(file_name, sender, form) or _said(file_name, form, offered)),
    )
    for what, said in told:
        if said and said in offered:
            return said, f"Période reconnue d'après {what} : {said.title}."
        if said:
            return None, f"D'après {what}, la période serait « {said.title} », qui n'est pas ouverte : choisissez-la."
    return _owed(sender, form, offered)


def _named(file_name: str, sender: Sender, form: Form | None) -> Period | None:
    """As the name must say it at the SFTP door."""
    period = parse_period(read_name(file_name, sender.platform, FORMS).period)
    return period if period and form and form.fits(period) else None


def _spoken(seen: Glance) -> str:
    """What the columns that say when say of the first row, as one text."""
    cells = dict(zip(map(plain, seen.header), seen.first, strict=False))
    said = [(name, cells[name].strip()) for name in _SPEAKING_COLUMNS if cells.get(name, "").strip()]
    return " ".join(f"T{cell}" if name == "trimestre" and cell.isdigit() else cell for name, cell in said)


def _said(text: str, form: Form | None, offered: Collection[Period]) -> Period | None:
    quarter = quarter_in(text)
    if form is None or form.kind == "quarterly":
        return quarter
    years = [Period(quarter.year)] if quarter else [Period(year) for year in years_in(text)]
    # A name may also hold the day on which the file was made.
    open_years = [year for year in years if year in offered]
    return open_years[0] if len(open_years) == 1 else years[0] if len(years) == 1 else None


def _owed(sender: Sender, form: Form | None, offered: Sequence[Period]) -> tuple[Period | None, str]:
    if form is None:
        return None, ""
    if period := sender.owed.get(form.code):
        return period, f"Rien ne dit la période : voici la plus ancienne qui reste due, {period.title}. Vérifiez-la."
    if offered:
        return offered[0], f"Rien ne dit la période : voici la dernière ouverte, {offered[0].title}. Vérifiez-la."
    return None, "Aucune période n'est ouverte pour ce formulaire."
