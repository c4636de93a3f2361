"""Reasons: why a file is unreadable or too large, in French, as the sentences of the codes take them."""

from shared.report.french import typeset

UNREADABLE = {
    reason: typeset(sentence)
    for reason, sentence in {
        "bytes": "un octet n'est ni de l'UTF-8 ni du Windows-1252",
        "control_character": "il contient un caractère de commande ; tabulation et fins de ligne sont seules admises",
        "line_end": "une ligne est coupée par un retour chariot seul ; les lignes finissent par CRLF ou LF",
        "kind": "ce n'est ni un CSV, ni un classeur XLSX ou ODS, ni du JSON",
        "encrypted": "le classeur est protégé par un mot de passe, ou d'un format ancien (.xls)",
        "macro": "le classeur contient des macros",
        "formula": "le classeur contient des formules ; seules des valeurs sont admises",
        "workbook": "le classeur est abîmé ou incomplet",
        "error_cell": "une case du classeur contient une erreur (#N/A, #REF!…)",
        "json": "le JSON est mal formé",
        "json_shape": "le JSON n'est pas un objet « rows » dont chaque rangée est un objet de valeurs simples",
        "json_key": "une rangée du JSON porte deux fois la même clé",
        "time": "sa lecture a pris trop de temps ou de mémoire",
        "quotes": "un guillemet ouvert n'est pas refermé, ou du texte suit un guillemet fermé",
    }.items()
}
TOO_LARGE = {
    reason: typeset(sentence)
    for reason, sentence in {
        "bytes": "trop d'octets",
        "unpacked": "le classeur, une fois décompressé, est trop grand",
        "rows": "trop de rangées",
        "columns": "trop de colonnes",
        "cell": "une case trop longue",
        "text": "trop de texte pour un seul dépôt : 2 500 000 caractères au plus",
    }.items()
}
