"""Bombs written as CSV or JSON."""

import json
from collections.abc import Callable, Mapping

from tests.soak.made import ACCEPTED, CASES, EITHER, HEADER, RIGHT, TOO_LARGE, UNREADABLE, YEAR, Bomb, right_csv

_MILLION = 10**6
_ONE = dict(zip(HEADER, RIGHT, strict=True))


def _json(row: str) -> bytes:
    return f'{{"rows": [{row}]}}'.encode()


def _json_with(value: str) -> bytes:
    return _json(json.dumps(_ONE).replace('"3"', value))


def _many_errors() -> Bomb:
    return Bomb(right_csv() + b"x\n" * 200_000, frozenset({"wrong_field_count"}))


def _names(many: int) -> str:
    return ";".join(f"c{n}" for n in range(many))


TEXT_BOMBS: Mapping[str, Callable[[], Bomb]] = {
    "csv of a million columns": lambda: Bomb(f"{_names(_MILLION)}\n".encode(), TOO_LARGE),
    "csv of a million nameless columns": lambda: Bomb(b";" * _MILLION + b"\nx\n", TOO_LARGE),
    "small csv of many columns": lambda: Bomb(f"{_names(12_000)}\n"[:65_000].encode(), TOO_LARGE),
    "small csv of many equal columns": lambda: Bomb(b"a;" * 32_000 + b"\n1\n", TOO_LARGE),
    "csv row of a million cells": lambda: Bomb(right_csv() + b";" * _MILLION, TOO_LARGE),
    "csv cell of 100 MB": lambda: Bomb(right_csv()[:-3] + b"9" * 100_000_000, EITHER),
    "csv quoted cell of 100 MB": lambda: Bomb(right_csv() + b'"' + b"x" * 100_000_000 + b'"', EITHER),
    "csv of quotes": lambda: Bomb(b'"' * 5_000_000, EITHER),
    "csv of an open quote": lambda: Bomb(right_csv() + b'"' + b"a;b\n" * _MILLION, EITHER),
    "csv header of open quotes": lambda: Bomb(b'a"b;' * _MILLION, EITHER),
    "csv of blank lines": lambda: Bomb(b"\n" * 5_000_000, TOO_LARGE),
    "csv of two hundred thousand wrong rows": _many_errors,
    "csv with NUL": lambda: Bomb(right_csv() + b"CIL02;1;\x00;1\r\n", UNREADABLE),
    "csv of NULs": lambda: Bomb(b"\x00" * 5_000_000, UNREADABLE),
    "csv in UTF-8 then Windows-1252": lambda: Bomb(
        right_csv((*HEADER, "commentaire"), (*RIGHT, "été")) + "CIL02;1;1;1;hélas\x81".encode("latin-1"), UNREADABLE
    ),
    "csv with a BOM in Windows-1252": lambda: Bomb(
        b"\xef\xbb\xbf" + right_csv((*HEADER, "commentaire")) + "CIL02;1;1;1;é\r\n".encode("cp1252"),
        frozenset({"unknown_column", "missing_column", "unreadable_file"}),
    ),
    **{
        f"csv in {encoding}": lambda encoding=encoding: Bomb(  # type: ignore[misc]
            right_csv().decode().encode(encoding), UNREADABLE
        )
        for encoding in ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le")
    },
    "csv in utf-7": lambda: Bomb(
        "organisme;diagnostics_pr\u00e9alables\n".encode("utf-7") + b"x;1\n",
        frozenset({"unknown_column", "missing_column"}),
    ),
    "csv of formulas": lambda: Bomb(
        right_csv(HEADER, ("=CIL01", "=1+1", "@SUM(A1)", "+1")), frozenset({"not_a_number", "unknown_member"})
    ),
    "csv comment that is a formula": lambda: Bomb(
        b"".join(
            [
                right_csv(
                    (*HEADER, "commentaire"), *((m, "1", "1", "0", "=1+1|cmd") for m in ("CIL01", "CIL02", "CCI03"))
                )
            ]
        ),
        ACCEPTED,
        rows=3,
    ),
    "csv cells that look like nearly anything": lambda: Bomb(
        right_csv(tuple(_CASE_HEADER.split(";")), *[_near_identity(n) for n in range(40)]),
        frozenset(
            {"not_a_number", "unknown_member", "bad_postcode", "unknown_code", "out_of_bounds", "identifying_data"}
        ),
        CASES,
        YEAR,
    ),
    "json of a million keys": lambda: Bomb(_json("{" + ",".join(f'"{n:x}":1' for n in range(_MILLION)) + "}"), EITHER),
    "json of many keys that are one name": lambda: Bomb(
        _json("{" + ",".join(f'"{" " * (n % 300)}a{" " * (n // 300)}":1' for n in range(20_000)) + "}"), EITHER
    ),
    "json rows of other keys each": lambda: Bomb(_json(",".join(f'{{"{n:x}":1}}' for n in range(300_000))), EITHER),
    "json key twice, many times": lambda: Bomb(_json("{" + '"a":1,' * 300_000 + '"b":1}'), EITHER),
    "json cell of 100 MB": lambda: Bomb(_json_with('"' + "9" * 100_000_000 + '"'), EITHER),
    "json number of five thousand digits": lambda: Bomb(_json_with("9" * 5_000), EITHER),
    "json number of four million digits": lambda: Bomb(_json_with("9" * 4_000_000), EITHER),
    "json exponent beyond all": lambda: Bomb(_json_with("1e9999999999999999999999"), UNREADABLE),
    "json exponent of a million digits": lambda: Bomb(_json_with("1e999999"), frozenset({"not_a_number"})),
    "json decimals beyond all": lambda: Bomb(_json_with("1e-9999999999999999999999"), UNREADABLE),
    "json nested a million deep": lambda: Bomb(_json_with("[" * _MILLION), UNREADABLE),
    "json objects a million deep": lambda: Bomb(b'{"rows":' * _MILLION, UNREADABLE),
    "json that never ends": lambda: Bomb(_json_with('"3"')[:-1] + b" " * 5_000_000, UNREADABLE),
    "json with NUL in a text": lambda: Bomb(_json(json.dumps({**_ONE, "commentaire": "a\x00b"})), ACCEPTED, rows=1),
    "json with half a character": lambda: Bomb(_json(json.dumps({**_ONE, "commentaire": "a\ud800b"})), UNREADABLE),
    "json in UTF-16": lambda: Bomb(_json_with('"3"').decode().encode("utf-16"), UNREADABLE),
    "json of not a number": lambda: Bomb(_json_with("NaN"), UNREADABLE),
}

_CASE_HEADER = (
    "organisme;ressources_nettes_mensuelles;personnes_foyer;revenus_foyer;age;csp;code_postal_depart;code_postal_arrivee;"
    "nature_mutation;entretien_famille;recherche_accession;recherche_locatif;accompagnement_famille;mise_en_service;"
    "hors_charte;aide_mobili_pass;pret_relais_mobilite;autre_produit"
)


def _near_identity(n: int) -> tuple[str, ...]:
    """Cells at which a hasty search for addresses and numbers would take for ever."""
    powder = ("0 " * 990, "1" * 1_990, "a@" * 990, "1 rue " * 330, "+33 (0) " * 240, "rue de " * 280, "é" * 1_990)
    return tuple(f"{powder[(n + place) % len(powder)]}{n}" for place in range(18))
