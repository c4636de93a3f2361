"""Two hundred dates worked out by hand, against what is computed."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from services.compliance.domain.closing import ClosingRule, closed_from
from services.compliance.domain.extensions import DueDays, Extension
from services.compliance.domain.ladders import USUAL
from services.compliance.domain.obligations import obligations_on
from shared.clock import midnight, paris_day
from shared.forms import FORMS
from shared.network import Network
from shared.periods import Period
from tests.compliance import hand_dates as by_hand

on = date.fromisoformat
TABLES = ("DUE", "STEPS", "MIDNIGHTS", "STATES", "BELONGING", "MOVES", "CLOSINGS")


def test_there_are_two_hundred_each_once() -> None:
    rows = [(name, row) for name in TABLES for row in getattr(by_hand, name)]
    assert len(rows) >= 200
    assert len(set(rows)) == len(rows)


@pytest.mark.parametrize(("form", "period", "due"), by_hand.DUE)
def test_due_days(form: str, period: str, due: str) -> None:
    assert DueDays().due("PF01", FORMS[form], Period.parse(period)) == on(due)


@pytest.mark.parametrize(("due", "step", "day"), by_hand.STEPS)
def test_days_of_reminders(due: str, step: int, day: str) -> None:
    assert step in USUAL.steps
    assert on(due) + timedelta(days=step) == on(day)


@pytest.mark.parametrize(("moment", "day"), by_hand.MIDNIGHTS)
def test_the_day_in_paris(moment: str, day: str) -> None:
    now = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    assert paris_day(now) == on(day)
    assert midnight(on(day)) <= now < midnight(on(day) + timedelta(days=1))


def network(
    memberships: list[tuple[str, str, str | None]],
    delegation: tuple[str, str | None] | None = None,
    agreement: tuple[str, str | None] = ("2003-01-01", None),
    first_period: str = "2004-T1",
) -> Network:
    """CIL01 alone in PF01, CIL02 in PF02; assistance only. A membership: platform, from, to."""

    def span(start: str, end: str | None, **more: str) -> dict[str, Any]:
        return {"from": start, "to": end, **more}

    def held(rows: list[tuple[str, str, str | None]]) -> list[dict[str, Any]]:
        return [span(start, end, service="assistance", platform=code) for code, start, end in rows]

    entrusted = [span(*delegation, service="assistance", member="CIL02")] if delegation else []
    known = {"kind": "CIL", "name": "x", "department": "35"}
    return Network.model_validate(
        {
            "central": {"name": "UESL"},
            "first_period": first_period,
            "platforms": [
                {"code": "PF01", "name": "1", "agreements": [span(*agreement)]},
                {"code": "PF02", "name": "2", "agreements": [span("2003-01-01", None)]},
            ],
            "members": [
                {"code": "CIL01", **known, "memberships": held(memberships), "delegations": entrusted},
                {"code": "CIL02", **known, "memberships": held([("PF02", "2003-01-01", None)])},
            ],
        }
    )


@pytest.mark.parametrize(("first", "extended", "day", "state"), by_hand.STATES)
def test_states(first: str | None, extended: str | None, day: str, state: str) -> None:
    about = ("PF01", by_hand.A, "2005-T1")
    decided = [Extension(*about, on(extended), on("2005-04-01"))] if extended else []
    known = network([("PF01", "2003-01-01", None)], first_period="2005-T1")
    arrivals = {about: on(first)} if first else {}
    owed = obligations_on(known, arrivals, on(day), DueDays.of(decided))
    assert [one.state_on(on(day)) for one in owed if one.owed == about] == [state]


@pytest.mark.parametrize(("held", "delegated", "agreed", "period", "has_line", "owes"), by_hand.BELONGING)
def test_who_has_a_line_and_who_owes(
    held: Any, delegated: Any, agreed: Any, period: str, has_line: bool, owes: bool
) -> None:
    known, when = network([("PF01", *held)], delegated, agreed), Period.parse(period)
    lines = [member.code for member in known.performers("PF01", "assistance", when.last_day)]
    assert (lines == ["CIL01"]) is has_line
    owed = {one.owed for one in obligations_on(known, {}, when.last_day + timedelta(days=1))}
    assert (("PF01", by_hand.A, period) in owed) is owes
    assert ("PF02", by_hand.A, period) in owed, "CIL02 performs, for itself and for whoever entrusted it"
    before = {one.owed for one in obligations_on(known, {}, when.last_day)}
    assert ("PF02", by_hand.A, period) not in before, "nothing is owed before the period has ended"


@pytest.mark.parametrize(("day", "period", "platform"), by_hand.MOVES)
def test_whose_line_a_member_that_moves_is(day: str, period: str, platform: str) -> None:
    last = str(on(day) - timedelta(days=1))
    known = network([("PF01", "2003-01-01", last), ("PF02", day, None)])
    end = Period.parse(period).last_day
    found = [code for code in ("PF01", "PF02")
             if any(member.code == "CIL01" for member in known.performers(code, "assistance", end))]  # fmt: skip
    assert found == [platform]


@pytest.mark.parametrize(("due", "months", "last"), by_hand.CLOSINGS)
def test_until_when_a_period_receives(due: str, months: int, last: str) -> None:
    closed = closed_from(on(due), ClosingRule(on("2000-01-01"), months))
    assert closed == on(last) + timedelta(days=1)
