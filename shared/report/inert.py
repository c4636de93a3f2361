"""Text that a spreadsheet must never take for a formula."""

FORMULA_SIGNS = frozenset("=+-@＝＋－＠\t\r\n")
BLANKS = " \u00a0\u202f\ufeff"


def inert(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet would run."""
    return f"'{text}" if begins_formula(text) else text


def begins_formula(text: str) -> bool:
    """Tell whether a spreadsheet may take a text for a formula."""
    return text.lstrip(BLANKS)[:1] in FORMULA_SIGNS and bool(text.strip(BLANKS))
