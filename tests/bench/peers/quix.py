"""Totals by région and nation with Quix Streams, exactly once.

Run by an environment of its own, without any of our packages. Arguments: bootstrap servers, topic, group, output topic,
state folder, file of régions.
"""

import struct
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

from quixstreams import Application, State

_FOUR = struct.Struct(">4q")


def main(servers: str, topic: str, group: str, output: str, folder: str, places: str) -> None:
    regions = dict(line.split() for line in Path(places).read_text().splitlines())
    app = Application(
        broker_address=servers,
        consumer_group=group,
        auto_offset_reset="earliest",
        processing_guarantee="exactly-once",
        state_dir=folder,
    )

    def fold(said: dict[str, Any], state: State) -> list[dict[str, Any]]:
        known = state.get("standing")
        if known and known["version"] >= said["version"]:
            return []
        now = {"version": said["version"], "lines": [_line(said["form"], line, regions) for line in said["lines"]]}
        state.set("standing", now)
        moves: dict[str, list[int]] = {}
        for kept, sign in ((now, 1), (known, -1)):
            for _, region, *figures in kept["lines"] if kept else ():
                for place in ("national|FR", f"region|{region}"):
                    sums = moves.setdefault(f"{said['form']}|{said['period']}|{place}", [0, 0, 0, 0])
                    for number, value in enumerate((1, *figures)):
                        sums[number] += sign * value
        return [{"group": place, "by": by} for place, by in moves.items()]

    def add(move: dict[str, Any], state: State) -> bytes:
        total = [one + other for one, other in zip(state.get("total", [0, 0, 0, 0]), move["by"], strict=True)]
        state.set("total", total)
        return _FOUR.pack(*total)

    frame = app.dataframe(app.topic(topic, key_deserializer="str", value_deserializer="json"))
    frame = frame.apply(fold, stateful=True, expand=True).group_by("group").apply(add, stateful=True)
    frame.to_topic(app.topic(output, key_serializer="str", value_serializer="bytes"))
    app.run()


def _line(form: str, line: dict[str, Any], regions: dict[str, str]) -> list[Any]:
    first, second, third = line["values"].values()
    last = int(Decimal(third).scaleb(2)) if form.startswith("mobilite") else int(third)
    return [line["member"], regions[line["department"]], int(first), int(second), last]


if __name__ == "__main__":
    main(*sys.argv[1:])
