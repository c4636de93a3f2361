"""A small invented network of odd cases: members that move, entrust or return in mid-quarter, agreements with gaps.

Its `expected/` was worked out by code that shares nothing with this one, from the exchange format alone.
"""

import csv
import json
from datetime import date, timedelta
from pathlib import Path

from services.compliance.domain.obligations import Owed, judge_day, obligations_on
from shared.network import Network

FOLDER = Path(__file__).parents[1] / "golden" / "network-moves"
NETWORK = Network.model_validate(json.loads((FOLDER / "network.json").read_text(encoding="utf-8")))


def rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def arrivals() -> dict[Owed, date]:
    """The first day on which each was accepted, by the plan."""
    found: dict[Owed, date] = {}
    for row in rows("plan.csv"):
        if row["expect"] == "accepted":
            found.setdefault((row["platform"], row["form"], row["period"]), date.fromisoformat(row["sent"]))
    return found


LAST_DAY = date.fromisoformat(rows("plan.csv")[-1]["sent"])


def test_what_is_owed_and_how_it_stands() -> None:
    shown = [
        (*one.owed, str(one.due), str(one.first_accepted or ""), one.state_on(LAST_DAY))
        for one in obligations_on(NETWORK, arrivals(), LAST_DAY)
    ]
    assert sorted(shown) == sorted(tuple(row.values()) for row in rows("expected/obligations.csv"))
    assert {state for *_, state in shown} == {"on_time", "late", "missing", "pending"}


def test_who_is_reminded_on_which_day() -> None:
    known, found = arrivals(), []
    day = date(2015, 7, 1)
    while day <= LAST_DAY:
        for platform, owed in judge_day(obligations_on(NETWORK, known, day), day).to_remind.items():
            found += [(platform, one.form, one.period, str(day), str(one.step_on(day))) for one in owed]
        day += timedelta(days=1)
    assert sorted(found) == sorted(tuple(row.values()) for row in rows("expected/reminders.csv"))
