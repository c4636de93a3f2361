"""Findings: what a soak holds against the house, each with the bytes that show it."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Findings:
    """`tally` counts what went as it should; `faults` are the rest, their files kept in `folder`."""

    folder: Path
    seed: int
    tally: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def blame(self, name: str, what: str, content: bytes = b"") -> None:
        self.faults.append(f"{name} (seed {self.seed}): {what}")
        if content:
            self.folder.mkdir(parents=True, exist_ok=True)
            (self.folder / name).write_bytes(content)
            with (self.folder / f"{name}.txt").open("a", encoding="utf-8") as said:
                said.write(f"{what}\n")
