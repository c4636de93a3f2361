"""Patience: how long an answer may take, on a machine that others keep busy too."""

import os

LONGEST_SECONDS = 5.0


def longest_seconds() -> float:
    """Five seconds where a processor is free; where each is wanted by many, so many times more."""
    return LONGEST_SECONDS * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
