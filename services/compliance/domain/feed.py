"""What a calendar feed tells: for a platform each form it owes or will owe, for UESL each deadline of the network."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from services.compliance.domain.extensions import DueDays
from services.compliance.domain.ics import DayEvent
from services.compliance.domain.obligations import Obligation, Owed, obligations_on
from shared.forms import FORMS
from shared.network import Network
from shared.periods import Period
from shared.report import french

PAST, AHEAD = timedelta(days=120), timedelta(days=400)


def feed_events(
    network: Network, arrivals: Mapping[Owed, date], day: date, due_days: DueDays, platform: str, base_url: str
) -> Iterator[DayEvent]:
    """Due days around that day; "" = all platforms. What the registry says of the future today is taken for granted."""
    shown = [
        one
        for year in range(day.year - 1, day.year + 2)
        for one in obligations_on(network, arrivals, day + AHEAD, due_days, year)
        if day - PAST <= one.due <= day + AHEAD and platform in ("", one.platform)
    ]
    if platform:
        yield from (_own(one, day, base_url) for one in shown)
    else:
        yield from _of_all(shown, day, base_url)


def _own(one: Obligation, day: date, base_url: str) -> DayEvent:
    arrived = one.first_accepted is not None and one.first_accepted <= day
    state = f"Reçu le {french.day(one.first_accepted)}." if arrived and one.first_accepted else "Rien n’a été reçu."
    return _event(one, one.platform, f"{'✓ ' if arrived else ''}{_title(one)}", state, int(arrived), base_url)


def _of_all(shown: Sequence[Obligation], day: date, base_url: str) -> Iterator[DayEvent]:
    groups: dict[tuple[str, str, date], list[Obligation]] = {}
    for one in shown:
        groups.setdefault((one.form, one.period, one.due), []).append(one)
    for group in groups.values():
        received = sum(one.first_accepted is not None and one.first_accepted <= day for one in group)
        platforms = french.count(len(group), "Plate-forme attendue", "Plates-formes attendues")
        state = f"{platforms}, {french.count(received, 'reçue', 'reçues')}."
        whose = f"reseau-{group[0].due}"
        yield _event(group[0], whose, f"{_title(group[0])} ({received}/{len(group)})", state, received, base_url)


def _title(one: Obligation) -> str:
    return f"Échéance : {FORMS[one.form].title}, {Period.parse(one.period).title}"


def _event(one: Obligation, whose: str, summary: str, state: str, revision: int, base_url: str) -> DayEvent:
    ordinary = FORMS[one.form].due(Period.parse(one.period))
    moved = (one.due - ordinary).days
    told = f"{state} Échéance prolongée : elle était le {french.day(ordinary)}." if moved else state
    uid = f"{one.form}-{one.period}-{whose}@pilotage".replace(" ", "_")
    # A later due day, then an arrival: a calendar must take each as the newer.
    return DayEvent(uid, one.due, summary, told, 2 * moved + revision, f"{base_url}/echeances")
