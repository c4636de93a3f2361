"""Charts of a document as SVG, drawn here by Vega-Lite: nothing is fetched, equal charts give equal drawings."""

import json
import re
from functools import lru_cache

import vl_convert
from markupsafe import Markup, escape

from shared.report.chart_specs import FONT, line_spec
from shared.report.map_spec import map_spec
from shared.report.model import Chart, Document

# What Vega says of its own parts is English, and not for readers: the drawing is one picture with one description.
_ENGLISH = re.compile(r' (?:role|aria-[a-z]+)="[^"<>]*"')
_ROOT = re.compile(r"<svg\b[^>]*>")
_SIZE = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')
_LOCALE = {"decimal": ",", "thousands": "\u202f", "grouping": [3], "currency": ["", "\u00a0€"], "minus": "−"}
_VEGA_LITE = "6.4"


def draw_chart(document: Document, chart: Chart, font: str = FONT) -> str:
    """A picture that stands alone, with its description."""
    table = document.table(chart.table)
    spec = map_spec(chart, table) if chart.kind == "map" else line_spec(chart, table)
    return _labelled(_drawn(json.dumps(spec, ensure_ascii=False)), chart).replace(FONT, font)


@lru_cache(maxsize=128)
def _drawn(spec: str) -> str:
    svg: str = vl_convert.vegalite_to_svg(
        spec, vl_version=_VEGA_LITE, allowed_base_urls=[], format_locale=_LOCALE, show_warnings=False
    )
    return svg


def _labelled(svg: str, chart: Chart) -> str:
    head = _ROOT.match(svg)
    size = _SIZE.search(head.group()) if head else None
    if head is None or size is None:
        raise ValueError("the drawing is no picture")
    width, height = size.groups()
    opening = Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" class="chart-drawing" role="img" aria-label="{}" '
        'width="{}" height="{}" viewBox="0 0 {} {}"><title>{}</title>'
    ).format(f"{chart.title}. {chart.description}", width, height, width, height, chart.title)
    return str(opening) + _ENGLISH.sub("", svg[head.end() :])


def figure_of(document: Document, chart: Chart) -> Markup:
    """The picture as a page shows it, under its title."""
    # The drawing escapes its own texts.
    drawing = Markup(draw_chart(document, chart))  # noqa: S704
    return Markup('<figure class="chart"><figcaption>{}</figcaption>{}</figure>').format(escape(chart.title), drawing)
