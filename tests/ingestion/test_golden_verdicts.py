"""Golden networks: every file of every form and kind is judged as planned, every error is where it was expected."""

from typing import Any

import pytest


def test_every_file_is_judged_as_planned(golden: Any) -> None:
    for row in golden.plan():
        # `same` is decided by the bytes that stand, before anything is judged; judged, they are accepted again.
        expected = "accepted" if row["expect"] == "same" else row["expect"]
        judgement = golden.judge(row)
        assert (judgement.verdict, "|".join(judgement.codes)) == (expected, row["errors"]), row["file"]


def test_the_errors_are_those_expected_each_at_its_line_and_column(golden: Any) -> None:
    refused = [row for row in golden.plan() if row["expect"] == "rejected"]
    names = {row["file"] for row in refused}
    expected = [tuple(row.values()) for row in golden.rows("expected/errors.csv") if row["file"] in names]
    found = [
        (row["file"], "" if error.line is None else str(error.line), error.column or "", error.code)
        for row in refused
        for error in golden.judge(row).errors
    ]
    assert len(expected) >= 30
    assert sorted(found) == sorted(expected)


def test_the_rows_of_a_file_add_up(golden: Any) -> None:
    if golden.folder.name == "network-moves":
        pytest.skip("its comments hold line breaks")
    for row in golden.plan():
        judgement = golden.judge(row)
        assert len(judgement.lines) + len(judgement.cases) == judgement.rows_accepted
        assert 0 in (judgement.rows_accepted, judgement.rows_refused)
        if judgement.codes == ("unreadable_file",):
            continue
        if not row["file"].endswith(".csv") or row["form"] == "partenariats":  # their rows may hold line breaks
            continue
        content = (golden.folder / "submissions" / row["file"]).read_bytes()
        rows = judgement.rows_accepted + judgement.rows_refused + judgement.rows_blank
        assert rows == len(content.decode("latin-1").rstrip("\n").split("\n")) - 1, row["file"]


def test_figures_are_attributed_to_the_members_department_on_the_last_day(golden: Any) -> None:
    departments = {member.code: member.department for member in golden.network.members}
    accepted = [row for row in golden.plan() if row["expect"] == "accepted"]
    for row in accepted:
        for line in golden.judge(row).lines:
            assert line.department == departments.get(line.member, "")
