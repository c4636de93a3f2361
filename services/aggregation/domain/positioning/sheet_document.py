"""A positioning sheet as a document of one page: by service its past, its places, and a chart beside its figures."""

from collections.abc import Iterator, Sequence
from datetime import date

from services.aggregation.domain.documents import NOT_OVER
from services.aggregation.domain.names import Names
from services.aggregation.domain.positioning.indicators import main_indicator
from services.aggregation.domain.positioning.printed import evolution, printed, ranked
from services.aggregation.domain.positioning.remarks import absence, coverage, method_notes, remarks_of
from services.aggregation.domain.positioning.sheet import Past, Placed, ServiceSheet, Sheet, Value
from shared.periods import Period
from shared.report import Cell, Chart, Column, DrawnDocument, Row, Table, french
from shared.report.french import typeset


def subject_name(sheet: Sheet, names: Names) -> str:
    code = sheet.subject.code
    return names.member(code) if sheet.subject.level == "member" else names.platform(code)


def sheet_document(sheet: Sheet, when: str, day: date, reference: str = "") -> DrawnDocument:
    """As it stands on a day, or as it is issued (`reference`)."""
    names = Names(sheet.services[0].service.network, sheet.period.last_day)
    concerned = [part for part in sheet.services if part.is_concerned]
    is_over = day > sheet.period.last_day
    status = [coverage(part) for part in concerned] if is_over else [typeset(NOT_OVER)]
    return DrawnDocument(
        title=f"Fiche de positionnement – {subject_name(sheet, names)} ({sheet.subject.code})",
        subtitle=f"{sheet.period.title} – {when}",
        reference=reference,
        notes=[*status, *absence(sheet, names), *method_notes(sheet)],
        tables=[table for part in concerned for table in _tables(part, sheet, names)],
        charts=[_chart(part, sheet, names) for part in concerned],
        shape="sheet",
    )


def _tables(part: ServiceSheet, sheet: Sheet, names: Names) -> Iterator[Table]:
    yield _past_table(part, sheet.period, remarks_of(part, sheet, names))
    yield _places_table(part)
    yield _evolution_table(part, sheet, names)


def table_key(part: ServiceSheet, name: str) -> str:
    """A sheet's tables stand in one column per service: the first part of their keys."""
    return f"{part.service.code}.{name}"


def short(period: Period) -> str:
    return f"T{period.quarter}{french.HARD_SPACE}{period.year}"


def _past_table(part: ServiceSheet, period: Period, notes: Sequence[str]) -> Table:
    year, cumul = period.year, "Cumul depuis le 01/01"
    year_before = Period(year - 1, period.quarter)
    columns = [
        Column(key="indicator", label="Indicateur"),
        _figure("quarter", short(period), "Trimestre"),
        *_against("previous", short(period.previous()), "Trimestre précédent"),
        *_against("year_before", short(year_before), "Un an avant"),
        _figure("ytd", str(year), cumul),
        *_against("ytd_year_before", str(year - 1), cumul),
    ]
    rows = [Row(cells=list(_past_cells(past))) for past in part.past]
    title = f"{part.form.service_title} – face à son passé"
    return Table(key=table_key(part, "past"), title=title, columns=columns, rows=rows, notes=notes)


def _figure(key: str, label: str, group: str | None = None) -> Column:
    return Column(key=key, label=label, kind="figure", group=group)


def _against(key: str, label: str, group: str) -> Iterator[Column]:
    yield _figure(key, label, group)
    yield Column(key=f"{key}_rate", label="Évolution", kind="rate", group=group)


def _past_cells(past: Past) -> Iterator[Cell]:
    indicator = past.indicator
    yield indicator.label
    yield printed(indicator, past.quarter)
    for before in (past.previous, past.year_before):
        yield from (printed(indicator, before), evolution(past.quarter, before))
    yield printed(indicator, past.ytd)
    yield from (printed(indicator, past.ytd_year_before), evolution(past.ytd, past.ytd_year_before))


def _places_table(part: ServiceSheet) -> Table:
    columns = [
        Column(key="indicator", label="Indicateur"),
        _figure("own", "Valeur"),
        Column(key="group", label="Parmi"),
        _figure("first_quartile", "1er quartile"),
        _figure("median", "Médiane"),
        _figure("third_quartile", "3e quartile"),
        Column(key="rank", label="Rang"),
    ]
    rows = [Row(cells=_placed_cells(placed)) for placed in part.placed]
    title = f"{part.form.service_title} – face aux autres"
    return Table(key=table_key(part, "places"), title=title, columns=columns, rows=rows)


def _placed_cells(placed: Placed) -> list[Cell]:
    indicator, (found, rank) = placed.indicator, placed.position
    three: tuple[Value, ...] = (found.first, found.median, found.third) if found else (None, None, None)
    place = ranked(rank, found.size if found else 0)
    return [
        indicator.label,
        printed(indicator, placed.value),
        placed.group,
        *(printed(indicator, one) for one in three),
        place,
    ]


def _evolution_table(part: ServiceSheet, sheet: Sheet, names: Names) -> Table:
    main = main_indicator(part.form)
    beside = "Médiane des CIL/CCI de la Plate-forme" if sheet.subject.level == "member" else "Médiane des Plates-formes"
    columns = [
        Column(key="quarter", label="Trimestre"),
        _figure("own", subject_name(sheet, names)),
        _figure("median", beside),
    ]
    rows = [
        Row(cells=[short(point.period), printed(main, point.own), printed(main, point.median)])
        for point in part.evolution
    ]
    title = f"{main.label}, sur huit trimestres"
    return Table(key=table_key(part, "evolution"), title=title, columns=columns, rows=rows)


def _chart(part: ServiceSheet, sheet: Sheet, names: Names) -> Chart:
    table = _evolution_table(part, sheet, names)
    return Chart(
        key=table_key(part, "chart"),
        title=f"{part.form.service_title} – {table.title}",
        description=drawn_in_words(table),
        table=table.key,
        columns=["own", "median"],
    )


def drawn_in_words(table: Table) -> str:
    """First and last figure of each line; all others are in the table."""
    parts = []
    for place, column in enumerate(table.columns[1:], start=1):
        drawn = [(row.cells[0], row.cells[place]) for row in table.rows if row.cells[place] is not None]
        if drawn:
            ends = dict([drawn[0], drawn[-1]])
            told = ", ".join(f"{french.cell_text(figure, 'figure')} au {quarter}" for quarter, figure in ends.items())
            parts.append(f"{column.label}\u00a0: {told}")
    return f"{'. '.join(parts) or 'Aucun chiffre'}. Tous les chiffres sont dans le tableau."
