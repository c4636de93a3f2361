"""Identity: what names a person, in a column's name or in a cell; a case file must hold none of it."""

import re
import unicodedata

_COLUMN = re.compile(
    r"(^|_)(nom|prenoms?|patronyme|identite|e?mail|courriel|adresse|rue|voie|tel|telephone|mobile|portable|gsm|fax|nir|"
    r"securite_sociale|secu|iban|rib|(date|lieu)_(de_)?naissance|ne_e?_?le)(_|$)"
)
_EMAIL = re.compile(r"[^\s@]{1,64}@[^\s@]+\.[^\s@]{2,}")
_BETWEEN = r"[\s.\-/()]*"
_TELEPHONE = re.compile(
    rf"(?<![0-9])(?:(?:\+|00){_BETWEEN}33{_BETWEEN}(?:\(0\){_BETWEEN})?[1-9]|0[1-9])(?:{_BETWEEN}[0-9]){{8}}(?![0-9])"
    r"|\+[0-9]{8,15}(?![0-9])"
)
_GAP = r"[\s.\-]?"
_NIR = re.compile(
    rf"(?<![0-9])[1-478]{_GAP}[0-9]{{2}}{_GAP}(?:0[1-9]|[1-9][0-9]){_GAP}(?:[0-9]{{2}}|2[AB]){_GAP}"
    rf"[0-9]{{3}}{_GAP}[0-9]{{3}}(?:{_GAP}[0-9]{{2}})?(?![0-9])",
    re.IGNORECASE,
)
_STREET = re.compile(
    r"\b(?:\d{1,4}\s*(?:bis|ter|quater|[a-d])?\s*,?\s*(?:rue|r\.|avenue|av\.?|ave\.?|boulevard|blvd\.?|bd\.?|place|pl\.|"
    r"chemin|che?m\.|impasse|imp\.|allees?|route|rte\.?|quai|cours|square|passage|sentier|ruelle|faubourg|fbg\.?|"
    r"lotissement|residence|hameau|villa|cite|esplanade|promenade|rond[- ]point|venelle|traverse|montee|cote)\s+\w"
    r"|(?:rue|avenue|boulevard|impasse|chemin|allee)\s+(?:de|du|des|d['’]|la|les?|sainte?|\w+)\s*\w)",
    re.IGNORECASE,
)
_NOT_WORD = re.compile(r"[^a-z0-9]+")


def names_identity(column: str) -> bool:
    """Whether a column of that name would say who the person is."""
    return bool(_COLUMN.search(_NOT_WORD.sub("_", _plain(column).lower()).strip("_")))


def holds_identity(cell: str) -> bool:
    """Whether the cell holds an e-mail address, a telephone number, a NIR or a street address."""
    if len(cell) < 6:  # the shortest is an address such as a@b.fr
        return False
    text = _plain(cell)
    return bool(_EMAIL.search(text) or _TELEPHONE.search(text) or _NIR.search(text) or _STREET.search(text))


def _plain(text: str) -> str:
    """Without accents."""
    if text.isascii():
        return text
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
