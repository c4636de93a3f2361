"""What platforms send about one form and period: on time or late, corrected, sent twice, refused, or never."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import NamedTuple

from services.cli.sample.activity import figures
from services.cli.sample.names import COMMENTS
from services.cli.sample.refusals import Refusal, Situation
from services.cli.sample.writing import HABITS, Habit, Sheet, a_habit, written
from shared.forms import Form
from shared.network import Network
from shared.periods import Period


class Sending(NamedTuple):
    """One row of the plan, and the bytes of its file."""

    file: str
    platform: str
    form: str
    period: str
    sent: date
    expect: str
    errors: str
    content: bytes


@dataclass(frozen=True)
class Due:
    """What a platform owes."""

    platform: str
    form: Form
    period: Period


def good_sheet(network: Network, due: Due, seed: int) -> Sheet:
    """One row per member that performs the service on the period's last day, in the registry's order."""
    day = due.period.last_day
    first_year = int(network.first_period[:4])
    columns = ["organisme", "departement", *(column.name for column in due.form.measures)]
    rows = [
        [member.code, member.department_on(day), *figures(seed, due.form.code, member, due.period, first_year)]
        for service in due.form.services
        for member in network.performers(due.platform, service, day)
    ]
    return Sheet(columns, rows)


@dataclass
class Exchange:
    """The sendings about one form and period, each a day or more after the one before."""

    network: Network
    due: Due
    seed: int
    draw: Random
    day: date
    habit: Habit = field(init=False)
    sheet: Sheet = field(init=False)
    sendings: list[Sending] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.habit = a_habit(self.draw)
        self.sheet = good_sheet(self.network, self.due, self.seed)
        if self.habit in HABITS[1:4] or self.draw.random() < 0.15:
            self._comment()

    def _comment(self) -> None:
        self.sheet.columns.append("commentaire")
        for row in self.sheet.rows:
            row.append(self.draw.choice(COMMENTS) if self.draw.random() < 0.2 else "")

    def _add(self, suffix: str, expect: str, content: bytes, errors: tuple[str, ...] = ()) -> None:
        platform, form, period = self.due.platform, self.due.form.code, str(self.due.period)
        file, codes = f"{form}_{platform}_{period}{suffix}.csv", "|".join(sorted(errors))
        self.sendings.append(Sending(file, platform, form, period, self.day, expect, codes, content))

    def wait(self, days: int) -> None:
        self.day += timedelta(days=days)

    def accept(self) -> None:
        self._add("", "accepted", written(self.sheet, self.habit))

    def correct(self) -> None:
        """The first sending was wrong in one row; `_v2` says what is true."""
        mistaken = Sheet(self.sheet.columns, [list(row) for row in self.sheet.rows])
        if len(mistaken.rows) > 1 and self.draw.random() < 0.3:
            mistaken.rows.pop()
        else:
            row = self.draw.choice(mistaken.rows)
            row[2] = str(int(row[2]) + self.draw.randint(1, 9))
        self._add("", "accepted", written(mistaken, self.habit))
        self.wait(self.draw.randint(6, 24))
        self._add("_v2", "accepted", written(self.sheet, self.habit))

    def return_to_the_first(self) -> None:
        """Older bytes sent again are a new version."""
        first = self.sendings[-2]
        self.sendings.append(first._replace(sent=self.day))

    def repeat(self) -> None:
        """The bytes that stand already."""
        standing = [sending for sending in self.sendings if sending.expect == "accepted"][-1]
        self.sendings.append(standing._replace(sent=self.day, expect="same"))

    def refuse(self, refusal: Refusal) -> None:
        """Raises Inapplicable where this file cannot be spoilt so."""
        day, (service, *_) = self.due.period.last_day, self.due.form.services
        situation = Situation(self.draw, self.network, self.due.platform, service, day)
        content = refusal.content(self.sheet, situation)
        self._add(f"_refus-{refusal.slug}", "rejected", content, refusal.codes)

    def refuse_period(self, period: str, slug: str, code: str) -> None:
        """The sheet is good; the period it is sent for is not."""
        platform, form = self.due.platform, self.due.form.code
        file = f"{form}_{platform}_{period}_refus-{slug}.csv"
        content = written(self.sheet, self.habit)
        self.sendings.append(Sending(file, platform, form, period, self.day, "rejected", code, content))
