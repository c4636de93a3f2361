"""Believable figures of a member in a quarter: its own size, seasons, a slow growth, chance."""

from decimal import Decimal
from random import Random

from shared.network import Member
from shared.periods import Period

_SEASONS = {
    "assistance-trimestriel": (1.05, 0.95, 0.85, 1.15),
    "mobilite-trimestriel": (0.8, 1.05, 1.3, 0.85),
}


def figures(seed: int, form: str, member: Member, period: Period, first_year: int) -> tuple[str, ...]:
    """The form's measures in their order, counts as `12`, euros as `1234.50`."""
    own, chance = Random(f"{seed}/{form}/{member.code}"), Random(f"{seed}/{form}/{member.code}/{period}")
    quarter = period.quarter or 1
    growth = 1 + own.uniform(-0.02, 0.05) * (4 * (period.year - first_year) + quarter)
    level = own.lognormvariate(0, 0.7) * max(growth, 0.2) * _SEASONS[form][quarter - 1] * chance.uniform(0.8, 1.2)
    return _assistance(level, own, chance) if form == "assistance-trimestriel" else _mobilite(level, own, chance)


def _assistance(level: float, own: Random, chance: Random) -> tuple[str, ...]:
    diagnoses = round(60 * level)
    commitments = round(diagnoses * own.uniform(0.4, 0.8) * chance.uniform(0.9, 1.1))
    return str(diagnoses), str(min(commitments, diagnoses)), str(round(diagnoses * chance.uniform(0, 0.2)))


def _mobilite(level: float, own: Random, chance: Random) -> tuple[str, ...]:
    cases = round(25 * level)
    companies = min(cases, round(cases * own.uniform(0.3, 0.6)) + 1)
    cents = sum(chance.randint(110_000, 260_000) for _ in range(cases))
    return str(cases), str(companies), str((Decimal(cents) / 100).quantize(Decimal("0.01")))
