"""Bare floors: the topic only read and decoded, or its lines also kept by COPY; no inbox, no versions, no totals.

Arguments: bootstrap servers, topic, partitions, records, address of the database or nothing. Prints lines, seconds of
the clock, seconds of the processor.
"""

import asyncio
import sys
import time

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition

from services.aggregation.handlers.accepted import read_accepted
from services.aggregation.tables.versions import unwritten

_COLUMNS = ("form", "period", "platform", "version", "member", "m1", "m2", "m3")
_TABLE = """
CREATE TABLE line (form text, period text, platform text, version int, member text, m1 bigint, m2 bigint, m3 bigint);
CREATE TABLE place (partition int PRIMARY KEY, next_offset bigint);
"""
_PLACE = "INSERT INTO place VALUES ($1, $2) ON CONFLICT (partition) DO UPDATE SET next_offset = excluded.next_offset"


async def main(servers: str, topic: str, partitions: int, records: int, url: str) -> None:
    connection = await asyncpg.connect(url) if url else None
    if connection:
        await connection.execute(_TABLE)
    consumer = AIOKafkaConsumer(bootstrap_servers=servers, enable_auto_commit=False, auto_offset_reset="earliest")
    await consumer.start()
    consumer.assign([TopicPartition(topic, number) for number in range(partitions)])
    began, used, read, lines = time.monotonic(), time.process_time(), 0, 0
    while read < records:
        found = await consumer.getmany(timeout_ms=1000, max_records=2000)
        versions = [read_accepted(one.value).version for some in found.values() for one in some]
        read += len(versions)
        rows = [
            (*version.key, version.version, line[0], *line[4:7])
            for version in versions
            if version
            for line in unwritten(version.lines)
        ]
        lines += len(rows)
        if connection and rows:
            async with connection.transaction():
                await connection.copy_records_to_table("line", records=rows, columns=_COLUMNS)
                await connection.executemany(
                    _PLACE, [(at.partition, some[-1].offset + 1) for at, some in found.items()]
                )
    print(lines, time.monotonic() - began, time.process_time() - used)
    await consumer.stop()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), sys.argv[5]))
