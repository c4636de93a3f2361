"""What names a person, as far as it is beyond doubt; what is doubtful is not compared."""

import re

_COLUMNS = {"nom", "prénom", "nom_prenom", "email", "e-mail", "téléphone", "telephone", "adresse", "nir", "mobile"}
_SURE = (
    re.compile(r"(^|\s)[a-z0-9.]+@[a-z0-9]+\.[a-z]{2,3}($|\s)"),
    re.compile(r"^(0[1-9]|\+33 ?[1-9])([ .]?[0-9]{2}){4}$"),
    re.compile(r"^[12] ?[0-9]{2} ?(0[1-9]|1[0-2]) ?[0-9]{2} ?[0-9]{3} ?[0-9]{3} ?[0-9]{2}$"),
    re.compile(r"^[0-9]{1,3}( bis,?| ter,?)? (rue|avenue) (de|des|du|la) ", re.IGNORECASE),
)


def names_somebody(column: str) -> bool:
    return column.strip().lower() in _COLUMNS


def is_personal(cell: str) -> bool:
    return any(pattern.search(cell.strip()) for pattern in _SURE)
