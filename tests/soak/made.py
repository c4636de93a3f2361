"""What bombs are made of: right files of a form to put the powder in."""

from dataclasses import dataclass

FORM, PERIOD = "assistance-trimestriel", "2005-T4"
CASES, YEAR = "dossiers-mobilite", "2005"
PARTNERS = "partenariats"
HEADER = ("organisme", "diagnostics_prealables", "engagements_reciproques", "diagnostics_complementaires")
RIGHT = ("CIL01", "3", "2", "1")
PARTNER_HEADER = ("service", "partenaire_nom", "activite_principale", "famille", "formalise", "objet")
UNREADABLE = frozenset({"unreadable_file"})
TOO_LARGE = frozenset({"too_large"})
EITHER = UNREADABLE | TOO_LARGE
ACCEPTED = frozenset[str]()


@dataclass(frozen=True, slots=True)
class Bomb:
    """The bytes, what they are sent as, and the codes that may refuse them; none where they are to be accepted."""

    content: bytes
    codes: frozenset[str]
    form: str = FORM
    period: str = PERIOD
    rows: int | None = None


def right_csv(header: tuple[str, ...] = HEADER, *rows: tuple[str, ...]) -> bytes:
    return "".join(";".join(row) + "\r\n" for row in (header, *(rows or (RIGHT,)))).encode()
