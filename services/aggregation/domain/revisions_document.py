"""The revision triangle as a document: a table for each measure, its quarters one below the other."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from services.aggregation.domain.figures import Figures, major_units
from services.aggregation.domain.names import Names
from services.aggregation.domain.revisions import AFTER, Revision, by_period, moved
from shared import forms, report
from shared.forms import Form
from shared.periods import Period
from shared.report import NOT_APPLICABLE, Cell, Column, Document, Table, french
from shared.report.french import typeset

TITLE = "Révisions des trimestres"
NOTES = (
    "À l’échéance : tout ce qui avait été reçu jusqu’à la fin du jour d’échéance. 30 jours après : jusqu’à la fin du "
    "trentième jour qui le suit. Désormais : ce qui compte dans les tableaux. L’échéance d’une Plate-forme à qui un "
    "délai a été accordé est la sienne.",
    "Un tiret : rien n’avait été reçu à cette date, ce qui compte pour zéro dans les différences ; ou la date est à "
    "venir.",
    "Sans objet : une évolution n’a pas de sens à partir de zéro.",
)
NOTHING_YET = "Rien n’a encore été reçu pour cette année."


def revisions_document(form: Form, year: int, revisions: Sequence[Revision], names: Names, day: date) -> Document:
    notes = [typeset(note) for note in NOTES] if revisions else [NOTHING_YET]
    return Document(
        title=f"{TITLE} – {form.service_title}",
        subtitle=f"année {year} – situation au {french.day(day)}",
        notes=notes,
        tables=[_table(form, place, by_period(revisions), names) for place in range(len(form.measures))],
    )


def _table(form: Form, place: int, revisions: Mapping[Period, Sequence[Revision]], names: Names) -> Table:
    measure = form.measures[place]
    columns = list(_columns(measure))
    rows = [row for period, found in revisions.items() for row in _quarter(form, period, found, place, names)]
    return Table(key=measure.name, title=measure.label, columns=columns, rows=rows)


def _columns(measure: forms.Column) -> Iterator[Column]:
    kind: report.Kind = "amount" if measure.scale else "count"
    yield Column(key="name", label="Plate-forme")
    yield Column(key="code", label="Code")
    for key, label in (("at_deadline", "À l’échéance"), ("after_30_days", "30 jours après"), ("now", "Désormais")):
        yield Column(key=key, label=label, kind=kind, group="Chiffre")
    steps = (("first", "De l’échéance à 30 jours"), ("second", "De 30 jours à désormais"), ("whole", "En tout"))
    for key, group in steps:
        yield Column(key=f"{key}_difference", label="Différence", kind=kind, group=group)
        yield Column(key=f"{key}_rate", label="Évolution", kind="rate", group=group)


def _quarter(form: Form, period: Period, found: Sequence[Revision], place: int, names: Names) -> Iterator[report.Row]:
    due = form.due(period)
    width = 2 + 3 + 6
    title = f"{period.title} – échéance le {french.day(due)}, puis {french.day(due + AFTER)}"
    yield report.Row(cells=[title, *[None] * (width - 1)], style="section")
    for one in found:
        extended = "" if one.due == due else f" (échéance le {french.day(one.due)})"
        name = names.platform(one.platform) + extended
        head: list[Cell] = ["Total national", ""] if one.is_total else [name, one.platform]
        style: report.RowStyle = "subtotal" if one.is_total else "normal"
        yield report.Row(cells=[*head, *figures_of(one, place, form.measures[place].scale)], style=style)


def figures_of(one: Revision, place: int, scale: int) -> list[Cell]:
    """The three figures, then each step: how much, and how much in per cent."""
    points = (one.at_deadline, one.after_30_days, one.now)
    return [*(_figure(point, place, scale) for point in points), *_steps(one, place, scale)]


def _figure(figures: Figures | None, place: int, scale: int) -> int | Decimal | None:
    return None if figures is None else major_units(figures[place], scale)


def _steps(one: Revision, place: int, scale: int) -> Iterator[Cell]:
    steps = (
        (one.at_deadline, one.after_30_days, one.is_after),
        (one.after_30_days, one.now, one.is_after),
        (one.at_deadline, one.now, one.is_due),
    )
    for before, after, has_come in steps:
        if not has_come:
            yield from (None, None)
            continue
        step = moved(before, after, place)
        yield major_units(step.difference, scale)
        yield NOT_APPLICABLE if step.rate is None else step.rate
