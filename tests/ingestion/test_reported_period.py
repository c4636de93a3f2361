"""The period a file is sent for: which exist, from when on, until when."""

from datetime import date
from typing import Any

import pytest

FILE = "organisme;diagnostics_prealables;engagements_reciproques;diagnostics_complementaires\nCIL-001;1;1;1\n"
NOT_PERIODS = (
    *("", "2005-T5", "2005-T0", "2005-t2", " 2005-T2", "2005-T2\n", "2005T2", "05-T2", "2005-T٢", "2005-T22"),
    *("0000-T1", "9999-T4 ", "T2-2005", "2005", "2004-T4"),
)


def codes(judge_file: Any, **sending: object) -> tuple[str, ...]:
    judgement = judge_file(FILE, **sending)
    assert all((error.line, error.column) == (None, None) for error in judgement.errors)
    return tuple(error.code for error in judgement.errors)


@pytest.mark.parametrize("period", NOT_PERIODS)
def test_a_period_that_is_none_for_this_form(judge_file: Any, period: str) -> None:
    assert codes(judge_file, period=period) == ("unknown_period",)


def test_the_first_period_is_one(judge_file: Any) -> None:
    assert codes(judge_file, period="2005-T1") == ()


@pytest.mark.parametrize(("today", "expected"), [((2005, 6, 30), ("period_not_open",)), ((2005, 7, 1), ())])
def test_open_from_the_day_after_its_last_day(judge_file: Any, today: tuple[int, int, int], expected: Any) -> None:
    assert codes(judge_file, today=date(*today)) == expected


def test_late_is_no_reason(judge_file: Any) -> None:
    assert codes(judge_file, today=date(2035, 1, 1)) == ()


def test_closed(judge_file: Any) -> None:
    assert codes(judge_file, closed=True) == ("period_closed",)


@pytest.mark.parametrize(("period", "expected"), [("2006-T4", ()), ("2007-T1", ("agreement_expired",))])
def test_the_agreement_covers_the_last_day_whenever_it_is_sent(judge_file: Any, period: str, expected: Any) -> None:
    assert codes(judge_file, period=period, today=date(2008, 1, 1)) == expected


def test_a_platform_that_the_registry_does_not_know_has_no_agreement(judge_file: Any) -> None:
    assert codes(judge_file, platform="PF99") == ("agreement_expired",)


def test_only_the_first_that_applies_is_said(judge_file: Any) -> None:
    assert codes(judge_file, period="2007-T1", closed=True, today=date(2007, 1, 1)) == ("period_not_open",)
    assert codes(judge_file, period="2007-T1", closed=True, today=date(2008, 1, 1)) == ("period_closed",)
    assert codes(judge_file, period="2004-T4", closed=True) == ("unknown_period",)


def test_a_message_says_from_when_on(judge_file: Any) -> None:
    [error] = judge_file(FILE, today=date(2005, 6, 1)).errors
    assert "01/07/2005" in error.message
    assert error.message.startswith("La période")
