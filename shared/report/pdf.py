"""PDF/UA set by typst: what is told comes as data, never as source; equal data are equal bytes on every machine."""

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import typst

# The letters of the typeface that typst carries: PDF/UA suffers none that it cannot draw.
_NOT_DRAWN = re.compile(
    "[^\n\x20-\x7e\xa0-\xac\xae-\u017f\u2009\u202f\u2010-\u2015\u2018-\u201e\u2022\u2026\u20ac\u2212\ufffd]"
)


@cache
def _fonts() -> typst.Fonts:
    """Its own alone: those of a machine are not another's."""
    return typst.Fonts(include_system_fonts=False)


def render_pdf(template: Path, data: Mapping[str, Any]) -> bytes:
    """The template reads the data by `json(bytes(sys.inputs.data))`; what cannot be drawn shows as �."""
    told = json.dumps(_drawn(data), ensure_ascii=False)
    return typst.compile(template.read_bytes(), font_paths=_fonts(), sys_inputs={"data": told}, pdf_standards=["ua-1"])


def _drawn(value: Any) -> Any:
    match value:
        case str():
            return _NOT_DRAWN.sub("\ufffd", value.replace("\t", " "))
        case dict():
            return {name: _drawn(one) for name, one in value.items()}
        case list() | tuple():
            return [_drawn(one) for one in value]
    return value
