"""Mutants: the files of a soak, each made of the seed and its number alone, so that any can be made again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random

from shared.forms import Form
from tests.soak.book_writers import as_ods, as_xlsx
from tests.soak.byte_changes import changed
from tests.soak.cell_changes import CELL_CHANGES, SHAPE_CHANGES
from tests.soak.tables import Table, right_table
from tests.soak.text_writers import as_csv, as_json

WRITERS: Mapping[str, Callable[[Random, Table], bytes]] = {
    "csv": as_csv,
    "json": as_json,
    "xlsx": as_xlsx,
    "ods": as_ods,
}


@dataclass(frozen=True, slots=True)
class Mutant:
    """A file to be sent, and what was done to it."""

    number: int
    form: Form
    period: str
    kind: str
    content: bytes
    done: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"{self.number:05d}-{self.form.code}.{self.kind}"

    @property
    def is_damaged_book(self) -> bool:
        return self.kind in ("xlsx", "ods") and "bytes" in self.done


def mutant(seed: int, number: int) -> Mutant:
    """One in eight is not changed but in how it is written."""
    draw = Random(f"{seed}/{number}")
    table = right_table(draw)
    levels = draw.choice(("", "c", "c", "c", "s", "cs", "b", "cb"))
    changes = [draw.choice(CELL_CHANGES) for _ in range(draw.choice((1, 1, 1, 2, 4)) * ("c" in levels))]
    changes += [draw.choice(SHAPE_CHANGES) for _ in range(draw.choice((1, 1, 2)) * ("s" in levels))]
    for change in changes:
        change(draw, table)
    kind = draw.choice(sorted(WRITERS))
    content = WRITERS[kind](draw, table)
    done = [change.__name__ for change in changes]
    if "b" in levels:
        content = changed(draw, content)
        done.append("bytes")
    return Mutant(number, table.form, table.period, kind, content, tuple(done))
