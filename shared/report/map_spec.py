"""What Vega-Lite is told of a map by département: metropolitan France and, beside it, the five overseas."""

import json
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

from shared.regions import department_name
from shared.report import french
from shared.report.chart_specs import FONT, INK, SCHEMA, config, plotted
from shared.report.model import Cell, Chart, Table

NO_LINE = "Aucune ligne"
SOURCE = "Contours\u00a0: IGN, Admin Express 2018, Licence Ouverte."
OVERSEAS = ("971", "972", "973", "974", "976")
_SHADES = ("#e3eef2", "#b3d0da", "#7fadbd", "#46819a", "#16404f")
_WITHOUT = "#ffffff"
_WIDTH, _HEIGHT, _BOX = 430, 440, 74


def map_spec(chart: Chart, table: Table) -> dict[str, Any]:
    """Départements by the fifth of their figures in which theirs is; those that the table does not name are white."""
    place = next(number for number, column in enumerate(table.columns) if column.key == chart.columns[0])
    cells = {str(row.cells[0]): row.cells[place] for row in table.rows if row.style == "normal"}
    figures = {code: cell for code, cell in cells.items() if cell is not None}
    classes = _classes(figures)
    labels = [label for _, label in classes]
    shapes = _shapes({code: _class_of(figures.get(code), classes) for code in _outlines()})
    scale = {"domain": [*labels, NO_LINE], "range": [*_shades(len(labels)), _WITHOUT]}
    return {
        "$schema": SCHEMA,
        "background": "white",
        "padding": 6,
        "spacing": 8,
        "hconcat": [
            _panel([shapes[code] for code in shapes if code not in OVERSEAS], scale, _WIDTH, _HEIGHT, chart),
            {"spacing": 6, "vconcat": [_overseas(code, shapes[code], scale) for code in OVERSEAS]},
        ],
        "config": config(),
    }


Classes = Sequence[tuple[float, str]]


def _classes(figures: Mapping[str, Cell]) -> Classes:
    """The highest figure of each fifth of the départements that have one, and the fifth's bounds in words."""
    ordered = sorted((Fraction(str(cell)), cell) for cell in figures.values())
    found: list[tuple[float, str]] = []
    for group in _fifths([exact for exact, _ in ordered]):
        lowest, highest = (next(cell for exact, cell in ordered if exact == one) for one in (group[0], group[-1]))
        lowest_text, highest_text = french.cell_text(lowest, "figure"), french.cell_text(highest, "figure")
        text = lowest_text if lowest == highest else f"{lowest_text} à {highest_text}"
        found.append((float(group[-1]), text))
    return found


def _fifths(ordered: Sequence[Fraction]) -> Iterator[list[Fraction]]:
    """Equals are in one."""
    groups: dict[int, list[Fraction]] = {}
    for value in ordered:
        groups.setdefault(5 * ordered.index(value) // len(ordered), []).append(value)
    yield from groups.values()


def _class_of(cell: Cell, classes: Classes) -> str:
    value = plotted(cell)
    return NO_LINE if value is None else next(text for highest, text in classes if value <= highest)


def _shades(number: int) -> list[str]:
    """The darkest for the highest."""
    return list(_SHADES[len(_SHADES) - number :])


@cache
def _outlines() -> Mapping[str, Any]:
    """The geometry of each département, its rings in the order that Vega takes for land."""
    text = (files("shared") / "reference" / "departements.geojson").read_text(encoding="utf-8")
    return {feature["properties"]["code"]: _turned(feature["geometry"]) for feature in json.loads(text)["features"]}


def _turned(geometry: Any) -> dict[str, Any]:
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    turned = [[_clockwise(ring, not number) for number, ring in enumerate(polygon)] for polygon in polygons]
    return {"type": "MultiPolygon", "coordinates": turned}


def _clockwise(ring: Sequence[Any], wanted: bool) -> list[Any]:
    """Land runs clockwise, a hole in it the other way."""
    twice_area = sum((x2 - x1) * (y2 + y1) for (x1, y1), (x2, y2) in pairwise(ring))
    return list(ring) if (twice_area > 0) == wanted else list(ring)[::-1]


def _shapes(classes: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    outlines = _outlines()
    return {
        code: {"type": "Feature", "geometry": outlines[code], "properties": {"class": name}}
        for code, name in classes.items()
    }


def _panel(
    shapes: Sequence[Any], scale: Any, width: int, height: int, chart: Chart | None, turned: int = 0
) -> dict[str, Any]:
    """Vega-Lite draws equal projections on one scale: each territory overseas is turned its own way, for its own."""
    legend = (
        {"title": chart.title, "orient": "bottom", "columns": 3, "symbolType": "square", "symbolStrokeWidth": 0.5}
        if chart
        else None
    )
    return {
        "width": width,
        "height": height,
        "data": {"values": {"type": "FeatureCollection", "features": shapes}, "format": {"property": "features"}},
        "projection": {"type": "mercator", "rotate": [turned, 0]},
        "mark": {"type": "geoshape", "stroke": INK, "strokeWidth": 0.5},
        "encoding": {"color": {"field": "properties.class", "type": "nominal", "scale": scale, "legend": legend}},
    }


def _overseas(code: str, shape: Any, scale: Any) -> dict[str, Any]:
    title = {"text": department_name(code), "font": FONT, "fontSize": 10, "fontWeight": "normal", "color": INK}
    return {"title": {**title, "offset": 2}, **_panel([shape], scale, _BOX, _BOX - 18, None, OVERSEAS.index(code) + 1)}
