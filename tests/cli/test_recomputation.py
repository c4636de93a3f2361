"""Tables recomputed from kept files: equal to the golden ones, and a wrong total is found."""

import csv
import json
from collections import Counter
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from services.cli.recomputation import (
    Cell,
    Figures,
    KeptFile,
    Tables,
    UnreadableKeptFile,
    differences,
    recompute,
)

GOLDEN = Path(__file__).parents[1] / "golden"
NETWORKS = ("network-2005", "network-2015")
ASSISTANCE = "assistance-trimestriel"
HEADER = "organisme;diagnostics_prealables;engagements_reciproques;diagnostics_complementaires"
MEASURE = "diagnostics_prealables"


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def kept_files(folder: Path) -> list[KeptFile]:
    versions: Counter[tuple[str, str, str]] = Counter()
    kept = []
    for row in rows_of(folder / "plan.csv"):
        key = row["platform"], row["form"], row["period"]
        content = (folder / "submissions" / row["file"]).read_bytes()
        if row["expect"] == "accepted":
            versions[key] += 1
        if row["expect"] != "same":
            kept.append(KeptFile(*key, versions[key], row["expect"], content))
    return kept


@cache
def recomputed(network: str) -> Tables:
    folder = GOLDEN / network
    return recompute(json.loads((folder / "network.json").read_text(encoding="utf-8")), kept_files(folder))


@pytest.mark.parametrize("network", NETWORKS)
def test_golden_tables_are_recomputed(network: str) -> None:
    shown = rows_of(GOLDEN / network / "expected" / "tables.csv")
    assert len(shown) == len(recomputed(network)) > 5000
    assert differences(recomputed(network), shown) == []


def test_the_order_in_which_files_are_kept_does_not_matter() -> None:
    folder = GOLDEN / NETWORKS[0]
    network = json.loads((folder / "network.json").read_text(encoding="utf-8"))
    assert recompute(network, reversed(kept_files(folder))) == recomputed(NETWORKS[0])


def test_a_total_tampered_with_is_found() -> None:
    shown = rows_of(GOLDEN / NETWORKS[0] / "expected" / "tables.csv")
    row = next(row for row in shown if row["measure"] == "montant_facture_ht" and row["level"] == "national")
    honest = Decimal(row["ytd"])
    row["ytd"] = str(honest + Decimal("0.01"))
    (found,) = differences(recomputed(NETWORKS[0]), shown)
    assert found.shown and found.recomputed
    assert found.shown.ytd - found.recomputed.ytd == Decimal("0.01")


def test_a_missing_an_unexpected_and_a_repeated_row_are_found() -> None:
    cell = Cell("mobilite-trimestriel", "2005-T2", "member", "CIL-001", "montant_facture_ht")
    row = {**cell._asdict(), "quarter": "1234.50", "ytd": "2469"}
    figures = Figures(Decimal("1234.5"), Decimal(2469))
    (missing,) = differences({cell: figures}, [])
    (unexpected,) = differences({}, [row])
    (repeated,) = differences({cell: figures}, [row, row])
    where = "mobilite-trimestriel 2005-T2, organisme CIL-001, montant_facture_ht"
    assert str(missing) == f"{where} : ligne absente des tableaux, recalculée à 1\u202f234,5 (cumul 2\u202f469)"
    assert str(unexpected) == f"{where} : ligne de trop dans les tableaux, affichée à 1\u202f234,50 (cumul 2\u202f469)"
    assert repeated.recomputed is None


def member(code: str, department: str, **more: Any) -> dict[str, Any]:
    return {"code": code, "department": department, **more}


def kept(text: str | bytes, platform: str = "PF01", period: str = "2015-T1", version: int = 1) -> KeptFile:
    content = text if isinstance(text, bytes) else text.encode()
    return KeptFile(platform, ASSISTANCE, period, version, "accepted", content)


def figures(tables: Tables, level: str, code: str, period: str) -> tuple[int, int] | None:
    found = tables.get(Cell(ASSISTANCE, period, level, code, MEASURE))
    return (int(found.quarter), int(found.ytd)) if found else None


def test_the_highest_accepted_version_stands() -> None:
    network = {"members": [member("CIL-001", "35")]}
    first, second = kept(f"{HEADER}\nCIL-001;1;1;1"), kept(f"{HEADER}\nCIL-001;5;1;1", version=2)
    refused = kept(f"{HEADER}\nCIL-001;9;1;1", version=3)._replace(verdict="rejected")
    tables = recompute(network, [refused, second, first])
    assert figures(tables, "national", "FR", "2015-T1") == (5, 5)


def test_rows_run_from_the_first_line_of_the_year_to_the_last_quarter_of_anybody() -> None:
    network = {"members": [member("CIL-001", "35"), member("CIL-002", "35")]}
    tables = recompute(
        network,
        [kept(f"{HEADER}\nCIL-001;7;0;0", period="2014-T2"), kept(f"{HEADER}\nCIL-002;3;0;0", period="2015-T2")],
    )
    held = {cell.period for cell in tables if cell.code == "CIL-001"}
    assert held == {"2014-T2", "2014-T3", "2014-T4"}
    assert figures(tables, "member", "CIL-001", "2014-T4") == (0, 7)
    assert figures(tables, "national", "FR", "2015-T1") is None
    assert figures(tables, "national", "FR", "2015-T2") == (3, 3)
    assert figures(tables, "national", "FR", "2015-T3") is None


def test_a_member_that_changes_platform_leaves_its_quarters_behind() -> None:
    tables = recompute(
        {"members": [member("CIL-001", "35")]},
        [kept(f"{HEADER}\nCIL-001;7;0;0"), kept(f"{HEADER}\nCIL-001;3;0;0", platform="PF02", period="2015-T2")],
    )
    assert figures(tables, "platform", "PF01", "2015-T2") == (0, 7)
    assert figures(tables, "platform", "PF02", "2015-T2") == (3, 3)
    assert figures(tables, "member", "CIL-001", "2015-T2") == (3, 10)


def test_the_region_is_that_of_the_department_at_the_quarter_end() -> None:
    moved = [{"department": "14", "from": "2010-01-01", "to": "2015-06-29"}]
    tables = recompute(
        {"members": [member("CIL-001", "35", departments=moved)]},
        [kept(f"{HEADER}\nCIL-001;{n};0;0", period=f"2015-T{n}") for n in (1, 2)]
        + [kept(f"{HEADER}\nCIL-001;4;0;0", period="2016-T1")],
    )
    assert figures(tables, "region", "25", "2015-T2") == (0, 1)
    assert figures(tables, "region", "53", "2015-T2") == (2, 2)
    assert figures(tables, "region", "53", "2016-T1") == (4, 4)


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + f"{HEADER}\r\nCIL-001;1234;1;1\r\n".encode(),
        f"{HEADER.upper()};Commentaire\ncil-001 ;1\u00a0234;1;1;été".encode("cp1252"),
        f"{HEADER}\n cil-001;1\u202f234,0;01;1".encode(),
        f"\n;;;\n\n{HEADER}\n\nCIL-001;1 234;1;1\n;;;\n \n".encode(),
        f'commentaire,{HEADER.replace(";", " , ").upper()}\n;;;,Cil-001,"1234,00",1,1.0\n'.encode(),
        HEADER.replace(";", "\t").encode() + b"\nCIL-001\t1234.000\t1\t1\n\t\t\t",
        f'commentaire;{HEADER}\n"a; ""b""\r\nc, d";"CIL-001";"1 234";1;1'.encode(),
    ],
    ids=["bom", "cp1252", "narrow space", "blank lines", "comma", "tab", "quotes"],
)
def test_odd_writings_are_read(content: bytes) -> None:
    tables = recompute({"members": [member("CIL-001", "35")]}, [kept(content)])
    assert figures(tables, "member", "CIL-001", "2015-T1") == (1234, 1234)
    assert figures(tables, "region", "53", "2015-T1") == (1234, 1234)


@pytest.mark.parametrize(
    "content", [b"", b"organisme;autre\nCIL-001;3", f"{HEADER}\nCIL-001;x;1;1".encode(), b"\x81\x8d"]
)
def test_what_was_never_an_accepted_file_is_said(content: bytes) -> None:
    with pytest.raises(UnreadableKeptFile):
        recompute({"members": []}, [kept(content)])


def test_lines_of_a_member_no_longer_known_stay_in_the_other_totals() -> None:
    tables = recompute({"members": []}, [kept(f"{HEADER}\nCIL-001;7;0;0")])
    assert figures(tables, "national", "FR", "2015-T1") == (7, 7)
    assert not any(cell.level == "region" for cell in tables)
