"""Which table: a form's quarter at a level."""

from dataclasses import dataclass
from typing import Literal, get_args

from shared.forms import Form
from shared.periods import Period

# What is heard, said and asked for calls a level `by`.
Level = Literal["member", "region", "platform", "national"]
LEVELS: tuple[Level, ...] = get_args(Level)


@dataclass(frozen=True, slots=True)
class Scope:
    """A form's quarter at a level."""

    form: Form
    period: Period
    level: Level
