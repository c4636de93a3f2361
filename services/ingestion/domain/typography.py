"""French typography: the spaces that do not break, the apostrophe, the ellipsis."""

HARD_SPACE = "\u00a0"
THIN_SPACE = "\u202f"

_REPLACED = {
    " :": f"{HARD_SPACE}:",
    "« ": f"«{HARD_SPACE}",
    " »": f"{HARD_SPACE}»",
    " ;": f"{THIN_SPACE};",
    " !": f"{THIN_SPACE}!",
    " ?": f"{THIN_SPACE}?",
    "'": "’",
}


def typeset(sentence: str) -> str:
    """Put the French spaces and apostrophes into a sentence written with plain ones."""
    for plain, french in _REPLACED.items():
        sentence = sentence.replace(plain, french)
    return sentence


def shorten(text: str, longest: int) -> str:
    """Cut a text that is too long to show, and say so by an ellipsis."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
