"""What is wrong with a registry."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: where in the document, and a French sentence."""

    at: str
    message: str


class ImpossibleRegistry(ValueError):
    """The document is no registry; `faults` says all that is wrong."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = faults
