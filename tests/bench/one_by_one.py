"""The worker of aggregation with one event per transaction: what its batches are compared with."""

from services.cli.processes import work_rooms
from shared import broker

if __name__ == "__main__":
    broker.MAX_BATCH = 1
    work_rooms(["aggregation"])
