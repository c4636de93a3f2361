"""Expected rows against exported ones: no order, no row lost, none too many, forms not built left out."""

from pathlib import Path

import pytest

from services.cli.comparison import compare

FORMS = {"assistance-trimestriel"}
HEADER = "platform,form,period,day,step"
ROW = "PF01,assistance-trimestriel,2005-T1,2005-04-20,-10"
OTHER = "PF02,assistance-trimestriel,2005-T1,2005-04-20,-10"
NOT_BUILT = "PF02,satisfaction,2005,2006-02-04,-10"


@pytest.fixture
def compared(tmp_path: Path) -> "Comparison":
    return Comparison(tmp_path)


class Comparison:
    """Compares two files given as their lines."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, expected: list[str], got: list[str]) -> list[str]:
        paths = self.folder / "expected.csv", self.folder / "reminders.csv"
        for path, lines in zip(paths, (expected, got), strict=True):
            path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return compare(*paths, FORMS)


def test_order_of_rows_and_columns_does_not_matter(compared: Comparison) -> None:
    assert compared([HEADER, ROW, OTHER], [HEADER, OTHER, ROW]) == []
    turned = ["form,platform,period,day,step,more", "assistance-trimestriel,PF01,2005-T1,2005-04-20,-10,x"]
    assert compared([HEADER, ROW], turned) == []


def test_a_missing_and_an_unexpected_row_are_said(compared: Comparison) -> None:
    assert compared([HEADER, ROW], [HEADER, OTHER]) == [
        "reminders.csv : 1 ligne manquante",
        f"  manquante : {ROW}",
        "reminders.csv : 1 ligne inattendue",
        f"  inattendue : {OTHER}",
    ]


def test_a_row_twice_is_not_a_row_once(compared: Comparison) -> None:
    assert compared([HEADER, ROW], [HEADER, ROW, ROW])[0] == "reminders.csv : 1 ligne inattendue"
    assert compared([HEADER, ROW, ROW], [HEADER, ROW])[0] == "reminders.csv : 1 ligne manquante"


def test_forms_not_built_are_not_expected_and_not_exported(compared: Comparison) -> None:
    assert compared([HEADER, ROW, NOT_BUILT], [HEADER, ROW]) == []
    assert compared([HEADER, ROW, NOT_BUILT], [HEADER, ROW, NOT_BUILT])[1] == f"  inattendue : {NOT_BUILT}"


def test_errors_name_their_form_by_the_file_sent(compared: Comparison) -> None:
    header = "file,line,column,code"
    rows = ["assistance-trimestriel_PF01_2005-T1.csv,2,organisme,unknown_member", "satisfaction_PF01_2005.csv,,,x"]
    assert compared([header, *rows], [header, rows[0]]) == []


def test_only_the_first_twenty_are_shown(compared: Comparison) -> None:
    rows = [ROW.replace("-10", str(step)) for step in range(10, 33)]
    said = compared([HEADER, *rows], [HEADER])
    assert len(said) == 22
    assert said[0] == "reminders.csv : 23 lignes manquantes"
    assert said[-1] == "  … et 3 autres"


def test_an_absent_file_or_column_is_said(compared: Comparison, tmp_path: Path) -> None:
    assert compared([HEADER, ROW], ["platform,form"]) == ["reminders.csv : colonnes absentes (period, day, step)"]
    assert compare(tmp_path / "expected.csv", tmp_path / "none.csv", FORMS) == ["none.csv : fichier absent"]
