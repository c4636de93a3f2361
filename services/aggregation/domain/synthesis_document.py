"""The synthesis of both services as a document: against the quarter before, the year before, and over five quarters."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from services.aggregation.domain.documents import COMPLETE, INCOMPLETE
from services.aggregation.domain.figures import major_units
from services.aggregation.domain.layout import COUNTED_AGAIN_NOTE
from services.aggregation.domain.synthesis import MovedFigure, National, Synthesis, five_quarters, moved_figures
from services.aggregation.domain.ytd import Row
from shared import forms, report
from shared.periods import Period
from shared.report import Cell, Column, Document, Table, french
from shared.report.french import typeset

TITLE = "Synthèse nationale des deux services"
NO_PAST = typeset("Un tiret : rien n’a été déclaré pour cette période, ou le suivi n’avait pas commencé.")
_TENTH = Decimal("0.1")

Units = int | None


@dataclass(frozen=True, slots=True)
class IssuedBefore:
    """The edition that a new one replaces, and what it was issued with."""

    edition: int
    day: date
    content: str


def synthesis_document(
    synthesis: Synthesis, when: str, reference: str = "", before: IssuedBefore | None = None
) -> Document:
    """As it stands, or as it is issued; `before` where it is issued again."""
    notes, changes = what_changed(before, synthesis) if before else ([], [])
    return Document(
        title=TITLE,
        subtitle=f"{synthesis.period.title} – {when}",
        reference=reference,
        notes=[*coverage(synthesis), *notes],
        tables=[_comparison(synthesis), _five(synthesis), *changes],
    )


def coverage(synthesis: Synthesis) -> list[str]:
    """Which of the quarters set side by side are not whole: a difference with them says less than it seems."""
    found = [
        f"{service.form.service_title}, {period.title} ({french.count(len(lines), 'ligne manque', 'lignes manquent')})"
        for service in synthesis.services
        for period, lines in sorted(service.missing.items(), reverse=True)
    ]
    return [f"{INCOMPLETE}{', '.join(found)}."] if found else [COMPLETE]


def _comparison(synthesis: Synthesis) -> Table:
    period, year = synthesis.period, synthesis.period.year
    quarter, before, same = (
        "Trimestre",
        "Par rapport au trimestre précédent",
        "Par rapport au même trimestre, un an avant",
    )
    cumul = "Cumul depuis le 01/01"
    columns = [
        Column(key="indicator", label="Indicateur"),
        _figure("quarter", _short(period), quarter),
        *_against("previous", _short(period.previous()), before),
        *_against("year_before", _short(_year_before(period)), same),
        _figure("ytd", str(year), cumul),
        *_against("ytd_year_before", str(year - 1), cumul),
    ]
    rows = _by_service(synthesis, len(columns), _compared)
    return Table(key="figures", title="Le trimestre et ceux d’avant", columns=columns, rows=rows, notes=_notes())


def _notes() -> list[str]:
    return [COUNTED_AGAIN_NOTE, NO_PAST]


def _figure(key: str, label: str, group: str) -> Column:
    return Column(key=key, label=label, kind="figure", group=group)


def _against(key: str, label: str, group: str) -> Iterator[Column]:
    yield _figure(key, label, group)
    yield _figure(f"{key}_difference", "Différence", group)
    yield Column(key=f"{key}_rate", label="Évolution", kind="rate", group=group)


def _short(period: Period) -> str:
    return f"T{period.quarter} {period.year}"


def _year_before(period: Period) -> Period:
    return Period(period.year - 1, period.quarter)


Cells = Callable[[Synthesis, National, int], list[Cell]]


def _by_service(synthesis: Synthesis, width: int, cells: Cells) -> list[report.Row]:
    found = []
    for service in synthesis.services:
        found.append(report.Row(cells=[service.form.service_title, *[None] * (width - 1)], style="section"))
        for place, column in enumerate(service.form.measures):
            found.append(report.Row(cells=[column.label, *cells(synthesis, service, place)]))
    return found


def _compared(synthesis: Synthesis, service: National, place: int) -> list[Cell]:
    period, scale = synthesis.period, service.form.measures[place].scale
    now, previous, year_before = (service.rows.get(one) for one in (period, period.previous(), _year_before(period)))
    quarter, ytd = _units(now, place, "quarter"), _units(now, place, "ytd")
    return [
        _shown(quarter, scale),
        *_set_against(quarter, _units(previous, place, "quarter"), scale),
        *_set_against(quarter, _units(year_before, place, "quarter"), scale),
        _shown(ytd, scale),
        *_set_against(ytd, _units(year_before, place, "ytd"), scale),
    ]


def _units(row: Row | None, place: int, what: str) -> Units:
    return None if row is None else getattr(row, what)[place]


def _shown(units: Units, scale: int) -> Cell:
    return None if units is None else major_units(units, scale)


def _set_against(now: Units, before: Units, scale: int) -> list[Cell]:
    """The earlier figure, the difference, and the evolution where it has a meaning."""
    if now is None or before is None:
        return [_shown(before, scale), None, None]
    return [_shown(before, scale), major_units(now - before, scale), evolution(now, before)]


def evolution(now: int, before: int) -> Decimal | None:
    """In per cent, to the nearest tenth, a half away from zero; None from nothing."""
    return (Decimal(100 * (now - before)) / before).quantize(_TENTH, ROUND_HALF_UP) if before else None


def _five(synthesis: Synthesis) -> Table:
    quarters = five_quarters(synthesis.period)
    columns = [Column(key="indicator", label="Indicateur")]
    for key, group in (("quarter", "Trimestre"), ("ytd", "Cumul depuis le 01/01")):
        columns += [_figure(f"{key}_{one}", _short(one), group) for one in quarters]
    rows = _by_service(synthesis, len(columns), _over_five)
    return Table(key="five", title="Cinq trimestres", columns=columns, rows=rows, notes=_notes())


def _over_five(synthesis: Synthesis, service: National, place: int) -> list[Cell]:
    quarters, scale = five_quarters(synthesis.period), service.form.measures[place].scale
    return [
        _shown(_units(service.rows.get(one), place, what), scale) for what in ("quarter", "ytd") for one in quarters
    ]


def what_changed(before: IssuedBefore, after: Synthesis) -> tuple[list[str], list[Table]]:
    """In a sentence, and figure by figure."""
    moved = moved_figures(before.content, after)
    since = typeset(f"Depuis l’édition {before.edition} du {french.day(before.day)} : ")
    if not moved:
        return [f"{since}seul ce qui manque a changé."], []
    named = ", ".join(f"{one.form.service_title} {one.period.title}" for one in moved)
    columns = [
        Column(key="indicator", label="Indicateur"),
        Column(key="period", label="Période"),
        _figure("quarter_before", "Avant", "Trimestre"),
        _figure("quarter_after", "Désormais", "Trimestre"),
        _figure("ytd_before", "Avant", "Cumul depuis le 01/01"),
        _figure("ytd_after", "Désormais", "Cumul depuis le 01/01"),
    ]
    rows = [row for one in moved for row in _moved_rows(one)]
    title = f"Ce qui a changé depuis l’édition {before.edition}"
    return [f"{since}{named}."], [Table(key="changes", title=title, columns=columns, rows=rows)]


def _moved_rows(moved: MovedFigure) -> Iterator[report.Row]:
    for place, column in enumerate(moved.form.measures):
        figures = [
            _shown(_units(row, place, what), column.scale)
            for what in ("quarter", "ytd")
            for row in (moved.before, moved.after)
        ]
        if figures[0::2] != figures[1::2]:
            yield report.Row(cells=[_named(moved.form, column), moved.period.title, *figures])


def _named(form: forms.Form, column: forms.Column) -> str:
    return f"{form.service_title} – {column.label}"
