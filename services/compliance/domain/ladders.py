"""The ladder of reminders: on which days around the due day one goes out, and how insistent it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

LEVELS = {1: "rappel", 2: "relance", 3: "relance de la direction"}
EARLIEST, LATEST = -90, 365


def _usual() -> dict[int, int]:
    """Exchange format, A replay: −10, −3, 0, +3, +7 and weekly to +91. Insisted from the first week on, the management
    from the fourth."""
    days = (-10, -3, 0, 3, *range(7, 92, 7))
    return {day: 1 if day <= 0 else 2 if day < 28 else 3 for day in days}


@dataclass(frozen=True, slots=True)
class Ladder:
    """Days from the due day, each with its level; holds for due days from `valid_from` on."""

    valid_from: date = date.min
    steps: Mapping[int, int] = field(default_factory=_usual)


USUAL = Ladder()


@dataclass(frozen=True, slots=True)
class Ladders:
    """In the order in which they were set."""

    known: Sequence[Ladder] = ()

    def level(self, due: date, step: int) -> int | None:
        """None: no reminder goes out on that day."""
        return self.at(due).steps.get(step)

    def at(self, due: date) -> Ladder:
        """Of those that hold, the latest to begin; of these the last set."""
        holding = [(one.valid_from, n) for n, one in enumerate(self.known) if one.valid_from <= due]
        return self.known[max(holding)[1]] if holding else USUAL


ALWAYS_USUAL = Ladders()


def faults_of(steps: Mapping[int, int]) -> list[str]:
    """What makes a ladder impossible, as French sentences."""
    faults = [] if steps else ["Une échelle a au moins un jour."]
    if outside := [day for day in steps if not EARLIEST <= day <= LATEST]:
        faults.append(f"Un rappel part de {-EARLIEST} jours avant à {LATEST} jours après : {_list(outside)}.")
    if strange := [level for level in steps.values() if level not in LEVELS]:
        faults.append(f"Les niveaux sont 1, 2 et 3 : {_list(strange)}.")
    if early := [day for day, level in steps.items() if day <= 0 and level > 1]:
        faults.append(f"Jusqu’à l’échéance, on rappelle sans relancer : {_list(early)}.")
    return faults


def _list(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, sorted(numbers)))
