"""What the mailbox holds, read from its log of deliveries."""

import csv
from collections import defaultdict
from pathlib import Path


def deliveries(mailbox: Path) -> dict[str, set[str]]:
    """The SHA-256 of the bytes delivered under each Message-ID: one, however often it came."""
    found: dict[str, set[str]] = defaultdict(set)
    with (mailbox / "deliveries.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found[row["message_id"]].add(row["sha256"])
    return found
