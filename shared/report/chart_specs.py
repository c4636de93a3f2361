"""What Vega-Lite is told of lines over time: sizes fixed, so that the drawing hangs on no machine's typefaces."""

from decimal import Decimal
from typing import Any

from shared.report.model import NOT_APPLICABLE, Cell, Chart, Table

FONT = "Liberation Sans"
INK, SOFT, RULE = "#1c2b33", "#4a5a63", "#d3dadd"
# Told apart by colour, by dash and by sign.
COLOURS = ("#16404f", "#b4531a", "#5a7d2a")
DASHES = ([1, 0], [6, 3], [2, 2])
SIGNS = ("circle", "square", "triangle-up")
WIDTH, HEIGHT = 400, 190
SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
_PADDING = {"left": 64, "right": 14, "top": 30, "bottom": 26}


def line_spec(chart: Chart, table: Table) -> dict[str, Any]:
    """One line per column over the first; where a figure is not there the line breaks."""
    labels = [column.label for column in table.columns if column.key in chart.columns]
    ordered = {"domain": labels, "range": list(COLOURS[: len(labels)])}
    return {
        "$schema": SCHEMA,
        "width": WIDTH,
        "height": HEIGHT,
        "autosize": "none",
        "padding": _PADDING,
        "background": "white",
        "data": {"values": _values(chart, table)},
        "mark": {"type": "line", "point": {"size": 42, "filled": True}, "strokeWidth": 2},
        "encoding": {
            "x": {
                "field": "x",
                "type": "ordinal",
                "sort": None,
                "axis": {"title": None, "labelAngle": 0, "labelOverlap": False, "labelPadding": 6},
            },
            "y": {
                "field": "y",
                "type": "quantitative",
                "scale": {"zero": True, "nice": True},
                "axis": {"title": None, "format": ",.2~f", "tickCount": 5, "labelOverlap": False},
            },
            "color": {"field": "line", "type": "nominal", "scale": ordered, "legend": _legend()},
            "strokeDash": {"field": "line", "type": "nominal", "scale": {**ordered, "range": list(DASHES)}},
            "shape": {"field": "line", "type": "nominal", "scale": {**ordered, "range": list(SIGNS)}},
        },
        "config": config(),
    }


def _legend() -> dict[str, Any]:
    return {"title": None, "orient": "top", "direction": "horizontal", "offset": 8, "symbolStrokeWidth": 0}


def config() -> dict[str, Any]:
    text = {"labelFont": FONT, "titleFont": FONT, "labelFontSize": 11, "titleFontSize": 11, "labelColor": INK}
    return {
        "aria": False,
        "font": FONT,
        "axis": {**text, "titleColor": INK, "gridColor": RULE, "domainColor": SOFT, "tickColor": SOFT},
        "legend": {**text, "titleColor": INK, "labelLimit": 260, "titleLimit": 260},
        "view": {"stroke": None},
    }


def _values(chart: Chart, table: Table) -> list[dict[str, Any]]:
    places = [(place, column.label) for place, column in enumerate(table.columns) if column.key in chart.columns]
    return [
        {"x": row.cells[0], "line": label, "y": plotted(row.cells[place])}
        for row in table.rows
        if row.style == "normal"
        for place, label in places
    ]


def plotted(cell: Cell) -> float | int | None:
    """A drawing is no figure: here alone a figure may be rounded."""
    if cell is None or cell == NOT_APPLICABLE:
        return None
    return cell if isinstance(cell, int) else float(Decimal(str(cell)))
